import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  addSpans,
  knownShare,
  NO_SPANS,
  percentText,
  type Spans,
  uptimeOf,
  uptimeText,
} from "../../../src/core/past/uptime.ts";

const KEYS = [
  "unknown",
  "healthy",
  "degraded",
  "unhealthy",
  "maintenance",
] as const;

Deno.test("uptimeOf() agrees with looking each second at a random history", () => {
  const piece = fc.record({
    what: fc.constantFrom(...KEYS, "gap" as const),
    seconds: fc.integer({ min: 1, max: 400 }),
  });
  fc.assert(fc.property(
    fc.array(piece, { minLength: 1, maxLength: 30 }),
    (pieces) => {
      let spans: Spans = NO_SPANS;
      const seconds: (typeof pieces)[number]["what"][] = [];
      for (const { what, seconds: length } of pieces) {
        for (let i = 0; i < length; i++) seconds.push(what);
        if (what === "gap") continue;
        spans = addSpans(spans, { ...NO_SPANS, [what]: length * 1000 });
      }
      const shareOf = (...whats: string[]): number =>
        seconds.filter((what) => whats.includes(what)).length / seconds.length;
      const up = shareOf("healthy", "degraded");
      const down = shareOf("unhealthy");
      const uptime = uptimeOf(spans, seconds.length * 1000);
      assertAlmostEquals(uptime.up, up, 1e-4);
      assertAlmostEquals(uptime.down, down, 1e-4);
      assertAlmostEquals(uptime.unknown, shareOf("unknown"), 1e-4);
      assertAlmostEquals(uptime.maintenance, shareOf("maintenance"), 1e-4);
      assertAlmostEquals(uptime.notWatched, shareOf("gap"), 1e-4);
      if (up + down === 0) assertEquals(uptime.ratio, null);
      else assertAlmostEquals(uptime.ratio!, up / (up + down), 1e-4);
    },
  ));
});

Deno.test("uptimeOf() gives five shares from 0 to 1 that add up to 1", () => {
  const spans = fc.record(
    Object.fromEntries(KEYS.map((key) => [key, fc.nat(1e9)])) as Record<
      keyof Spans,
      fc.Arbitrary<number>
    >,
  );
  fc.assert(fc.property(spans, fc.nat(1e9), (spans, windowMs) => {
    const { ratio, ...shares } = uptimeOf(spans, windowMs);
    assert(ratio === null || ratio >= 0 && ratio <= 1);
    assert(Object.values(shares).every((share) => share >= 0 && share <= 1));
    assertAlmostEquals(
      Object.values(shares).reduce((sum, share) => sum + share, 0),
      1,
      1e-9,
    );
  }));
});

Deno.test("uptimeOf() takes spans that are longer than the window for all of it", () => {
  const spans = { ...NO_SPANS, healthy: 90, unhealthy: 30 };
  assertEquals(uptimeOf(spans, 100), {
    up: 0.75,
    down: 0.25,
    unknown: 0,
    maintenance: 0,
    notWatched: 0,
    ratio: 0.75,
  });
});

Deno.test("uptimeOf() knows nothing of an empty window", () => {
  const { notWatched, ratio } = uptimeOf(NO_SPANS, 0);
  assertEquals([notWatched, ratio], [1, null]);
});

Deno.test("knownShare() leaves maintenance out", () => {
  const spans = { ...NO_SPANS, healthy: 30, unhealthy: 10, maintenance: 20 };
  assertEquals(knownShare(uptimeOf(spans, 100)), 0.5);
  assertEquals(
    knownShare(uptimeOf({ ...NO_SPANS, maintenance: 5 }, 5)),
    0,
  );
});

Deno.test("percentText() rounds down, with more places where it takes them", () => {
  for (
    const [share, places, text] of [
      [1, 2, "100"],
      [0, 2, "0"],
      [0.5, 2, "50"],
      [0.999, 2, "99.9"],
      [0.9995, 2, "99.95"],
      [0.99986, 2, "99.98"],
      [0.99999, 2, "99.999"],
      [0.99989999999, 2, "99.98"],
      [0.999996, 2, "99.9996"],
      [1 - 1e-12, 2, "99.999999999"],
      [0.00001, 2, "0.001"],
      [1e-9, 2, "0.0000001"],
      [0.57, 0, "57"],
      [0.57, 2, "57"],
      [0.07, 2, "7"],
      [0.984, 0, "98"],
      [0.997, 0, "99.7"],
      [0.2, 0, "20"],
    ] as const
  ) assertEquals(percentText(share, places), text, `${share}`);
});

Deno.test("percentText() says 100 and 0 of nothing else", () => {
  // One millisecond of two years.
  const share = fc.double({ min: 1.6e-11, max: 1 - 1.6e-11, noNaN: true });
  fc.assert(fc.property(share, fc.nat(3), (share, places) => {
    const percent = Number(percentText(share, places));
    assert(percent > 0 && percent < 100, `${percent}`);
    assert(percent <= share * 100 + 1e-9, `${percent} is not rounded down`);
  }));
});

Deno.test("uptimeText() says how much is known, unless that is all", () => {
  const text = (spans: Partial<Spans>, windowMs: number): string =>
    uptimeText(uptimeOf({ ...NO_SPANS, ...spans }, windowMs));
  assertEquals(text({ healthy: 9995, unhealthy: 5 }, 10_000), "99.95 %");
  assertEquals(
    text({ healthy: 9790, degraded: 5, unhealthy: 5 }, 10_000),
    "99.94 % of 98 % known",
  );
  assertEquals(text({ healthy: 999 }, 1000), "100 % of 99.9 % known");
  assertEquals(text({ healthy: 80, maintenance: 20 }, 100), "100 %");
  assertEquals(text({ unknown: 50 }, 100), "unknown");
});
