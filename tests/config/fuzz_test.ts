import { assert, assertEquals } from "@std/assert";
import { stringify } from "./yaml_text.ts";
import fc from "fast-check";
import {
  type Config,
  ConfigError,
  parseConfig,
} from "../../src/agent/config.ts";
import { parsePolicy } from "../../src/core/policy.ts";

/** The longest that one text may take; it is a matter of milliseconds. */
const MAX_MS = 5000;

/** Bounds of each property. */
const RUNS = { numRuns: 500, interruptAfterTimeLimit: 20_000 } as const;

/** Some are set, some are not, and some may not be read. */
function env(name: string): string | undefined {
  if (name === "DENIED") throw new Deno.errors.NotCapable("no");
  return name.length % 2 === 0 ? `va"l\nue: [${name}` : undefined;
}

/** A config, or the error that it must be if it is none. */
function parsed(text: string): Config | ConfigError {
  const startedAt = performance.now();
  try {
    return parseConfig(text, { env });
  } catch (error) {
    if (!(error instanceof ConfigError)) {
      throw new Error(`Not for ${JSON.stringify(text)}`, { cause: error });
    }
    assert(error.issues.length > 0);
    for (const { path, message } of error.issues) {
      assert(message !== "" && !/undefined|\n/.test(message), message);
      assert(!path.includes("\n"), path);
    }
    return error;
  } finally {
    assert(performance.now() - startedAt < MAX_MS, text.slice(0, 1000));
  }
}

/** What a config is, in so far as two can be compared. */
function seen(config: Config): string {
  const { sections, concurrency, checks } = config;
  return JSON.stringify({
    sections,
    concurrency,
    checks: checks.map(({ id, probe, options }) => ({
      id,
      options,
      type: probe.type,
      target: probe.target,
      permissions: probe.permissions,
    })),
  });
}

Deno.test("parseConfig() gives a config or a ConfigError, of any text", () => {
  const text = fc.oneof(
    fc.string(),
    fc.string({ unit: "binary", maxLength: 200 }),
    fc.string({ unit: "binary-ascii", maxLength: 200 }),
  );
  fc.assert(fc.property(text, (text) => void parsed(text)), RUNS);
});

const TOKENS = [
  ..."[]{}:,-?#&*!|>'\"%@`$~ \n\t\r",
  "\n  ",
  "\n    ",
  ": ",
  "- ",
  "? ",
  "&a",
  "*a",
  "!!str",
  "!!map",
  "---",
  "...",
  "<<",
  "null",
  "yes",
  "0",
  "1e9",
  ".inf",
  ".nan",
  "0x1",
  "|-\n ",
  ">2\n ",
  "${A}",
  "${AB}",
  "${DENIED}",
  "${",
  "$$",
  "checks",
  "defaults",
  "listen",
  "type",
  "tcp",
  "http",
  "command",
  "port",
  "url",
  "http://x/",
  "interval",
  "10s",
  "__proto__",
  "\\ud800",
  "\\UFFFFFFFF",
  "\uFEFF",
  "\0",
];

Deno.test("parseConfig() gives a config or a ConfigError, of any YAML-like text", () => {
  const token = fc.constantFrom(...TOKENS);
  const text = fc.array(token, { maxLength: 60 })
    .map((tokens) => tokens.join(""));
  fc.assert(fc.property(text, (text) => void parsed(text)), {
    ...RUNS,
    numRuns: 3000,
  });
});

/** A value that is about what a config has. */
const WORDS = fc.constantFrom(
  ...TOKENS.filter((token) => token.length > 2),
  "nagios",
  "2xx",
  "300-200",
  "a:70000",
  "99d",
  "0.1ms",
  "sh",
  "[",
);

const scalar = fc.oneof(
  fc.string(),
  WORDS,
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constant(null),
);

/** The keys that configs have anywhere, and others. */
const KEYS = fc.constantFrom(
  ..."type port host address send expect url method headers body status redirect contains"
    .split(" "),
  ..."contains_not matches matches_not assert json health response_headers latency max_body ca cert key unix proxy keep_alive"
    .split(" "),
  ..."command container runtime user exit cwd env clear_env group interval timeout retries rise"
    .split(
      " ",
    ),
  ..."initial_delay start_period start_interval backoff factor max warn fail x"
    .split(" "),
  "__proto__",
  "constructor",
);

const value = fc.oneof(
  { weight: 3, arbitrary: scalar },
  { weight: 1, arbitrary: fc.jsonValue() },
  fc.array(scalar, { maxLength: 3 }),
  fc.dictionary(fc.oneof(KEYS, fc.string()), scalar, { maxKeys: 3 }),
);

const check = fc.tuple(
  fc.constantFrom(
    { type: "tcp", port: 1 },
    { type: "http", url: "http://x/" },
    { type: "command", command: "true" },
    {},
  ),
  fc.dictionary(KEYS, value, { maxKeys: 2 }),
).map(([base, fields]) => ({ ...base, ...fields }));

/** The one, and now and then the other. */
function mostly<T, U>(
  one: fc.Arbitrary<T>,
  other: fc.Arbitrary<U>,
): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 9, arbitrary: one }, {
    weight: 1,
    arbitrary: other,
  });
}

