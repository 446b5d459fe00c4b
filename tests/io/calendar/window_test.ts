import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { readCron } from "../../../src/io/calendar/cron.ts";
import { readLocalTime } from "../../../src/io/calendar/local_time.ts";
import {
  nextOccurrences,
  onceFrom,
  recurring,
  type Window,
} from "../../../src/io/calendar/window.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";

const HOUR_MS = 3_600_000;

/** An instant as `2026-03-29T01:00Z`. */
function inUtc(at: number): string {
  return new Date(at).toISOString().replace(":00.000Z", "Z");
}

/** When a local time is: in each zone, around both changes of its clocks. */
const LOCAL: readonly (readonly [zone: string, local: string, utc: string])[] =
  [
    ["UTC", "2026-11-29T22:00", "2026-11-29T22:00Z"],
    ["Europe/Berlin", "2026-03-29T01:59", "2026-03-29T00:59Z"],
    // Skipped: the instant when clocks are set forward.
    ["Europe/Berlin", "2026-03-29T02:00", "2026-03-29T01:00Z"],
    ["Europe/Berlin", "2026-03-29T02:30", "2026-03-29T01:00Z"],
    ["Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:00Z"],
    ["Europe/Berlin", "2026-03-29T03:01", "2026-03-29T01:01Z"],
    // Shown twice: the first time.
    ["Europe/Berlin", "2026-10-25T02:30", "2026-10-25T00:30Z"],
    ["Europe/Berlin", "2026-10-25T03:00", "2026-10-25T02:00Z"],
    ["America/New_York", "2026-03-08T02:30", "2026-03-08T07:00Z"],
    ["America/New_York", "2026-03-08T03:00", "2026-03-08T07:00Z"],
    ["America/New_York", "2026-11-01T01:30", "2026-11-01T05:30Z"],
    ["America/New_York", "2026-11-01T02:00", "2026-11-01T07:00Z"],
    // Clocks are set by half an hour.
    ["Australia/Lord_Howe", "2026-10-04T01:59", "2026-10-03T15:29Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:15", "2026-10-03T15:30Z"],
    ["Australia/Lord_Howe", "2026-10-04T02:30", "2026-10-03T15:30Z"],
    ["Australia/Lord_Howe", "2026-04-05T01:45", "2026-04-04T14:45Z"],
    ["Australia/Lord_Howe", "2026-04-05T02:00", "2026-04-04T15:30Z"],
    // An offset of its own, in any zone.
    ["Europe/Berlin", "2026-03-29T02:30Z", "2026-03-29T02:30Z"],
    ["Europe/Berlin", "2026-03-29 02:30:00+01:00", "2026-03-29T01:30Z"],
    ["UTC", "2026-03-29T02:30-03:30", "2026-03-29T06:00Z"],
  ];

for (const [zone, local, utc] of LOCAL) {
  Deno.test(`readLocalTime() reads ${local} in ${zone} as ${utc}`, () => {
    assertEquals(inUtc(readLocalTime(local, new Zone(zone))), utc);
  });
}

for (
  const text of [
    "",
    "tomorrow",
    "2026-11-29",
    "22:00",
    "2026-11-29T22",
    "2026-02-30T22:00",
    "2026-13-01T22:00",
    "2026-11-29T24:00",
    "2026-11-29T22:60",
    "2026-11-29T22:00+1",
    " 2026-11-29T22:00",
    "0050-01-01T00:00",
  ]
) {
  Deno.test(`readLocalTime() refuses ${JSON.stringify(text)}`, () => {
    assertThrows(
      () => readLocalTime(text, new Zone("UTC")),
      RangeError,
      `Expected a date and a time such as "2026-11-29T22:00", got ${
        JSON.stringify(text)
      }`,
    );
  });
}

