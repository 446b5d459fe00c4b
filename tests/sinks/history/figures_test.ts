import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Status } from "../../../src/core/types.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import type { Range, Step } from "../../../src/fleet/past/archive.ts";
import { totalsOf } from "../../../src/fleet/past/totals.ts";
import { uptimeOf } from "../../../src/core/past/uptime.ts";
import { ReadHistory } from "../../../src/sinks/history/read.ts";
import { type CheckPast, writeHistory } from "../../support/past_store.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = Date.UTC(2026, 10, 27, 14, 23, 12);

/** A file that is gone at the end of the block. */
async function temporaryDatabase(): Promise<
  { readonly path: string } & AsyncDisposable
> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  return {
    path: `${folder}/lifesign.db`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Whole seconds that add up to a time before now, and what began then. */
function walk<T>(what: fc.Arbitrary<T>, maxPieces: number, maxSeconds: number) {
  return fc.array(
    fc.tuple(what, fc.integer({ min: 1, max: maxSeconds })),
    { minLength: 1, maxLength: maxPieces },
  ).map((pieces) => {
    let at = NOW;
    return pieces.map(([what, seconds]) => {
      at -= seconds * 1000;
      return [at, what] as const;
    }).reverse();
  });
}

const statuses = walk(
  fc.constantFrom<Status | null>(
    "healthy",
    "healthy",
    "degraded",
    "unhealthy",
    "unknown",
    null,
  ),
  30,
  8000,
);

/** Times that begin and end something, in turns; after the last it is over. */
const maintenance = walk(fc.constant(null), 8, 20_000).map((times) =>
  times.map(([at]) => at).slice(0, 2 * Math.floor(times.length / 2))
);

/** When the agent ran: up to now, with gaps of which some are short. */
const runs = walk(fc.constant(null), 10, 40_000).map((times): Range[] => {
  const ends = [...times.map(([at]) => at), NOW];
  return ends.flatMap((to, i) =>
    i % 2 === ends.length % 2 || i === 0 ? [] : [{ from: ends[i - 1]!, to }]
  );
});

/** How a check was in one second. */
function at(
  time: number,
  { statuses = [], maintenance = [] }: CheckPast,
  runs: readonly Range[],
): "up" | "down" | "unknown" | "maintenance" | "notWatched" {
  const status = statuses.findLast(([at]) => at <= time)?.[1] ?? null;
  const isRunning = runs.some(({ from, to }) => time >= from && time < to);
  if (!isRunning || status === null) return "notWatched";
  const begunAndEnded = maintenance.filter((at) => at <= time).length;
  if (begunAndEnded % 2 === 1) return "maintenance";
  return status === "unknown"
    ? "unknown"
    : status === "unhealthy"
    ? "down"
    : "up";
}

Deno.test("uptime through the store agrees with looking each second, in any range", async () => {
  const range = fc.tuple(fc.nat(3 * DAY), fc.nat(3 * DAY)).map(([a, b]) => ({
    from: NOW - Math.max(a, b) - 1000,
    to: NOW - Math.min(a, b),
  }));
  const timeZone = fc.constantFrom("UTC", "America/New_York", "Asia/Kolkata");
  const given = [statuses, maintenance, runs, range, timeZone] as const;
  const property = fc.asyncProperty(
    ...given,
    async (statuses, maintenance, runs, range, timeZone) => {
      await using database = await temporaryDatabase();
      const web = { statuses, maintenance };
      const checks = { web };
      writeHistory(database.path, { checks, runs, timeZone, batchMs: 600_000 });
      using archive = new ReadHistory(database.path, timeZone);
      const totals = await totalsOf(archive, ["web"], range, NOW);
      const { from, to, spans } = totals.get("web")!;
      // It is the same where the store adds them up.
      const merged = await totalsOf(archive, ["web"], range, NOW, {
        latency: false,
      });
      const sum = merged.get("web")!;
      assertEquals([sum.from, sum.to, sum.spans], [from, to, spans]);
      const seconds = {
        up: 0,
        down: 0,
        unknown: 0,
        maintenance: 0,
        notWatched: 0,
      };
      for (let time = from; time < to; time += 1000) {
        seconds[at(time, web, runs)]++;
      }
      const uptime = uptimeOf(spans, to - from);
      const total = (to - from) / 1000;
      for (const [share, expected] of Object.entries(seconds)) {
        assertAlmostEquals(
          uptime[share as keyof typeof seconds],
          expected / total,
          // A second of a short range is more than 0.01 % of it.
          Math.max(1e-4, 2 / total),
          share,
        );
      }
    },
  );
  await fc.assert(property, { numRuns: 25 });
});

/** Durations of a service that is sometimes slow. */
const durations = fc.array(
  fc.oneof(
    // Whole microseconds, as attempts have them.
    fc.integer({ min: 50, max: 20_000 }).map((us) => us / 1000),
    fc.double({ min: 1, max: 5, noNaN: true }).map((power) => 10 ** power),
  ),
  { minLength: 1, maxLength: 400 },
);

Deno.test("percentiles are within 5 % through the rollups of each step", async () => {
  const property = fc.asyncProperty(durations, async (durations) => {
    await using database = await temporaryDatabase();
    const from = NOW - 2 * DAY;
    const everyMs = Math.floor(2 * DAY / (durations.length + 1));
    const attempts = durations.map((durationMs, i): PastAttempt => ({
      verdict: i % 7 === 0 ? "warn" : "pass",
      at: from + i * everyMs,
      durationMs,
    }));
    const failed: PastAttempt[] = attempts.map(({ at }) => ({
      verdict: "fail",
      at: at + 1,
      durationMs: 60_000,
    }));
    writeHistory(database.path, {
      checks: {
        web: {
          statuses: [[from, "healthy"]],
          attempts: [...attempts, ...failed].sort((a, b) => a.at - b.at),
        },
      },
      runs: [{ from, to: NOW }],
      batchMs: 600_000,
    });
    using archive = new ReadHistory(database.path);
    const range = { from: from - DAY, to: NOW };
    for (const step of ["5m", "hour", "day"] as Step[]) {
      const found = await archive.periods(["web"], step, range);
      for (const { from, to, counts, latency } of found.get("web")!) {
        const those = attempts.filter(({ at }) => at >= from && at < to);
        assertEquals(counts.pass + counts.warn, those.length);
        assertEquals(counts.fail, those.length);
        assertPercentiles(latency, those.map(({ durationMs }) => durationMs!));
      }
    }
    const totals = await totalsOf(archive, ["web"], range, NOW);
    assertPercentiles(totals.get("web")!.latency, durations);
  });
  await fc.assert(property, { numRuns: 15 });
});

function assertPercentiles(
  latency: { percentile(percent: number): number | null },
  durations: readonly number[],
): void {
  const sorted = durations.toSorted((a, b) => a - b);
  for (const percent of [50, 95, 99]) {
    const rank = Math.max(1, Math.ceil(sorted.length * percent / 100));
    const expected = sorted[rank - 1];
    const actual = latency.percentile(percent);
    if (expected === undefined) assertEquals(actual, null);
    else {
      assert(
        Math.abs(actual! / expected - 1) < 0.05,
        `p${percent}: ${actual} is not within 5 % of ${expected}`,
      );
    }
  }
}
