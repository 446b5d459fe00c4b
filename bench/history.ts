// What keeping the history of many checks costs beside running them: how long the
// event loop is held up, how much memory it takes, and how fast it is read; and
// how large the file of a long history is.
//
//   deno task bench:history --checks 40000 --seconds 30 [--without]
//   deno task bench:history --checks 40000 --seconds 75 --boundary 30
//   deno task bench:history --checks 40000 --seconds 340 --boundary 301
//   deno task bench:history --size --checks 100
//
// With --without there is no history, which shows what else the machine does
// meanwhile. With --boundary, the clock is set so that five minutes end so many
// seconds after the checks are not new any more: then the rollups are written, from
// five minutes if it is more than 300.

import { parseArgs } from "node:util";
import { Fleet, type Outcome, probe } from "@lifesign/lifesign";
import { Incidents } from "../src/fleet/past/incidents.ts";
import { EventWriter, statusCode } from "../src/sinks/history/events.ts";
import { openHistory } from "../src/sinks/history/open.ts";
import { attemptCode } from "../src/sinks/history/packed.ts";
import { ReadHistory } from "../src/sinks/history/read.ts";
import { Store } from "../src/sinks/history/store/store.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    checks: { type: "string", default: "40000" },
    seconds: { type: "string", default: "30" },
    without: { type: "boolean", default: false },
    boundary: { type: "string" },
    size: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.checks);
const INTERVAL_MS = 10_000;
const DAY_MS = 86_400_000;
const FIVE_MINUTES_MS = 300_000;
/** How long the checks are new, in seconds. */
const NEW_SECONDS = 15;
const PASS: Outcome = { verdict: "pass", detail: { httpStatus: 200 } };

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

if (values.boundary !== undefined) {
  const realNow = Date.now;
  const left = FIVE_MINUTES_MS - realNow() % FIVE_MINUTES_MS;
  const shift = left - (NEW_SECONDS + Number(values.boundary)) * 1000;
  Date.now = () => realNow() + shift;
}

const folder = await Deno.makeTempDir();
const path = `${folder}/lifesign.db`;
const figures = values.size ? await size() : await run();
await Deno.remove(folder, { recursive: true });
if (values.json) console.log(JSON.stringify(figures, null, 2));
else console.table(figures);
Deno.exit();

/** Measures the longest delays of a timer of 1 ms while something runs. */
async function delays(
  run: () => Promise<unknown>,
): Promise<{ readonly worst: number; readonly p999: number }> {
  let last = performance.now();
  const all: number[] = [];
  const note = (): void => {
    const now = performance.now();
    all.push(now - last - 1);
    last = now;
  };
  const timer = setInterval(note, 1);
  await run();
  note();
  clearInterval(timer);
  all.sort((a, b) => a - b);
  return {
    worst: Math.round(all.at(-1)!),
    p999: Math.round(all[Math.floor(all.length * 0.999)]!),
  };
}

/** Reports a result of each check every ten seconds, evenly. */
async function report(fleet: Fleet, seconds: number): Promise<void> {
  const ids = fleet.ids();
  const startedAt = performance.now();
  let reported = 0;
  while (true) {
    const elapsedMs = performance.now() - startedAt;
    if (elapsedMs > seconds * 1000) return;
    const due = elapsedMs / INTERVAL_MS * count;
    for (; reported < due; reported++) {
      const durationMs = 5 + Math.random() * 30;
      fleet.report(ids[reported % count]!, PASS, { durationMs });
    }
    await sleep(5);
  }
}

