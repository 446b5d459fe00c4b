import { assertEquals } from "@std/assert";
import {
  byCheck,
  falseTransitions,
  longestGap,
  type Outage,
  repeated,
  type Transition,
} from "./figures.ts";

const times = byCheck([
  { check: "b", at: 1 },
  { check: "a", at: 20 },
  { check: "a", at: 10 },
  { check: "b", at: 3 },
  { check: "a", at: 55 },
]);

Deno.test("longestGap() finds the longest time without an attempt", () => {
  const gapOf = (checks: string[], from: number, to: number) =>
    longestGap(times, checks, { from, to });
  assertEquals(gapOf(["a"], 0, 60), { check: "a", from: 20, to: 55 });
  // What does not come back counts, and what never came.
  assertEquals(gapOf(["a", "b"], 0, 60), { check: "b", from: 3, to: 60 });
  assertEquals(gapOf(["a", "c"], 0, 60), { check: "c", from: 0, to: 60 });
  // It may have begun before.
  assertEquals(gapOf(["a"], 50, 60), { check: "a", from: 20, to: 55 });
  assertEquals(gapOf(["a"], 12, 18), { check: "a", from: 10, to: 18 });
});

Deno.test("repeated() counts attempts that come too soon", () => {
  assertEquals(repeated(times, { from: 0, to: 60 }, 10), {
    repeated: 1,
    of: 5,
  });
  assertEquals(repeated(times, { from: 5, to: 60 }, 30), {
    repeated: 1,
    of: 3,
  });
});

Deno.test("falseTransitions() finds what outages do not explain", () => {
  const outages: Outage[] = [
    { check: "a", from: 100, to: 200 },
    { check: "a", from: 300, to: Infinity },
  ];
  const of = (to: string, at: number, more: Partial<Transition> = {}) => ({
    agent: "one",
    check: "a",
    from: to === "healthy" ? "unhealthy" : "healthy",
    to,
    at,
    ...more,
  });
  const right = [
    of("unhealthy", 120),
    of("unhealthy", 130, { agent: "two" }),
    of("healthy", 220),
    of("unhealthy", 340),
    of("healthy", 10, { from: "unknown", check: "b" }),
    of("unhealthy", 345, { from: "unknown" }),
  ];
  assertEquals(falseTransitions(right, outages, 30), []);
  const wrong = [
    of("unhealthy", 90),
    of("unhealthy", 120, { check: "b" }),
    of("healthy", 150),
    of("unhealthy", 240),
    of("healthy", 340),
    of("unknown", 150),
    of("degraded", 150),
  ];
  for (const each of wrong) {
    assertEquals(falseTransitions([each], outages, 30), [each]);
  }
  const twice = [of("unhealthy", 120), of("unhealthy", 125)];
  assertEquals(falseTransitions(twice, outages, 30), twice.slice(1));
});
