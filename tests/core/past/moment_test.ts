import { assertEquals, assertThrows } from "@std/assert";
import { parseMoment } from "../../../src/core/past/moment.ts";

const NOW = Date.UTC(2026, 10, 27, 12);

Deno.test("parseMoment() reads times, dates, durations before now, and now", () => {
  for (
    const [text, expected] of [
      ["now", "2026-11-27T12:00:00.000Z"],
      ["2026-11-01", "2026-11-01T00:00:00.000Z"],
      ["2026-11-01T08:30", "2026-11-01T08:30:00.000Z"],
      ["2026-11-01 08:30:15", "2026-11-01T08:30:15.000Z"],
      ["2026-11-01T08:30:15.25Z", "2026-11-01T08:30:15.250Z"],
      ["2026-11-01T08:30:15+01:00", "2026-11-01T07:30:15.000Z"],
      ["2028-02-29", "2028-02-29T00:00:00.000Z"],
      ["7d", "2026-11-20T12:00:00.000Z"],
      ["-7d", "2026-11-20T12:00:00.000Z"],
      ["1d12h", "2026-11-26T00:00:00.000Z"],
    ] as const
  ) {
    const at = parseMoment(text, NOW);
    assertEquals(new Date(at).toISOString(), expected, text);
  }
});

Deno.test("parseMoment() says what it expected of anything else", () => {
  for (
    const text of [
      "",
      "-",
      "7",
      "7w",
      "--7d",
      "yesterday",
      "2026",
      "2026-13-01",
      "2026-02-30",
      "2026-02-30T00:00:00Z",
      "2026-11-01T25:00",
      "2026-11-01T08",
      "99999999999999d99999999999999",
      // A Date has no such time.
      "200000000d",
    ]
  ) {
    assertThrows(
      () => parseMoment(text, NOW),
      RangeError,
      `Expected a time such as "2026-11-01T08:00:00Z" or a duration before now such as "7d", got ${
        JSON.stringify(text)
      }`,
    );
  }
});

Deno.test("parseMoment() takes times without a time zone for those that clocks show", () => {
  const instantOf = (shown: number): number => shown - 3_600_000;
  for (
    const [text, expected] of [
      ["2026-11-01", "2026-10-31T23:00:00.000Z"],
      ["2026-11-01T08:30", "2026-11-01T07:30:00.000Z"],
      ["2026-11-01T08:30Z", "2026-11-01T08:30:00.000Z"],
      ["2026-11-01T08:30-02:00", "2026-11-01T10:30:00.000Z"],
      ["1h", "2026-11-27T11:00:00.000Z"],
      ["now", "2026-11-27T12:00:00.000Z"],
    ] as const
  ) {
    const at = parseMoment(text, NOW, instantOf);
    assertEquals(new Date(at).toISOString(), expected, text);
  }
});