/** Times of windows that recur, around both changes of the clocks. */
const RECURRING: readonly (readonly [
  zone: string,
  schedule: string,
  hours: number,
  after: string,
  times: readonly (readonly [from: string, to: string])[],
])[] = [
  // Four real hours, whatever the clocks show.
  ["Europe/Berlin", "0 0 * * sun", 4, "2026-03-23T00:00Z", [
    ["2026-03-28T23:00Z", "2026-03-29T03:00Z"],
    ["2026-04-04T22:00Z", "2026-04-05T02:00Z"],
  ]],
  ["Europe/Berlin", "0 0 * * sun", 4, "2026-10-20T00:00Z", [
    ["2026-10-24T22:00Z", "2026-10-25T02:00Z"],
    ["2026-10-31T23:00Z", "2026-11-01T03:00Z"],
  ]],
  // It begins in the hour that is skipped.
  ["Europe/Berlin", "30 2 * * *", 1, "2026-03-28T12:00Z", [
    ["2026-03-29T01:00Z", "2026-03-29T02:00Z"],
    ["2026-03-30T00:30Z", "2026-03-30T01:30Z"],
  ]],
  // It begins in the hour that comes twice, and is held once.
  ["Europe/Berlin", "30 2 * * *", 0.25, "2026-10-24T12:00Z", [
    ["2026-10-25T00:30Z", "2026-10-25T00:45Z"],
    ["2026-10-26T01:30Z", "2026-10-26T01:45Z"],
  ]],
  ["America/New_York", "30 2 * * *", 1, "2026-03-07T12:00Z", [
    ["2026-03-08T07:00Z", "2026-03-08T08:00Z"],
    ["2026-03-09T06:30Z", "2026-03-09T07:30Z"],
  ]],
  ["America/New_York", "30 1 * * *", 0.25, "2026-10-31T12:00Z", [
    ["2026-11-01T05:30Z", "2026-11-01T05:45Z"],
    ["2026-11-02T06:30Z", "2026-11-02T06:45Z"],
  ]],
  ["America/New_York", "0 0 * * sun", 4, "2026-10-30T12:00Z", [
    ["2026-11-01T04:00Z", "2026-11-01T08:00Z"],
    ["2026-11-08T05:00Z", "2026-11-08T09:00Z"],
  ]],
  ["Australia/Lord_Howe", "15 2 * * *", 1, "2026-10-03T12:00Z", [
    ["2026-10-03T15:30Z", "2026-10-03T16:30Z"],
    ["2026-10-04T15:15Z", "2026-10-04T16:15Z"],
  ]],
  ["Australia/Lord_Howe", "45 1 * * *", 0.25, "2026-04-04T12:00Z", [
    ["2026-04-04T14:45Z", "2026-04-04T15:00Z"],
    ["2026-04-05T15:15Z", "2026-04-05T15:30Z"],
  ]],
  // What has begun is the first one, and what overlaps is one.
  ["UTC", "0 3 * * *", 2, "2026-01-01T04:00Z", [
    ["2026-01-01T03:00Z", "2026-01-01T05:00Z"],
    ["2026-01-02T03:00Z", "2026-01-02T05:00Z"],
  ]],
  ["UTC", "0,30 3 * * *", 0.5, "2026-01-01T00:00Z", [
    ["2026-01-01T03:00Z", "2026-01-01T04:00Z"],
    ["2026-01-02T03:00Z", "2026-01-02T04:00Z"],
  ]],
  ["UTC", "*/10 3 * * *", 1, "2026-01-01T00:00Z", [
    ["2026-01-01T03:00Z", "2026-01-01T04:50Z"],
  ]],
];

for (const [zone, schedule, hours, after, times] of RECURRING) {
  Deno.test(`a window of ${hours}h by ${schedule} in ${zone} after ${after}`, () => {
    const window = recurring(
      readCron(schedule, new Zone(zone)),
      hours * HOUR_MS,
    );
    assertEquals(
      nextOccurrences(window, Date.parse(after), times.length)
        .map(({ from, to }) => [inUtc(from), inUtc(to)]),
      times.map((time) => [...time]),
    );
  });
}

Deno.test("a window that never ends has an end that is not looked for", () => {
  const window = recurring(readCron("* * * * *", new Zone("UTC")), HOUR_MS);
  const [next, ...later] = nextOccurrences(window, 0, 3);
  assertEquals([next!.from, later], [-59 * 60_000, []]);
});

Deno.test("a window that comes once is over afterwards", () => {
  const window = onceFrom(1000, 500);
  assertEquals(window.after(0), { from: 1000, to: 1500 });
  assertEquals(window.after(1499), { from: 1000, to: 1500 });
  assertEquals(window.after(1500), null);
  assertEquals(nextOccurrences(window, 0, 3), [{ from: 1000, to: 1500 }]);
});

Deno.test("a window that recurs agrees with a naive look at all runs", () => {
  const start = Date.UTC(2026, 2, 28);
  const zone = new Zone("Europe/Berlin");
  fc.assert(
    fc.property(
      fc.constantFrom("30 2 * * *", "0 */5 * * *", "15 1,2,3 * * *"),
      fc.integer({ min: 1, max: 400 }),
      fc.integer({ min: 0, max: 2 * 24 * 60 }),
      (schedule, minutes, after) => {
        const next = readCron(schedule, zone);
        const window: Window = recurring(next, minutes * 60_000);
        const at = start + after * 60_000;
        let isIn = false;
        for (let run = next(start - 24 * HOUR_MS); run <= at; run = next(run)) {
          if (at < run + minutes * 60_000) isIn = true;
        }
        assertEquals(window.after(at)!.from <= at, isIn);
      },
    ),
    { numRuns: 60 },
  );
});
