import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { merged } from "../../../src/core/cluster/merge.ts";
import type { SavedState } from "../../../src/core/state.ts";

const COUNT = fc.integer({ min: 0, max: 3 });
const REASON = fc.constantFrom(
  null,
  { code: "refused", message: "Connection refused" },
  { message: "Connection refused", code: "refused" },
  { code: "timeout", message: "No answer" },
);
const STATE: fc.Arbitrary<SavedState> = fc.record({
  status: fc.constantFrom("unknown", "healthy", "unhealthy"),
  failures: COUNT,
  successes: COUNT,
  passes: COUNT,
  warnings: COUNT,
  errors: COUNT,
  verdict: fc.constantFrom(null, "pass", "fail"),
  reason: REASON,
  cause: REASON,
  detail: fc.constantFrom(null, { httpStatus: 200, up: true }, {
    up: true,
    httpStatus: 200,
  }),
  since: COUNT,
  checkedAt: fc.option(COUNT),
  durationMs: fc.option(COUNT),
  attempts: COUNT,
  transitions: COUNT,
});

Deno.test("merged() takes what was checked later, and no count goes back", () => {
  fc.assert(fc.property(STATE, STATE, (one, other) => {
    const both = merged(one, other);
    const latest = Math.max(one.checkedAt ?? -1, other.checkedAt ?? -1);
    assertEquals(both.checkedAt ?? -1, latest);
    assertEquals(both.attempts, Math.max(one.attempts, other.attempts));
    assertEquals(
      both.transitions,
      Math.max(one.transitions, other.transitions),
    );
    const { attempts: _, transitions: __, ...rest } = both;
    const isOneOf = [one, other].some((state) => {
      const { attempts: _, transitions: __, ...its } = state;
      return JSON.stringify(its) === JSON.stringify(rest);
    });
    assert(isOneOf, "mixed");
  }));
});

Deno.test("merged() gives the same in whatever order many are merged", () => {
  fc.assert(fc.property(
    fc.array(STATE, { minLength: 2, maxLength: 5 }).chain((states) =>
      fc.tuple(
        fc.constant(states),
        fc.shuffledSubarray(states, { minLength: states.length }),
        fc.nat(),
      )
    ),
    ([states, others, repeated]) => {
      const again = [...others, others[repeated % others.length]!];
      const fromRight = again.reduceRight((all, state) => merged(state, all));
      assertEquals(
        fromRight,
        states.reduce((all, state) => merged(all, state)),
      );
    },
  ));
});
