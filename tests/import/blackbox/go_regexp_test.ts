import { assertEquals } from "@std/assert";
import { translated } from "../../../src/import/blackbox/go_regexp.ts";

/** Regular expressions of Go, texts that they match, and others. */
const ROWS:
  readonly (readonly [string, readonly string[], readonly string[]])[] = [
    ["^SSH-2.0-", ["SSH-2.0-x"], ["x SSH-2.0-"]],
    ["(?i)hello", ["say HELLO"], ["hell"]],
    ["a(?i)b|c", ["aB", "aC"], ["Ab", "c"]],
    ["(?i:a)b", ["Ab"], ["AB"]],
    ["(?s)a.b", ["a\nb"], ["a\n\nb"]],
    ["a.b", ["a-b"], ["a\nb"]],
    ["(?m)^b$", ["a\nb\nc"], ["a\nbc"]],
    ["^b$", ["b"], ["b\n", "a\nb"]],
    ["\\Ab\\z", ["b"], ["b\n", "ab"]],
    ['{"status":"ok"}', ['{"status":"ok"}'], ["status"]],
    ['"status"\\s*\\:\\s*"ok"', ['"status" : "ok"'], ['"status"\u00a0:"ok"']],
    ["a{2,3}b{x}", ["aab{x}"], ["ab{x}"]],
    ["[[:alpha:]]+[[:digit:]]", ["ab1"], ["-1"]],
    ["^[^[:space:]]$", ["x"], [" "]],
    ["[]a]", ["]", "a"], ["b"]],
    ["[a\\-z_\\.[]", ["-", "[", "."], ["b"]],
    ["\\Qa.b\\E+", ["a.bb"], ["axb"]],
    ["(?P<first>a)(?:b)(c)", ["abc"], ["ab"]],
    ["\\x41\\x{42}", ["AB"], ["ab"]],
    ["\\pL\\p{Greek}\\P{Lu}", ["aβc"], ["1βc", "aβC"]],
    ["(?U)a+", ["a"], ["b"]],
    ["\\<a\\>\\-\\_\\'\\\"".replace("\\_", "_"), ["<a>-_'\""], ["a"]],
    ["\\bword\\b", ["a word."], ["words"]],
    ["a]b}", ["a]b}"], ["ab"]],
    ["^+OK", ["OK"], ["+OK"]],
    ["a\\b*c", ["ac"], ["a c"]],
  ];

for (const [pattern, matching, others] of ROWS) {
  Deno.test(`translated() makes of ${pattern} what matches the same`, () => {
    const { source } = translated(pattern)!;
    const regex = new RegExp(source, "u");
    assertEquals(matching.filter((text) => !regex.test(text)), [], source);
    assertEquals(others.filter((text) => regex.test(text)), [], source);
  });
}

Deno.test("translated() refuses what is not valid", () => {
  for (
    const pattern of [
      "(",
      "a)",
      "[a",
      "*",
      "\\",
      "\\8",
      "(?x)a",
      "[[:no:]]",
      "\\p{No_Such}",
    ]
  ) {
    assertEquals(translated(pattern), undefined, pattern);
  }
});

Deno.test("translated() counts groups, and tells what it asks of the end", () => {
  const { groups, hasEnd, isUnicode } = translated("(a)(?P<b>c)(?:d)$")!;
  assertEquals([groups, hasEnd, isUnicode], [2, true, false]);
  assertEquals(translated("[$]\\$")!.hasEnd, false);
  assertEquals(translated("\\pL")!.isUnicode, true);
});
