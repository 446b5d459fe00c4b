import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import fc from "fast-check";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { ConfigIssue } from "../../src/agent/config.ts";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import { SECTIONS } from "../../src/agent/sections.ts";
import { loadKinds } from "../../src/config/load.ts";
import { jsonSchema } from "../../src/config/json_schema.ts";
import { POLICY_PROPERTIES } from "../../src/config/policy_schema.ts";
import { topSchema } from "../../src/config/file_schema.ts";
import { parseYaml } from "../../src/config/yaml/yaml.ts";
import type { Schema } from "../../src/schema/schema.ts";
import { validate as validateBy } from "../../src/schema/validate.ts";
import { expand } from "../../src/schema/variables.ts";
import { RECEIVERS } from "../../src/sinks/notify/receivers/table.ts";
import { SHARED } from "../../src/sinks/notify/schema.ts";
import { builtInKinds } from "../../src/probes/built_in.ts";
import { blocksOf, PAGES, readPage } from "../support/docs.ts";
import { lifesign } from "../support/program.ts";

const KINDS = await builtInKinds();
const TOP_PROPERTIES = topSchema(SECTIONS, KINDS).properties!;

const SCHEMA = JSON.parse(await Deno.readTextFile("schema.json"));

const validate = validatorOf(SCHEMA);

function validatorOf(schema: object): ReturnType<Ajv2020["compile"]> {
  const ajv = new Ajv2020({
    strict: true,
    allowUnionTypes: true,
    allErrors: true,
  });
  addFormats.default(ajv, ["regex"]);
  return ajv.compile(schema);
}

/** What the schema says against a value, if anything. */
function schemaOn(value: unknown): string {
  return validate(value) ? "" : JSON.stringify(validate.errors);
}

/** What the parser says against a text, if anything. */
function parserOn(text: string, variable: string): string {
  try {
    const env = (name: string) => name === "X" ? variable : undefined;
    parseConfig(text, { env, kinds: KINDS });
    return "";
  } catch (error) {
    if (error instanceof ConfigError) return error.message;
    throw error;
  }
}

/** Sees to it that both think alike of a value. */
function assertAgreement(value: unknown, variable = "1"): void {
  const text = JSON.stringify(value);
  const [schema, parser] = [schemaOn(value), parserOn(text, variable)];
  if (parser === "") assertEquals(schema, "", text);
  else if (schema === "") assertMatch(parser, BEYOND, text);
}

/** What the parser says of what meets the schema, which has no words for it. */
const BEYOND = new RegExp(
  [
    // Lengths of time, in whatever units.
    "expected at most 24 days",
    "expected a duration of 1ms or more",
    // Values that depend on each other.
    "expected an https: URL with it",
    "expected cert and key together",
    "expected tls: true",
    "expected a URL with https:",
    "expected [46] with the address",
    "cannot be used with",
    "there is no check",
    "expected a name",
    "expected an IPv4 address",
    "expected one with transport",
    'expected transport "tls" or "https" with it',
    "expected no more than max",
    "only loadConfig",
    "expected no circle",
    "expected each check once",
    "expected all, any, or a number from",
    "expected no every with it",
    "expected a schedule with it",
    "expected start or every",
    "expected at least 1m, or false",
    "expected at least 5s",
    "expected \\d+\\w+ or (?:more|less), got",
    "expected another time than from",
    'needs "cluster"',
    "expected one way to log in",
    "expected the same credentials as",
    "expected user and password together",
    "cluster.servers: expected a URL",
    "expected others than checks",
    "expected no start with it",
    "expected no (?:format|region) with it",
    "expected (?:bytes|24 to 64 bytes) in base64",
    'expected a date and a time such as "2026-11-29T22:00", got',
    "there is no group",
    "expected at most 366d",
    'expected a time zone such as "Europe/Berlin", got',
    "expected no (?:content-length|transfer-encoding)",
    "expected valid base64",
    "expected a container with",
    "both$",
    "expected no container with it",
    "cannot have body",
    "expected less than (?:fail|timeout)",
    "expected an attempt that may end within timeout",
    "expected a percentage above 0",
    // What is no part of a pattern: URLs, hosts, methods, headers, blanks.
    "expected an absolute URL",
    "expected a regular expression",
    "expected a host (?:such as|without)",
    "(?:address|host|server|name): expected a port",
    "method is not valid",
    "expected a command, got an empty one",
    // What comes of variables.
    "the variable \\w+ is not set",
    "expected \\$\\{NAME\\}",
  ].join("|"),
  "m",
);

