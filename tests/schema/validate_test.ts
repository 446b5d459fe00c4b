import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { ConfigIssue } from "../../src/agent/config.ts";
import { Expanded } from "../../src/schema/variables.ts";
import { LONGEST_MS } from "../../src/core/policy.ts";
import { validate } from "../../src/schema/validate.ts";
import { DURATION, POSITIVE_DURATION, TIMER } from "../../src/schema/values.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { parseDuration } from "../../src/core/duration.ts";

/** What is made of a value, and what is said of it. */
function validated(value: unknown, schema: Schema): [unknown, string[]] {
  const issues: ConfigIssue[] = [];
  const result = validate(value, schema, "at", issues);
  return [
    result === undefined ? undefined : JSON.parse(JSON.stringify(result)),
    issues.map(({ path, message }) => `${path}: ${message}`),
  ];
}

/** A value, a schema, and what is said. */
const WRONG: readonly (readonly [unknown, Schema, string])[] = [
  [5, { title: "a string", type: "string" }, "expected a string, got 5"],
  [
    undefined,
    { title: "a string", type: "string" },
    "expected a string, got nothing",
  ],
  [null, { title: "a string", type: "string" }, "expected a string, got null"],
  [
    [],
    { title: "a string", type: "string" },
    "expected a string, got an empty list",
  ],
  [[1], { title: "a string", type: "string" }, "expected a string, got a list"],
  [
    {},
    { title: "a string", type: "string" },
    "expected a string, got an empty map",
  ],
  [
    { a: 1 },
    { title: "a string", type: "string" },
    "expected a string, got a map",
  ],
  [
    "a\nb",
    { title: "a number", type: "number" },
    'expected a number, got "a\\nb"',
  ],
  [NaN, { title: "a number", type: "number" }, "expected a number, got NaN"],
  [
    Infinity,
    { title: "a number", type: "number" },
    "expected a number, got Infinity",
  ],
  [1.5, { title: "a count", type: "integer" }, "expected a count, got 1.5"],
  [
    2 ** 53,
    { title: "a count", type: "integer" },
    "expected a count, got 9007199254740992",
  ],
  [5, { type: "string" }, "expected a string, got 5"],
  [[], { type: "object" }, "expected a map, got an empty list"],
  ["x", { type: ["array", "null"] }, 'expected a list or null, got "x"'],
  [1, { type: "boolean" }, "expected true or false, got 1"],
  [
    "",
    { type: "string", minLength: 1 },
    'expected a string with a length of 1 or more, got ""',
  ],
  [
    0.5,
    { type: "integer", minimum: 1, maximum: 9 },
    "expected an integer with a minimum of 1 and a maximum of 9, got 0.5",
  ],
  ["x", { pattern: "^a" }, 'expected a value with the pattern ^a, got "x"'],
  [
    [],
    { type: "array", minItems: 2 },
    "expected a list with 2 or more items, got an empty list",
  ],
  [
    {},
    { type: "object", minProperties: 2 },
    "expected a map with 2 or more keys, got an empty map",
  ],
  ["x", { format: "uri" }, 'expected an absolute URL, got "x"'],
  ["(", { format: "regex" }, 'expected a regular expression, got "("'],
  ["x", { format: "duration" }, 'expected a duration, got "x"'],
  ["x", { format: "timer" }, 'expected a duration of 1ms or more, got "x"'],
  [
    null,
    { anyOf: [{ type: "number" }, { type: "string" }, { type: "number" }] },
    "expected a number or a string, got null",
  ],
  ["x", { enum: ["a", 1, false] }, 'expected "a", 1 or false, got "x"'],
  [
    "ab",
    { title: "more", type: "string", minLength: 3 },
    'expected more, got "ab"',
  ],
  [4, { title: "more", type: "number", minimum: 5 }, "expected more, got 4"],
  [6, { title: "less", type: "number", maximum: 5 }, "expected less, got 6"],
  [
    [],
    { title: "a list", type: "array", minItems: 1 },
    "expected a list, got an empty list",
  ],
  [
    {},
    { title: "a map", type: "object", minProperties: 1 },
    "expected a map, got an empty map",
  ],
  [[], { title: "a map", type: "object" }, "expected a map, got an empty list"],
  [null, { title: "a map", type: "object" }, "expected a map, got null"],
  [
    "(",
    { title: "a pattern", type: "string", format: "regex" },
    'expected a pattern, got "("',
  ],
  [
    "x",
    { title: "a URL", type: "string", format: "uri" },
    'expected a URL, got "x"',
  ],
  [
    "b",
    { title: "an a", type: "string", pattern: "^a$" },
    'expected an a, got "b"',
  ],
  [1, { title: "null", type: "null" }, "expected null, got 1"],
  [
    "mx",
    { title: "a type", enum: ["A", "MX"] },
    'expected a type, got "mx"; did you mean "MX"?',
  ],
  ["ftp", { title: "a type", enum: ["A", 1] }, 'expected a type, got "ftp"'],
  [
    "mx",
    { title: "a secret", enum: ["MX"], writeOnly: true },
    "expected a secret, got a string",
  ],
];

for (const [value, schema, message] of WRONG) {
  Deno.test(`validate() says ${message}`, () => {
    assertEquals(validated(value, schema), [undefined, [`at: ${message}`]]);
  });
}

