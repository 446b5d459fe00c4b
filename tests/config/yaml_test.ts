import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import { keysOf } from "../../src/config/yaml/key_order.ts";
import { parseYaml } from "../../src/config/yaml/yaml.ts";
import { httpServer } from "../support/servers.ts";

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

/** A text with merge keys, and what it comes to. */
const MERGES: readonly (readonly [string, unknown])[] = [
  ["a: &a { b: 1 }\nc: { <<: *a }", { a: { b: 1 }, c: { b: 1 } }],
  [
    "a: &a { b: 1, c: 2 }\nd: { <<: *a, b: 3 }",
    { a: { b: 1, c: 2 }, d: { b: 3, c: 2 } },
  ],
  [
    "a: &a { b: 1, c: 2 }\nd: { b: 3, <<: *a }",
    { a: { b: 1, c: 2 }, d: { b: 3, c: 2 } },
  ],
  ["a: { <<: [{ b: 1 }, { b: 2, c: 3 }] }", { a: { b: 1, c: 3 } }],
  ["a: { <<: { <<: { b: 1 }, c: 2 } }", { a: { b: 1, c: 2 } }],
  ["a: { <<: {} }", { a: {} }],
  ["a: { <<: [] }", { a: {} }],
  ["<<: { a: 1 }", { a: 1 }],
  ["a: [{ <<: { b: 1 } }]", { a: [{ b: 1 }] }],
];

for (const [text, expected] of MERGES) {
  Deno.test(`parseYaml() merges ${JSON.stringify(text)}`, () => {
    assertEquals(
      JSON.stringify(sorted(parseYaml(text))),
      JSON.stringify(sorted(expected)),
    );
  });
}

/** A value with the keys of its maps in one order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, sorted(item)] as const)
      .sort(([a], [b]) => a < b ? -1 : 1),
  );
}

for (const value of ["", "1", "text", "[1]", "[{ a: 1 }, 2]"]) {
  Deno.test(`parseConfig() refuses to merge ${JSON.stringify(value)}`, () => {
    const [line] = told(`checks: { a: { <<: ${value} } }`);
    assertMatch(
      line!,
      /^: checks\.a\["<<"\]: expected a map or a list of maps to merge, got (?:null|1|"text"|a list)$/,
    );
  });
}

Deno.test("parseConfig() takes anchors of keys that begin with x-, and merges them", () => {
  const { checks } = parseConfig(
    `
x-probe: &probe
  type: http
  interval: 5s
  headers: { authorization: "Bearer \${TOKEN}" }
x-unused: { a: "\${NOT_SET}", b: [1] }
x-: 1
checks:
  a: { <<: *probe, url: "http://localhost/a" }
  b: { <<: *probe, url: "http://localhost/b", interval: 9s }
`,
    { env: (name) => name === "TOKEN" ? "s3cret" : undefined },
  );
  assertEquals(
    checks.map(({ id, probe, options }) => [
      id,
      probe.target,
      options.interval,
    ]),
    [["a", "http://localhost/a", "5s"], ["b", "http://localhost/b", "9s"]],
  );
});

Deno.test("parseConfig() ignores keys that begin with x- at the top only", () => {
  assertEquals(
    told(`X-a: 1\nchecks: { x-b: { type: tcp, port: 1, x-c: 1 } }`)
      .map((line) => line.replace(/;.*/, "")),
    ["X-a: unknown key", "checks.x-b.x-c: unknown key"],
  );
});