Deno.test("schema.json is what lifesign schema prints: run deno task schema", async () => {
  const { code, stdout, stderr } = await lifesign(["schema"], { flags: [] });
  assertEquals([code, stderr], [0, ""]);
  assertEquals(await Deno.readTextFile("schema.json"), stdout);
  const { $id: _id, $schema: _schema, ...schema } = SCHEMA;
  assertEquals(JSON.parse(JSON.stringify(jsonSchema(SECTIONS, KINDS))), schema);
  const wrong = await lifesign(["schema", "x.yaml", "y"], { flags: [] });
  assertStringIncludes(wrong.stderr, "Expected one file, got 2: x.yaml y");
  assertEquals(wrong.code, 2);
});

Deno.test("the schema is one of JSON Schema 2020-12, and says where it is", async () => {
  const { version } = JSON.parse(await Deno.readTextFile("deno.json"));
  const address = `https://jsr.io/@lifesign/lifesign/${version}/schema.json`;
  assertEquals(SCHEMA.$id, address);
  assertEquals(SCHEMA.$schema, "https://json-schema.org/draft/2020-12/schema");
  const page = await readPage("config");
  assertStringIncludes(page, `# yaml-language-server: $schema=${address}\n`);
});

Deno.test("every example meets the schema, and tells editors of it", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir("examples")) {
    if (!/\.ya?ml$/.test(name)) continue;
    const text = await Deno.readTextFile(`examples/${name}`);
    count++;
    if (text.includes("\nplugins:")) {
      const kinds = await loadKinds(`examples/${name}`);
      const validate = validatorOf(jsonSchema(SECTIONS, kinds));
      assert(validate(parseYaml(text)), JSON.stringify(validate.errors));
      assert(schemaOn(parseYaml(text)) !== "", name);
      continue;
    }
    assertMatch(text, /^# yaml-language-server: \$schema=\.\.\/schema\.json\n/);
    assertEquals(schemaOn(parseYaml(text)), "", name);
  }
  assert(count > 0);
});

Deno.test("the config files of the docs meet the schema, and only these", async () => {
  let count = 0;
  for (const page of PAGES) {
    for (const { what, text } of await blocksOf(page)) {
      if (what === "lifesign") {
        assertEquals(schemaOn(parseYaml(text)), "", page);
      } else if (what === "broken") {
        assert(schemaOn(parseYaml(text)) !== "", page);
      } else continue;
      count++;
    }
  }
  assert(count > 3);
});

Deno.test("every key has a description, and examples and defaults that it allows", () => {
  const properties = [
    ...Object.entries(TOP_PROPERTIES),
    ...Object.entries(POLICY_PROPERTIES),
    ...Object.values(KINDS).flatMap(({ schema }) =>
      Object.entries(schema.properties)
    ),
  ];
  for (const [key, { description }] of properties) {
    assert(description !== undefined, key);
  }
  for (const [type, base] of Object.entries(BASES)) {
    for (const [key, said] of Object.entries(propertiesOf(type))) {
      const values = [...said.examples ?? [], ...defaultOf(said)];
      for (const value of values) {
        const text = JSON.stringify({ [key]: value });
        assertEquals(schemaOn(oneCheck({ ...base, [key]: value })), "", text);
      }
    }
  }
});

/** The least that a check of each type has. */
const BASES: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  tcp: { type: "tcp", port: 1 },
  http: { type: "http", url: "https://x/" },
  command: { type: "command", command: "x" },
  dns: { type: "dns", name: "x.example" },
  tls: { type: "tls", host: "it" },
  udp: { type: "udp", port: 1, send: "x", expect: "x" },
  grpc: { type: "grpc", port: 1 },
  websocket: { type: "websocket", url: "wss://x/" },
  ping: { type: "ping", host: "it" },
  quorum: { type: "quorum", of: ["it"], need: 1 },
  heartbeat: { type: "heartbeat", every: "1h" },
};

interface Property {
  readonly default?: unknown;
  readonly examples?: readonly unknown[];
}

