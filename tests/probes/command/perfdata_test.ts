import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  parsePerfdata,
  parsePluginOutput,
} from "../../../src/probes/command/perfdata.ts";

Deno.test("parsePluginOutput() finds text and perfdata on each of their lines", () => {
  const table: [string, string, string[]][] = [
    ["", "", []],
    ["\n\n", "", []],
    ["OK", "OK", []],
    ["\n OK\r\n", "OK", []],
    ["OK | a=1", "OK", ["a"]],
    ["OK|a=1|b=2 c=3", "OK", ["c"]],
    ["|a=1", "", ["a"]],
    ["OK\nmore\nand more", "OK", []],
    ["OK | a=1\nlong\nlong | b=2\nc=3\nd=4", "OK", ["a", "b", "c", "d"]],
    ["OK\nlong a=1\nlong | b=2", "OK", ["b"]],
    ["OK | a=1\nx | b=2\ny | c=3", "OK", ["a", "b", "c"]],
  ];
  for (const [output, text, labels] of table) {
    const { text: found, perfdata } = parsePluginOutput(output);
    assertEquals(found, text, output);
    assertEquals(
      Object.keys(perfdata),
      labels.map((label) => `perf.${label}`),
      output,
    );
  }
});

Deno.test("parsePerfdata() gives numbers and their units", () => {
  const table: [string, Record<string, string | number>][] = [
    ["time=0.374s;1;2;0;10", { "perf.time": 0.374, "perf.time.unit": "s" }],
    ["a=1 b=-2.5;;;0 c=.5 d=+3. e=1e3", {
      "perf.a": 1,
      "perf.b": -2.5,
      "perf.c": 0.5,
      "perf.d": 3,
      "perf.e": 1000,
    }],
    ["a=1us b=2ms c=3% d=4B e=5KB f=6MB g=7TB h=8c i=9MiB j=1EB", {
      ...Object.fromEntries(
        [..."abcdefghi"].map((label, i) => [`perf.${label}`, i + 1]),
      ),
      "perf.j": 1,
      ...Object.fromEntries(
        ["us", "ms", "%", "B", "KB", "MB", "TB", "c", "MiB", "EB"]
          .map((unit, i) => [`perf.${"abcdefghij"[i]}.unit`, unit]),
      ),
    }],
    // Labels.
    ["'free space'=1 'it''s'=2 ''''=3 /=4 C:\\=5", {
      "perf.free space": 1,
      "perf.it's": 2,
      "perf.'": 3,
      "perf./": 4,
      "perf.C:\\": 5,
    }],
    ["__proto__=1 constructor=2 exitCode=3", {
      "perf.__proto__": 1,
      "perf.constructor": 2,
      "perf.exitCode": 3,
    }],
    // What is not known, or no perfdata.
    ["a=U b=U;1;2 c= d=;1 =5 ''=6 e f=x g=1,5s h=1e999 i=--1 j=1=2", {}],
    ["k 'l m n=1 o=2", { "perf.n": 1, "perf.o": 2 }],
    ["a=1,5 ; b=2", { "perf.b": 2 }],
    // The first counts.
    ["a=1s a=2ms", { "perf.a": 1, "perf.a.unit": "s" }],
    ["a.unit=1 a=2s", { "perf.a.unit": 1, "perf.a": 2 }],
    ["a=2s a.unit=1", { "perf.a": 2, "perf.a.unit": "s" }],
  ];
  for (const [text, facts] of table) {
    const found = parsePerfdata(text);
    assertEquals(
      new Map(Object.entries(found)),
      new Map(Object.entries(facts)),
      text,
    );
  }
});

Deno.test("parsePerfdata() keeps 32 values, and labels that are short", () => {
  const many = Array.from({ length: 100 }, (_, i) => `label${i}=${i}s`);
  const facts = parsePerfdata(many.join(" "));
  assertEquals(Object.keys(facts).length, 64);
  assertEquals(facts["perf.label31"], 31);
  const [key] = Object.keys(parsePerfdata(`'${"x".repeat(1000)}'=1`));
  assertEquals(key, `perf.${"x".repeat(63)}…`);
  assertEquals(Object.keys(parsePerfdata("'a\u0000\u001b[31m\tb'=1")), [
    "perf.a [31m b",
  ]);
});

Deno.test("parsePluginOutput() has bounded facts of whatever a plugin prints", () => {
  const piece = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.constantFrom(
      ..."| ' '' = ; \n % U 1 -1 .5 1e9 1e999 a=1 'b c'=2ms ;1;2;0;9".split(
        " ",
      ),
      " ",
    ),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const { text, perfdata } = parsePluginOutput(pieces.join(""));
      assert(text.length <= 300);
      assert(!text.includes("\n"));
      const entries = Object.entries(perfdata);
      assert(entries.length <= 64);
      for (const [key, value] of entries) {
        assert(key.startsWith("perf.") && key.length <= 5 + 64 + 5);
        assert(
          typeof value === "number"
            ? Number.isFinite(value)
            : String(value).length <= 16,
        );
      }
    }),
  );
});

Deno.test("parsePerfdata() finds what a plugin was told to say", () => {
  const label = fc.string({
    minLength: 1,
    maxLength: 20,
    unit: "grapheme-ascii",
  })
    .filter((text) => !/=|\s{2}|^\s|\s$/.test(text) && !text.endsWith(".unit"));
  const value = fc.double({ noNaN: true, noDefaultInfinity: true });
  const unit = fc.constantFrom("", "s", "ms", "us", "%", "B", "KB", "TB", "c");
  const one = fc.record({ label, value, unit });
  fc.assert(
    fc.property(
      fc.uniqueArray(one, { maxLength: 32, selector: ({ label }) => label }),
      (all) => {
        const line = all.map(({ label, value, unit }) =>
          `'${label.replaceAll("'", "''")}'=${value}${unit};1;2`
        ).join(" ");
        const facts = parsePerfdata(line);
        for (const { label, value, unit } of all) {
          // JSON knows no -0.
          assertEquals(Number(facts[`perf.${label}`]) + 0, value + 0);
          assertEquals(facts[`perf.${label}.unit`], unit || undefined);
        }
      },
    ),
  );
});

Deno.test("parsePluginOutput() is fast on the worst of 64 KiB", () => {
  const worst = [
    "'",
    "''",
    "' ",
    "'' ",
    "'a ",
    "''a ",
    "'=",
    "a",
    "a=",
    "1",
    " ",
  ];
  for (const text of worst) {
    parsePluginOutput(`x|${text.repeat(65536 / text.length)}`);
    parsePluginOutput(`x|a=${text.repeat(65536 / text.length)}`);
  }
});
