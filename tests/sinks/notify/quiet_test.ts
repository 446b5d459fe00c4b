import { assertEquals } from "@std/assert";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { isAlways, quietTimes } from "../../../src/sinks/notify/quiet.ts";

const BERLIN = new Zone("Europe/Berlin");

/** Until when it is quiet at an instant, as the clocks of a zone show it. */
function until(
  spec: Parameters<typeof quietTimes>[0],
  at: string,
  zone: Zone = BERLIN,
): string | null {
  const end = quietTimes(spec, zone).until(Date.parse(at));
  return end === null ? null : new Date(end).toISOString().slice(0, 16);
}

const NIGHT = { from: "22:00", to: "07:00" };

/** Instants in UTC, and until when the night lasts, in UTC. */
const NIGHTS: readonly (readonly [at: string, until: string | null])[] = [
  // In winter, an hour ahead of UTC.
  ["2026-11-26T20:59:59Z", null],
  ["2026-11-26T21:00:00Z", "2026-11-27T06:00"],
  ["2026-11-27T05:59:59Z", "2026-11-27T06:00"],
  ["2026-11-27T06:00:00Z", null],
  // Clocks are set forward in the night to 29 March 2026.
  ["2026-03-28T20:59:59Z", null],
  ["2026-03-28T21:00:00Z", "2026-03-29T05:00"],
  ["2026-03-29T04:59:59Z", "2026-03-29T05:00"],
  ["2026-03-29T05:00:00Z", null],
  // They are set back in the night to 25 October 2026.
  ["2026-10-24T20:00:00Z", "2026-10-25T06:00"],
  ["2026-10-25T05:59:59Z", "2026-10-25T06:00"],
  ["2026-10-25T06:00:00Z", null],
];

for (const [at, end] of NIGHTS) {
  Deno.test(`a night is quiet at ${at} until ${end}`, () => {
    assertEquals(until(NIGHT, at), end);
  });
}

Deno.test("quiet times of a day end on that day", () => {
  const noon = { from: "12:00", to: "13:30" };
  assertEquals(until(noon, "2026-11-26T10:59:00Z"), null);
  assertEquals(until(noon, "2026-11-26T11:00:00Z"), "2026-11-26T12:30");
  assertEquals(until(noon, "2026-11-26T12:30:00Z"), null);
});

Deno.test("quiet times begin on their days, and may end on the next", () => {
  // 27 November 2026 is a Friday.
  const weekend = { ...NIGHT, days: ["fri", "sat"] };
  assertEquals(until(weekend, "2026-11-26T22:00:00Z"), null);
  assertEquals(until(weekend, "2026-11-27T05:00:00Z"), null);
  assertEquals(until(weekend, "2026-11-27T22:00:00Z"), "2026-11-28T06:00");
  assertEquals(until(weekend, "2026-11-29T05:00:00Z"), "2026-11-29T06:00");
  assertEquals(until(weekend, "2026-11-29T22:00:00Z"), null);
});

Deno.test("quiet times that follow each other are one", () => {
  const days = { from: "00:00", to: "00:00", days: ["sat", "sun"] };
  assertEquals(until(days, "2026-11-27T22:59:00Z"), null);
  assertEquals(until(days, "2026-11-27T23:00:00Z"), "2026-11-29T23:00");
  assertEquals(until(days, "2026-11-29T22:00:00Z"), "2026-11-29T23:00");
  assertEquals(until(days, "2026-11-29T23:00:00Z"), null);
  // Six days in a row, the first of which is the day after the last.
  const six = { ...days, days: ["sun", "mon", "tue", "wed", "thu", "fri"] };
  assertEquals(until(six, "2026-11-28T23:00:00Z"), "2026-12-04T23:00");
  // Two days around the end of a week.
  const around = { ...days, days: ["sun", "mon"] };
  assertEquals(until(around, "2026-11-29T12:00:00Z"), "2026-11-30T23:00");
});

Deno.test("times that the clocks do not show, or show twice, are one instant each", () => {
  // 02:00 to 03:00 is skipped on 29 March: nothing is left of it.
  const skipped = { from: "02:10", to: "02:50" };
  assertEquals(until(skipped, "2026-03-29T00:59:59Z"), null);
  assertEquals(until(skipped, "2026-03-29T01:00:00Z"), null);
  assertEquals(
    until({ from: "01:30", to: "02:30" }, "2026-03-29T00:45:00Z"),
    "2026-03-29T01:00",
  );
  assertEquals(
    until({ from: "02:30", to: "03:30" }, "2026-03-29T01:00:00Z"),
    "2026-03-29T01:30",
  );
  // 02:00 to 03:00 comes twice on 25 October, at 00:00 and at 01:00 UTC.
  const twice = { from: "02:10", to: "02:50" };
  assertEquals(until(twice, "2026-10-25T00:10:00Z"), "2026-10-25T00:50");
  assertEquals(until(twice, "2026-10-25T01:20:00Z"), null);
  assertEquals(
    until({ from: "01:00", to: "03:00" }, "2026-10-25T01:20:00Z"),
    "2026-10-25T02:00",
  );
});

Deno.test("a zone where clocks are set at midnight has its quiet times, too", () => {
  // On 6 September 2026, 00:00 to 01:00 is skipped in Santiago.
  const zone = new Zone("America/Santiago");
  const spec = { from: "23:00", to: "00:30" };
  assertEquals(until(spec, "2026-09-06T03:30:00Z", zone), "2026-09-06T04:00");
  assertEquals(until(spec, "2026-09-06T04:00:00Z", zone), null);
  const day = { from: "00:00", to: "06:00" };
  assertEquals(until(day, "2026-09-06T03:59:00Z", zone), null);
  assertEquals(until(day, "2026-09-06T04:00:00Z", zone), "2026-09-06T09:00");
});

Deno.test("only what begins every day and ends when it begins is always quiet", () => {
  assertEquals(isAlways({ from: "08:00", to: "08:00" }), true);
  assertEquals(isAlways({ from: "08:00", to: "08:00", days: ["mon"] }), false);
  assertEquals(isAlways(NIGHT), false);
});

Deno.test("the end of quiet times is never in the past, and nothing is quiet then", () => {
  const zones = ["UTC", "Europe/Berlin", "America/Santiago", "Asia/Kathmandu"]
    .map((name) => new Zone(name));
  const specs = [NIGHT, { from: "00:00", to: "00:00", days: ["sun"] }, {
    from: "02:30",
    to: "02:29",
    days: ["sat", "sun", "mon"],
  }];
  for (const zone of zones) {
    for (const spec of specs) {
      const quiet = quietTimes(spec, zone);
      const from = Date.parse("2026-03-25T00:00:00Z");
      for (let at = from; at < from + 10 * 86_400_000; at += 37 * 60_000) {
        const end = quiet.until(at);
        if (end === null) continue;
        assertEquals(end > at, true);
        assertEquals(quiet.until(end), null);
        assertEquals(quiet.until(end - 1), end);
      }
    }
  }
});