function propertiesOf(type: string): Record<string, Property> {
  return SCHEMA.$defs[`${type}_check`].properties;
}

function defaultOf(property: Property): unknown[] {
  return "default" in property ? [property.default] : [];
}

function oneCheck(fields: unknown): unknown {
  return { checks: { it: fields } };
}

/** All kinds of values, of which each key takes some. */
const VALUES: readonly unknown[] = [
  "MX",
  "NXDOMAIN",
  "tcp",
  "https",
  "10.0.0.7",
  ["10.0.0.7", { matches: "^10" }],
  { min: "1m", max: "1m" },
  "@daily",
  "Europe/Berlin",
  { team: { type: "log", checks: ["it"], remind: "1h" } },
  { team: { type: "log", checks: ["it"], groups: ["x"], remind: "1ms" } },
  { team: { type: "lgo", on: ["unhealthy"], after: 5 } },
  { team: { on: [] }, pager: "log" },
  { url: "https://hc-ping.com/x", every: "1m", method: "HEAD" },
  { url: "http://kuma/x?y", every: "1s" },
  { url: "ftp://x" },
  { url: "http://", every: "1ms", method: "PUT" },
  { every: "1m" },
  { servers: "nats://a", id: "x", region: " eu", labels: { disk: "ssd" } },
  { servers: ["nats://me:pw@a", "tls://b"], token: "x" },
  { servers: ["nats://a", "nats://me:pw@b"], tls: { ca: "x", key: "x" } },
  { servers: "nats://[", user: "x", name: "it" },
  ...[0, 1, 3, 5, 6, 2.5, "3"].map((replicas) => ({
    servers: "nats://a",
    replicas,
  })),
  ["eu", "eu"],
  { regions: ["eu", "us"], need: 3 },
  { regions: ["eu"], need: "majority", labels: { disk: "ssd" } },
  { regions: [], need: "all" },
  { labels: { disk: {} }, need: 0 },
  ["unhealthy", "degraded"],
  ["it"],
  "4h",
  { from: "22:00", to: "07:00", days: ["mon", "sun"] },
  { from: "22:00", to: "22:00", timezone: "Berlin" },
  { from: "22:00" },
  { from: "24:00", to: "7:00", days: [] },
  [{ start: "2026-11-29T22:00", duration: "30m", checks: ["it"] }],
  [{ every: "@daily", start: "now", duration: "999d", groups: ["x"] }],
  [{ every: "@daily", duration: 5 }, { duration: "1h" }],
  `SHA256:${"AB:".repeat(31)}ab`,
  `Sha-256:${"ab".repeat(32)}`,
  `sha256:${"ab:".repeat(32)}`,
  `sha256:${"ab".repeat(31)}a:b`,
  `sha256:${"ab".repeat(32)}`,
  4,
  "all",
  "smtp",
  null,
  true,
  false,
  0,
  1,
  -1,
  1.5,
  80,
  200,
  65535,
  65536,
  1000,
  "",
  " ",
  "x",
  "a b",
  "5432",
  "10s",
  "1m30s",
  "0s",
  "10",
  "5x",
  "1s1m",
  "2xx",
  "200-299",
  "6xx",
  "(",
  "manual",
  "follow",
  "zero",
  "nagios",
  "GET",
  "localhost",
  "[::1]:80",
  "localhost:8686",
  "localhost:70000",
  "http://localhost/",
  "HTTPS://localhost",
  "ftp://localhost/",
  "/tmp/x",
  "$HOME",
  "$${X}",
  [],
  [1],
  ["x"],
  [200, "3xx"],
  [[]],
  {},
  { x: "y" },
  { x: 1 },
  { x: null },
  { x: {} },
  { warn: "1s" },
  { warn: "0s" },
  { factor: 2, max: "1m" },
  { factor: 0.5 },
  { max: 0 },
];

Deno.test("the schema and the parser agree on every key of every check with all kinds of values", () => {
  let agreed = 0;
  let bad = 0;
  for (const [type, base] of Object.entries(BASES)) {
    const keys = [...Object.keys(propertiesOf(type)), "unknown"];
    for (const key of keys) {
      for (const value of VALUES) {
        const config = oneCheck({ ...base, [key]: value });
        assertAgreement(config);
        agreed++;
        if (schemaOn(config) !== "") bad++;
      }
    }
  }
  assert(agreed > 2000 && bad > 1000, `${agreed} ${bad}`);
});

