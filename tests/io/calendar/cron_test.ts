import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readCron } from "../../../src/io/calendar/cron.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";

const MINUTE_MS = 60_000;

/** The runs of a schedule from an instant on, as the clocks show them. */
function runs(
  schedule: string,
  zone: string,
  from: string,
  count: number,
): string[] {
  const there = new Zone(zone);
  const next = readCron(schedule, there);
  let at = Date.parse(from) - 1;
  return Array.from({ length: count }, () => {
    at = next(at);
    const offset = there.offsetAt(at) / 3_600_000;
    return `${there.format(at).slice(5)} ${offset >= 0 ? "+" : ""}${offset}`;
  });
}

// The clocks of Berlin skip from 02:00 to 03:00 on 29 March 2026.
for (
  const [schedule, expected] of [
    ["30 2 * * *", ["03-29 03:00 +2", "03-30 02:30 +2"]],
    ["0 2 * * *", ["03-29 03:00 +2", "03-30 02:00 +2"]],
    ["0 3 * * *", ["03-29 03:00 +2", "03-30 03:00 +2"]],
    ["15,45 2 * * *", ["03-29 03:00 +2", "03-30 02:15 +2", "03-30 02:45 +2"]],
    ["30 1-3 * * *", [
      "03-29 01:30 +1",
      "03-29 03:00 +2",
      "03-29 03:30 +2",
      "03-30 01:30 +2",
    ]],
    ["0 2,3 * * *", ["03-29 03:00 +2", "03-30 02:00 +2", "03-30 03:00 +2"]],
    ["*/30 2 * * *", ["03-30 02:00 +2", "03-30 02:30 +2"]],
    ["30 */2 * * *", ["03-29 00:30 +1", "03-29 04:30 +2"]],
    ["*/30 * * * *", [
      "03-29 00:00 +1",
      "03-29 00:30 +1",
      "03-29 01:00 +1",
      "03-29 01:30 +1",
      "03-29 03:00 +2",
    ]],
    ["@daily", ["03-29 00:00 +1", "03-30 00:00 +2"]],
    ["@hourly", [
      "03-29 00:00 +1",
      "03-29 01:00 +1",
      "03-29 03:00 +2",
      "03-29 04:00 +2",
    ]],
  ] as const
) {
  Deno.test(`readCron() finds the runs of ${schedule} as cron does where an hour is skipped`, () => {
    assertEquals(
      runs(schedule, "Europe/Berlin", "2026-03-28T23:00Z", expected.length),
      [...expected],
    );
  });
}

// They show the hour from 02:00 twice on 25 October 2026.
for (
  const [schedule, expected] of [
    ["30 2 * * *", ["10-25 02:30 +2", "10-26 02:30 +1"]],
    ["0 2 * * *", ["10-25 02:00 +2", "10-26 02:00 +1"]],
    ["0 3 * * *", ["10-25 03:00 +1", "10-26 03:00 +1"]],
    ["15,45 2 * * *", ["10-25 02:15 +2", "10-25 02:45 +2", "10-26 02:15 +1"]],
    ["30 1-3 * * *", ["10-25 01:30 +2", "10-25 02:30 +2", "10-25 03:30 +1"]],
    ["*/30 2 * * *", [
      "10-25 02:00 +2",
      "10-25 02:30 +2",
      "10-25 02:00 +1",
      "10-25 02:30 +1",
      "10-26 02:00 +1",
    ]],
    ["30 */2 * * *", [
      "10-25 00:30 +2",
      "10-25 02:30 +2",
      "10-25 02:30 +1",
      "10-25 04:30 +1",
    ]],
    ["@daily", ["10-25 00:00 +2", "10-26 00:00 +1"]],
    ["@hourly", [
      "10-25 00:00 +2",
      "10-25 01:00 +2",
      "10-25 02:00 +2",
      "10-25 02:00 +1",
      "10-25 03:00 +1",
    ]],
  ] as const
) {
  Deno.test(`readCron() finds the runs of ${schedule} as cron does where an hour comes twice`, () => {
    assertEquals(
      runs(schedule, "Europe/Berlin", "2026-10-24T22:00Z", expected.length),
      [...expected],
    );
  });
}

