import { assert, assertEquals, assertThrows } from "@std/assert";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import { parseYaml } from "../../src/config/yaml.ts";

const CHECKS = "checks: { a: { type: tcp, port: 1 } }";

/** What a config of a text says is wrong, all of it. */
function told(text: string): string[] {
  return assertThrows(() => parseConfig(text, { env: () => "x" }), ConfigError)
    .issues.map(({ path, message }) => `${path}: ${message}`);
}

/** Checks that a text is refused as no YAML, in one clear line. */
function assertRefused(text: string): void {
  const [line = "", ...others] = told(text);
  assertEquals(others, []);
  assert(/^: \w[^\n]{9,200}$/.test(line), JSON.stringify(line));
}

const SCALARS: readonly (readonly [string, unknown])[] = [
  ["yes", "yes"],
  ["no", "no"],
  ["on", "on"],
  ["off", "off"],
  ["y", "y"],
  ["true", true],
  ["False", false],
  ["null", null],
  ["~", null],
  ["5", 5],
  ["-1.5", -1.5],
  ["0x1F", 31],
  ["1:30", "1:30"],
  ["2026-01-01", "2026-01-01"],
  ["10s", "10s"],
  ['"5"', "5"],
  ["'it''s'", "it's"],
  ["!!str 5", "5"],
];

for (const [text, value] of SCALARS) {
  Deno.test(`parseYaml() reads ${text} as ${JSON.stringify(value)}`, () => {
    assertEquals(parseYaml(`[${text}]`), [value]);
  });
}

Deno.test("parseYaml() does not take << for a merge", () => {
  assertEquals(parseYaml('{ "a": &a { b: 1 }, "<<": *a }'), {
    a: { b: 1 },
    "<<": { b: 1 },
  });
});

Deno.test("parseConfig() takes yes for a text, and not for a truth value", () => {
  const check = "type: http, url: 'http://x'";
  assertEquals(told(`checks: { a: { ${check}, keep_alive: on } }`), [
    'checks.a.keep_alive: expected true or false, got "on"',
  ]);
  const { checks } = parseConfig(
    `checks: { no: { ${check}, headers: { a: yes } } }`,
  );
  assertEquals(checks[0]!.id, "no");
});

/** Texts that are YAML like any other. */
const FINE: Readonly<Record<string, string>> = {
  "a byte order mark": `\uFEFF${CHECKS}`,
  "CRLF": "checks:\r\n  a:\r\n    type: tcp\r\n    port: 1\r\n",
  "CR": "checks:\r  a:\r    type: tcp\r    port: 1\r",
  "tabs between tokens": "checks:\t{ a:\t{ type: tcp,\tport: 1 } }\t",
  "tabs before comments": `${CHECKS}\t# a comment`,
  "a document marker": `---\n${CHECKS}\n...\n`,
  "an alias": "checks: { a: &a { type: tcp, port: 1 }, b: *a }",
  "a tag of the core schema": "checks: { a: { type: !!str tcp, port: 1 } }",
  "JSON": '{"checks":{"a":{"type":"tcp","port":1}}}',
  "JSON with escapes": '{"checks":{"\\u0061":{"type":"tcp","port":1}}}',
  "what is far from ASCII": `# été 日本 🙂\n${CHECKS}`,
};

for (const [what, text] of Object.entries(FINE)) {
  Deno.test(`parseConfig() takes ${what}`, () => {
    const { checks } = parseConfig(text);
    assertEquals(checks[0]?.id, "a");
    assertEquals(checks[0]?.probe.target, "127.0.0.1:1");
  });
}

/** Texts that are no YAML of the core schema. */
const REFUSED: Readonly<Record<string, string>> = {
  "a tab that indents": "checks:\n\ta:\n\t\ttype: tcp\n\t\tport: 1\n",
  "a NUL byte": `${CHECKS}\0`,
  "a NUL byte in a key": "checks: { a\0: 1 }",
  "an escape character": "checks: \u001b[31m",
  "a tag of one's own": "checks: !mine { a: { type: tcp, port: 1 } }",
  "a function": "checks: !!js/function 'function () { throw 1 }'",
  "a regular expression": "checks: !!js/regexp /a/",
  "undefined": "checks: !!js/undefined ''",
  "Python": "checks: !!python/object/apply:os.system ['true']",
  "binary": "checks: !!binary aGVsbG8=",
  "a duplicate check": "checks:\n  a: {}\n  b: {}\n  a: {}\n",
  "a duplicate key": "checks: { a: { type: tcp, port: 1, port: 2 } }",
  "a duplicate __proto__": "checks: { __proto__: {}, __proto__: {} }",
  "a duplicate section": `${CHECKS}\n${CHECKS}\n`,
  "several documents": `${CHECKS}\n---\n${CHECKS}\n`,
  "an alias of nothing": "checks: *nothing",
  "a text without an end": 'checks: "',
  "a list without an end": "checks: [",
  "a map without an end": "checks: {",
  "wrong indentation": "checks:\n    a: 1\n  b: 2\n",
  "a directive of nobody": "%YAML 9.9\n---\n",
  "a lone bracket": "]",
  "a reserved character": "checks: @x",
};

for (const [what, text] of Object.entries(REFUSED)) {
  Deno.test(`parseConfig() refuses ${what}`, () => {
    if (what === "a tab that indents") told(text);
    else assertRefused(text);
  });
}