Deno.test("the schema and the parser agree on everything beside the checks", () => {
  const checks = { it: BASES.tcp };
  for (const key of [...Object.keys(TOP_PROPERTIES), "unknown"]) {
    for (const value of VALUES) assertAgreement({ checks, [key]: value });
  }
  for (const key of [...Object.keys(POLICY_PROPERTIES), "address", "url"]) {
    for (const value of VALUES) {
      assertAgreement({ checks, defaults: { [key]: value } });
    }
  }
});

/** What secrets may look like, whose examples are variables. */
const SECRETS: readonly string[] = [
  "https://x.example/y",
  "a1b2c3",
  "12:abc",
  "a1".repeat(15),
  "a1".repeat(16),
  "smtps://me:pw@x.example:465",
];

/** The least that a notifier of a type has. */
function baseOf(type: string): Record<string, unknown> {
  const { required = [], properties } = RECEIVERS[type]!;
  const values = required.map((key) => {
    const schema = properties[key]!;
    const [example] = schema.examples ?? [];
    const isVariable = typeof example === "string" && example.includes("${");
    const value = isVariable
      ? SECRETS.find((secret) => isValid(secret, schema))
      : example;
    assert(value !== undefined, `${type}.${key} needs an example`);
    return [key, value];
  });
  return { type, ...Object.fromEntries(values) };
}

function isValid(value: unknown, schema: Schema): boolean {
  const issues: ConfigIssue[] = [];
  validateBy(value, schema, "", issues);
  return issues.length === 0;
}

function oneNotifier(fields: unknown): unknown {
  return { checks: { it: BASES.tcp }, notify: { team: fields } };
}

for (const [type, { properties }] of Object.entries(RECEIVERS)) {
  Deno.test(`the schema and the parser agree on every key of ${type} notifiers`, () => {
    const base = baseOf(type);
    const least = oneNotifier(base);
    assertEquals(schemaOn(least), "");
    assertEquals(parserOn(JSON.stringify(least), "1"), "");
    for (const key of [...Object.keys(properties), "type", "unknown"]) {
      for (const value of VALUES) {
        assertAgreement(oneNotifier({ ...base, [key]: value }));
      }
    }
    for (const [key, said] of Object.entries(properties)) {
      assert(said.description !== undefined, `${type}.${key}`);
      for (const value of [...said.examples ?? [], ...defaultOf(said)]) {
        const text = JSON.stringify({ [key]: value });
        assertEquals(
          schemaOn(oneNotifier({ ...base, [key]: value })),
          "",
          text,
        );
      }
    }
  });
}

Deno.test("the schema and the parser agree on the keys that all notifiers have", () => {
  let bad = 0;
  for (const key of Object.keys(SHARED)) {
    for (const type of ["log", "${X}", "lgo"]) {
      for (const value of VALUES) {
        const config = oneNotifier({ type, [key]: value });
        assertAgreement(config, type === "${X}" ? "log" : "1");
        if (schemaOn(config) !== "") bad++;
      }
    }
  }
  assert(bad > 500, `${bad}`);
});

Deno.test("the schema has a variable wherever the parser takes one", () => {
  const variables = VALUES.filter((value) => typeof value !== "object")
    .map(String);
  let taken = 0;
  for (const [type, base] of Object.entries(BASES)) {
    for (const key of Object.keys(propertiesOf(type))) {
      // With the value that the check itself has, it is what it was.
      const own = key in base ? [String(base[key])] : variables;
      const config = oneCheck({ ...base, [key]: "${X}" });
      const said = own.map((value) => parserOn(JSON.stringify(config), value));
      const takes = said.some((said) => said === "" || BEYOND.test(said));
      assertEquals(schemaOn(config) === "", takes, `${type}.${key}`);
      if (takes) taken++;
    }
  }
  assert(taken > 30);
});

