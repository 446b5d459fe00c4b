import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { ConfigIssue } from "../../src/agent/config.ts";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import { expand, Expanded } from "../../src/schema/variables.ts";
import { patient } from "../support/outcomes.ts";
import { runScript, temporaryFile } from "../support/program.ts";
import { httpServer } from "../support/servers.ts";
import { A_TYPE } from "../support/kinds.ts";

const VARIABLES: ReadonlyMap<string, string> = new Map([
  ["HOST", "db.internal"],
  ["PORT", "5432"],
  ["EMPTY", ""],
  ["_x9", "underscored"],
  ["DOLLARS", "$$ ${HOST} $& $1"],
]);

function lookup(name: string): string | undefined {
  return VARIABLES.get(name);
}

/** What a text expands to, and what is said of it. */
function expanded(text: string): { text: unknown; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const value = expand({ key: text }, lookup, issues);
  const found = (value as { key: unknown }).key;
  return { text: found instanceof Expanded ? found.text : found, issues };
}

/** A text, and what it expands to. */
const TEXTS: readonly (readonly [string, string])[] = [
  ["", ""],
  ["plain", "plain"],
  ["${HOST}", "db.internal"],
  ["tcp://${HOST}:${PORT}/", "tcp://db.internal:5432/"],
  ["${_x9}", "underscored"],
  ["${HOST:-other}", "db.internal"],
  ["${NONE:-other}", "other"],
  ["${NONE:-}", ""],
  ["${NONE:-a:-b}", "a:-b"],
  ["${NONE:-$5 and $$}", "$5 and $$"],
  ["${EMPTY}", ""],
  ["a${EMPTY}b", "ab"],
  ["${EMPTY:-other}", "other"],
  ["$$", "$$"],
  ["pa$$word", "pa$$word"],
  ["$$$$", "$$$$"],
  ["$${", "${"],
  ["$${}$", "${}$"],
  ["$${HOST}", "${HOST}"],
  ["$$$${HOST}", "$$${HOST}"],
  ["$$${HOST}", "$${HOST}"],
  ["${HOST}$${HOST}", "db.internal${HOST}"],
  ["${HOST}$", "db.internal$"],
  ["$HOST", "$HOST"],
  ["$", "$"],
  ["a$b}", "a$b}"],
  ["{HOST}", "{HOST}"],
  ["$ {HOST}", "$ {HOST}"],
  ["^a+$", "^a+$"],
  ["${DOLLARS}", "$$ ${HOST} $& $1"],
];

for (const [text, expected] of TEXTS) {
  Deno.test(`expand() makes ${JSON.stringify(expected)} of ${JSON.stringify(text)}`, () => {
    assertEquals(expanded(text), { text: expected, issues: [] });
  });
}

const MALFORMED = [
  "${",
  "${}",
  "${ HOST}",
  "${HOST",
  "${9LIVES}",
  "${HOST-x}",
  "${HOST:x}",
  "${HOST:+x}",
  "${a.b}",
  "${été}",
  "${NONE:-${HOST}",
  "${NONE:-{}}",
  "x ${ y ${ z",
];

for (const text of MALFORMED) {
  Deno.test(`expand() says how variables are written, of ${text}`, () => {
    assertEquals(expanded(text), {
      text: null,
      issues: [{
        path: "key",
        message:
          "expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
      }],
    });
  });
}

Deno.test("expand() names each variable that is not set, once a text", () => {
  assertEquals(expanded("${A} ${HOST} ${B} ${A}"), {
    text: null,
    issues: ["A", "B"].map((name) => ({
      path: "key",
      message:
        `the variable ${name} is not set; \${${name}:-…} would give a default`,
    })),
  });
});

Deno.test("expand() leaves keys and values that are not strings as they are", () => {
  const value = { "${HOST}": [1, true, null, { "${NONE}": 2 }] };
  const issues: ConfigIssue[] = [];
  const result = expand(value, lookup, issues);
  assertEquals(JSON.stringify(result), JSON.stringify(value));
  assertEquals(issues, []);
});

Deno.test("expand() names the place of a variable in lists and maps", () => {
  const issues: ConfigIssue[] = [];
  expand({ a: ["", { "b c": "${X}" }] }, lookup, issues);
  assertEquals(issues.map(({ path }) => path), ['a[1]["b c"]']);
});

Deno.test("expand() remembers the variables of a string, but not defaults", () => {
  const value = expand("${HOST} ${PORT:-1} ${NONE:-none}", lookup, []);
  assertEquals((value as Expanded).variables, [
    { name: "HOST", value: "db.internal" },
    { name: "PORT", value: "5432" },
  ]);
});

