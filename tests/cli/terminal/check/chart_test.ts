import { assertEquals } from "@std/assert";
import { chart } from "../../../../src/cli/terminal/check/chart.ts";
import { plain, styled } from "../../../../src/cli/terminal/style.ts";
import type { Verdict } from "../../../../src/core/types.ts";
import type { PastAttempt } from "../../../../src/fleet/history.ts";

function attempt(
  durationMs: number | null,
  verdict: Verdict = "pass",
): PastAttempt {
  return { verdict, at: 0, durationMs };
}

const CHARTS: readonly (readonly [
  string,
  readonly PastAttempt[],
  readonly string[],
])[] = [
  ["durations on a scale", [5, 10, 20].map((ms) => attempt(ms)), [
    "20ms │  █",
    "     │  █",
    "10ms │ ██",
    "     │███",
    "   0 │●●●",
  ]],
  ["parts of a line", [1, 2, 3, 9, 10].map((ms) => attempt(ms)), [
    "10ms │   ▅█",
    "     │   ██",
    " 5ms │  ▂██",
    "     │▄▇███",
    "   0 │●●●●●",
  ]],
  ["no bars of what did not answer", [
    attempt(300),
    attempt(5000, "fail"),
    attempt(1, "error"),
    attempt(400, "warn"),
  ], [
    "400ms │   █",
    "      │█  █",
    "200ms │█  █",
    "      │█  █",
    "    0 │●✕○▲",
  ]],
  ["an outlier beyond the scale", [1, 1, 1, 500].map((ms) => attempt(ms)), [
    "4ms │   ↑",
    "    │   █",
    "2ms │   █",
    "    │████",
    "  0 │●●●●",
  ]],
  ["times of 0", [attempt(0), attempt(0)], [
    "0.2ms │",
    "      │",
    "0.1ms │",
    "      │▁▁",
    "    0 │●●",
  ]],
  ["seconds and minutes", [attempt(30_000), attempt(45_000)], [
    " 1m │",
    "    │ █",
    "30s │██",
    "    │██",
    "  0 │●●",
  ]],
  ["only signs without durations", [attempt(null), attempt(null, "fail")], [
    "●✕",
  ]],
  ["nothing without attempts", [], [""]],
];

for (const [what, attempts, expected] of CHARTS) {
  Deno.test(`chart() draws ${what}`, () => {
    const { lines } = chart(attempts, { width: 60, height: 4, paint: plain });
    assertEquals(lines.map((line) => line.trimEnd()), expected);
  });
}

Deno.test("chart() shows the newest attempts for which there is room", () => {
  const attempts = Array.from({ length: 60 }, (_, i) => attempt(i));
  const { lines, shown } = chart(attempts, {
    width: 20,
    height: 4,
    paint: plain,
  });
  assertEquals(shown, attempts.slice(-13));
  for (const line of lines) assertEquals(line.length, 20);
  const small = chart(attempts, { width: 3, height: 4, paint: plain });
  assertEquals(small.shown, []);
});

Deno.test("chart() has a colour for each verdict", () => {
  const attempts = (["pass", "warn", "fail", "error"] as const)
    .map((verdict) => attempt(9, verdict));
  const { lines } = chart(attempts, { width: 60, height: 2, paint: styled });
  const last = lines.at(-1)!;
  for (const code of ["32m●", "33m▲", "31m✕", "35m○"]) {
    assertEquals(last.includes(`\x1b[${code}\x1b[0m`), true, code);
  }
});
