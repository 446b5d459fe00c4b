/**
 * Notifies of a check that goes down and up again, on Deno, Node or Bun. What
 * becomes of it is printed in lines.
 *
 * @module
 */

import { fail, Fleet, pass, probe } from "@lifesign/lifesign";
import { notify } from "@lifesign/lifesign/notify";

let isUp = false;
const fleet = new Fleet();
const notifications = notify(fleet, {
  notifiers: {
    log: { type: "log", gather: 0 },
    command: { type: "command", command: "exit 0", gather: 0 },
  },
  onMessage: (message) => console.log(message),
  onError: (error) => console.log(`error: ${error}`),
});
fleet.add(
  probe(() => isUp ? pass() : fail({ code: "empty", message: "no orders" })),
  { id: "orders", retries: 1, interval: 100 },
);
const sent = (name: string): number =>
  notifications.list().find((it) => it.name === name)?.sent ?? 0;
while (sent("log") === 0) await turn();
isUp = true;
while (sent("log") === 1) await turn();
await notifications.close();
await fleet.close();

function turn(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 10));
}
