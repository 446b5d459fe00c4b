import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { NO_SPANS } from "../../../src/core/past/uptime.ts";
import { totalsOf } from "../../../src/fleet/past/totals.ts";
import {
  memoryArchive,
  STEP_MS,
  type Stretch,
} from "../../support/memory_archive.ts";

const { day: DAY, hour: HOUR, "5m": FIVE_MINUTES } = STEP_MS;
const NOW = Date.UTC(2026, 10, 27, 14, 23, 12);
const WAYS = Object.keys(NO_SPANS) as (keyof typeof NO_SPANS)[];

/** A past of stretches up to now, some of which are gaps. */
const past = fc.array(
  fc.record({
    was: fc.constantFrom(...WAYS, null),
    ms: fc.oneof(
      fc.integer({ min: 1, max: HOUR }),
      fc.integer({ min: 1, max: 5 * DAY }),
    ),
  }),
  { maxLength: 30 },
).map((pieces) => {
  const stretches: Stretch[] = [];
  let to = NOW;
  for (const { was, ms } of pieces) {
    if (was !== null) stretches.push({ was, from: to - ms, to });
    to -= ms;
  }
  return stretches;
});

const range = fc.tuple(
  fc.oneof(fc.integer({ min: 1, max: 8 * DAY }), fc.nat(120 * DAY)),
  fc.oneof(fc.constant(0), fc.nat(120 * DAY)),
).map(([a, b]) => ({
  from: NOW - Math.max(a, b) - 1,
  to: NOW - Math.min(a, b),
}));

Deno.test("totalsOf() has each moment of its range once, whatever the range is", async () => {
  const offset = fc.constantFrom(0, -HOUR, 5.5 * HOUR);
  const given = [past, past, range, offset] as const;
  await fc.assert(fc.asyncProperty(...given, async (a, b, range, offset) => {
    const archive = memoryArchive(
      { a: { stretches: a }, b: { stretches: b } },
      NOW,
      [],
      offset,
    );
    const totals = await totalsOf(archive, ["a", "b"], range, NOW);
    assertEquals([...totals.keys()], ["a", "b"]);
    for (const [check, stretches] of [["a", a], ["b", b]] as const) {
      const { from, to, spans } = totals.get(check)!;
      for (const was of WAYS) {
        const expected = stretches.filter((stretch) => stretch.was === was)
          .reduce(
            (sum, stretch) =>
              sum +
              Math.max(
                0,
                Math.min(to, stretch.to) - Math.max(from, stretch.from),
              ),
            0,
          );
        // A stretch may begin in a period that the range does not grow to.
        const unseen = expected - spans[was];
        assert(
          Math.abs(unseen) < 1,
          `${check} was ${was} for ${expected}, not for ${spans[was]}`,
        );
      }
    }
  }));
});

Deno.test("totalsOf() grows its range by less than the shortest period of that time", async () => {
  const archive = memoryArchive({
    a: { stretches: [{ was: "healthy", from: 0, to: NOW }] },
  }, NOW);
  for (
    const [ageMs, stepMs] of [
      [2 * DAY, FIVE_MINUTES],
      [20 * DAY, HOUR],
      [200 * DAY, DAY],
    ] as const
  ) {
    const asked = { from: NOW - ageMs, to: NOW - ageMs / 2 };
    const totals = await totalsOf(archive, ["a"], asked, NOW);
    const { from, to, spans } = totals.get("a")!;
    assert(from <= asked.from && from > asked.from - stepMs);
    assert(to >= asked.to && to < asked.to + stepMs);
    assertAlmostEquals(spans.healthy, to - from, 1);
  }
});

Deno.test("totalsOf() does not grow a range of whole periods", async () => {
  const archive = memoryArchive({
    a: { stretches: [{ was: "healthy", from: 0, to: NOW }] },
  }, NOW);
  for (
    const [from, days] of [
      [Date.UTC(2026, 10, 25), 1],
      [Date.UTC(2026, 9, 1), 31],
      [Date.UTC(2026, 1, 1), 28],
      [Date.UTC(2026, 6, 1), 31],
    ] as const
  ) {
    const asked = { from, to: from + days * DAY };
    for (const latency of [true, false]) {
      const options = { latency };
      const totals = await totalsOf(archive, ["a"], asked, NOW, options);
      const { from, to, spans } = totals.get("a")!;
      assertEquals({ from, to }, asked);
      assertEquals(spans.healthy, days * DAY);
    }
  }
});

Deno.test("totalsOf() ends now, also in the middle of the last period", async () => {
  const archive = memoryArchive({
    a: { stretches: [{ was: "healthy", from: 0, to: NOW }] },
  }, NOW);
  const asked = { from: NOW - DAY, to: NOW + DAY };
  const { to } = (await totalsOf(archive, ["a"], asked, NOW)).get("a")!;
  assertEquals(to, NOW);
});

Deno.test("totalsOf() reads some 100 periods of a check for 90 days", async () => {
  const archive = memoryArchive({
    a: { stretches: [{ was: "healthy", from: 0, to: NOW }] },
  }, NOW);
  let read = 0;
  await totalsOf(
    {
      ...archive,
      async periods(...args) {
        const found = await archive.periods(...args);
        for (const periods of found.values()) read += periods.length;
        return found;
      },
    },
    ["a"],
    { from: NOW - 90 * DAY, to: NOW },
    NOW,
  );
  assert(read > 90 && read < 90 + 48 + 24, `${read} periods`);
});

Deno.test("totalsOf() has all checks, also those without a past, and their attempts", async () => {
  const archive = memoryArchive({
    a: {
      attempts: [
        { verdict: "pass", at: NOW - HOUR, durationMs: 10 },
        { verdict: "warn", at: NOW - 2, durationMs: 20 },
        { verdict: "fail", at: NOW - 1, durationMs: 1000 },
        { verdict: "error", at: NOW - DAY - HOUR, durationMs: null },
      ],
    },
  }, NOW);
  const asked = { from: NOW - DAY, to: NOW };
  const totals = await totalsOf(archive, ["a", "new"], asked, NOW);
  const { counts, latency } = totals.get("a")!;
  assertEquals(counts, { pass: 1, warn: 1, fail: 1, error: 0 });
  assertEquals(latency.count, 2);
  assertEquals(totals.get("new")!.spans, NO_SPANS);
  assertEquals(totals.get("new")!.latency.percentile(50), null);
});
