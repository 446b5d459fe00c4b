import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import fc from "fast-check";
import {
  byteLength,
  closest,
  cut,
  excerpt,
  formatBytes,
  listed,
  oneLine,
  shellQuoted,
} from "../../src/core/text.ts";

const LINES: readonly (readonly [string, string])[] = [
  ["", ""],
  ["all well", "all well"],
  ["  two\r\nlines\t ", "two lines"],
  ["bell\u0007 and \u001b[31mred", "bell and [31mred"],
  ["nul\0nul", "nul nul"],
  ["\u0085next\u2028line\u2029", "next line"],
  ["no\ufffdtext", "no text"],
  ["été 日本 🙂", "été 日本 🙂"],
];

for (const [text, line] of LINES) {
  Deno.test(`oneLine() makes ${JSON.stringify(text)} printable`, () => {
    assertEquals(oneLine(text), line);
  });
}

Deno.test("oneLine() cuts what is too long, and says so", () => {
  assertEquals(oneLine("abcdef", 6), "abcdef");
  assertEquals(oneLine("abcdefg", 6), "abcde…");
  assertEquals(oneLine("abcd efgh", 6), "abcd…");
  assertEquals(oneLine("x".repeat(301)).length, 300);
  assertEquals(oneLine("x".repeat(300)), "x".repeat(300));
});

Deno.test("oneLine() says that it cut even where blanks hid it", () => {
  assertEquals(oneLine(" ".repeat(40) + "word", 6), "…");
});

Deno.test("oneLine() is one printable line within its bound, of any text", () => {
  const max = fc.integer({ min: 1, max: 50 });
  const unit = fc.constantFrom(..."ab \t\n\0\x1b\x85\u2028\ufffdé日🙂");
  fc.assert(fc.property(fc.string({ unit }), max, (text, max) => {
    const line = oneLine(text, max);
    assertLessOrEqual(line.length, max);
    assert(!/[\p{Cc}\u2028\u2029]|^\s|\s$|\s\s/u.test(line));
    assertEquals(oneLine(line, max), line);
  }));
});

Deno.test("oneLine() does not cut a pair of surrogates apart", () => {
  assertEquals(oneLine("abc🙂🙂", 5), "abc…");
  assertEquals(oneLine("🙂".repeat(10), 2), "…");
  assertEquals(oneLine(`${" ".repeat(19)}🙂`, 5), "…");
});

const CUTS: readonly (readonly [text: string, max: number, cut: string])[] = [
  ["", 1, ""],
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["a bcd", 3, "a…"],
  ["abc", 1, "…"],
  // A pair of surrogates, marks, a flag, a family, and Hangul.
  ["ab🙂🙂", 4, "ab…"],
  ["ab🙂🙂", 5, "ab🙂…"],
  ["abe\u0301\u0323x", 5, "ab…"],
  ["🇩🇪🇫🇷🇩🇪", 8, "🇩🇪…"],
  ["🇩🇪🇫🇷🇩🇪", 11, "🇩🇪🇫🇷…"],
  ["x👨‍👩‍👧‍👦yz", 12, "x…"],
  ["x👨‍👩‍👧‍👦yz", 13, "x👨‍👩‍👧‍👦…"],
  ["한글".normalize("NFD"), 5, `${"한".normalize("NFD")}…`],
];

for (const [text, max, expected] of CUTS) {
  Deno.test(`cut() makes ${JSON.stringify(expected)} of ${JSON.stringify(text)} with ${max} units`, () => {
    assertEquals(cut(text, max), expected);
  });
}

Deno.test("cut() counts what it is told to count", () => {
  const bytes = (text: string, max: number) => cut(text, max, byteLength);
  assertEquals(bytes("ééé", 6), "ééé");
  assertEquals(bytes("éééé", 7), "éé…");
  assertEquals(bytes("éééé", 6), "é…");
  assertEquals(bytes("🙂🙂🙂", 11), "🙂🙂…");
  const escaped = (text: string) => text === "<" ? 4 : 1;
  assertEquals(cut("a<b<c", 11, escaped), "a<b<c");
  assertEquals(cut("a<b<c", 10, escaped), "a<b…");
});

