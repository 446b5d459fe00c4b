import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { FIELDS } from "../../../src/core/fields.ts";
import type { CheckRecord } from "../../../src/fleet/record.ts";
import { fromText, toPieces } from "../../../src/sinks/state/format.ts";

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
        at: fc.nat({ max: 2 ** 44 - 1 }),
        durationMs: fc.option(DURATION),
        reason: SOME_REASON,
      }, { requiredKeys: ["verdict", "at", "durationMs"] }),
    ),
    passed: COUNT,
    failed: COUNT,
  }),
});

/** Writes records as one string. */
function toText(records: unknown): string {
  return [...toPieces(records as CheckRecord[])].join("");
}

/** As JSON has it: without prototypes, and without a sign of 0. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("fromText() reads what toText() wrote", () => {
  fc.assert(fc.property(fc.array(RECORD), (records) => {
    const text = toText(records);
    assertEquals(plain(fromText(text)), plain(records));
    assertEquals(toText(fromText(text)), toText(plain(records)));
  }));
});

Deno.test("fromText() takes no text that was cut off anywhere", () => {
  const state = fc.array(RECORD, { minLength: 1, maxLength: 2 })
    .map((records) => toText(records));
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
    ...Object.entries(FIELDS).flatMap(([name, { saved }]) => saved ? name : []),
    "history",
  );
  const wrong = fc.constantFrom(
    undefined,
    [],
    [null],
    { code: null },
    { verdicts: "no", times: [], durations: [], passed: 0, failed: 0 },
    { a: { b: 1 } },
    true,
    1e300,
  );
  fc.assert(fc.property(RECORD, keys, wrong, (record, key, value) => {
    // Nothing is too long for a duration.
    fc.pre(!(key === "durationMs" && value === 1e300));
    const { version, checks } = JSON.parse(toText([record]));
    const text = JSON.stringify({
      version,
      checks: [{ ...checks[0], [key]: value }],
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

for (
  const [what, columns, message] of [
    ["another number of times", { times: [1] }, "expected 2 values"],
    ["another number of durations", { durations: [] }, "expected 2 values"],
    [
      "a reason that is not there",
      { reasonOf: [0, 1] },
      "the place of a reason",
    ],
    ["an unknown verdict", { verdicts: "px" }, "verdicts"],
  ] as const
) {
  Deno.test(`fromText() refuses a history with ${what}`, () => {
    const history = {
      passed: 1,
      failed: 1,
      verdicts: "pf",
      times: [1.7e12, 1000],
      durations: [1, null],
      reasonOf: [null, 0],
      reasons: [{ code: "refused", message: "no" }],
    };
    const [record] = fc.sample(RECORD, 1);
    const text = (history: unknown): string =>
      JSON.stringify({ version: 2, checks: [{ ...record, history }] });
    assertEquals(fromText(text(history))[0]!.history, {
      passed: 1,
      failed: 1,
      attempts: [
        { verdict: "pass", at: 1.7e12, durationMs: 1 },
        {
          verdict: "fail",
          at: 1.7e12 + 1000,
          durationMs: null,
          reason: history.reasons[0]!,
        },
      ],
    });
    assertThrows(
      () => fromText(text({ ...history, ...columns })),
      TypeError,
      message,
    );
  });
}

Deno.test("toPieces() writes a reason that attempts share once", () => {
  const [record] = fc.sample(RECORD, 1);
  const reason = { code: "refused", message: "shared" };
  const attempts = [1, 2, 3].map((at) => ({
    verdict: "fail",
    at,
    durationMs: 1,
    reason,
  }));
  const history = { attempts, passed: 0, failed: 3 };
  const text = toText([{ ...record!, reason: null, cause: null, history }]);
  assertEquals(text.split("shared").length - 1, 1);
  assertEquals(fromText(text)[0]!.history as unknown, history);
});

Deno.test("fromText() lets nothing through to a terminal", () => {
  const [record] = fc.sample(RECORD, 1);
  const reason = { code: "x\x1b", message: "\x1b[2Jred\nline" };
  const attempt = { verdict: "fail", at: 1, durationMs: 1, reason };
  const history = { attempts: [attempt], passed: 0, failed: 1 };
  const [read] = fromText(toText([{ ...record!, reason, history }]));
  const past = read!.history.attempts[0]!.reason!;
  for (const { code, message } of [read!.reason!, past]) {
    assertEquals(/\p{Cc}/u.test(code + message), false);
  }
});
