import { assertEquals } from "@std/assert";
import {
  EVENTS,
  type Priority,
  priorityOf,
  prioritySchema,
  statusOf,
} from "../../../../src/sinks/notify/wire/event.ts";
import type { ConfigIssue } from "../../../../src/schema/issue.ts";
import { validate } from "../../../../src/schema/validate.ts";
import { letter, LETTERS, told } from "../../../support/letters.ts";

Deno.test("a letter has the status of its event", () => {
  const seen = (["down", "degraded", "unknown", "recovered", "test"] as const)
    .map((name) => statusOf(LETTERS[name]));
  assertEquals(seen, [
    "unhealthy",
    "degraded",
    "unknown",
    "healthy",
    "healthy",
  ]);
});

Deno.test("a reminder has the worst status of its incidents", () => {
  const of = (...statuses: ("unhealthy" | "degraded" | "unknown")[]) =>
    statusOf(letter({
      event: "reminder",
      incidents: statuses.map((status) => told({ status })),
    }));
  assertEquals(of("degraded"), "degraded");
  assertEquals(of("degraded", "unknown"), "unknown");
  assertEquals(of("degraded", "unhealthy", "unknown"), "unhealthy");
});

const DEFAULTS = {
  down: 4,
  degraded: 3,
  unknown: 3,
  reminder: 4,
  up: 2,
  test: 1,
};

Deno.test("a priority is for what is down, or one for each event", () => {
  const seen = (priority?: Priority) =>
    EVENTS.map((event) => priorityOf(event, priority, DEFAULTS)).join("");
  assertEquals(seen(), "433421");
  assertEquals(seen(5), "533521");
  assertEquals(seen({ up: 1, degraded: 5 }), "453411");
});

Deno.test("a priority is a number within the bounds, or a map of some", () => {
  const schema = prioritySchema({
    minimum: 1,
    maximum: 5,
    defaults: DEFAULTS,
    meaning: "5 is the most",
  });
  const issuesOf = (value: unknown) => {
    const issues: ConfigIssue[] = [];
    validate(value, schema, "priority", issues);
    return issues.map(({ path, message }) => `${path}: ${message}`);
  };
  assertEquals(issuesOf(5), []);
  assertEquals(issuesOf({ down: 5, up: 1 }), []);
  const expected =
    "expected a whole number from 1 to 5, or a map such as { down: 5 }, got";
  assertEquals(issuesOf(6), [`priority: ${expected} 6`]);
  assertEquals(issuesOf("high"), [`priority: ${expected} "high"`]);
  assertEquals(issuesOf({ down: 9 }), [
    "priority.down: expected a whole number from 1 to 5, got 9",
  ]);
  assertEquals(issuesOf({ dawn: 5 }), [
    'priority.dawn: unknown key; did you mean "down"?',
  ]);
});
