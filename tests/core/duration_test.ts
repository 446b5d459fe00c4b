import {
  assertEquals,
  assertLess,
  assertLessOrEqual,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import {
  type Duration,
  formatBeyond,
  formatDuration,
  parseDuration,
} from "../../src/core/duration.ts";

const GOOD: readonly (readonly [Duration, number])[] = [
  [0, 0],
  [250, 250],
  [0.5, 0.5],
  ["0s", 0],
  ["500ms", 500],
  ["0.5ms", 0.5],
  ["1.5s", 1500],
  ["10s", 10_000],
  ["1m", 60_000],
  ["1m1ms", 60_001],
  ["1m30s", 90_000],
  ["2h", 7_200_000],
  ["1d", 86_400_000],
  ["1d2h3m4s5ms", 93_784_005],
  ["90m", 5_400_000],
];

for (const [duration, ms] of GOOD) {
  Deno.test(`parseDuration() reads ${JSON.stringify(duration)}`, () => {
    assertEquals(parseDuration(duration), ms);
  });
}

const BAD: readonly unknown[] = [
  "",
  "10",
  "s",
  "-1s",
  "+1s",
  "1s1m",
  "1s1s",
  "1m 30s",
  " 1s",
  "1s\n",
  "1e3s",
  ".5s",
  "1.s",
  "1S",
  "1sec",
  "1w",
  "1µs",
  "١s",
  "NaN",
  "Infinity",
  `${"9".repeat(400)}s`,
  -1,
  NaN,
  Infinity,
  -Infinity,
  null,
  undefined,
  true,
  10n,
  {},
  [],
];

for (const duration of BAD) {
  const shown = Deno.inspect(duration).slice(0, 20);
  Deno.test(`parseDuration() refuses ${shown}`, () => {
    assertThrows(
      () => parseDuration(duration as Duration),
      RangeError,
      "Expected a duration such as",
    );
  });
}

Deno.test("parseDuration() says what it got", () => {
  const { message } = assertThrows(
    () => parseDuration("1 fortnight"),
    RangeError,
  );
  assertStringIncludes(message, 'got "1 fortnight"');
  assertThrows(() => parseDuration(-5), RangeError, "got -5");
});

const FORMATTED: readonly (readonly [number, string])[] = [
  [0, "0ms"],
  [0.04, "0ms"],
  [0.25, "0.3ms"],
  [0.99, "1ms"],
  [1, "1ms"],
  [12.4, "12ms"],
  [999.4, "999ms"],
  [999.5, "1s"],
  [1000, "1s"],
  [1500, "1.5s"],
  [59_949, "59.9s"],
  [59_950, "1m"],
  [60_000, "1m"],
  [119_999, "2m"],
  [125_000, "2m5s"],
  [3_600_000, "1h"],
  [3_605_000, "1h"],
  [10_800_000, "3h"],
  [5_400_000, "1h30m"],
  [86_400_000, "1d"],
  [90_061_001, "1d1h"],
];

for (const [ms, text] of FORMATTED) {
  Deno.test(`formatDuration() writes ${ms} as ${text}`, () => {
    assertEquals(formatDuration(ms), text);
  });
}

Deno.test("formatDuration() writes what parseDuration() reads, in order and about right", () => {
  const ms = fc.double({ min: 0, max: 1e11, noNaN: true });
  const shown = (ms: number): number => parseDuration(formatDuration(ms));
  fc.assert(fc.property(ms, ms, (a, b) => {
    assertLessOrEqual(shown(Math.min(a, b)), shown(Math.max(a, b)));
    // The third unit is dropped: an hour of a day and an hour at most.
    assertLessOrEqual(Math.abs(shown(a) - a), Math.max(0.5, a / 20));
  }));
});

const BEYOND: readonly (readonly [number, number, string, string])[] = [
  [1, 1.2, "1ms", "1.2ms"],
  [1, 1.0004, "1ms", "1.0004ms"],
  [1, 2.3, "1ms", "2ms"],
  [1.5, 1.8, "1.5ms", "2ms"],
  [0.25, 0.26, "0.25ms", "0.3ms"],
  [500, 500.01, "500ms", "500.01ms"],
  [1000, 1004, "1s", "1.004s"],
  [1000, 1500, "1s", "1.5s"],
  [1234, 1240, "1.234s", "1.24s"],
  [60_000, 60_020, "1m", "1m0.02s"],
  [90_000, 200_000, "1m30s", "3m20s"],
  [3_605_000, 3_606_000, "1h5s", "1h6s"],
  [86_400_000, 86_400_001, "1d", "1d0.001s"],
];

for (const [limitMs, ms, ...texts] of BEYOND) {
  Deno.test(`formatBeyond() tells ${ms} from a limit of ${limitMs}`, () => {
    assertEquals(formatBeyond(limitMs, ms), texts);
  });
}

Deno.test("formatBeyond() writes a longer duration as a longer one", () => {
  const limit = fc.integer({ min: 0, max: 1e8 });
  const more = fc.double({ min: 0.001, max: 1e8, noNaN: true });
  fc.assert(fc.property(limit, more, (limitMs, moreMs) => {
    const [limit, duration] = formatBeyond(limitMs, limitMs + moreMs);
    assertLess(parseDuration(limit), parseDuration(duration));
  }));
});
