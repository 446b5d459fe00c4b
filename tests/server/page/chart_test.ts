import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Verdict } from "../../../src/core/types.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import { sparkline, strip } from "../../../src/server/page/chart.ts";

/** Attempts from their verdicts, `p`, `w`, `f` or `e` each. */
function attemptsOf(verdicts: string): PastAttempt[] {
  const names: Readonly<Record<string, Verdict>> = {
    p: "pass",
    w: "warn",
    f: "fail",
    e: "error",
  };
  return [...verdicts].map((letter) => ({
    verdict: names[letter]!,
    at: 0,
    durationMs: 1,
  }));
}

/** Where the bars of a strip are, by the way that dashes are drawn. */
function barsOf(svg: string): string {
  const bars: string[] = Array(60).fill(".");
  for (const [, name, d] of svg.matchAll(/<path class="(.)" d="(.*?)"/g)) {
    for (const [, x, length] of d!.matchAll(/M(\d+) 0h(\d+)/g)) {
      for (let at = Number(x); at < Number(x) + Number(length); at++) {
        assertEquals(bars[at], ".");
        bars[at] = name!;
      }
    }
  }
  return bars.join("");
}

Deno.test("strip() has a bar for each attempt, the newest at its right", () => {
  fc.assert(fc.property(
    fc.string({ unit: fc.constantFrom(..."pwfe"), maxLength: 60 }),
    (verdicts) => {
      const svg = strip(attemptsOf(verdicts));
      assertEquals(barsOf(svg), verdicts.padStart(60, "."));
    },
  ));
});

Deno.test("strip() says in words what the attempts came to", () => {
  const label = (verdicts: string): string | undefined =>
    /aria-label="(.*?)"/.exec(strip(attemptsOf(verdicts)))?.[1];
  assertEquals(label(""), "No attempts yet");
  assertEquals(label("p"), "Last 1: 1 passed");
  assertEquals(
    label("ppfwep"),
    "Last 6: 3 passed, 1 failed, 1 passed with a warning, 1 with an error",
  );
});

/** The heights of a sparkline's points, from the top. */
function heightsOf(svg: string): number[] {
  const [, first, rest] = /M\d+ (\d+)l(.*?)"/.exec(svg)!;
  const steps = [...rest!.matchAll(/1 ?(-?\d+)(?= 1|$)/g)];
  let at = Number(first);
  return [at, ...steps.map(([, by]) => at += Number(by))];
}

Deno.test("sparkline() is as high as an attempt was slow", () => {
  const svg = sparkline(
    [1, 1, 2, 4, 3, 2, 2, 1, 1].map((durationMs) => ({
      verdict: "pass",
      at: 0,
      durationMs,
    })),
  );
  assertEquals(heightsOf(svg), [7, 5, 1, 5, 7]);
});

Deno.test("sparkline() cuts off what is far above the rest", () => {
  const svg = sparkline(
    [1, 1, 1000, 1, 1, 1].map((durationMs) => ({
      verdict: "pass",
      at: 0,
      durationMs,
    })),
  );
  assertEquals(heightsOf(svg), [7, 1, 7]);
});

Deno.test("sparkline() is nothing where there is no line to draw", () => {
  assertEquals(sparkline([]), "");
  assertEquals(sparkline(attemptsOf("p")), "");
  const none = { verdict: "pass", at: 0, durationMs: 0 } as const;
  assertEquals(sparkline([none, none, none]), "");
});

Deno.test("sparkline() stays within its frame, whatever attempts took", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 1e9, noNaN: true }), {
      minLength: 3,
      maxLength: 60,
    }),
    (durations) => {
      const svg = sparkline(
        durations.map((durationMs) => ({ verdict: "fail", at: 0, durationMs })),
      );
      if (svg === "") return;
      assertMatch(
        svg,
        /^<svg class="spark"[^>]*><path d="[-\dMl ]+"\/><\/svg>$/,
      );
      const heights = heightsOf(svg);
      assertEquals(heights.length, Math.ceil(durations.length / 2));
      for (const height of heights) {
        assertEquals(height >= 1 && height <= 9, true);
      }
    },
  ));
});