Deno.test("the schema finds variables in the same strings as the parser", () => {
  const unit = fc.constantFrom("$", "{", "}", "A", ":-", "${A}");
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 12 }), (text) => {
      const issues: ConfigIssue[] = [];
      let count = 0;
      expand(text, () => `${++count}`, issues);
      const isOne = count > 0 && issues.length === 0;
      assertEquals(
        schemaOn(oneCheck({ ...BASES.tcp, port: text })) === "",
        isOne,
      );
    }),
    { numRuns: 3000 },
  );
});

/** Configs as they may be. */
const GOOD: readonly string[] = [
  "checks: { a: { type: tcp, port: 5432 } }",
  'checks: { a: { type: tcp, port: "${PORT:-5432}" } }',
  'checks: { a: { type: tcp, port: "54${X}2" } }',
  'checks: { a: { type: tcp, host: "${X}.local", port: 1 } }',
  'checks: { a: { type: "${T:-tcp}", port: 1 } }',
  'checks: { a: { type: tcp, port: 1, interval: "${X}s" } }',
  'checks: { a: { type: tcp, port: 1, retries: "${X}" } }',
  'checks: { a: { type: tcp, port: 1, backoff: { factor: "${X}" } } }',
  'checks: { a: { type: tcp, port: 1, send: "$$${X}$", expect: "$$" } }',
  'checks: { a: { type: tcp, port: 1, send: "a$b-${X}$" } }',
  'checks: { a: { type: http, url: "${U:-http://x}/health" } }',
  'checks: { a: { type: http, url: "http://x", keep_alive: "${B:-true}" } }',
  'checks: { a: { type: http, url: "http://x", status: "${S:-2xx}" } }',
  'checks: { a: { type: http, url: "http://x", status: [200, "20${X}"] } }',
  'checks: { a: { type: http, url: "http://x", matches: "${X}+" } }',
  'checks: { a: { type: http, url: "http://x", json: { a: { b: [1] } } } }',
  'checks: { a: { type: http, url: "http://x", headers: { n: 1, b: true } } }',
  'checks: { a: { type: http, url: "http://ä.example/ö" } }',
  'checks: { a: { type: command, command: ["x", 1, true, "${X}"] } }',
  'checks: { a: { type: command, command: x, exit: "${E:-nagios}" } }',
  "checks: { a: { type: command, command: x, env: {} } }",
  "checks: { a: { type: tcp, port: 1, start_period: 0 } }",
  "checks: { a: { type: tcp, port: 1, initial_delay: 0s } }",
  "checks: { a: { type: tcp, port: 1, backoff: {} } }",
  'checks: { "été 日本": { type: tcp, port: 1 }, 80: { type: tcp, port: 1 } }',
  "{ listen: false, checks: { a: { type: tcp, port: 1 } } }",
  '{ listen: "${L:-false}", checks: { a: { type: tcp, port: 1 } } }',
  'listen: "0.0.0.0:${X}"\nchecks: { a: { type: tcp, port: 1 } }',
  'token: "${X}abc"\nchecks: { a: { type: tcp, port: 1 } }',
  'concurrency: "${X}"\nchecks: { a: { type: tcp, port: 1 } }',
  "x-a: &a { type: tcp, port: 1 }\nchecks: { a: *a, b: { <<: *a, port: 2 } }",
  "defaults: {}\nchecks: { a: { type: tcp, port: 1 } }",
  'defaults: { address: "${X}.x:80" }\nchecks: { a: { type: tcp, port: 1 } }',
];