async function run(): Promise<Record<string, number>> {
  const seconds = Number(values.seconds);
  const fleet = new Fleet({ background: false });
  const incidents = new Incidents(fleet, console.error);
  const history = values.without ? undefined : await openHistory(
    { path, timeZone: "UTC", detailMs: 7 * DAY_MS, keepMs: 730 * DAY_MS },
    {
      fleet,
      incidents,
      maintenance: incidents.maintenance,
      say: console.error,
    },
  );
  for (let i = 0; i < count; i++) {
    const target = `http://127.0.0.1:8080/health/${i}`;
    fleet.add(probe(() => PASS, { type: "http", target }), {
      id: `check-${i}`,
    });
  }
  history?.begin?.();
  const first = await delays(() => report(fleet, NEW_SECONDS));
  const sizes: number[] = [];
  const timer = setInterval(() => sizes.push(Deno.memoryUsage().rss), 1000);
  const later = await delays(() => report(fleet, seconds));
  clearInterval(timer);
  await history?.close?.();
  return {
    checks: count,
    "worst delay as all are new, ms": first.worst,
    "worst delay later, ms": later.worst,
    "of 99.9 % later, ms": later.p999,
    "RSS, MB": Math.round(sizes.reduce((a, b) => a + b) / sizes.length / 1e6),
    "highest RSS, MB": Math.round(Math.max(...sizes) / 1e6),
    "file, MB": history ? Math.round((await Deno.stat(path)).size / 1e6) : 0,
  };
}

/** Two years of checks, with a result every ten seconds in the last week. */
async function size(): Promise<Record<string, number>> {
  const numbers = Array.from({ length: count }, (_, i) => i + 1);
  const ids = numbers.map((number) => [number, `check-${number}`] as const);
  const end = Math.floor(Date.now() / DAY_MS) * DAY_MS;
  const begin = end - 730 * DAY_MS;
  const retention = { detailMs: 7 * DAY_MS, keepMs: 730 * DAY_MS };
  {
    using store = new Store(path);
    const writer = new EventWriter();
    writer.session(begin);
    for (const number of numbers) {
      writer.status(number, statusCode("healthy"), begin);
    }
    let checks = JSON.stringify(ids);
    const write = (since: number, until: number): void => {
      store.write({
        batches: [{ since, until, ...writer.take() }],
        checks,
        states: [],
        forgotten: [],
        incidents: [],
      });
      checks = "";
    };
    // Attempts all come at once in an hour, of which only the rollups are kept.
    let now = begin;
    while (now < end) {
      const isDetail = end - now <= 7 * DAY_MS;
      const stepMs = isDetail ? INTERVAL_MS : DAY_MS / 24;
      // As many as make a histogram of about its usual size.
      const perStep = isDetail ? 1 : end - now > 90 * DAY_MS ? 4 : 10;
      const until = isDetail ? now + FIVE_MINUTES_MS : now + stepMs;
      for (let at = now; at < until; at += stepMs) {
        for (let n = 0; n < perStep; n++) {
          for (const number of numbers) {
            const durationMs = 5 + number / 10 + 40 * Math.random() ** 6;
            const jitterMs = Math.floor(Math.random() * 20);
            writer.attempt(
              number,
              attemptCode("pass", durationMs),
              at + jitterMs + number,
            );
          }
        }
      }
      write(now, until);
      while (store.seal());
      while (store.deleteOld(retention, until));
      now = until;
    }
  }
  const startedAt = performance.now();
  let opened = 0;
  {
    using store = new Store(path);
    store.records();
    opened = performance.now() - startedAt;
  }
  using history = new ReadHistory(path);
  const all = history.checks;
  const timed = async (read: () => Promise<unknown>): Promise<number> => {
    await read();
    const before = performance.now();
    await read();
    return Math.round((performance.now() - before) * 10) / 10;
  };
  const days = { from: end - 90 * DAY_MS, to: end };
  const [one] = all;
  return {
    checks: count,
    "file, MB": Math.round((await Deno.stat(path)).size / 1e6),
    "opening, ms": Math.round(opened),
    "90 days of all checks, ms": await timed(() =>
      history.periods(all, "day", days, { latency: false })
    ),
    "90 days of one check by hours, ms": await timed(() =>
      history.periods([one!], "hour", days)
    ),
    "7 days of attempts of one check, ms": await timed(() =>
      history.attempts(one!, days)
    ),
  };
}
