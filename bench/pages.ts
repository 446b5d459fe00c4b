// How long the server takes for its pages with a history of 90 days, and how large
// they are.
//
//   deno task bench:pages --checks 100 [--cold]
//
// The agent reads days ahead after its start; with --cold, that has not happened.

import { parseArgs } from "node:util";
import { Fleet, pass, probe } from "@lifesign/lifesign";
import { Incidents } from "../src/fleet/past/incidents.ts";
import { createApp } from "../src/server/mod.ts";
import { keptDaysOf } from "../src/server/past/kept_days.ts";
import { EventWriter, statusCode } from "../src/sinks/history/events.ts";
import { openHistory } from "../src/sinks/history/open.ts";
import { attemptCode } from "../src/sinks/history/packed.ts";
import { Store } from "../src/sinks/history/store/store.ts";

const { values } = parseArgs({
  options: {
    checks: { type: "string", default: "100" },
    cold: { type: "boolean", default: false },
  },
});
const count = Number(values.checks);
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const RETENTION = { detailMs: 7 * DAY_MS, keepMs: 730 * DAY_MS };

/** Writes 90 days: an attempt each hour, and an hour down each ten days. */
function write(path: string): void {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const ids = numbers.map((number) => [number, `check-${number}`] as const);
  const now = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  using store = new Store(path);
  const writer = new EventWriter();
  const begin = now - 90 * DAY_MS;
  writer.session(begin);
  for (const number of numbers) {
    writer.status(number, statusCode("healthy"), begin);
  }
  let since = begin;
  let checks = JSON.stringify(ids);
  for (let at = begin; at < now; at += HOUR_MS) {
    const hour = at / HOUR_MS;
    for (const number of numbers) {
      const durationMs = 5 + 40 * Math.random() ** 6;
      writer.attempt(number, attemptCode("pass", durationMs), at + number);
    }
    for (const number of numbers) {
      if ((hour + number) % 240 === 0) {
        writer.status(number, statusCode("unhealthy"), at + HOUR_MS / 2);
      }
      if ((hour + number) % 240 === 1) {
        writer.status(number, statusCode("healthy"), at + HOUR_MS / 2);
      }
    }
    const until = at + HOUR_MS;
    if (until % DAY_MS !== 0 && until !== now) continue;
    store.write({
      batches: [{ since, until, ...writer.take() }],
      checks,
      states: [],
      forgotten: [],
      incidents: [],
    });
    since = until;
    checks = "";
    while (store.seal());
    while (store.deleteOld(RETENTION, until));
  }
}

const folder = await Deno.makeTempDir();
const path = `${folder}/lifesign.db`;
write(path);
const fleet = new Fleet({ background: false });
const incidents = new Incidents(fleet, console.error);
const history = await openHistory({ path, timeZone: "UTC", ...RETENTION }, {
  fleet,
  incidents,
  maintenance: incidents.maintenance,
  say: console.error,
});
for (let i = 1; i <= count; i++) {
  const id = `check-${i}`;
  fleet.add(probe(() => pass(), { type: "http", target: `https://${id}/` }), {
    id,
    group: `group-${i % 10}`,
  });
  for (let n = 0; n < 60; n++) {
    fleet.report(id, pass(), {
      at: new Date(Date.now() - (60 - n) * 10_000),
      durationMs: 5 + 40 * Math.random() ** 6,
    });
  }
}
history?.begin?.();
if (!values.cold) {
  const { signal } = new AbortController();
  const before = performance.now();
  const days = keptDaysOf(history!.archive!, "UTC");
  await days.readAhead(fleet.ids(), signal);
  const tookMs = Math.round(performance.now() - before);
  console.log(`read ahead in ${tookMs} ms`);
}
const app = createApp(fleet, { archive: history!.archive!, incidents });

/** How long a page takes, the first time and later, and its size. */
async function measure(
  path: string,
): Promise<Record<string, number | string>> {
  const headers = { accept: "text/html" };
  const times: number[] = [];
  let text = "";
  for (let i = 0; i < 11; i++) {
    const before = performance.now();
    text = await (await app.request(path, { headers })).text();
    times.push(performance.now() - before);
  }
  const [first, ...later] = times;
  later.sort((a, b) => a - b);
  const packed = await new Response(
    new Blob([text]).stream().pipeThrough(new CompressionStream("gzip")),
  ).arrayBuffer();
  return {
    path,
    "first, ms": Math.round(first!),
    "median later, ms": Math.round(later[5]!),
    "fastest, ms": Math.round(later[0]!),
    "kB": Math.round(new TextEncoder().encode(text).length / 1000),
    "gzip, kB": Math.round(packed.byteLength / 1000),
  };
}

const table = [];
for (
  const path of [
    "/",
    "/checks/check-7",
    "/checks/check-7?range=7d",
    "/checks/check-7?range=30d",
    "/checks/check-7?range=90d",
    "/incidents",
  ]
) table.push(await measure(path));
console.table(table);
await history?.close?.();
await Deno.remove(folder, { recursive: true });
Deno.exit();
