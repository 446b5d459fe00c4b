import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { FIELDS } from "../../../../src/core/fields.ts";
import {
  type Found,
  fromJson,
  toJson,
} from "../../../../src/sinks/cluster/shared/found.ts";

const text = fc.string({ unit: "binary", maxLength: 20 });
const reason = fc.record({ code: text, message: text });
const count = fc.nat();
const time = fc.integer({ min: 0, max: 864e13 });

/** What another agent may have found. */
const found: fc.Arbitrary<Found> = fc.record({
  verdict: fc.constantFrom("pass", "warn", "fail", "error", null),
  detail: fc.option(
    fc.dictionary(
      fc.oneof(text, fc.constant("__proto__")),
      fc.oneof(text, fc.integer(), fc.boolean()),
    ),
  ),
  hasOutcome: fc.boolean(),
  outcomeReason: fc.option(reason),
  memory: fc.option(fc.jsonValue(), { nil: undefined }),
  rest: fc.record({
    status: fc.constantFrom("unknown", "healthy", "degraded", "unhealthy"),
    starting: fc.boolean(),
    failures: count,
    successes: count,
    passes: count,
    warnings: count,
    errors: count,
    reason: fc.option(reason),
    cause: fc.option(reason),
    firstAt: fc.option(time),
    since: time,
    checkedAt: fc.option(time),
    durationMs: fc.option(fc.double({ min: 0, max: 1e9, noNaN: true })),
    attempts: count,
    transitions: count,
  }),
}).map(({ verdict, detail, hasOutcome, outcomeReason, memory, rest }) => ({
  outcome: !hasOutcome || verdict === null ? null : {
    verdict,
    ...(outcomeReason !== null && { reason: outcomeReason }),
    ...(detail !== null && { detail }),
  },
  state: { ...rest, verdict, detail },
  ...(memory !== undefined && { memory }),
} as Found));

/** A value as it comes from another agent. */
function sent(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("what one agent has found, the other reads", () => {
  fc.assert(fc.property(found, (found) => {
    // A memory of -0 is 0 in JSON.
    assertEquals(fromJson(sent(toJson(found))), sent(found) as Found);
  }));
});

Deno.test("all that a state has goes to the other agent, but what is of one process", () => {
  fc.assert(
    fc.property(found, (found) => {
      const names = Object.keys(FIELDS).filter((name) =>
        FIELDS[name as keyof typeof FIELDS].state
      );
      assertEquals(
        Object.keys(fromJson(sent(toJson(found)))!.state).sort(),
        names.filter((name) => name !== "checking" && name !== "stale").sort(),
      );
    }),
    { numRuns: 5 },
  );
});

Deno.test("what is not of the form of a result is refused, and never throws", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(fromJson(value), undefined);
  }));
  // One value of another type is enough, wherever it is.
  fc.assert(
    fc.property(found, fc.nat(), fc.constantFrom({}, [], -1, "?"), (
      found,
      at,
      wrong,
    ) => {
      const json = sent(toJson(found)) as unknown[][];
      const values = json[0]!;
      const i = at % values.length;
      values[i] = typeof wrong === "string" ? [wrong] : wrong;
      const isDetail = JSON.stringify(wrong) === "{}";
      const read = fromJson(json);
      if (read !== undefined) assertEquals(isDetail, true);
    }),
  );
});

Deno.test("a result with too few or too many values is refused", () => {
  fc.assert(fc.property(found, (found) => {
    const [values, ...rest] = sent(toJson(found)) as unknown[][];
    assertEquals(fromJson([values!.slice(1), ...rest]), undefined);
    assertEquals(fromJson([[...values!, 0], ...rest]), undefined);
    assertEquals(fromJson([values, { code: 1, message: "" }]), undefined);
  }));
});

Deno.test("a result with a count that nobody could reach is refused", () => {
  fc.assert(fc.property(found, (found) => {
    for (const attempts of [Number.MAX_SAFE_INTEGER, 2 ** 52]) {
      const state = { ...found.state, attempts };
      assertEquals(fromJson(sent(toJson({ ...found, state }))), undefined);
    }
  }));
});
