import { assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Verdict } from "../../../src/core/types.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import { sparkline } from "../../../src/server/page/spark.ts";
import { strip } from "../../../src/server/page/strip.ts";

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
  for (const [, name, d] of svg.matchAll(/<path class="([pwfe])" d="(.*?)"/g)) {
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
      const svg = strip(attemptsOf(verdicts), "UTC");
      assertEquals(barsOf(svg), verdicts.padStart(60, "."));
    },
  ));
});

Deno.test("strip() says in words what the attempts came to", () => {
  const label = (verdicts: string): string | undefined =>
    /<title>(.*?)<\/title>/.exec(strip(attemptsOf(verdicts), "UTC"))?.[1];
  assertEquals(label(""), "No attempts yet");
  assertEquals(label("p"), "Last 1 since 00:00:00 UTC: 1 passed");
  assertEquals(
    label("ppfwep"),
    "Last 6 since 00:00:00 UTC: 3 passed, 1 passed with a warning, 1 failed, " +
      "1 with an error; at 00:00:00: with an error",
  );
});

Deno.test("strip() says when and why an attempt last did not pass", () => {
  const svg = strip([
    { verdict: "pass", at: 0, durationMs: 1 },
    {
      verdict: "fail",
      at: 60_000,
      durationMs: 1,
      reason: { code: "body", message: "<b>" },
    },
    { verdict: "pass", at: 120_000, durationMs: 1 },
  ], "UTC");
  assertMatch(svg, /2 passed, 1 failed; at 00:01:00: &lt;b&gt;<\/title>/);
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
    [10, 10, 20, 40, 30, 20, 20, 10, 10].map((durationMs) => ({
      verdict: "pass",
      at: 0,
      durationMs,
    })),
  );
  assertEquals(heightsOf(svg), [7, 5, 1, 5, 7]);
});

Deno.test("sparkline() cuts off what is far above the rest", () => {
  const svg = sparkline(
    [10, 10, 1000, 10, 10, 10].map((durationMs) => ({
      verdict: "pass",
      at: 0,
      durationMs,
    })),
  );
  assertEquals(heightsOf(svg), [7, 1, 7]);
});

Deno.test("sparkline() keeps the jitter of a fast target flat", () => {
  const svg = sparkline(
    [0.1, 0.1, 0.4, 0.1, 0.2, 0.1].map((durationMs) => ({
      verdict: "pass",
      at: 0,
      durationMs,
    })),
  );
  assertEquals(heightsOf(svg), [9, 9, 9]);
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
