import { assertEquals, assertThrows } from "@std/assert";
import {
  ConfigError,
  type Kind,
  KINDS,
  parseConfig,
  type Schema,
} from "../../src/agent/config.ts";
import { SECTIONS } from "../../src/agent/sections.ts";
import { verifyChecks } from "../../src/config/verify.ts";
import { jsonSchema } from "../../src/config/json_schema.ts";
import { probe } from "../../mod.ts";

interface QueueOptions {
  name: string;
  maxDepth?: number;
  address?: string;
  socket?: string;
}

const STRING = { title: "a string", type: "string" } as const;

/** A kind as somebody else may write it. */
const queue: Kind<QueueOptions> = {
  schema: {
    properties: {
      name: STRING,
      max_depth: { title: "a number", type: "integer" },
      address: STRING,
      socket: STRING,
    },
    required: ["name"],
  },
  make: ({ name, maxDepth = 10, address = "nowhere" }) =>
    probe(() => Promise.resolve({ verdict: "pass" }), {
      type: "queue",
      target: `${name} at ${address}, ${maxDepth}`,
    }),
  defaults: { address: ["socket"] },
};

const kinds = { ...KINDS, queue };

Deno.test("parseConfig() makes checks of the kinds it is given", () => {
  const { checks } = parseConfig(
    `
checks:
  orders: { type: queue, name: orders, max_depth: 3 }
  db: { type: tcp, port: 5432 }
`,
    { kinds },
  );
  assertEquals(
    checks.map(({ probe }) => [probe.type, probe.target]),
    [["queue", "orders at nowhere, 3"], ["tcp", "127.0.0.1:5432"]],
  );
});

Deno.test("parseConfig() knows no kind but those it is given", () => {
  const error = assertThrows(
    () =>
      parseConfig("checks: { db: { type: tcp, port: 1 } }", {
        kinds: { queue },
      }),
    ConfigError,
  );
  assertEquals(error.issues, [{
    path: "checks.db.type",
    message: 'expected one of "queue", got "tcp"',
  }]);
});

Deno.test("parseConfig() takes no property of all objects for a kind", () => {
  for (const type of ["constructor", "__proto__", "toString"]) {
    assertThrows(
      () => parseConfig(`checks: { db: { type: ${type} } }`),
      ConfigError,
      `got "${type}"`,
    );
  }
});

Deno.test("defaults set the options that a kind names, unless another one excludes them", () => {
  const { checks } = parseConfig(
    `
defaults: { address: 10.0.0.7 }
checks:
  a: { type: queue, name: a }
  b: { type: queue, name: b, socket: /b }
  c: { type: queue, name: c, address: 10.0.0.8 }
  d: { type: command, command: "true" }
`,
    { kinds },
  );
  assertEquals(checks.map(({ probe }) => probe.target), [
    "a at 10.0.0.7, 10",
    "b at nowhere, 10",
    "c at 10.0.0.8, 10",
    "true",
  ]);
});

Deno.test("an option of defaults meets the schema of each kind that has it", () => {
  const numbered: Kind = {
    schema: { properties: { address: { title: "a number", type: "integer" } } },
    make: ({ address }) =>
      probe(() => Promise.resolve({ verdict: "pass" }), {
        type: "numbered",
        target: typeof address,
      }),
    defaults: { address: [] },
  };
  const parse = (address: string) =>
    parseConfig(
      `
defaults: { address: "${address}" }
checks:
  a: { type: queue, name: a }
  b: { type: numbered }
  c: { type: numbered }
`,
      { kinds: { queue, numbered }, env: () => "7" },
    );
  const error = assertThrows(() => parse("x"), ConfigError);
  assertEquals(error.issues, [{
    path: "defaults.address",
    message: 'expected a number, got "x"',
  }]);
  // A variable has the type that each kind expects.
  assertEquals(parse("${SEVEN}").checks.map(({ probe }) => probe.target), [
    "a at 7, 10",
    "number",
    "number",
  ]);
});

