import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertThrows,
} from "@std/assert";
import { textTest, toRegExp } from "../../src/probes/matching.ts";

Deno.test("textTest() makes no test of no expectation", () => {
  assertEquals(textTest("the body", {}), undefined);
});

Deno.test("textTest() looks for a text and for a pattern", () => {
  const table: [Parameters<typeof textTest>[1], string, string | undefined][] =
    [
      [{ contains: "ok" }, "all ok\n", undefined],
      [
        { contains: "ok" },
        "down",
        'Expected the body to contain "ok", got "down"',
      ],
      [{ contains: "OK" }, "ok", 'Expected the body to contain "OK", got "ok"'],
      [
        { contains: "a.c" },
        "abc",
        'Expected the body to contain "a.c", got "abc"',
      ],
      [{ matches: "^o" }, "ok", undefined],
      [{ matches: "^k" }, "ok", 'Expected the body to match /^k/u, got "ok"'],
      [{ matches: /^OK$/i }, "ok", undefined],
      [{ matches: /^x/m }, "", 'Expected the body to match /^x/m, got ""'],
      [{ contains: "o", matches: /k/ }, "ok", undefined],
      [
        { contains: "o", matches: /k/ },
        "o",
        'Expected the body to match /k/, got "o"',
      ],
      [
        { contains: "o", matches: /k/ },
        "k",
        'Expected the body to contain "o", got "k"',
      ],
      [{ containsNot: "error" }, "ok", undefined],
      [
        { containsNot: "error" },
        "an error",
        'Expected the body not to contain "error", got "an error"',
      ],
      [{ matchesNot: "[1-9] failed" }, "0 failed", undefined],
      [
        { matchesNot: "[1-9] failed" },
        "2 failed",
        'Expected the body not to match /[1-9] failed/u, got "2 failed"',
      ],
      [{ contains: "ok", containsNot: "not" }, "ok", undefined],
      [
        { contains: "ok", containsNot: "not" },
        "not ok",
        'Expected the body not to contain "not", got "not ok"',
      ],
    ];
  for (const [expected, text, complaint] of table) {
    const test = textTest("the body", expected);
    assert(test !== undefined);
    assertEquals(test(text), complaint);
  }
});

Deno.test("textTest() quotes a short, printable excerpt", () => {
  const test = textTest("the output", { contains: "ok" })!;
  assertEquals(
    test(`a\n\tb\u0000\u001b[31m "c" ${"x".repeat(1000)}`),
    `Expected the output to contain "ok", got ${
      JSON.stringify(`a b [31m "c" ${"x".repeat(66)}…`)
    }`,
  );
});

Deno.test("toRegExp() forgets where the last test ended", () => {
  for (const pattern of [/ok/g, /ok/y, /ok/gy]) {
    const safe = toRegExp(pattern);
    assertEquals([safe.test("ok"), safe.test("ok")], [true, true]);
    assertEquals(pattern.lastIndex, 0);
  }
  assertEquals(toRegExp(/a/gimsu).flags, "imsu");
});

Deno.test("toRegExp() reads a text as a pattern of Unicode", () => {
  assert(toRegExp("^.$").test("💚"));
  assert(toRegExp("\\p{Lu}").test("Ä"));
});

Deno.test("toRegExp() refuses a text that is no pattern", () => {
  for (const pattern of ["(", "[", "*", "a{2,1}", "\\"]) {
    const error = assertThrows(() => toRegExp(pattern), TypeError, pattern);
    assertInstanceOf(error.cause, SyntaxError);
  }
});

Deno.test("textTest() lets a pattern leave out the line break at the end", () => {
  const table: [Parameters<typeof textTest>[1], string, boolean][] = [
    [{ matches: "^ok$" }, "ok", true],
    [{ matches: "^ok$" }, "ok\n", true],
    [{ matches: "^ok$" }, "ok\r\n", true],
    [{ matches: /^ok$/ }, "ok\n", true],
    [{ matches: "^ok\n$" }, "ok\n", true],
    [{ matches: "^ok$" }, "ok\n\n", false],
    [{ matches: "^ok$" }, "ok\nready\n", false],
    [{ matches: "^$" }, "\n", true],
    [{ matchesNot: "^error$" }, "error\n", false],
    [{ matchesNot: "^error$" }, "errors\n", true],
  ];
  for (const [expected, text, isMet] of table) {
    const complaint = textTest("the body", expected)!(text);
    assertEquals(complaint === undefined, isMet, JSON.stringify(text));
  }
});
