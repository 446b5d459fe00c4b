// Watches URLs, and tells a channel of Slack when one fails and recovers:
//
//   SLACK_URL=https://hooks.slack.com/services/… \
//     deno run --allow-net --allow-env=SLACK_URL \
//     examples/notify.ts http://127.0.0.1:8080/health
//
// Add a page of the fleet with createApp(fleet, { notifications }).

import { Fleet, http } from "@lifesign/lifesign";
import { notify } from "@lifesign/lifesign/notify";

const fleet = new Fleet();
for (const url of Deno.args) {
  fleet.add(http(url), { id: url, interval: "10s", retries: 3 });
}

const notifications = notify(fleet, {
  notifiers: {
    team: { type: "slack", url: Deno.env.get("SLACK_URL"), remind: "4h" },
  },
  onMessage: (message) => console.error(message),
});

for (const signal of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(signal, async () => {
    await notifications.close();
    await fleet.close();
    Deno.exit();
  });
}