/** Texts that are YAML, but no config. */
const NO_CONFIGS: readonly (readonly [string, string])[] = [
  ["", "null"],
  ["\n\n", "null"],
  ["# nothing but a comment", "null"],
  ["---", "null"],
  ["\uFEFF", "null"],
  ["- a\n- b", "a list"],
  ["[]", "an empty list"],
  ["lifesign", '"lifesign"'],
  ["7", "7"],
  ["true", "true"],
  ["${X}", '"${X}"'],
  [
    "<html><body>Not found</body></html>",
    '"<html><body>Not found</body></html>"',
  ],
];

for (const [text, what] of NO_CONFIGS) {
  Deno.test(`parseConfig() wants a map, and no ${JSON.stringify(text)}`, () => {
    assertEquals(told(text), [`: expected a map with checks, got ${what}`]);
  });
}

/** How many levels an attacker would have. */
const DEPTH = 10_000;

/** Texts that nest deeply. */
const DEEP: Readonly<Record<string, string>> = {
  "lists that end": "[".repeat(DEPTH) + "]".repeat(DEPTH),
  "lists that do not end": "[".repeat(DEPTH),
  "maps that end": "{ a: ".repeat(DEPTH) + "}".repeat(DEPTH),
  "maps that do not end": "{ a: ".repeat(DEPTH),
  "maps without keys": "{".repeat(DEPTH) + "}".repeat(DEPTH),
  "lists in blocks": "- ".repeat(DEPTH) + "a",
  "keys in blocks": "? ".repeat(DEPTH) + "a",
  "maps in blocks": Array.from(
    { length: 1000 },
    (_, i) => `${" ".repeat(i)}a:\n`,
  ).join(""),
  "lists within a check": `checks: { a: { type: command, command: ${
    "[".repeat(DEPTH) + "]".repeat(DEPTH)
  } } }`,
};

for (const [what, text] of Object.entries(DEEP)) {
  Deno.test(`parseConfig() refuses deep nesting of ${what}`, () => {
    assertRefused(text);
  });
}

Deno.test("parseConfig() says that nesting is too deep, where that is all", () => {
  const why = "expected a config of sane size, got";
  for (const depth of [66, 200]) {
    const text = "[".repeat(depth) + "]".repeat(depth);
    assertEquals(told(text), [
      `: ${why} more than 64 levels of nesting`,
    ]);
  }
  const text = DEEP["lists that end"]!;
  assert(
    /^: expected a config of sane size, got (too many|more than 64) levels of nesting$/
      .test(told(text)[0]!),
  );
});

/** The billion laughs, as a list or a map of so many lines. */
function laughs(
  open: string,
  item: (alias: string, i: number) => string,
): string {
  const close = open === "[" ? "]" : "}";
  const lines = Array.from({ length: 9 }, (_, line) => {
    const items = Array.from(
      { length: 9 },
      (_, i) => item(line === 0 ? "lol" : `*a${line - 1}`, i),
    );
    return `x${line}: &a${line} ${open}${items.join(", ")}${close}\n`;
  });
  return `${lines.join("")}checks: *a8\n`;
}

Deno.test("parseConfig() does not laugh a billion times", () => {
  const why =
    ": expected a config of sane size, got more than a million values";
  assertEquals(told(laughs("[", (alias) => alias)), [why]);
  assertEquals(told(laughs("{", (alias, i) => `k${i}: ${alias}`)), [why]);
});

Deno.test("parseConfig() does not follow an alias to what it is within", () => {
  const why =
    ": expected a config of sane size, got more than 64 levels of nesting";
  assertEquals(told("checks: &a { b: *a }"), [why]);
  assertEquals(told("checks: &a [*a]"), [why]);
  assertEquals(
    told(
      "checks: { a: { type: http, url: 'http://x', json: &a { b: [*a] } } }",
    ),
    [why],
  );
});

Deno.test("parseConfig() refuses keys that are lists of aliases", () => {
  const items = Array(1000).fill("*a").join(", ");
  assert(told(`x: &a ${"y".repeat(1000)}\n? [${items}]\n: 1\n`).length > 0);
});

/** Large texts that are no config. */
const LARGE: Readonly<Record<string, () => string>> = {
  "one text": () => "x".repeat(10 * 2 ** 20),
  "one quoted text": () => JSON.stringify("x ".repeat(5 * 2 ** 20)),
  "a comment": () => `# ${"x".repeat(10 * 2 ** 20)}`,
  "blanks": () => " ".repeat(10 * 2 ** 20),
  "line breaks": () => "\n".repeat(10 * 2 ** 20),
  "a list": () => "- a\n".repeat(1.1 * 2 ** 20),
  "a list in flow": () => `[${"a,".repeat(1.1 * 2 ** 20)}]`,
  "dollars": () => JSON.stringify("${A:-".repeat(2 * 2 ** 20)),
  "digits": () => `{ listen: "${"1".repeat(10 * 2 ** 20)}", ${CHECKS} }`,
  "a long duration": () =>
    `checks: { a: { type: tcp, port: 1, interval: ${
      "1".repeat(5 * 2 ** 20)
    } } }`,
  "a long path": () => `{ ${"k".repeat(10 ** 6)}: 1 }`,
};

for (const [what, text] of Object.entries(LARGE)) {
  Deno.test(`parseConfig() is done soon with megabytes of ${what}`, () => {
    const startedAt = performance.now();
    assert(told(text()).length >= 1);
    assert(performance.now() - startedAt < 30_000);
  });
}

Deno.test("parseYaml() gives the place of a mistake, and no excerpt", () => {
  const error = assertThrows(
    () => parseYaml("a: 1\nb: 'secret of mine\n"),
    SyntaxError,
  );
  assert(/\d/.test(error.message), error.message);
  assert(!/secret|\n/.test(error.message), error.message);
  assert(error.cause instanceof Error);
});
