// The agent that `storm.ts` measures. It begins and ends with a line of its input.

import { loadConfig } from "@lifesign/lifesign/config";
import { startAgent } from "@lifesign/lifesign/agent";

const agent = await startAgent(await loadConfig(Deno.args[0]!));
let lags: number[] = [];
agent.fleet.observe((step) => {
  if (step.type === "begin" && step.lagMs !== null) lags.push(step.lagMs);
});
const lines = Deno.stdin.readable.pipeThrough(new TextDecoderStream())
  .getReader();
await lines.read();
lags = [];
await lines.read();
lags.sort((a, b) => a - b);
const quantile = (q: number): number =>
  lags[Math.min(lags.length - 1, Math.floor(lags.length * q))] ?? NaN;
console.log(JSON.stringify({
  lagMs: { p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) },
  rssMb: Deno.memoryUsage().rss / 1e6,
  unhealthy: agent.fleet.rollup().counts.unhealthy,
  attempts: lags.length,
}));
Deno.exit(0);