/** A kind with one option, which `defaults` may set. */
function kindOf(address: Schema, required: readonly string[] = []): Kind {
  return {
    schema: { properties: { address }, required },
    make: ({ address }) =>
      probe(() => Promise.resolve({ verdict: "pass" }), {
        type: "own",
        target: `${typeof address} ${address}`,
      }),
    defaults: { address: [] },
  };
}

Deno.test("an option of defaults may meet the schema of any kind that has it, if no check of another kind gets it", () => {
  const own = kindOf({ title: "a number", type: "integer" });
  const parse = (text: string) => parseConfig(text, { kinds: { queue, own } });
  const { checks } = parse(
    "{ defaults: { address: 7 }, checks: { a: { type: own } } }",
  );
  assertEquals(checks[0]!.probe.target, "number 7");
  const refused = assertThrows(
    () => parse("{ defaults: { address: 7.5 }, checks: { a: { type: own } } }"),
    ConfigError,
  );
  assertEquals(refused.issues, [{
    path: "defaults.address",
    message: "expected a string or a number, got 7.5",
  }]);
});

Deno.test("a required option may come from defaults", () => {
  const own = kindOf({ title: "an address", type: "string" }, ["address"]);
  const parse = (text: string) => parseConfig(text, { kinds: { own } });
  const told = (text: string) =>
    assertThrows(() => parse(text), ConfigError).issues
      .map(({ path, message }) => `${path}: ${message}`);
  const check = "checks: { a: { type: own } }";
  const { checks } = parse(`{ defaults: { address: x }, ${check} }`);
  assertEquals(checks[0]!.probe.target, "string x");
  assertEquals(told(`{ ${check} }`), [
    "checks.a.address: expected an address, got nothing",
  ]);
  // What is wrong with the defaults, or elsewhere, is all that is told.
  assertEquals(told(`{ defaults: { address: 7 }, ${check} }`), [
    "defaults.address: expected an address, got 7",
  ]);
  assertEquals(told(`{ defaults: { address: x }, concurrency: 0, ${check} }`), [
    "concurrency: expected a whole number of 1 or more, got 0",
  ]);
  const { $defs } = jsonSchema(SECTIONS, { own }) as {
    $defs: { own_check: { required?: readonly string[] } };
  };
  assertEquals($defs.own_check.required?.includes("address"), false);
});

Deno.test("make() and verify() get the options of the kind, and no others", async () => {
  const got: unknown[] = [];
  const own: Kind = {
    schema: { properties: { name: STRING, max_depth: {} } },
    make(options) {
      got.push(options);
      return probe(() => Promise.resolve({ verdict: "pass" }), { type: "own" });
    },
    verify(options) {
      got.push(options);
      return Promise.resolve({ problems: [], missing: [] });
    },
  };
  const { checks } = parseConfig(
    `
defaults: { retries: 5 }
checks:
  a: { type: own, name: x, max_depth: 3, group: g, interval: 1s, start_period: 1s }
`,
    { kinds: { own } },
  );
  await verifyChecks(checks);
  const options = { name: "x", maxDepth: 3 };
  assertEquals(got, [options, options]);
  assertEquals(checks[0]!.options, {
    group: "g",
    interval: "1s",
    retries: 5,
    startPeriod: "1s",
  });
});

Deno.test("defaults have no option that no kind names", () => {
  assertThrows(
    () =>
      parseConfig(
        "{ defaults: { address: x }, checks: { a: { type: command, command: x } } }",
        { kinds: { command: KINDS.command! } },
      ),
    ConfigError,
    "defaults.address: unknown key",
  );
});