/** Configs as they may not be. */
const BAD: readonly string[] = [
  "",
  "[]",
  "{}",
  "checks:",
  "checks: {}",
  "checks: []",
  "checks: { a: }",
  "checks: { a: tcp }",
  "checks: { a: [] }",
  "checks: { a: {} }",
  'checks: { "": { type: tcp, port: 1 } }',
  'checks: { " ": { type: tcp, port: 1 } }',
  "checks: { a: { port: 1 } }",
  "checks: { a: { type: tpc, port: 1 } }",
  "checks: { a: { type: [tcp], port: 1 } }",
  "checks: { a: { type: TCP, port: 1 } }",
  "checks: { a: { type: tcp } }",
  "checks: { a: { type: tcp, port: } }",
  'checks: { a: { type: tcp, port: "5432" } }',
  'checks: { a: { type: tcp, port: "$${X}" } }',
  'checks: { a: { type: tcp, port: "$$${X}" } }',
  "checks: { a: { type: tcp, port: 1, intervall: 1s } }",
  "checks: { a: { type: tcp, port: 1, url: http://x/ } }",
  "checks: { a: { type: tcp, port: 1, startPeriod: 1s } }",
  "checks: { a: { type: tcp, port: 1, timeout: 5 } }",
  "checks: { a: { type: tcp, port: 1, timeout: 0 } }",
  "checks: { a: { type: tcp, port: 1, backoff: true } }",
  'checks: { a: { type: tcp, port: 1, backoff: { max: "x$" } } }',
  "checks: { a: { type: tcp, port: 1, backoff: { min: 1s } } }",
  "checks: { a: { type: http } }",
  "checks: { a: { type: http, url: x } }",
  "checks: { a: { type: http, url: http://x, port: 80 } }",
  "checks: { a: { type: http, url: http://x, keep_alive: yes } }",
  "checks: { a: { type: http, url: http://x, latency: 1s } }",
  'checks: { a: { type: http, url: http://x, latency: "${X}" } }',
  "checks: { a: { type: http, url: http://x, headers: [a] } }",
  'checks: { a: { type: http, url: http://x, headers: "${X}" } }',
  "checks: { a: { type: command } }",
  "checks: { a: { type: command, command: [] } }",
  "checks: { a: { type: command, command: x, exit: nagos } }",
  "{ listen: 8686, checks: { a: { type: tcp, port: 1 } } }",
  "{ listen: true, checks: { a: { type: tcp, port: 1 } } }",
  "{ token: a b, checks: { a: { type: tcp, port: 1 } } }",
  "{ token: 5, checks: { a: { type: tcp, port: 1 } } }",
  "{ concurrency: 0, checks: { a: { type: tcp, port: 1 } } }",
  "{ concurency: 1, checks: { a: { type: tcp, port: 1 } } }",
  "{ defaults: [], checks: { a: { type: tcp, port: 1 } } }",
  "{ defaults: { port: 1 }, checks: { a: { type: tcp, port: 1 } } }",
  "{ defaults: { retries: 0 }, checks: { a: { type: tcp, port: 1 } } }",
  "{ $schema: x, checks: { a: { type: tcp, port: 1 } } }",
];

for (const text of GOOD) {
  Deno.test(`the schema and the parser take ${text}`, () => {
    assertEquals([schemaOn(parseYaml(text)), parserOn(text, "1")], ["", ""]);
  });
}

for (const text of BAD) {
  Deno.test(`the schema and the parser refuse ${JSON.stringify(text)}`, () => {
    assert(schemaOn(parseYaml(text)) !== "");
    assert(parserOn(text, "1") !== "");
  });
}

/** What the parser alone refuses, as a schema has no words for it. */
const UNSAYABLE: readonly string[] = [
  "{ type: tcp, port: 1, interval: 30d }",
  "{ type: tcp, port: 1, interval: 0.1ms }",
  '{ type: tcp, port: "${UNSET}" }',
  '{ type: tcp, port: "${X}x" }',
  '{ type: tcp, port: 1, send: "${" }',
  '{ type: tcp, port: 1, host: "a[b" }',
  '{ type: http, url: "http://[" }',
  '{ type: http, url: "http://x/", status: 300-200 }',
  '{ type: http, url: "http://x/", cert: a.pem }',
  '{ type: http, url: "http://x/", unix: /s, proxy: "http://p/" }',
  '{ type: http, url: "http://x/", method: "A B" }',
  '{ type: http, url: "http://x/", verify: false }',
  '{ type: http, url: "http://[::1]/", family: 4 }',
  '{ type: http, url: "http://x/", addresses: all, keep_alive: true }',
  '{ type: http, url: "http://x/", method: head, contains: x }',
  '{ type: http, url: "http://x/", headers: { Content-Length: 1 } }',
  "{ type: tcp, port: 1, family: 6 }",
  "{ type: tcp, port: 1, stays_open: 5s }",
  '{ type: command, command: " " }',
];

for (const fields of UNSAYABLE) {
  Deno.test(`only the parser can refuse ${fields}`, () => {
    const text = `checks: { a: ${fields} }`;
    assertEquals(schemaOn(parseYaml(text)), "");
    assert(parserOn(text, "1") !== "");
  });
}