/** Texts with keys in an order that is not that of a JavaScript object. */
const ORDERS: readonly (readonly [string, string])[] = [
  ["web: 1\n443: 2\n80: 3", "web 443 80"],
  ["443: 2\nweb: 1\n80: 3", "443 web 80"],
  ["{ web: 1, 443: 2, 80: 3 }", "web 443 80"],
  ["{web: 1,443: 2,80: 3}", "web 443 80"],
  ['{"web":1,"443":2,"80":3}', "web 443 80"],
  ["web: 1\n'443': 2\n\"80\": 3", "web 443 80"],
  ["web: 1\n443 : 2\n? 80\n: 3", "web 443 80"],
  ["web:\n  80: 1\n443:\n80:", "web 443 80"],
  ["web: 1\n443: '80: 5'\n80: |\n  7: x", "web 443 80"],
  ["web: 1\n0x1BB: 2\n80: 3", "web 443 80"],
  ["web: 1\n'0x1BB': 2\n80: 3", "web 0x1BB 80"],
  ["web: 1\n1e3: 2\n80: 3", "web 1000 80"],
  ["# 80: no\nweb: 1\n443: 2 # 80: no\n80: 3", "web 443 80"],
  ["web: 1\n&b 443: 2\n!!str 80: 3", "web 443 80"],
  ["web: 1\n!!int 443: 2\n80: 3", "web 443 80"],
  ["web: 1\n!!int &b 443: 2\n&c !!str 80: 3", "web 443 80"],
  ["web: 1\n!!int '443': 2\n!!int \"0x50\": 3", "web 443 80"],
  ["web: 1\n!!str 0x1BB: 2\n80: 3", "web 0x1BB 80"],
  ["web: 1\n!<tag:yaml.org,2002:int> 443: 2\n80: 3", "web 443 80"],
  ["web: 1\n!!str 443: 2\n!!str 80: 3", "web 443 80"],
  ["{ web: 1, !!int 443: 2, 80: !!int 3 }", "web 443 80"],
  ["web: 1\n? |-\n  443\n: 2\n80: 3", "web 443 80"],
  ["web: 1\n? |\n  443\n: 2\n80: 3", "web 443\n 80"],
  ["web: 1\n? >-\n  443\n: 2\n80: 3", "web 443 80"],
  ["web: 1\n? |\n  9: [\n: 2\n80: 3", "web 9: [\n 80"],
  ["web: 1\n'shop 443: web': 2\n80: 3", "web shop 443: web 80"],
  ["web: 1\nshop 443: 2\n80: 3", "web shop 443 80"],
  ["web: 1\n443 80: 2\n80: 3", "web 443 80 80"],
  ["web: 1\n<<: { 443: 1, 80: 2 }\n22: 3", "web 443 80 22"],
  ["web: 1\n<<: { 443: 1, 80: 2 }\n80: 3", "web 443 80"],
];

for (const [text, keys] of ORDERS) {
  Deno.test(`keysOf() gives ${keys} of ${JSON.stringify(text)}`, () => {
    const map = parseYaml(text) as object;
    assertEquals(keysOf(map).join(" "), keys);
    assertEquals([...keysOf(map)].sort(), Object.keys(map).sort());
  });
}

