import { assertEquals } from "@std/assert";
import {
  builtInKinds,
  type Config,
  parseConfig,
} from "../../../src/agent/config.ts";
import { compareChecks } from "../../../src/config/compare.ts";
import type { ConfigError } from "../../../src/config/error.ts";

const kinds = await builtInKinds();

const CLUSTER = "cluster: { servers: nats://a }";

function read(text: string): Config {
  return parseConfig(text, { kinds, env: () => undefined });
}

/** From where the checks of a file are run. */
function fromOf(checks: string, defaults = "{}"): unknown[] {
  return read(`${CLUSTER}\ndefaults: ${defaults}\nchecks: ${checks}`)
    .checks.map(({ from, need }) => ({ from, need }));
}

/** What is wrong with a check that has the key, of a type with its options. */
function wrong(from: string, type = "tcp, port: 1"): string[] {
  try {
    read(`${CLUSTER}\nchecks: { a: { type: ${type}, from: ${from} } }`);
    return [];
  } catch (error) {
    return (error as ConfigError).issues.map(({ path, message }) =>
      `${path}: ${message}`
    );
  }
}

const ANYWHERE = { from: undefined, need: undefined };

/** What the key may be, and what becomes of it. */
const RIGHT: readonly (readonly [string, unknown])[] = [
  ["[eu]", { from: { regions: ["eu"], labels: {} }, need: undefined }],
  ["{ regions: [eu, us] }", {
    from: { regions: ["eu", "us"], labels: {} },
    need: undefined,
  }],
  ["{ regions: [eu, us], need: majority }", {
    from: { regions: ["eu", "us"], labels: {} },
    need: undefined,
  }],
  ["{ regions: [eu, us], need: 2, labels: { disk: ssd, rack: 7 } }", {
    from: { regions: ["eu", "us"], labels: { disk: "ssd", rack: "7" } },
    need: 2,
  }],
  ["{ labels: { disk: ssd } }", {
    from: { regions: null, labels: { disk: "ssd" } },
    need: undefined,
  }],
  ["{ labels: {} }", ANYWHERE],
];

for (const [from, fields] of RIGHT) {
  Deno.test(`a check is run from: ${from}`, () => {
    const check = `{ type: tcp, port: 1, from: ${from} }`;
    assertEquals(fromOf(`{ a: ${check} }`), [fields]);
    assertEquals(fromOf("{ a: { type: tcp, port: 1 } }", `{ from: ${from} }`), [
      fields,
    ]);
  });
}

Deno.test("a check that says nothing is run anywhere, and a default may say where", () => {
  const checks =
    "{ a: { type: tcp, port: 1 }, b: { type: tcp, port: 1, from: [us] } }";
  const us = { from: { regions: ["us"], labels: {} }, need: undefined };
  assertEquals(fromOf(checks), [ANYWHERE, us]);
  assertEquals(fromOf(checks, "{ from: { regions: [eu, ap], need: 1 } }"), [
    { from: { regions: ["eu", "ap"], labels: {} }, need: 1 },
    us,
  ]);
});

Deno.test("of a default, checks without attempts have the labels only", () => {
  const checks =
    "{ a: { type: heartbeat, every: 1h }, b: { type: quorum, of: [a], need: 1 } }";
  const default_ = "{ regions: [eu, us], need: 2, labels: { disk: ssd } }";
  const labelled = {
    from: { regions: null, labels: { disk: "ssd" } },
    need: undefined,
  };
  assertEquals(fromOf(checks, `{ from: ${default_} }`), [labelled, labelled]);
  assertEquals(fromOf(checks, "{ from: [eu] }"), [ANYWHERE, ANYWHERE]);
});

const WORDS =
  "expected a list of regions such as [eu, us], or a map such as { regions: [eu, us], need: 1 }";