/** A value, and a schema that it meets. */
const RIGHT: readonly (readonly [unknown, Schema])[] = [
  ["", { type: "string" }],
  ["é", { type: "string", minLength: 1 }],
  [5, { type: "number", minimum: 5, maximum: 5 }],
  [null, { type: "null" }],
  [false, { enum: [false] }],
  [1, { type: ["string", "number"] }],
  ["a", { type: ["string", "number"] }],
  [[1, "a", null], { type: "array" }],
  [{ a: { b: [{ c: 1 }] } }, {}],
  [{ a: 1, b: 2 }, { type: "object", properties: { a: { type: "number" } } }],
  ["x", { type: "string", format: "regex" }],
  ["http://x", { type: "string", format: "uri" }],
];

for (const [value, schema] of RIGHT) {
  Deno.test(`validate() takes ${JSON.stringify(value)} for ${JSON.stringify(schema)}`, () => {
    assertEquals(validated(value, schema), [value, []]);
  });
}

const MAP: Schema = {
  title: "a map",
  type: "object",
  properties: {
    port: { title: "a port", type: "integer" },
    names: { type: "array", items: { title: "a name", type: "string" } },
  },
  required: ["port"],
  additionalProperties: false,
};

Deno.test("validate() leaves out what is wrong, and says all of it", () => {
  assertEquals(validated({ names: ["a", 1, "b", 2], prot: 5 }, MAP), [
    { names: ["a", null, "b", null] },
    [
      "at.names[1]: expected a name, got 1",
      "at.names[3]: expected a name, got 2",
      'at.prot: unknown key; did you mean "port"?',
      "at.port: expected a port, got nothing",
    ],
  ]);
});

Deno.test("validate() does not mistake what objects inherit for keys", () => {
  const inherited = ["constructor", "toString", "__proto__", "valueOf"];
  for (const key of inherited) {
    const value = JSON.parse(`{ "port": 1, ${JSON.stringify(key)}: 1 }`);
    assertEquals(validated(value, MAP)[1], [
      `at.${key}: unknown key; expected one of port, names`,
    ]);
  }
  assertEquals(
    validated({}, { type: "object", required: inherited }),
    [{}, inherited.map((key) => `at.${key}: expected a value, got nothing`)],
  );
});

const EITHER: Schema = {
  title: "false, or a map",
  anyOf: [{ enum: [false] }, MAP],
};

Deno.test("validate() tells of a map what is wrong inside of it, of anything else what it should be", () => {
  assertEquals(validated(false, EITHER), [false, []]);
  assertEquals(validated({ port: 1 }, EITHER), [{ port: 1 }, []]);
  assertEquals(validated({ port: "x" }, EITHER)[1], [
    'at.port: expected a port, got "x"',
  ]);
  assertEquals(validated(true, EITHER)[1], [
    "at: expected false, or a map, got true",
  ]);
  assertEquals(validated([1], EITHER)[1], [
    "at: expected false, or a map, got a list",
  ]);
});

/** A variable's value, a schema, and what it then is. */
const MEANT: readonly (readonly [string, Schema, unknown])[] = [
  ["5", { type: "string" }, "5"],
  ["5", { type: "integer" }, 5],
  ["-1.5", { type: "number" }, -1.5],
  ["5", { type: ["number", "string"] }, "5"],
  ["true", { type: "boolean" }, true],
  ["false", { type: "boolean" }, false],
  ["true", { type: ["string", "boolean"] }, "true"],
  ["0", { anyOf: [{ type: "string", pattern: "s$" }, { enum: [0] }] }, 0],
  ["0s", { anyOf: [{ type: "string", pattern: "s$" }, { enum: [0] }] }, "0s"],
  ["false", EITHER, false],
  ["true", {}, "true"],
  ["5", {}, "5"],
  ["b", { enum: ["a", "b"] }, "b"],
];

for (const [text, schema, value] of MEANT) {
  Deno.test(`validate() takes a variable of ${text} for ${JSON.stringify(value)} as ${JSON.stringify(schema).slice(0, 60)}`, () => {
    assertEquals(validated(new Expanded(text, "${X}", []), schema), [
      value,
      [],
    ]);
  });
}

Deno.test("validate() shows variables as they were written", () => {
  const secret = new Expanded("s3cret", "a${X:-b}", []);
  for (
    const schema of [{ title: "a port", type: "integer" }, EITHER] as const
  ) {
    assertEquals(validated(secret, schema), [undefined, [
      `at: expected ${schema.title}, got "a\${X:-b}"`,
    ]]);
  }
});

Deno.test("validate() says nothing of a variable that is not to be had", () => {
  const unset = new Expanded(null, "${X}", []);
  for (const schema of [{}, { type: "integer" }, EITHER, MAP] as const) {
    assertEquals(validated(unset, schema), [undefined, []]);
  }
  assertEquals(validated({ port: unset }, MAP), [{}, []]);
});

const duration = fc.oneof(
  fc.string(),
  fc.stringMatching(/^[\d.dhms ]{0,12}$/),
  fc.stringMatching(/^(\d{1,3}d)?(\d{1,3}h)?(\d+m)?(\d+\.\d+s)?(\d+ms)?$/),
);

Deno.test("what the schema has for durations is what the library reads", () => {
  fc.assert(fc.property(duration, (text) => {
    let ms: number | undefined;
    try {
      ms = parseDuration(text);
    } catch {
      ms = undefined;
    }
    const isDuration = ms !== undefined && ms <= LONGEST_MS;
    const isPositive = isDuration && /[1-9]/.test(text);
    const isTimer = isDuration && ms! >= 1;
    for (
      const [schema, isValid] of [
        [DURATION, isDuration],
        [POSITIVE_DURATION, isPositive],
        [TIMER, isTimer],
      ] as const
    ) {
      assertEquals(validated(text, schema)[1].length, isValid ? 0 : 1);
    }
  }));
});