Deno.test("expand() passes on what goes wrong in a lookup of one's own", () => {
  const thrown = new Error("Vault is sealed");
  const lookup = (): never => {
    throw thrown;
  };
  const error = assertThrows(() => expand("${A}", lookup, []));
  assert(error === thrown);
});

Deno.test("expand() is done soon with many variables that never end", () => {
  const startedAt = performance.now();
  for (const start of ["${A:-", "${A", "${", "$$${", "${A:-x$"]) {
    expanded(start.repeat(200_000));
  }
  // It is a matter of milliseconds or of hours.
  assert(performance.now() - startedAt < 20_000);
});

Deno.test("expand() gives any string back if each ${ in it is escaped", () => {
  const text = fc.string({ unit: fc.constantFrom("$", "{", "}", "A", ":-") });
  fc.assert(fc.property(text, (text) => {
    const { text: actual, issues } = expanded(text.replaceAll("${", "$$$${"));
    assertEquals(actual, text);
    assertEquals(issues, []);
  }));
});

Deno.test("expand() gives a text or an issue, of any text", () => {
  const unit = fc.constantFrom("$", "${", "{", "}", ":-", "HOST", "NONE", " ");
  fc.assert(fc.property(fc.string({ unit }), (text) => {
    const { text: actual, issues } = expanded(text);
    assertEquals(actual === null, issues.length > 0);
  }));
});

Deno.test("expand() puts a value where its variable is, whatever is in it", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (value, around) => {
    // A dollar right before a variable would escape it.
    const text = `${around.replaceAll("${", "$$$${")} `;
    const actual = expand(
      `\${X}${text}\${X}`,
      () => value,
      [],
    );
    assertEquals((actual as Expanded).text, `${value}${around} ${value}`);
  }));
});

/** What is made of a config whose variables are all the same. */
function parsed(text: string, value?: string): ReturnType<typeof parseConfig> {
  return parseConfig(text, { env: () => value });
}

/** What is wrong with such a config. */
function told(text: string, value?: string): string[] {
  return assertThrows(() => parsed(text, value), ConfigError)
    .issues.map(({ path, message }) => `${path}: ${message}`);
}

/** A place for a variable, its value, and whether it is right there. */
const PLACES: readonly (readonly [string, string, boolean])[] = [
  ['port: "${X}"', "5432", true],
  ["port: ${X}", "5432", true],
  ["port: 54${X}", "32", true],
  ["port: ${X}", "70000", false],
  ["port: ${X}", "1.5", false],
  ["port: ${X}", " 5432", false],
  ["port: ${X}", "0x10", false],
  ["port: ${X}", "1e3", false],
  ["port: ${X}", "", false],
  ["port: ${X}", "true", false],
  ["port: 1, retries: ${X}", "5", true],
  ["port: 1, retries: ${X}", "0", false],
  ["port: 1, interval: ${X}", "5s", true],
  ["port: 1, interval: ${X}", "5", false],
  ["port: 1, initial_delay: ${X}", "0", true],
  ["port: 1, initial_delay: ${X}", "1s", true],
  ["port: 1, backoff: ${X}", "false", true],
  ["port: 1, backoff: ${X}", "true", false],
  ["port: 1, backoff: { factor: ${X} }", "1.5", true],
  ["port: 1, send: ${X}", "5", true],
  ["port: 1, send: ${X}", "true", true],
];

for (const [fields, value, isRight] of PLACES) {
  Deno.test(`a variable of ${JSON.stringify(value)} is ${isRight ? "right" : "wrong"} in ${fields}`, () => {
    const text = `checks: { a: { type: tcp, ${
      fields.replace(/: ([\d]*\$\{X\})/, ': "$1"')
    } } }`;
    if (isRight) assertEquals(parsed(text, value).checks.length, 1);
    else assertEquals(told(text, value).length, 1);
  });
}

Deno.test("a variable may say where to listen, or not to", () => {
  const text = 'listen: "${X}"\nchecks: { a: { type: tcp, port: 1 } }';
  assertEquals(parsed(text, "false").sections.listen, undefined);
  assertEquals(parsed(text, "[::1]:80").sections.listen, {
    hostname: "::1",
    port: 80,
  });
  assertEquals(told(text, "[::1]:65536"), [
    'listen: expected an address such as "127.0.0.1:8686", or false, got "${X}"',
  ]);
});

Deno.test("a variable may be the type of a check, or a status", () => {
  const type = 'checks: { a: { type: "${X}", port: 1 } }';
  assertEquals(parsed(type, "tcp").checks[0]!.probe.type, "tcp");
  assertEquals(told(type, "tpc"), [
    `checks.a.type: expected one of ${A_TYPE}, got "\${X}"`,
  ]);
  for (const place of ['"${X}"', '["${X}", 200]']) {
    const text =
      `checks: { a: { type: http, url: "http://x", status: ${place} } }`;
    assertEquals(parsed(text, "204").checks.length, 1);
    assertEquals(parsed(text, "2xx").checks.length, 1);
    assertEquals(told(text, "20").length, 1);
  }
});

