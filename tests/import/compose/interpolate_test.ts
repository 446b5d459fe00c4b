import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { expand } from "../../../src/schema/variables.ts";
import { Expanded } from "../../../src/schema/variables.ts";
import { escaped } from "../../../src/import/escape.ts";
import { interpolate } from "../../../src/import/compose/interpolate.ts";

const SET: Readonly<Record<string, string>> = {
  A: "a",
  EMPTY: "",
  PRICE: "5$",
  _B2: "b",
};

function variable(name: string) {
  return { value: SET[name], isShared: true };
}

/** A text, what it is, and how a lifesign.yaml has it. */
const TEXTS: readonly (readonly [string, string, string])[] = [
  ["", "", ""],
  ["plain", "plain", "plain"],
  ["$A", "a", "${A:-}"],
  ["${A}", "a", "${A:-}"],
  ["x$A/y", "xa/y", "x${A:-}/y"],
  ["$A$_B2", "ab", "${A:-}${_B2:-}"],
  ["$A.b", "a.b", "${A:-}.b"],
  ["${NONE}", "", "${NONE:-}"],
  ["$$A", "$A", "$A"],
  ["$${A}", "${A}", "$${A}"],
  ["$$$A", "$a", "$a"],
  ["$A$$$A", "a$a", "${A:-}$a"],
  ["$${$A}", "${a}", "$${${A:-}}"],
  ["${NONE-$$}{A}", "${A}", "$${A}"],
  ["${PRICE-}{A}", "5${A}", "5$${A}"],
  ["pa$$$$word", "pa$$word", "pa$$word"],
  ["$$$$", "$$", "$$"],
  ["$$$${A}", "$${A}", "$$${A}"],
  ["${A:-b}", "a", "${A:-b}"],
  ["${NONE:-b}", "b", "${NONE:-b}"],
  ["${EMPTY:-b}", "b", "${EMPTY:-b}"],
  ["${EMPTY-b}", "", ""],
  ["${NONE-b}", "b", "b"],
  ["${A-b}", "a", "a"],
  ["${NONE:-}", "", "${NONE:-}"],
  ["${NONE:-a b:c}", "a b:c", "${NONE:-a b:c}"],
  ["${NONE:-${A}}", "a", "a"],
  ["${NONE:-${NONE:-${A:-x}}}", "a", "a"],
  ["${NONE:-{}}", "{}", "{}"],
  ["${NONE:-$$}", "$", "$"],
  ["${A:?no}", "a", "${A}"],
  ["${EMPTY?no}", "", "${EMPTY}"],
  ["${A:+b}", "b", "b"],
  ["${EMPTY:+b}", "", ""],
  ["${EMPTY+b}", "b", "b"],
  ["${NONE+b}", "", ""],
  ["${A:+-$A-}", "-a-", "-a-"],
  ["${PRICE}", "5$", "${PRICE:-}"],
  ["${PRICE-}", "5$", "5$"],
  ["$", "$", "$"],
  ["$(date) $1 $", "$(date) $1 $", "$(date) $1 $"],
  ["$A$(b)", "a$(b)", "${A:-}$(b)"],
  ["$A and $$1", "a and $1", "${A:-} and $1"],
];

for (const [text, value, template] of TEXTS) {
  Deno.test(`interpolate() reads ${JSON.stringify(text)} as Compose does`, () => {
    const words = interpolate(text, variable);
    assertEquals([words.text, words.template], [value, template]);
    assertEquals(expanded(template), value);
  });
}

const WRONG: readonly (readonly [string, string])[] = [
  ["${", "expected ${NAME}"],
  ["${A", "expected ${NAME}"],
  ["${}", "expected ${NAME}"],
  ["${A b}", "expected ${NAME}"],
  ["${A:b}", "write $${ for a plain ${"],
  ["${NONE:?is missing}", "the variable NONE is required: is missing"],
  ["${EMPTY:?}", "the variable EMPTY is required"],
  ["${NONE?}", "the variable NONE is required"],
  ["${A:-".repeat(100) + "}".repeat(100), ""],
  ["${NONE:-".repeat(100) + "}".repeat(100), "too many nested variables"],
];

for (const [text, message] of WRONG) {
  Deno.test(`interpolate() does not take ${JSON.stringify(text.slice(0, 40))}`, () => {
    if (message === "") assertEquals(interpolate(text, variable).text, "a");
    else {
      assertThrows(() => interpolate(text, variable), SyntaxError, message);
    }
  });
}

/** What a lifesign.yaml makes of a text. */
function expanded(text: string): string | null {
  const issues: never[] = [];
  const value = expand(text, (name) => SET[name], issues);
  assertEquals(issues, []);
  return value instanceof Expanded ? value.text : value as string;
}

const likely = fc.array(
  fc.constantFrom("$", "{", "}", "A", "NONE", ":-", "-", "?", "+", " ", "é"),
  { maxLength: 12 },
).map((parts) => parts.join(""));

Deno.test("a lifesign.yaml has of a text what Compose has of it", () => {
  let taken = 0;
  fc.assert(
    fc.property(likely, (text) => {
      let words;
      try {
        words = interpolate(text, variable);
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error;
        return;
      }
      taken++;
      assertEquals(expanded(words.template), words.text);
    }),
    { numRuns: 2000 },
  );
  assertEquals(taken > 100, true);
});

Deno.test("escaped() has any text come out as it is", () => {
  fc.assert(fc.property(fc.oneof(likely, fc.string()), (text) => {
    assertEquals(expanded(escaped(text)), text);
  }));
});
