// Prints the status of a URL after each attempt:
//
//   deno run --allow-net examples/watch.ts http://localhost:3000/health

import { formatDuration, http, monitor } from "@lifesign/lifesign";

const url = Deno.args[0] ?? "http://127.0.0.1:8686/livez";

for await (const snapshot of monitor(http(url), { interval: "2s" })) {
  const { checkedAt, status, durationMs, reason } = snapshot;
  console.log(
    checkedAt?.toISOString(),
    status,
    formatDuration(durationMs ?? 0),
    reason?.message ?? "",
  );
}