/** What a kind may make that is not right, and what is said of it. */
const FAULTS: readonly (readonly [unknown, string])[] = [
  [undefined, 'expected the kind "odd" to make a probe, got nothing'],
  [{}, 'expected the kind "odd" to make a probe, got an empty map'],
  [() => {}, 'to make a probe of type "odd", got nothing'],
  [
    probe(() => Promise.resolve({ verdict: "pass" })),
    'to make a probe of type "odd", got "custom"',
  ],
  [Object.assign(() => {}, { type: "odd" }), "with a target, got nothing"],
  [
    Object.assign(() => {}, { type: "odd", target: "x" }),
    "with a list of permissions, got nothing",
  ],
  ...[
    [
      { name: "bogus" },
      'one of the names "env", "ffi", "import", "net", "read", "run", "sys", "write", got "bogus"',
    ],
    [null, '"write", got nothing'],
    ["net", '"write", got "net"'],
    [{ name: "net", host: "" }, 'a permission "net" with its host, got ""'],
    [{ name: "read", path: "" }, 'a permission "read" with its path, got ""'],
    [{ name: "run", command: 7 }, 'a permission "run" with its command, got 7'],
    [
      { name: "net", host: "a b,c" },
      'a permission "net" with a host such as "localhost:6379", got "a b,c"',
    ],
  ].map(([permission, message]) =>
    [
      Object.assign(() => {}, {
        type: "odd",
        target: "x",
        permissions: [permission],
      }),
      message as string,
    ] as const
  ),
  [
    Object.assign(() => {}, {
      type: "odd",
      target: "x",
      permissions: [],
      hold: 7,
    }),
    "with a function as hold, got 7",
  ],
  [
    new Proxy(() => {}, {
      get() {
        throw 7;
      },
    }),
    'the probe of the kind "odd" throws 7',
  ],
  [
    Object.assign(() => {}, {
      type: "odd",
      target: "x",
      permissions: [],
      secrets: ["s3cret"],
    }),
    "to make a probe with secrets that probe() took, got a list",
  ],
  [
    Object.assign(() => {}, {
      type: "odd",
      target: "x",
      permissions: [],
      metrics: [{ name: "a b" }],
    }),
    'the kind "odd": Expected a metric\'s name',
  ],
  [
    Object.assign(() => {}, {
      type: "odd",
      target: "x",
      permissions: [],
      metrics: [{
        name: "probe_http_status_code",
        help: "Another.",
        key: "code",
      }],
    }),
    "Expected another name than probe_http_status_code, which is a different metric of http checks",
  ],
];

for (const [made, message] of FAULTS) {
  Deno.test(`parseConfig() refuses what a kind made: ${message}`, () => {
    const odd: Kind = {
      schema: { properties: {} },
      make: () => made as ReturnType<typeof probe>,
    };
    const error = assertThrows(
      () =>
        parseConfig(
          "checks: { web: { type: http, url: http://x }, odd: { type: odd } }",
          { kinds: { ...KINDS, odd } },
        ),
      ConfigError,
      message,
    );
    assertEquals(error.issues.map(({ path }) => path), ["checks.odd.type"]);
  });
}

Deno.test("parseConfig() takes whatever a kind throws for a problem of the check", () => {
  for (
    const [thrown, words] of [
      [new Error("No\nway"), "Error: No way"],
      ["No way", "No way"],
      [null, "null"],
      [Object.create(null), "Object that cannot be made a string"],
      [
        new Proxy({}, {
          getPrototypeOf() {
            throw 7;
          },
          get() {
            throw 8;
          },
        }),
        "7",
      ],
      [
        Object.assign(new RangeError("No way"), { name: "OptionError" }),
        "OptionError: No way",
      ],
    ]
  ) {
    const odd: Kind = {
      schema: { properties: {} },
      make() {
        throw thrown;
      },
    };
    const error = assertThrows(
      () => parseConfig("checks: { odd: { type: odd } }", { kinds: { odd } }),
      ConfigError,
    );
    assertEquals(error.issues, [{
      path: "checks.odd",
      message: `cannot make a probe: ${words}`,
    }]);
  }
});

Deno.test("jsonSchema() describes the kinds it is given", () => {
  const { $defs, properties } = jsonSchema(SECTIONS, kinds) as {
    $defs: Record<string, { properties: Record<string, unknown> }>;
    properties: { defaults: { properties: Record<string, unknown> } };
  };
  assertEquals(Object.keys($defs), [
    "check",
    "tcp_check",
    "http_check",
    "command_check",
    "queue_check",
    "variables",
  ]);
  assertEquals(Object.keys($defs.queue_check!.properties).slice(0, 4), [
    "type",
    "name",
    "max_depth",
    "address",
  ]);
  assertEquals("address" in properties.defaults.properties, true);
});
