import { assertEquals, assertMatch } from "@std/assert";
import { NO_SPANS, type Spans } from "../../../src/core/past/uptime.ts";
import {
  dayBars,
  DAYS,
  daysOf,
  daysText,
  type KnownDay,
  uptimeOfDays,
} from "../../../src/server/look/days.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const TODAY = Date.UTC(2026, 10, 27);
const NOW = TODAY + 6 * HOUR_MS;

/** A day so many days ago. */
function dayAgo(days: number, spans: Partial<Spans>): KnownDay {
  const from = TODAY - days * DAY_MS;
  return { from, to: from + DAY_MS, spans: { ...NO_SPANS, ...spans } };
}

const WELL = { healthy: DAY_MS };

Deno.test("daysOf() puts days in their places, today at the right", () => {
  const { days } = daysOf([
    dayAgo(200, WELL),
    dayAgo(89, WELL),
    dayAgo(1, WELL),
    dayAgo(0, { healthy: 6 * HOUR_MS }),
  ], NOW);
  assertEquals([...days.keys()], [0, DAYS - 2, DAYS - 1]);
  assertEquals(days.get(DAYS - 1)!.lengthMs, 6 * HOUR_MS);
});

Deno.test("daysOf() leaves today empty if nothing is known of it", () => {
  const { days } = daysOf([dayAgo(3, WELL)], NOW);
  assertEquals([...days.keys()], [DAYS - 4]);
});

Deno.test("daysOf() knows days that are shorter and longer", () => {
  const at = (text: string): number => Date.parse(text);
  const midnights = [
    "2026-10-23T22:00:00Z",
    "2026-10-24T22:00:00Z",
    "2026-10-25T23:00:00Z",
    "2026-10-26T23:00:00Z",
  ].map(at);
  const known = midnights.slice(0, -1).map((from, i) => ({
    from,
    to: midnights[i + 1]!,
    spans: { ...NO_SPANS, healthy: midnights[i + 1]! - from },
  }));
  const { days } = daysOf(known, at("2026-10-26T12:00:00Z"));
  assertEquals([...days.keys()], [DAYS - 3, DAYS - 2, DAYS - 1]);
});

Deno.test("uptimeOfDays() and daysText() say how it was", () => {
  const days = daysOf([
    dayAgo(2, WELL),
    dayAgo(1, { healthy: 21 * HOUR_MS, unhealthy: 3 * HOUR_MS }),
  ], NOW);
  assertEquals(uptimeOfDays(days), "93.75 %");
  assertEquals(
    daysText(days),
    "2 of 90 days known, 93.75 % up, down 3 h on 1 day",
  );
  const nothing = daysOf([], NOW);
  assertEquals(uptimeOfDays(nothing), "");
  assertEquals(daysText(nothing), "Nothing is known of the last 90 days");
});

Deno.test("dayBars() draws days that were well as one line", () => {
  const svg = dayBars(
    daysOf([dayAgo(5, WELL), dayAgo(4, WELL), dayAgo(2, WELL)], NOW),
    "UTC",
  );
  assertMatch(svg, /<path class="p l" d="M84 3h2M87 3h1"\/><\/svg>$/);
});

Deno.test("dayBars() says of another day how long it was how", () => {
  const svg = dayBars(
    daysOf([
      dayAgo(1, {
        healthy: 10 * HOUR_MS,
        unhealthy: 12 * 60_000,
        degraded: HOUR_MS,
        maintenance: 2 * HOUR_MS,
        unknown: HOUR_MS / 2,
      }),
    ], NOW),
    "UTC",
  );
  assertMatch(
    svg,
    /<title>2026-11-26: down 12 min, degraded 1 h, unknown 30 min, in maintenance 2 h, not watched 10 h 18 min<\/title>/,
  );
  assertEquals(
    [...svg.matchAll(/<path class="(\w)" d="M88\.375/g)].map(([, tone]) =>
      tone
    ),
    ["f", "w"],
  );
});

Deno.test("dayBars() shows a short time, and no more than the day", () => {
  const heights = (spans: Partial<Spans>): number[] =>
    [
      ...dayBars(daysOf([dayAgo(1, spans)], NOW), "UTC")
        .matchAll(/v-([\d.]+)/g),
    ].map(([, height]) => Number(height));
  assertEquals(heights({ healthy: DAY_MS - 1000, unhealthy: 1000 }), [
    1.8,
    4.2,
  ]);
  assertEquals(heights({ unhealthy: DAY_MS }), [6]);
});