const configLike = fc.record({
  listen: mostly(fc.constant("127.0.0.1:0"), value),
  concurrency: mostly(fc.integer({ min: 1, max: 9 }), value),
  per_host: mostly(fc.integer({ min: 1, max: 9 }), value),
  history: mostly(fc.constant("lifesign.db"), value),
  defaults: mostly(fc.dictionary(KEYS, value, { maxKeys: 1 }), value),
  checks: fc.dictionary(fc.string(), mostly(check, value), { maxKeys: 3 }),
}, { requiredKeys: ["checks"] });

Deno.test("parseConfig() gives a config or a ConfigError, of any JSON", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      parsed(JSON.stringify(value));
      parsed(stringify(value));
    }),
    RUNS,
  );
});

Deno.test("parseConfig() gives a config or a ConfigError, of any JSON that is like a config", () => {
  let configs = 0;
  fc.assert(
    fc.property(configLike, (value) => {
      if (!(parsed(JSON.stringify(value)) instanceof Error)) configs++;
    }),
    { ...RUNS, numRuns: 2000 },
  );
  assert(configs > 10, `${configs} were right`);
});

Deno.test("parseConfig() says of YAML what it says of the same JSON", () => {
  fc.assert(
    fc.property(configLike, (value) => {
      const [json, yaml] = [JSON.stringify(value), stringify(value)].map(
        parsed,
      );
      if (json instanceof Error) {
        assert(yaml instanceof Error);
        assertEquals(yaml.message, json.message);
      } else {
        assert(yaml !== undefined && !(yaml instanceof Error));
        assertEquals(seen(yaml), seen(json!));
      }
    }),
    RUNS,
  );
});