Deno.test("a variable in an expected JSON value is a text", async () => {
  await using server = httpServer(() => Response.json({ a: "true", b: true }));
  const verdicts = ["a", "b"].map(async (key) => {
    const json = { [key]: "${X}" };
    const url = `http://${server.authority}/`;
    const text = JSON.stringify({
      checks: { it: { type: "http", url, json } },
    });
    return (await parsed(text, "true").checks[0]!.probe(patient())).verdict;
  });
  assertEquals(await Promise.all(verdicts), ["pass", "fail"]);
});

Deno.test("what is unset is said once, and does not make more problems", () => {
  const text = `
listen: "\${X}"
defaults: { interval: "\${X}" }
checks:
  a: { type: "\${X}" }
  b: { type: tcp, port: "\${X}" }
  c: { type: http, url: "\${X}", status: ["\${X}"], headers: { a: "\${X}" } }
  d: { type: command, command: ["\${X}"] }
  e: { type: command, command: "\${X", retries: 0 }
`;
  const unset = "the variable X is not set; ${X:-…} would give a default";
  assertEquals(told(text), [
    `listen: ${unset}`,
    `defaults.interval: ${unset}`,
    `checks.a.type: ${unset}`,
    `checks.b.port: ${unset}`,
    `checks.c.url: ${unset}`,
    `checks.c.status[0]: ${unset}`,
    `checks.c.headers.a: ${unset}`,
    `checks.d.command[0]: ${unset}`,
    "checks.e.command: expected ${NAME} or ${NAME:-default}; write $${ for a plain ${",
    "checks.e.retries: expected a whole number of 1 or more, got 0",
  ]);
});

Deno.test("variables are not expanded in ids and other keys", () => {
  const { checks } = parsed(
    'checks: { "${X}": { type: http, url: "http://x", json: { "${Y}": 1 } } }',
  );
  assertEquals(checks[0]!.id, "${X}");
  assertEquals(told('"${X}": 1')[0]!.slice(0, 20), '["${X}"]: unknown ke');
});

for (
  const value of [
    "1, interval: 0s",
    "1\n    interval: 0s",
    '1"\nlisten: false',
    "*anchor",
    "!!js/undefined",
    "{ a: b }",
    "# comment",
    "${X}",
    "$${X}",
  ]
) {
  Deno.test(`a value of ${JSON.stringify(value)} injects nothing`, async () => {
    await using server = httpServer(({ url }) =>
      new Response(new URL(url).searchParams.get("v"))
    );
    const url = `http://${server.authority}/?v=${encodeURIComponent(value)}`;
    const text = `
checks:
  a:
    type: http
    url: ${JSON.stringify(url)}
    contains: "\${X}"
  b: { type: tcp, port: 1, send: "\${X}" }
`;
    const { checks, sections: { listen } } = parsed(text, value);
    assertEquals(checks.map(({ id, options }) => [id, { ...options }]), [
      ["a", {}],
      ["b", {}],
    ]);
    assert(listen !== undefined);
    assertEquals((await checks[0]!.probe(patient())).verdict, "pass");
  });
}

Deno.test("variables in comments are not expanded", () => {
  assertEquals(
    parsed("# ${X}\nchecks: { a: { type: tcp, port: 1 } } # ${").checks.length,
    1,
  );
});

Deno.test("a variable that Deno does not let us read is said to need its flag", async () => {
  await using file = await temporaryFile(
    'checks: { a: { type: tcp, port: "${LIFESIGN_TEST_PORT:-1}" } }',
  );
  const options = {
    args: [file.path],
    env: { LIFESIGN_TEST_PORT: "5432" },
  };
  const main = "tests/config/config_main.ts";
  const denied = await runScript(main, {
    ...options,
    flags: ["--allow-read=/tmp"],
  });
  assertEquals(
    denied.stdout,
    `${file.path}: 1 problem\n  checks.a.port: not allowed to read the variable LIFESIGN_TEST_PORT: run with --allow-env=LIFESIGN_TEST_PORT\n`,
    denied.stderr,
  );
  const allowed = await runScript(main, {
    ...options,
    flags: ["--allow-read=/tmp", "--allow-env=LIFESIGN_TEST_PORT"],
  });
  assertEquals(allowed.stdout, "", allowed.stderr);
  assertFalse(denied.stdout.includes("5432"));
});
