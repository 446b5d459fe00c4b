import { assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  columns,
  cut,
  fit,
  loadWidths,
  printable,
  widthOf,
  wrap,
} from "../../../src/cli/terminal/columns.ts";
import { styled } from "../../../src/cli/terminal/style.ts";

await loadWidths();

const WIDTHS: readonly (readonly [string, number])[] = [
  ["", 0],
  ["plain", 5],
  ["été", 3],
  ["e\u0301te\u0301", 3],
  ["日本", 4],
  ["🙂", 2],
  ["👨‍👩‍👧", 2],
  ["🇩🇪", 2],
  ["● ▲ ✕ ○ ▁█ …", 12],
  [styled("red", "unhealthy"), 3],
];

for (const [text, width] of WIDTHS) {
  Deno.test(`widthOf() says that ${JSON.stringify(text)} takes ${width}`, () => {
    assertEquals(widthOf(text), width);
  });
}

const CUTS: readonly (readonly [string, number, string])[] = [
  ["plain", 5, "plain"],
  ["plain", 4, "pla…"],
  ["plain", 1, "…"],
  ["plain", 0, ""],
  ["", 0, ""],
  ["a bcd", 3, "a…"],
  ["日本語", 5, "日本…"],
  ["日本語", 4, "日…"],
  ["e\u0301te\u0301s", 3, "e\u0301t…"],
  ["👨‍👩‍👧👨‍👩‍👧", 3, "👨‍👩‍👧…"],
];

for (const [text, width, expected] of CUTS) {
  Deno.test(`cut() makes ${JSON.stringify(text)} ${width} wide`, () => {
    assertEquals(cut(text, width), expected);
  });
}

const WRAPS: readonly (readonly [string, number, readonly string[]])[] = [
  ["", 5, []],
  ["plain", 5, ["plain"]],
  ["two words", 9, ["two words"]],
  ["two words", 8, ["two", "words"]],
  ["two words", 3, ["two", "wor", "ds"]],
  ["日本語 a", 4, ["日本", "語 a"]],
  ["日本 a", 1, ["…", "a"]],
  ["a  b", 0, ["", ""]],
  // Less than nothing is left of a terminal of one column.
  ["a  b", -1, ["", ""]],
];

for (const [text, width, expected] of WRAPS) {
  Deno.test(`wrap() breaks ${JSON.stringify(text)} into lines of ${width}`, () => {
    assertEquals(wrap(text, width), expected);
  });
}

Deno.test("printable() removes all control characters", () => {
  assertEquals(printable("a\x1b[2J\r\nb\x9b1mc\ud800"), "a [2J b 1mc\ufffd");
});

Deno.test("fit() makes any string exactly as wide as asked", () => {
  const unit = fc.constantFrom(
    ..."ab é日🙂👨‍👩‍👧\u0301\u200b\u200d\ufe0f🇩ㅎㅏा\u0600\x1b\ud800",
  );
  const text = fc.oneof(fc.string({ unit }), fc.string({ unit: "binary" }));
  fc.assert(fc.property(text, fc.nat(20), (text, width) => {
    const cell = printable(text);
    assertEquals(widthOf(fit(cell, width)), width);
    assertLessOrEqual(widthOf(cut(cell, width)), width);
    for (const line of wrap(cell, width)) {
      assertLessOrEqual(widthOf(line), width);
    }
  }));
});

Deno.test("columns() aligns cells by their widths on a terminal", () => {
  assertEquals(
    columns([["ID", "B", "C"], ["日本", "x", "long"], ["🙂", "yy", ""]]),
    ["ID    B   C", "日本  x   long", "🙂    yy"],
  );
});
