// What many checks cost that have nothing to do, or wait for their turn: the
// heap a check takes, and the time it takes to add, list, find and sum them up,
// and to answer /metrics:
//
//   deno task bench:size --checks 100000

import { parseArgs } from "node:util";
import { Fleet, type Outcome, probe, tcp } from "@lifesign/lifesign";
import { createApp } from "@lifesign/lifesign/server";
import { collect } from "./collect.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    checks: { type: "string", default: "100000" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.checks);

function heapBytes(): number {
  collect();
  return Deno.memoryUsage().heapUsed;
}

function timeMs(run: () => void): number {
  const startedAt = performance.now();
  run();
  return performance.now() - startedAt;
}

const ids = Array.from({ length: count }, (_, i) => `check-${i}`);
const probes = ids.map((_, i) => tcp({ port: 1 + i % 65535 }));
const before = heapBytes();
await using fleet = new Fleet();
const addMs = timeMs(() => {
  for (const [i, id] of ids.entries()) {
    fleet.add(probes[i]!, { id, initialDelay: "1h" });
  }
});
const idleBytes = (heapBytes() - before) / count;
/** All of them wait for the one that is in flight. */
const waitingBytes = await (async () => {
  const { promise, resolve: letGo } = Promise.withResolvers<Outcome>();
  const first = probe(() => promise);
  const before = heapBytes();
  const full = new Fleet({ concurrency: 1 });
  for (const [i, id] of ids.entries()) {
    full.add(i === 0 ? first : probes[i]!, { id });
  }
  while (full.stats().inFlight === 0) {
    await new Promise((resolve) => setTimeout(resolve));
  }
  const bytes = (heapBytes() - before) / count;
  letGo({ verdict: "pass" });
  await full.close();
  return bytes;
})();
const listMs = timeMs(() => void fleet.list());
const listedBytes = (heapBytes() - before) / count;
const getMs = timeMs(() => {
  for (let i = 0; i < 1000; i++) fleet.get(ids[i * 7 % count]!);
}) / 1000;
const rollupMs = timeMs(() => {
  for (let i = 0; i < 1000; i++) fleet.rollup();
}) / 1000;
const settled = new Fleet();
for (const id of ids.slice(0, 10_000)) {
  settled.add(probe(() => Promise.resolve({ verdict: "pass" })), { id });
}
const untilMs = await (async () => {
  const startedAt = performance.now();
  await settled.until("healthy");
  return performance.now() - startedAt;
})();
const app = createApp(settled);
const scrapesMs: number[] = [];
for (let i = 0; i < 10; i++) {
  // What every one of them has to make anew.
  await settled.attemptAll();
  const startedAt = performance.now();
  await (await app.request("/metrics")).arrayBuffer();
  scrapesMs.push(performance.now() - startedAt);
}
await settled.close();

const figures = {
  checks: count,
  "heap per idle check, bytes": Math.round(idleBytes),
  "with its snapshot, bytes": Math.round(listedBytes),
  "heap per waiting check, bytes": Math.round(waitingBytes),
  "add all, ms": Math.round(addMs),
  "list() all, ms": Math.round(listMs),
  "get(), µs": Number((getMs * 1000).toFixed(2)),
  "rollup(), µs": Number((rollupMs * 1000).toFixed(2)),
  "10,000 first attempts, ms": Math.round(untilMs),
  "/metrics of 10,000, first, ms": Math.round(scrapesMs[0]!),
  "/metrics of 10,000, worst of nine, ms": Math.round(
    Math.max(...scrapesMs.slice(1)),
  ),
};
if (values.json) console.log(JSON.stringify(figures, null, 2));
else console.table(figures);