/** What the key may not be, and what the message is. */
const WRONG: readonly (readonly [from: string, ...messages: string[]])[] = [
  ["eu", `checks.a.from: ${WORDS}, got "eu"`],
  ["[]", `checks.a.from: ${WORDS}, got an empty list`],
  ["{}", `checks.a.from: ${WORDS}, got an empty map`],
  [
    '[""]',
    'checks.a.from[0]: expected a name of 1 to 100 characters without blanks around it, got ""',
  ],
  [
    "[eu, us, eu]",
    'checks.a.from[2]: expected each region once, got "eu" again',
  ],
  [
    "{ regions: [eu, eu], need: 3 }",
    'checks.a.from.regions[1]: expected each region once, got "eu" again',
    "checks.a.from.need: expected at most 2, as there are 2 regions, got 3",
  ],
  [
    "{ regions: [eu], need: 2 }",
    "checks.a.from.need: expected at most 1, as there is 1 region, got 2",
  ],
  [
    "{ regions: [eu], need: 0 }",
    'checks.a.from.need: expected a whole number of 1 or more, or "majority", got 0',
  ],
  ["{ need: 2 }", "checks.a.from.need: expected regions with it"],
  ["{ need: majority }", "checks.a.from.need: expected regions with it"],
  [
    "{ region: [eu] }",
    'checks.a.from.region: unknown key; did you mean "regions"?',
  ],
  [
    '{ labels: { "": x } }',
    "checks.a.from.labels: expected a name for each label, got an empty one",
  ],
];

for (const [from, ...messages] of WRONG) {
  Deno.test(`a check is not run from: ${from}`, () => {
    assertEquals(wrong(from), messages);
  });
}

for (
  const [name, type] of [
    ["heartbeat", "heartbeat, every: 1h"],
    ["quorum", "quorum, of: [a], need: 1"],
  ] as const
) {
  Deno.test(`a check of type ${name} has no regions, and says why`, () => {
    const why =
      `expected no regions with type "${name}", which makes no attempts from anywhere`;
    assertEquals(wrong("[eu]", type)[0], `checks.a.from: ${why}`);
    assertEquals(
      wrong("{ regions: [eu], need: 9 }", type)[0],
      `checks.a.from.regions: ${why}`,
    );
    const labels = "{ labels: { disk: ssd } }";
    const alone = wrong(labels, "heartbeat, every: 1h");
    assertEquals(alone, []);
  });
}

Deno.test("from needs a cluster, and a default says so once", () => {
  const issuesOf = (text: string): unknown => {
    try {
      return read(text) && [];
    } catch (error) {
      return (error as ConfigError).issues.map(({ path, message }) =>
        `${path}: ${message}`
      );
    }
  };
  const why = 'needs "cluster": without it, one agent runs all checks';
  const tcp = "type: tcp, port: 1";
  assertEquals(
    issuesOf(`checks: { a: { ${tcp}, from: [eu] }, b: { ${tcp} } }`),
    [`checks.a.from: ${why}`],
  );
  assertEquals(
    issuesOf(
      `{ defaults: { from: [eu] }, checks: { a: { ${tcp} }, b: { ${tcp} } } }`,
    ),
    [`defaults.from: ${why}`],
  );
  // It is there, although it is not right.
  assertEquals(
    issuesOf(`{ cluster: {}, checks: { a: { ${tcp}, from: [eu] } } }`),
    [
      'cluster.servers: expected a URL such as "nats://127.0.0.1:4222", or a list of them, got nothing',
    ],
  );
});

Deno.test("another from changes a check", () => {
  const checksOf = (from: string): Config["checks"] =>
    read(`${CLUSTER}\nchecks: { a: { type: tcp, port: 1, from: ${from} } }`)
      .checks;
  const changed = (before: string, after: string): string[] =>
    compareChecks(checksOf(before), checksOf(after)).changed.map(({ id }) =>
      id
    );
  assertEquals(changed("[eu, us]", "[eu, us]"), []);
  assertEquals(changed("[eu]", "[eu, us]"), ["a"]);
  assertEquals(
    changed("{ regions: [eu, us], need: 1 }", "{ regions: [eu, us], need: 2 }"),
    ["a"],
  );
});
