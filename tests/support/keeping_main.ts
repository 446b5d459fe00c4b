/**
 * Keeps a history of a check that fails and passes again and again, with a value
 * for each incident, until it is killed. Prints what it knows to be written.
 *
 * @module
 */

import { Fleet } from "../../src/fleet/fleet.ts";
import { Incidents } from "../../src/fleet/past/incidents.ts";
import { openHistory } from "../../src/sinks/history/open.ts";
import { FAIL, PASS, scripted } from "./probes.ts";

const DAY_MS = 86_400_000;
const path = Deno.args[0]!;

const fleet = new Fleet();
const incidents = new Incidents(fleet, reportError);
const opened = await openHistory(
  { path, timeZone: "UTC", detailMs: 7 * DAY_MS, keepMs: 730 * DAY_MS },
  {
    fleet,
    incidents,
    maintenance: incidents.maintenance,
    say: (message) => console.error(message),
  },
);
const kept = opened?.kept;
if (kept === undefined) {
  console.log("nothing is kept");
  Deno.exit();
}
incidents.resume(opened!.incidents!);
fleet.add(scripted([PASS]), { id: "a", retries: 1, interval: "1d" });
let count = Number(new Map(kept.list("count")).get("count") ?? 0);
incidents.observe((step) => {
  if (step.type === "maintenance") return;
  const { id, ended } = step.incident;
  kept.put(`incident/${id}`, JSON.stringify(ended));
  kept.put("count", `${++count}`);
});
opened!.begin!();
console.log("began");

(async () => {
  while (true) {
    const before = count;
    if (await kept.written()) console.log(`written ${before}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
})();

while (true) {
  for (const outcome of [FAIL, FAIL, PASS]) {
    fleet.report("a", outcome);
    await new Promise((resolve) => setTimeout(resolve, 7));
  }
}