Deno.test("cut() cuts inside of a character with hundreds of marks", () => {
  const text = `e${"\u0301".repeat(500)}`;
  assertEquals(cut(text, 100), `${text.slice(0, 99)}…`);
});

Deno.test("cut() gives whole characters within the bound, and as many as fit", () => {
  const unit = fc.constantFrom(..."ab <é日🙂\u0301\u200d", "🇩", "👨‍👩‍👧");
  const segmenter = new Intl.Segmenter("en");
  fc.assert(fc.property(
    fc.string({ unit, maxLength: 40 }),
    fc.integer({ min: 3, max: 60 }),
    fc.constantFrom(byteLength, ({ length }: string) => length),
    (text, max, sizeOf) => {
      const shown = cut(text, max, sizeOf);
      assertLessOrEqual(sizeOf(shown), max);
      assert(shown.isWellFormed());
      if (sizeOf(text) <= max) return assertEquals(shown, text);
      const segments = Array.from(
        segmenter.segment(text),
        ({ segment }) => segment,
      );
      let kept = "";
      for (const segment of segments) {
        if (sizeOf(`${kept}${segment}…`) > max) break;
        kept += segment;
      }
      assertEquals(shown, `${kept.trimEnd()}…`);
    },
  ));
});

Deno.test("excerpt() quotes the beginning", () => {
  assertEquals(excerpt('say "hi"\n'), '"say \\"hi\\""');
  assertEquals(excerpt("x".repeat(1000)), `"${"x".repeat(79)}…"`);
});

const KEYS = ["interval", "timeout", "retries", "type", "url", "start_period"];
const GUESSES: readonly (readonly [string, string | undefined])[] = [
  ["intervall", "interval"],
  ["Interval", "interval"],
  ["itnerval", "interval"],
  ["timout", "timeout"],
  ["retires", "retries"],
  ["tpye", "type"],
  ["ulr", "url"],
  ["startperiod", "start_period"],
  ["start-period", "start_period"],
  ["colour", undefined],
  ["x", undefined],
  ["", undefined],
];

for (const [word, guess] of GUESSES) {
  Deno.test(`closest() takes "${word}" for ${guess ?? "nothing"}`, () => {
    assertEquals(closest(word, KEYS), guess);
  });
}

Deno.test("closest() takes the nearest of several", () => {
  assertEquals(closest("reades", ["trades", "reads", "red"]), "reads");
  assertEquals(closest("word", []), undefined);
});

Deno.test("shellQuoted() quotes what a shell would not take as it is", () => {
  const words = ["a", "--allow-net=a:1,b:2", "a b", "it's", "[::1]", "$x", ""];
  assertEquals(
    words.map(shellQuoted).join(" "),
    `a --allow-net=a:1,b:2 'a b' 'it'\\''s' '[::1]' '$x' ''`,
  );
});

Deno.test("listed() writes lists as Intl.ListFormat does", () => {
  const or = new Intl.ListFormat("en", { type: "disjunction" });
  const and = new Intl.ListFormat("en");
  const words = ["a", "b c", "d", "e"];
  for (let count = 0; count <= words.length; count++) {
    const some = words.slice(0, count);
    assertEquals(listed(some, "or"), or.format(some));
    assertEquals(listed(some, "and"), and.format(some));
  }
});

Deno.test("formatBytes() is exact, and short where it can be", () => {
  const table: [number, string][] = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [1000, "1000 bytes"],
    [1024, "1 KiB"],
    [1025, "1025 bytes"],
    [65536, "64 KiB"],
    [10 * 2 ** 20, "10 MiB"],
    [2 ** 30, "1024 MiB"],
  ];
  for (const [bytes, text] of table) assertEquals(formatBytes(bytes), text);
});