const DURATION = fc.constantFrom("1ms", "10s", "1m30s", "1.5h", "2d");
const COUNT = fc.integer({ min: 1, max: 2 ** 53 - 1 });
const TEXT = fc.string({ minLength: 1 }).map((text) =>
  text.replaceAll("${", "$$$${")
);
const POLICY = {
  group: TEXT,
  interval: DURATION,
  timeout: DURATION,
  retries: COUNT,
  rise: COUNT,
  initial_delay: fc.oneof(DURATION, fc.constant(0)),
  start_period: fc.oneof(DURATION, fc.constant(0)),
  start_interval: DURATION,
  backoff: fc.oneof(
    fc.constant(false),
    fc.record({
      factor: fc.double({ min: 1, max: 1e9, noNaN: true }),
      max: DURATION,
    }, { requiredKeys: [] }),
  ),
};
const HOST = fc.constantFrom(
  "localhost",
  "127.0.0.1",
  "::1",
  "[::1]",
  "é.test",
);
const ADDRESS = fc.constantFrom("localhost", "::1", "[::1]:80", "10.0.0.7:99");
const NAMES = fc.dictionary(
  fc.stringMatching(/^[a-z][a-z\d_-]{0,9}$/),
  fc.oneof(fc.stringMatching(/^[ -#%-~]*$/), fc.integer(), fc.boolean()),
);
const WITHOUT_NUL = TEXT.map((text) => text.replaceAll("\0", "-"));
// As a key, `<<` merges.
const JSON_VALUE = fc.jsonValue().map((value) =>
  JSON.parse(
    JSON.stringify(value).replaceAll("$", "-").replaceAll('"<<"', '"--"'),
  )
);

/** Checks that are right, of every kind and with every key. */
const rightCheck = fc.oneof(
  fc.record({
    type: fc.constant("tcp"),
    port: fc.integer({ min: 1, max: 65535 }),
    host: HOST,
    address: ADDRESS,
    send: TEXT,
    expect: TEXT,
    ...POLICY,
  }, { requiredKeys: ["type", "port"] }),
  fc.record({
    type: fc.constant("http"),
    url: fc.webUrl().map((url) => url.replaceAll("$", "-")),
    method: fc.constantFrom("GET", "HEAD", "options"),
    headers: NAMES,
    status: fc.oneof(
      fc.constantFrom(200, "2xx", "200-399"),
      fc.array(fc.constantFrom(200, "2XX", "404"), { minLength: 1 }),
    ),
    redirect: fc.constantFrom("manual", "follow"),
    contains: TEXT,
    matches: fc.constantFrom("^a+$", "\\d{2}", "(?<x>y)"),
    json: fc.dictionary(
      fc.string().filter((key) => key !== "<<"),
      JSON_VALUE,
    ),
    health: fc.boolean(),
    response_headers: NAMES,
    latency: fc.record({
      // Less than every timeout.
      warn: fc.constantFrom("0.001ms", "0.01ms"),
      fail: fc.constantFrom("0.1ms", "0.5ms"),
    }, { requiredKeys: [] }),
    max_body: fc.nat(),
    address: ADDRESS,
    ca: TEXT,
    keep_alive: fc.boolean(),
    ...POLICY,
  }, { requiredKeys: ["type", "url"] }).map((check) => ({
    ...check,
    // What is asked of a body, or of TLS, needs one.
    ...("method" in check && { method: methodOf(check) }),
    ...("ca" in check && { url: check.url.replace(/^http:/, "https:") }),
  })),
  fc.record({
    type: fc.constant("command"),
    command: fc.oneof(
      WITHOUT_NUL.map((text) => `true ${text}`),
      fc.array(WITHOUT_NUL, { minLength: 1 }),
    ),
    exit: fc.constantFrom("zero", "nagios"),
    cwd: WITHOUT_NUL,
    env: NAMES,
    clear_env: fc.boolean(),
    contains: TEXT,
    matches: fc.constantFrom("", "^ok"),
    ...POLICY,
  }, { requiredKeys: ["type", "command"] }),
);

function methodOf(check: object & { method?: string }): string | undefined {
  const asksOfBody = ["contains", "matches", "json", "health"]
    .some((key) => key in check);
  return check.method === "HEAD" && asksOfBody ? "PUT" : check.method;
}

const rightConfig = fc.record({
  listen: fc.constantFrom(false, "127.0.0.1:0", "[::1]:8686"),
  concurrency: COUNT,
  per_host: COUNT,
  history: fc.string({ minLength: 1 }).map((path) => path.replaceAll("$", ""))
    .filter((path) => path !== ""),
  defaults: fc.record({ ...POLICY, address: ADDRESS }, { requiredKeys: [] }),
  checks: fc.dictionary(
    fc.string().filter((id) => ![".", "..", ""].includes(id.trim())),
    rightCheck,
    { minKeys: 1, maxKeys: 4 },
  ),
}, { requiredKeys: ["checks"] });

Deno.test("parseConfig() takes what is right, as JSON and as YAML, and knows all of it", () => {
  fc.assert(
    fc.property(rightConfig, (value) => {
      const fromJson = parsed(JSON.stringify(value));
      const fromYaml = parsed(stringify(value));
      if (fromJson instanceof Error) throw fromJson;
      if (fromYaml instanceof Error) throw fromYaml;
      assertEquals(seen(fromYaml), seen(fromJson));
      assertEquals(
        fromJson.checks.map(({ id }) => id),
        Object.keys(value.checks),
      );
      assertEquals(fromJson.concurrency, value.concurrency ?? 256);
      assertEquals(fromJson.perHost, value.per_host ?? 16);
    }),
    RUNS,
  );
});

/** Where to cut, how much, and what to put there. */
const mutation = fc.tuple(
  fc.nat(2000),
  fc.nat(6),
  fc.oneof(fc.constantFrom(...TOKENS), fc.string({ maxLength: 3 })),
);

Deno.test("parseConfig() gives a config or a ConfigError, of what was right once", () => {
  const texts = fc.tuple(rightConfig, fc.boolean()).map(([value, isYaml]) =>
    isYaml ? stringify(value) : JSON.stringify(value)
  );
  const mutations = fc.array(mutation, { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(texts, mutations, (text, mutations) => {
      for (const [at, length, token] of mutations) {
        const from = at % (text.length + 1);
        text = text.slice(0, from) + token + text.slice(from + length);
      }
      parsed(text);
    }),
    { ...RUNS, numRuns: 1500 },
  );
});

Deno.test("parsePolicy() takes every policy that the schema takes", () => {
  const duration = fc.oneof(
    { weight: 8, arbitrary: DURATION },
    fc.constantFrom("0.9ms", "24d", "25d", "24d20h31m23s647ms", "0s", 0, 1, ""),
    fc.stringMatching(/^(\d{1,3}d)?(\d{1,3}h)?(\d+m)?(\d+\.\d+s)?(\d+ms)?$/),
  );
  const count = fc.oneof(
    { weight: 8, arbitrary: COUNT },
    fc.integer(),
    fc.double(),
  );
  let taken = 0;
  const policy = fc.record({
    interval: duration,
    timeout: duration,
    retries: count,
    rise: count,
    initial_delay: duration,
    start_period: duration,
    start_interval: duration,
    backoff: fc.record(
      { factor: fc.oneof(COUNT, fc.double()), max: duration },
      {
        requiredKeys: [],
      },
    ),
  }, { requiredKeys: [] });
  fc.assert(
    fc.property(policy, (policy) => {
      const check = { type: "tcp", port: 1 };
      for (
        const value of [
          { checks: { it: { ...check, ...policy } } },
          { defaults: policy, checks: { it: check } },
        ]
      ) {
        const config = parsed(JSON.stringify(value));
        if (config instanceof Error) continue;
        taken++;
        parsePolicy(config.checks[0]!.options);
      }
    }),
    { ...RUNS, numRuns: 2000 },
  );
  assert(taken > 100, `${taken} were taken`);
});

Deno.test("parseConfig() does not change what it is asked twice", () => {
  fc.assert(
    fc.property(rightConfig, (value) => {
      const text = JSON.stringify(value);
      const [first, second] = [parsed(text), parsed(text)];
      assert(!(first instanceof Error) && !(second instanceof Error));
      assertEquals(seen(second), seen(first));
    }),
    { ...RUNS, numRuns: 50 },
  );
});
