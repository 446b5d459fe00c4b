import { assertEquals } from "@std/assert";
import { sparkline } from "../../../src/cli/terminal/sparkline.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";

/** Attempts with these durations; one with a negative duration failed. */
function attempts(...durations: readonly number[]): PastAttempt[] {
  return durations.map((ms) => ({
    verdict: ms < 0 ? "fail" : "pass",
    at: 0,
    durationMs: Math.abs(ms),
  }));
}

const LINES: readonly (readonly [PastAttempt[], number, string])[] = [
  [attempts(), 8, ""],
  [attempts(1, 2, 3, 4, 5, 6, 7, 8), 8, "▁▂▃▄▅▆▇█"],
  [attempts(100, 1, 2), 2, "▄█"],
  [attempts(200, 5, 5, 4, 5), 8, "█▃▃▃▃"],
  [attempts(0, 0, 8), 8, "▁▁█"],
  [attempts(1, 2), 0, ""],
  [attempts(5), 8, "█"],
  [attempts(0, 0), 8, "▁▁"],
  [attempts(0, 8, -5000, 4), 8, "▁█✕▄"],
  [[{ verdict: "error", at: 0, durationMs: 9 }, ...attempts(1)], 8, "○█"],
  [[{ verdict: "warn", at: 0, durationMs: 8 }, ...attempts(2)], 8, "█▂"],
];

for (const [past, width, line] of LINES) {
  const about = past.map(({ verdict, durationMs }) =>
    `${verdict} ${durationMs}`
  );
  Deno.test(`sparkline() draws ${about.join(", ")} within ${width} as "${line}"`, () => {
    const stretches = sparkline(past, width);
    assertEquals(stretches.map(({ text }) => text).join(""), line);
  });
}

Deno.test("sparkline() has one stretch a colour", () => {
  const past = [
    ...attempts(1, 1, -1, -1, 1),
    { verdict: "warn", at: 0, durationMs: 1 },
    { verdict: "error", at: 0, durationMs: 1 },
  ] satisfies PastAttempt[];
  assertEquals(sparkline(past, 9), [
    { text: "██", status: "healthy" },
    { text: "✕✕", status: "unhealthy" },
    { text: "█", status: "healthy" },
    { text: "█", status: "degraded" },
    { text: "○", status: "unknown" },
  ]);
});