Deno.test("keysOf() gives the order of any keys, in blocks and in flow", () => {
  const key = fc.oneof(
    fc.nat({ max: 99 }).map(String),
    fc.string({ maxLength: 3 }),
    fc.constantFrom("a", "-1", "1.5", "2026-01-01", "00", "__proto__"),
  );
  const keys = fc.uniqueArray(key, { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(keys, keys, (outer, inner) => {
      fc.pre(![...outer, ...inner].includes("<<"));
      const flow = (value: string, keys: string[]): string =>
        `{ ${
          keys.map((key) => `${JSON.stringify(key)}: ${value}`).join(", ")
        } }`;
      const block = outer.map((key) =>
        `${JSON.stringify(key)}:\n  ${flow('"443: x"', inner)}\n`
      ).join("");
      for (const text of [flow(flow("1", inner), outer), block]) {
        const map = parseYaml(text) as Record<string, object>;
        assertEquals(keysOf(map), outer);
        for (const key of outer) assertEquals(keysOf(map[key]!), inner);
      }
    }),
  );
});

Deno.test("parseConfig() keeps the order of the file, whatever the ids look like", () => {
  const ids = ["web", "443", "80", "10.0.0.1", "9", "-1", "api"];
  const check = "{ type: tcp, port: 1 }";
  const block = `checks:\n${ids.map((id) => `  ${id}: ${check}\n`).join("")}`;
  const json = `{"checks":{${
    ids.map((id) => `"${id}":{"type":"tcp","port":1}`).join(",")
  }}}`;
  for (const text of [block, json]) {
    assertEquals(parseConfig(text).checks.map(({ id }) => id), ids);
  }
});

/** Texts that a tab indents, and its place. */
const TABS: readonly (readonly [string, string])[] = [
  ["checks:\n\ta:\n\t\ttype: tcp\n", "line 2, column 1"],
  ["checks:\n  a:\n  \ttype: tcp\n  \tport: 1\n", "line 3, column 3"],
  ["checks:\n  a:\n    type: tcp\n\t  port: 1\n", "line 4, column 1"],
  [`${CHECKS}\n\tlisten: false\n`, "line 2, column 1"],
  [`# a\r\n\r\n${CHECKS}\r\n\tlisten: false\r\n`, "line 4, column 1"],
  ["x-a: |\n\ttext\n" + CHECKS, "line 2, column 1"],
  ["x-a: { b:\n\t1 }\nchecks:\n\ta: 1\n", "line 4, column 1"],
  ["x-a: >-\n  b\n  \tc\nchecks:\n\ta: 1\n", "line 5, column 1"],
  ["checks:\n  a: 1\n\t- b\n", "line 3, column 1"],
];

for (const [text, place] of TABS) {
  Deno.test(`parseConfig() names the tab in ${JSON.stringify(text)}`, () => {
    assertEquals(told(text), [
      `: expected spaces, got a tab in the indentation at ${place}`,
    ]);
  });
}

Deno.test("parseConfig() finds the first of very many tabs soon", () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `\t${i},\n`).join("");
  const startedAt = performance.now();
  assertEquals(told(`x-a: [\n${lines}]\nchecks:\n\ta: 1\n`), [
    ": expected spaces, got a tab in the indentation at line 20004, column 1",
  ]);
  assert(performance.now() - startedAt < 30_000);
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
  "tabs in a list over many lines":
    `x-a: [\n\t1,\n\t{ b:\n\t\t2 }\n]\n${CHECKS}`,
  "tabs in a quoted string": `x-a: "b\n\tc"\n${CHECKS}`,
  "tabs in a block scalar": `x-a: |\n  b\n  \tc\n\n  d\n${CHECKS}`,
  "tabs before a comment": `\t# a comment\n${CHECKS}\n \t\n`,
  "JSON with tabs":
    '{\n\t"checks": {\n\t\t"a": {\n\t\t\t"type": "tcp",\n\t\t\t"port": 1\n\t\t}\n\t}\n}\n',
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
    assertRefused(text);
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

for (
  const [text, message] of [
    [
      "a: &a {x: 1}\nb: &b {y: 1}\nc:\n  <<: *a\n  <<: *b\n",
      "duplicated mapping key near line 5; write one << with a list to merge several maps",
    ],
    ["a: &a\n  b: 1\n  <<: *a\n", 'a["<<"]: cannot merge a map into itself'],
    [
      "a: &a\n  b: { <<: [{ x: 1 }, *a] }\n",
      'a.b["<<"]: cannot merge a map into itself',
    ],
    [
      "a: { b: 1 }\na:\n  c: 1\n",
      "duplicated mapping key near line 2",
    ],
    ["a: 1\nb: 2\na: 3\n", "duplicated mapping key at line 3, column 1"],
  ] as const
) {
  Deno.test(`parseYaml() says what is wrong with keys: ${message}`, () => {
    assertThrows(() => parseYaml(text), SyntaxError, message);
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
  const why = "expected a smaller config, got";
  for (const depth of [202, 500]) {
    const text = "[".repeat(depth) + "]".repeat(depth);
    assertEquals(told(text), [
      `: ${why} more than 200 levels of nesting`,
    ]);
  }
  const text = DEEP["lists that end"]!;
  assert(
    /^: expected a smaller config, got (too many|more than 200) levels of nesting$/
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
  const why = ": expected a smaller config, got more than a million values";
  assertEquals(told(laughs("[", (alias) => alias)), [why]);
  assertEquals(told(laughs("{", (alias, i) => `k${i}: ${alias}`)), [why]);
});

Deno.test("parseConfig() does not follow an alias to what it is within", () => {
  const why =
    ": expected a smaller config, got more than 200 levels of nesting";
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

const LONG_NUMBERS: readonly (readonly [string, unknown])[] = [
  ["[18446744073709551615]", [18446744073709551615n]],
  ["{ a: { b: -18446744073709551615 } }", { a: { b: -18446744073709551615n } }],
  ["a: 9007199254740993 # 9007199254740993", { a: 9007199254740993n }],
  ["a: +9007199254740993", { a: 9007199254740993n }],
  ["- 9007199254740993\n- 9007199254740991", [
    9007199254740993n,
    9007199254740991,
  ]],
  ["a: &n [9007199254740993]\nb: *n", {
    a: [9007199254740993n],
    b: [9007199254740993n],
  }],
  ["a: id 9007199254740993", { a: "id 9007199254740993" }],
  ["a: id\n 9007199254740993", { a: "id 9007199254740993" }],
  ["a: '9007199254740993'", { a: "9007199254740993" }],
  ["a: !!str 9007199254740993", { a: "9007199254740993" }],
  ["a: |\n  9007199254740993\nb: 9007199254740993", {
    a: "9007199254740993\n",
    b: 9007199254740993n,
  }],
  ["9007199254740993: 9007199254740993", {
    "9007199254740992": 9007199254740993n,
  }],
  ["a: 90071992547409931.5", { a: 90071992547409931.5 }],
];

for (const [text, value] of LONG_NUMBERS) {
  Deno.test(`parseYaml() keeps the digits of ${JSON.stringify(text)}`, () => {
    assertEquals(plain(parseYaml(text)), value);
  });
}

/** The same value, whose maps have a prototype. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === "object" && value !== null
    ? Object.fromEntries(
      Object.entries(value).map(([key, item]) => [key, plain(item)]),
    )
    : value;
}

Deno.test("parseConfig() keeps the digits of a number where a string or any value may be", async () => {
  await using server = httpServer((request) =>
    new Response(`{"id": ${request.headers.get("x-id")}}`)
  );
  const { checks } = parseConfig(`
checks:
  same:
    type: http
    url: http://${server.authority}
    headers: { x-id: 18446744073709551615 }
    json: { id: 18446744073709551615 }
  other:
    type: http
    url: http://${server.authority}
    headers: { x-id: 18446744073709551615 }
    json: { id: 18446744073709551000 }
`);
  const outcomes = await Promise.all(
    checks.map(({ probe }) => probe(AbortSignal.timeout(10_000))),
  );
  assertEquals(outcomes.map(({ verdict }) => verdict), ["pass", "fail"]);
  assertEquals(
    outcomes[1]!.reason?.message,
    "Expected id of the JSON body to be 18446744073709551000, got 18446744073709551615",
  );
});

Deno.test("parseConfig() takes a long number for a number where only that may be", () => {
  assertEquals(
    told("concurrency: 18446744073709551615\n" + CHECKS),
    [
      "concurrency: expected a whole number of 1 or more, got 18446744073709551615",
    ],
  );
  const { checks } = parseConfig(`
defaults: { backoff: { factor: 18446744073709551615 } }
${CHECKS}`);
  assertEquals({ ...checks[0]!.options.backoff as object }, {
    factor: 2 ** 64,
  });
});
