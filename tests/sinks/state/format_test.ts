import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { fromText, toText } from "../../../src/sinks/state/format.ts";

const TEXT = fc.string({ unit: "binary", maxLength: 20 });
const COUNT = fc.nat();
const TIME = fc.integer({ min: -864e13, max: 864e13 });
const DURATION = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
const VERDICT = fc.constantFrom("pass", "warn", "fail", "error");
/** Reasons are of one printable line. */
const SOME_REASON = fc.record({
  code: fc.constantFrom("dns", "refused"),
  message: fc.string({ unit: fc.constantFrom(..."abc äö日🙂"), minLength: 1 })
    .map((text) => text.trim().replace(/ +/g, " ")),
});
const REASON = fc.option(SOME_REASON);

/** What may be kept of a check. */
const RECORD = fc.record({
  id: TEXT.filter((id) => id !== ""),
  type: TEXT,
  target: TEXT,
  status: fc.constantFrom("unknown", "healthy", "degraded", "unhealthy"),
  failures: COUNT,
  successes: COUNT,
  passes: COUNT,
  warnings: COUNT,
  errors: COUNT,
  verdict: fc.option(VERDICT),
  reason: REASON,
  cause: REASON,
  detail: fc.option(
    fc.dictionary(TEXT, fc.oneof(TEXT, fc.integer(), fc.boolean())),
  ),
  since: TIME,
  checkedAt: fc.option(TIME),
  durationMs: fc.option(DURATION),
  attempts: COUNT,
  transitions: COUNT,
  history: fc.record({
    attempts: fc.array(
      fc.record({
        verdict: VERDICT,
        at: TIME,
        durationMs: fc.option(DURATION),
        reason: SOME_REASON,
      }, { requiredKeys: ["verdict", "at", "durationMs"] }),
    ),
    passed: COUNT,
    failed: COUNT,
  }),
});

/** As JSON has it: without prototypes, and without a sign of 0. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("fromText() reads what toText() wrote", () => {
  fc.assert(fc.property(fc.array(RECORD), (records) => {
    const text = toText(records as never);
    assertEquals(plain(fromText(text)), plain(records));
    assertEquals(toText(fromText(text)), toText(plain(records) as never));
  }));
});

Deno.test("fromText() takes no text that was cut off anywhere", () => {
  const state = fc.array(RECORD, { minLength: 1, maxLength: 2 })
    .map((records) => toText(records as never));
  fc.assert(fc.property(state, fc.nat(), (text, cut) => {
    // The line break at the end is all that may be missing.
    const torn = text.slice(0, cut % (text.length - 1));
    assertThrows(() => fromText(torn), SyntaxError);
  }));
});

Deno.test("fromText() takes nothing foreign, and only complains of it", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertThrows(() => fromText(JSON.stringify(value)), TypeError);
    const checks = JSON.stringify({ version: 2, checks: [value] });
    assertThrows(() => fromText(checks), TypeError);
  }));
});

Deno.test("fromText() takes no record of which a part is missing or another thing", () => {
  const keys = fc.constantFrom(
    ...["id", "type", "target", "status", "failures", "successes", "passes"],
    ...["warnings", "errors"],
    ...["verdict", "reason", "cause", "detail", "since", "checkedAt"],
    ...["durationMs", "attempts", "transitions", "history"],
  );
  const wrong = fc.constantFrom(
    undefined,
    [],
    [null],
    { code: null },
    { attempts: [{ verdict: "no" }], passed: 0, failed: 0 },
    { a: { b: 1 } },
    true,
    1e300,
  );
  fc.assert(fc.property(RECORD, keys, wrong, (record, key, value) => {
    // Nothing is too long for a duration.
    fc.pre(!(key === "durationMs" && value === 1e300));
    const text = JSON.stringify({
      version: 2,
      checks: [{ ...record, [key]: value }],
    });
    assertThrows(() => fromText(text), TypeError, key);
  }));
});

for (
  const [what, text, message] of [
    ["another version", '{"version":1,"checks":[]}', "version: expected 2"],
    ["no version", '{"checks":[]}', "version: expected 2, got nothing"],
    ["more than it has", '{"version":2,"checks":[],"x":1}', "x: unknown key"],
    ["a number beyond all", '{"version":1e999,"checks":[]}', "version"],
    ["a list", "[]", "got an empty list"],
  ] as const
) {
  Deno.test(`fromText() refuses ${what}, and says so`, () => {
    assertThrows(() => fromText(text), TypeError, message);
  });
}

Deno.test("fromText() lets nothing through to a terminal", () => {
  const [record] = fc.sample(RECORD, 1);
  const reason = { code: "x", message: "\x1b[2Jred\nline" };
  const [read] = fromText(toText([{ ...record!, reason } as never]));
  assertEquals(/\p{Cc}/u.test(read!.reason!.message), false);
});
