import { assert, assertEquals } from "@std/assert";
import { Periods } from "../../../../src/sinks/history/store/times.ts";

const FIVE_MINUTES_MS = 300_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

for (
  // Lord Howe sets its clocks by half an hour, on 4 April and 3 October 2026.
  const zone of ["UTC", "Asia/Kolkata", "Asia/Kathmandu", "Australia/Lord_Howe"]
) {
  Deno.test(`the days of ${zone} are made of whole hours`, () => {
    const periods = new Periods(zone);
    for (const around of ["2026-04-04", "2026-10-03"]) {
      const first = periods.startOf("day", Date.parse(around) - DAY_MS);
      const end = first + 3 * DAY_MS;
      let day = first;
      let hour = first;
      for (let at = first; at < end; at += FIVE_MINUTES_MS) {
        if (at === periods.endOf("day", day)) day = at;
        if (at === periods.endOf("hour", hour)) hour = at;
        assertEquals(periods.startOf("day", at), day);
        assertEquals(periods.startOf("hour", at), hour);
        assert(hour >= day, new Date(hour).toISOString());
      }
    }
  });
}

Deno.test("the last hour of a day is shorter where clocks are set by less than an hour", () => {
  const periods = new Periods("Australia/Lord_Howe");
  const lengths = new Set<number>();
  for (
    let at = Date.parse("2026-10-02T00:00Z");
    at < Date.parse("2026-10-05T00:00Z");
    at = periods.endOf("hour", at)
  ) {
    at = periods.startOf("hour", at);
    lengths.add(periods.endOf("hour", at) - at);
  }
  assertEquals(lengths, new Set([HOUR_MS, HOUR_MS / 2]));
});
