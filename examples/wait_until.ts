// Waits until all targets are up, and says why if they are not:
//
//   deno run --allow-net examples/wait_until.ts localhost:5432 localhost:6379

import { Fleet, tcp } from "@lifesign/lifesign";

await using fleet = new Fleet();
const targets = Deno.args.length > 0 ? Deno.args : ["localhost:5432"];
for (const target of targets) {
  const [host = "", port] = target.split(":");
  fleet.add(tcp({ host, port: Number(port) }), {
    id: target,
    interval: "250ms",
    backoff: false,
  });
}

try {
  await fleet.until("healthy", { signal: AbortSignal.timeout(10_000) });
  console.log("Everything is up");
} catch (error) {
  // Timed out waiting for healthy: "localhost:5432" is unknown (…)
  console.error((error as Error).message);
  Deno.exitCode = 1;
}