for (
  const [schedule, expected] of [
    ["0 0 13 * fri", ["06-05 00:00 +0", "06-12 00:00 +0", "06-13 00:00 +0"]],
    ["0 12 * * sun", ["06-07 12:00 +0", "06-14 12:00 +0"]],
    ["0 12 * * 7", ["06-07 12:00 +0", "06-14 12:00 +0"]],
    ["0 0 29 2 *", ["02-29 00:00 +0"]],
    ["5-7/2 4 1 jan-mar/2 *", ["01-01 04:05 +0", "01-01 04:07 +0"]],
    ["@weekly", ["06-07 00:00 +0"]],
    ["@monthly", ["07-01 00:00 +0"]],
    ["@yearly", ["01-01 00:00 +0"]],
    ["@Annually", ["01-01 00:00 +0"]],
    ["@midnight", ["06-02 00:00 +0"]],
  ] as const
) {
  Deno.test(`readCron() reads ${schedule}`, () => {
    assertEquals(
      runs(schedule, "UTC", "2026-06-01T00:01Z", expected.length),
      [...expected],
    );
  });
}

for (
  const [schedule, message] of [
    ["", "Expected five fields such as"],
    ["* * * *", 'got "* * * *"'],
    ["* * * * * *", "Expected five fields"],
    ["@reboot", "or one of @yearly,"],
    ["60 * * * *", "60"],
    ["* 22-2 * * *", "22-2"],
    ["H * * * *", "H"],
    ["*/0 * * * *", "0"],
    ["0 0 30 2 *", "Expected a schedule that has a run"],
  ] as const
) {
  Deno.test(`readCron() refuses ${JSON.stringify(schedule)}`, () => {
    assertThrows(
      () => readCron(schedule, new Zone("UTC")),
      RangeError,
      message,
    );
  });
}

Deno.test("Zone refuses what is no time zone", () => {
  assertThrows(
    () => new Zone("Mars/Base"),
    RangeError,
    'Expected a time zone such as "Europe/Berlin", got "Mars/Base"',
  );
});

// Clocks that are set by an hour, by half an hour, at midnight, and never.
const ZONES = [
  ["Europe/Berlin", "2026-03-28T22:00Z", "2026-10-24T22:00Z"],
  ["America/New_York", "2026-03-08T04:00Z", "2026-11-01T03:00Z"],
  ["Australia/Lord_Howe", "2026-10-03T12:00Z", "2026-04-04T12:00Z"],
  ["America/Santiago", "2026-09-06T02:00Z", "2026-04-05T01:00Z"],
  ["Asia/Kolkata", "2026-03-28T22:00Z", "2026-10-24T22:00Z"],
] as const;

/** Does minute by minute what cron does, for fields that it is given apart. */
function simulate(
  minutes: ReadonlySet<number>,
  hours: ReadonlySet<number>,
  isByClock: boolean,
  { zone, from }: { readonly zone: Zone; readonly from: number },
): number[] {
  const matches = (shown: number): boolean =>
    minutes.has(new Date(shown).getUTCMinutes()) &&
    hours.has(new Date(shown).getUTCHours());
  const found: number[] = [];
  let latest = zone.shownAt(from);
  for (let i = 1; i <= 12 * 60; i++) {
    const at = from + i * MINUTE_MS;
    const shown = zone.shownAt(at);
    if (isByClock) {
      if (matches(shown)) found.push(at);
      continue;
    }
    let isDue = false;
    while (latest < shown) {
      latest += MINUTE_MS;
      isDue ||= matches(latest);
    }
    if (isDue) found.push(at);
  }
  return found;
}

Deno.test("readCron() finds the same runs as a cron that looks every minute", () => {
  const all = (size: number): number[] =>
    Array.from({ length: size }, (_, i) => i);
  const values = (size: number) =>
    fc.oneof(
      fc.record({
        text: fc.constantFrom("*"),
        values: fc.constant(all(size)),
      }),
      fc.integer({ min: 1, max: size - 1 }).map((step) => ({
        text: `*/${step}`,
        values: all(size).filter((value) => value % step === 0),
      })),
      fc.uniqueArray(fc.integer({ min: 0, max: Math.min(size - 1, 23) }), {
        minLength: 1,
        maxLength: 4,
      }).map((values) => ({ text: values.join(","), values })),
    );
  fc.assert(
    fc.property(
      values(60),
      values(24),
      fc.constantFrom(...ZONES),
      fc.boolean(),
      (minute, hour, [name, forward, back], isForward) => {
        const zone = new Zone(name);
        const from = Date.parse(isForward ? forward : back);
        const isByClock = [minute, hour].some(({ text }) => text[0] === "*");
        const expected = simulate(
          new Set(minute.values),
          new Set(hour.values),
          isByClock,
          { zone, from },
        );
        const next = readCron(`${minute.text} ${hour.text} * * *`, zone);
        const found: number[] = [];
        const end = from + 12 * 60 * MINUTE_MS;
        for (let at = next(from); at <= end; at = next(at)) found.push(at);
        assertEquals(found.slice(0, 50), expected.slice(0, 50));
        assertEquals(found.length, expected.length);
      },
    ),
    { numRuns: 60 },
  );
});
