import { X509Certificate } from "node:crypto";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import type {
  CheckSpec,
  ConfigIssue,
  ListenAddress,
  SectionValues,
} from "../../src/agent/config.ts";
import { parsePolicy } from "../../src/core/policy.ts";
import { builtInKinds, KINDS } from "../../src/probes/built_in.ts";
import { A_TYPE } from "../support/kinds.ts";
import { assertOutcome, assertPass, patient } from "../support/outcomes.ts";
import {
  close,
  httpServer,
  pem,
  pemFiles,
  say,
  tcpServer,
} from "../support/servers.ts";
import { SOCKET, unixServer } from "../support/unix_server.ts";

const EXAMPLE = `
# lifesign.yaml
listen: 127.0.0.1:8686          # false: no HTTP
concurrency: 256
defaults: { interval: 10s, timeout: 5s, retries: 3 }
checks:
  web:
    type: http
    url: http://localhost:3000/health
    status: [200, 204]
    contains: ok
    latency: { warn: 500ms }
    headers: { authorization: "Bearer \${WEB_TOKEN}" }
    start_period: 30s
    start_interval: 1s
    group: edge
  postgres: { type: tcp, port: 5432 }
  disk: { type: command, command: ["check_disk", "-w", "20%", "-c", "10%"], exit: nagios, interval: 1m }
`;

const UNSET = (): undefined => undefined;

/** The only check of a config that has one. */
function only(text: string): CheckSpec {
  const { checks } = parseConfig(text, { env: UNSET });
  assertEquals(checks.length, 1);
  return checks[0]!;
}

/** A check, written as JSON, which is YAML. */
function check(fields: Record<string, unknown>): CheckSpec {
  return only(JSON.stringify({ checks: { it: fields } }));
}

/** What is wrong with a config. */
function issuesOf(text: string): readonly ConfigIssue[] {
  return assertThrows(() => parseConfig(text, { env: UNSET }), ConfigError)
    .issues;
}

/** The only thing that is wrong with a config. */
function issueOf(text: string): string {
  const issues = issuesOf(text);
  assertEquals(issues.length, 1, JSON.stringify(issues));
  return `${issues[0]!.path}: ${issues[0]!.message}`;
}

Deno.test("parseConfig() reads the design's example", () => {
  const config = parseConfig(EXAMPLE, { env: () => "s3cret" });
  const { listen, history }: SectionValues = config.sections;
  assertEquals(listen, { hostname: "127.0.0.1", port: 8686 });
  assertEquals(history, undefined);
  assertEquals(config.concurrency, 256);
  assertEquals(
    config.checks.map(({ id, probe, options }) => ({
      id,
      type: probe.type,
      target: probe.target,
      options,
    })),
    [{
      id: "web",
      type: "http",
      target: "http://localhost:3000/health",
      options: {
        group: "edge",
        interval: "10s",
        timeout: "5s",
        retries: 3,
        startPeriod: "30s",
        startInterval: "1s",
      },
    }, {
      id: "postgres",
      type: "tcp",
      target: "127.0.0.1:5432",
      options: { interval: "10s", timeout: "5s", retries: 3 },
    }, {
      id: "disk",
      type: "command",
      target: "check_disk -w 20% -c 10%",
      options: { interval: "1m", timeout: "5s", retries: 3 },
    }],
  );
});

Deno.test("parseConfig() reports both of the design's problems as it shows them", () => {
  const text = `
checks:
  web: { type: http, url: "http://localhost:3000/", intervall: 10s }
  postgres: { type: tcp, port: 70000 }
`;
  const error = assertThrows(
    () => parseConfig(text, { source: "lifesign.yaml", env: UNSET }),
    ConfigError,
  );
  assertEquals(
    error.message,
    `lifesign.yaml: 2 problems
  checks.web.intervall: unknown key; did you mean "interval"?
  checks.postgres.port: expected a port between 1 and 65535, got 70000`,
  );
  assertEquals(error.source, "lifesign.yaml");
  assertEquals(error.name, "ConfigError");
});

Deno.test("parseConfig() speaks of one problem in the singular, and of a config", () => {
  const error = assertThrows(
    () => parseConfig("checks: {}", { env: UNSET }),
    ConfigError,
  );
  assertEquals(
    error.message,
    "config: 1 problem\n  checks: expected a map of checks, got an empty map",
  );
});

/** Every kind of bad input, all of it in one file. */
const ALL_AT_ONCE = `
listen: 8686
concurency: 3
concurrency: 0
defaults: { intervall: 1s, timeout: 0s, retries: 0, url: x, interval: 30d }
checks:
  nothing:
  text: http://localhost/
  list: [http]
  "": { type: tcp, port: 1 }
  typeless: { port: 5432 }
  typo: { type: htpp, url: "http://localhost/", rise: 0 }
  number: { type: 7 }
  tcp: { type: tcp, host: "a b", prot: 5, send: [], expect: { a: 1 }, address: "" }
  low: { type: tcp, port: 0 }
  high: { type: tcp, port: 70000 }
  part: { type: tcp, port: 1.5 }
  quoted: { type: tcp, port: "5432" }
  relative: { type: http, url: /health }
  scheme: { type: http, url: "ftp://localhost/" }
  missing: { type: http }
  web:
    type: http
    url: http://localhost/
    method: ""
    headers: [a]
    body: 5
    status: 99
    redirect: maybe
    contains: [ok]
    matches: "("
    json: [a]
    health: pass
    response_headers: { etag: { a: b } }
    latency: { warm: 1s, fail: 0s }
    max_body: -1
    address: "http://elsewhere/"
    ca: ""
    keep_alive: yes
    unix: false
    proxy: socks5://localhost
  statuses: { type: http, url: "http://localhost/", status: [200, 6xx] }
  none: { type: http, url: "http://localhost/", status: [] }
  policy:
    type: tcp
    port: 1
    group: ""
    interval: 0s
    timeout: 0
    retries: 0
    rise: -1
    initial_delay: 5
    start_period: soon
    start_interval: 0ms
    backoff: { factor: 0.5, max: never, min: 1s }
  backoff: { type: tcp, port: 1, backoff: true }
  disk: { type: command, command: [], exit: nagos, cwd: "", env: [a], clear_env: 1 }
  empty: { type: command, command: "" }
  inside: { type: command, command: a, container: -it, runtime: "", user: 0 }
`;

const A_DURATION = 'a duration such as "500ms", "10s" or "1m30s"';
const A_POSITIVE_DURATION =
  'a duration above 0 such as "500ms", "10s" or "1m30s"';
const AN_ABSOLUTE_URL = "an absolute URL with http: or https:";
const A_STATUS = 'a status such as 200, "2xx" or "200-399"';
const A_PORT = "a port between 1 and 65535";
const A_HOST = 'a host such as "localhost" or "::1"';

const A_HOST_ALONE = 'a host without a port such as "localhost" or "::1"';

const ALL_PROBLEMS: readonly (readonly [string, string])[] = [
  [
    "listen",
    'expected an address such as "127.0.0.1:8686", or false, got 8686',
  ],
  ["concurency", 'unknown key; did you mean "concurrency"?'],
  ["concurrency", "expected a whole number of 1 or more, got 0"],
  ["defaults.intervall", 'unknown key; did you mean "interval"?'],
  ["defaults.timeout", `expected ${A_POSITIVE_DURATION}, got "0s"`],
  ["defaults.retries", "expected a whole number of 1 or more, got 0"],
  [
    "defaults.url",
    "unknown key; expected one of group, depends_on, from, interval, timeout, retries, rise, " +
    "initial_delay, start_period, start_interval, backoff, address",
  ],
  ["defaults.interval", 'expected at most 24 days, got "30d"'],
  ["checks.nothing", "expected a check, got null"],
  ["checks.text", 'expected a check, got "http://localhost/"'],
  ["checks.list", "expected a check, got a list"],
  ['checks[""]', "expected an id, got an empty one"],
  ["checks.typeless.type", `expected one of ${A_TYPE}, got nothing`],
  [
    "checks.typo.type",
    `expected one of ${A_TYPE}, got "htpp"; did you mean "http"?`,
  ],
  ["checks.typo.rise", "expected a whole number of 1 or more, got 0"],
  ["checks.number.type", `expected one of ${A_TYPE}, got 7`],
  ["checks.tcp.host", `expected ${A_HOST_ALONE}, got "a b"`],
  ["checks.tcp.prot", 'unknown key; did you mean "port"?'],
  [
    "checks.tcp.send",
    'expected a string, { hex: "00 ff" } or { base64: "AP8=" }, got an empty list',
  ],
  ["checks.tcp.expect.a", "unknown key; expected one of matches, hex, base64"],
  ["checks.tcp.address", `expected ${A_HOST}, got ""`],
  ["checks.tcp.port", `expected ${A_PORT}, got nothing`],
  ["checks.low.port", `expected ${A_PORT}, got 0`],
  ["checks.high.port", `expected ${A_PORT}, got 70000`],
  ["checks.part.port", `expected ${A_PORT}, got 1.5`],
  ["checks.quoted.port", `expected ${A_PORT}, got "5432"`],
  ["checks.relative.url", `expected ${AN_ABSOLUTE_URL}, got "/health"`],
  ["checks.scheme.url", `expected ${AN_ABSOLUTE_URL}, got "ftp://localhost/"`],
  ["checks.missing.url", `expected ${AN_ABSOLUTE_URL}, got nothing`],
  ["checks.web.method", 'expected a non-empty string, got ""'],
  ["checks.web.headers", "expected a map of strings, got a list"],
  ["checks.web.body", "expected a string, got a number"],
  ["checks.web.status", `expected ${A_STATUS}, or a list of them, got 99`],
  ["checks.web.redirect", 'expected "manual" or "follow", got "maybe"'],
  ["checks.web.contains", "expected a string, got a list"],
  ["checks.web.matches", 'expected a regular expression, got "("'],
  ["checks.web.json", "expected a map of dotted paths to values, got a list"],
  ["checks.web.health", 'expected true or false, got "pass"'],
  ["checks.web.response_headers.etag", "expected a string, got a map"],
  ["checks.web.latency.warm", 'unknown key; did you mean "warn"?'],
  ["checks.web.latency.fail", `expected ${A_POSITIVE_DURATION}, got "0s"`],
  ["checks.web.max_body", "expected a number of bytes, got -1"],
  ["checks.web.address", `expected ${A_HOST}, got "http://elsewhere/"`],
  ["checks.web.ca", 'expected a non-empty string, got ""'],
  ["checks.web.keep_alive", 'expected true or false, got "yes"'],
  ["checks.web.unix", "expected a non-empty string, got false"],
  ["checks.web.proxy", `expected ${AN_ABSOLUTE_URL}, got "socks5://localhost"`],
  ["checks.statuses.status[1]", `expected ${A_STATUS}, got "6xx"`],
  [
    "checks.none.status",
    `expected ${A_STATUS}, or a list of them, got an empty list`,
  ],
  ["checks.policy.group", 'expected a non-empty string, got ""'],
  ["checks.policy.interval", `expected ${A_POSITIVE_DURATION}, got "0s"`],
  ["checks.policy.timeout", `expected ${A_POSITIVE_DURATION}, got 0`],
  ["checks.policy.retries", "expected a whole number of 1 or more, got 0"],
  ["checks.policy.rise", "expected a whole number of 1 or more, got -1"],
  ["checks.policy.initial_delay", `expected ${A_DURATION}, got 5`],
  ["checks.policy.start_period", `expected ${A_DURATION}, got "soon"`],
  [
    "checks.policy.start_interval",
    `expected ${A_POSITIVE_DURATION}, got "0ms"`,
  ],
  [
    "checks.policy.backoff.factor",
    "expected a number of 1 or more, got 0.5",
  ],
  ["checks.policy.backoff.max", `expected ${A_POSITIVE_DURATION}, got "never"`],
  ["checks.policy.backoff.min", "unknown key; expected one of factor, max"],
  [
    "checks.backoff.backoff",
    'expected false, or a map such as { factor: 2, max: "60s" }, got true',
  ],
  [
    "checks.disk.command",
    "expected a command, or a list of a program and its arguments, got an empty list",
  ],
  [
    "checks.disk.exit",
    'expected "zero" or "nagios", got "nagos"; did you mean "nagios"?',
  ],
  ["checks.disk.cwd", 'expected a non-empty string, got ""'],
  ["checks.disk.env", "expected a map of strings, got a list"],
  ["checks.disk.clear_env", "expected true or false, got 1"],
  [
    "checks.empty.command",
    'expected a command, or a list of a program and its arguments, got ""',
  ],
  [
    "checks.inside.container",
    'expected the name of a container such as "web", got "-it"',
  ],
  ["checks.inside.runtime", 'expected a non-empty string, got ""'],
  ["checks.inside.user", "expected a non-empty string, got 0"],
];

for (const host of ["localhost:50051", "10.0.0.7:1", "[::1]:80"]) {
  Deno.test(`parseConfig() says that the port of ${host} is not part of the host`, () => {
    const fields = { type: "tcp", host };
    assertEquals(issuesOf(JSON.stringify({ checks: { a: fields } })), [
      {
        path: "checks.a.host",
        message: `expected ${A_HOST_ALONE}, got "${host}"`,
      },
      { path: "checks.a.port", message: `expected ${A_PORT}, got nothing` },
    ]);
  });
}

for (const host of ["localhost", "10.0.0.7", "::1", "[::1]", "fe80::1%eth0"]) {
  Deno.test(`parseConfig() takes the host ${host}`, () => {
    const fields = { type: "tcp", host, port: 1 };
    const { checks } = parseConfig(JSON.stringify({ checks: { a: fields } }));
    assertEquals(checks.length, 1);
  });
}

Deno.test("parseConfig() reports every problem of a file at once, each with its path", () => {
  const told = issuesOf(ALL_AT_ONCE)
    .map(({ path, message }) => `${path}: ${message}`);
  const expected = ALL_PROBLEMS.map(([path, message]) => `${path}: ${message}`);
  assertEquals([...told].sort(), [...expected].sort());
});

/** What only the making of a probe or a policy finds. */
const BEYOND_THE_SCHEMA: readonly (readonly [string, readonly string[]])[] = [
  ["{ type: tcp, port: 1, interval: 0.1ms, timeout: 25d }", [
    'checks.it.interval: expected a duration of 1ms or more, got "0.1ms"',
    'checks.it.timeout: expected at most 24 days, got "25d"',
  ]],
  ["{ type: tcp, port: 1, start_period: 25d, start_interval: 25d }", [
    'checks.it.start_period: expected at most 24 days, got "25d"',
    'checks.it.start_interval: expected at most 24 days, got "25d"',
  ]],
  ["{ type: tcp, port: 1, backoff: { max: 25d } }", [
    'checks.it.backoff.max: expected at most 24 days, got "25d"',
  ]],
  ['{ type: tcp, port: 1, host: "a[b" }', [
    `checks.it.host: expected ${A_HOST}, got "a[b"`,
  ]],
  ['{ type: tcp, port: 1, host: "a[b", address: "localhost:70000" }', [
    `checks.it.host: expected ${A_HOST}, got "a[b"`,
    `checks.it.address: expected ${A_PORT}, got 70000`,
  ]],
  ['{ type: http, url: "http://x/", status: 300-200 }', [
    `checks.it.status: expected ${A_STATUS}, got "300-200"`,
  ]],
  ['{ type: http, url: "http://x/", cert: a.pem }', [
    "checks.it.cert: expected cert and key together, got no key",
  ]],
  ['{ type: http, url: "http://x/", unix: /s, proxy: "http://p/" }', [
    "checks.it.proxy: cannot be used with unix",
  ]],
  ['{ type: http, url: "http://x/", unix: /s, address: y }', [
    "checks.it.unix: cannot be used with address",
  ]],
  ['{ type: http, url: "http://x/", latency: { warn: 2s, fail: 1s } }', [
    'checks.it.latency.warn: expected less than fail, which is 1s, got "2s"',
  ]],
  ['{ type: http, url: "http://x/", latency: { warn: 1s, fail: 1000ms } }', [
    'checks.it.latency.warn: expected less than fail, which is 1s, got "1s"',
  ]],
  ['{ type: http, url: "http://x/", latency: { warn: 25d } }', [
    'checks.it.latency.warn: expected at most 24 days, got "25d"',
  ]],
  ["{ type: tcp, port: 1, stays_open: 5s }", [
    'checks.it.stays_open: expected less than timeout, which is 5s, got "5s"',
  ]],
  ["{ type: tcp, port: 0.5, stays_open: 9s }", [
    "checks.it.port: expected a port between 1 and 65535, got 0.5",
  ]],
  ['{ type: http, url: "http://x/", latency: { warn: 2s, fail: 5s } }', [
    'checks.it.latency.fail: expected less than timeout, which is 5s, got "5s"',
  ]],
  ['{ type: http, url: "http://x/", latency: { warn: 2s }, timeout: 1s }', [
    'checks.it.latency.warn: expected less than timeout, which is 1s, got "2s"',
  ]],
  ["{ type: tcp, port: 1, stays_open: 1m, timeout: 59s, family: 6 }", [
    'checks.it.stays_open: expected less than timeout, which is 59s, got "1m"',
    "checks.it.family: expected 4 with the address 127.0.0.1, got 6",
  ]],
  ['{ type: command, command: ["", a] }', [
    "checks.it.command: expected a command, got an empty one",
  ]],
  ['{ type: command, command: "   " }', [
    "checks.it.command: expected a command, got an empty one",
  ]],
];

for (const [fields, expected] of BEYOND_THE_SCHEMA) {
  Deno.test(`parseConfig() finds what is wrong with ${fields}`, () => {
    const told = issuesOf(`checks: { it: ${fields} }`)
      .map(({ path, message }) => `${path}: ${message}`);
    assertEquals(told.sort(), [...expected].sort());
  });
}

Deno.test("parseConfig() lays the blame on each wrong field of a check", () => {
  const paths = issuesOf(JSON.stringify({
    checks: {
      it: {
        type: "http",
        url: "http://x/",
        method: "A B",
        headers: { "a b": "c" },
        response_headers: { "d e": "f" },
        status: "300-200",
      },
    },
  })).map(({ path }) => path);
  assertEquals(paths.sort(), [
    "checks.it.headers",
    "checks.it.method",
    "checks.it.response_headers",
    "checks.it.status",
  ]);
});

Deno.test("parseConfig() says once what is wrong with a default", () => {
  const checks =
    '{ a: { type: tcp, port: 1 }, b: { type: http, url: "http://x" } }';
  assertEquals(
    issueOf(`{ defaults: { address: "x:70000" }, checks: ${checks} }`),
    `defaults.address: expected ${A_PORT}, got 70000`,
  );
  assertEquals(
    issueOf(`{ defaults: { timeout: 30d }, checks: ${checks} }`),
    'defaults.timeout: expected at most 24 days, got "30d"',
  );
});

Deno.test("parseConfig() looks at every check although the defaults are wrong", () => {
  const paths = issuesOf(`
defaults: { interval: never }
checks: { a: { type: tcp, port: 0 }, b: { type: command, command: [""] } }
`).map(({ path }) => path);
  assertEquals(paths, [
    "defaults.interval",
    "checks.a.port",
    "checks.b.command",
  ]);
});

/** A wrong key, and what it says. */
const MISSPELT: readonly (readonly [string, string])[] = [
  ["intervall", 'unknown key; did you mean "interval"?'],
  ["Timeout", 'unknown key; did you mean "timeout"?'],
  ["retires", 'unknown key; did you mean "retries"?'],
  ["startPeriod", 'unknown key; did you mean "start_period"?'],
  ["start-period", 'unknown key; did you mean "start_period"?'],
  ["adress", 'unknown key; did you mean "address"?'],
  [
    "__proto__",
    "unknown key; expected one of type, port, host, address, send, expect, " +
    "steps, family, addresses, tls, ca, cert, key, verify, fingerprint, " +
    "certificate, stays_open, group, depends_on, from, interval, timeout, retries, rise, initial_delay, start_period, " +
    "start_interval, backoff, name, description, link",
  ],
];

Deno.test("parseConfig() takes stays_open below the timeout, which may be a default", () => {
  const check = "{ type: tcp, port: 1, stays_open: 9s }";
  parseConfig(`{ defaults: { timeout: 10s }, checks: { a: ${check} } }`);
  assertEquals(
    issueOf(`{ defaults: { timeout: 8s }, checks: { a: ${check} } }`),
    'checks.a.stays_open: expected less than timeout, which is 8s, got "9s"',
  );
});

for (const [key, message] of MISSPELT) {
  Deno.test(`parseConfig() says of the key ${key}: ${message.slice(0, 40)}`, () => {
    assertEquals(
      issueOf(`checks: { a: { type: tcp, port: 1, ${key}: 1 } }`),
      `checks.a.${key}: ${message}`,
    );
  });
}

for (const key of ["constructor", "toString", "hasOwnProperty", "url"]) {
  Deno.test(`parseConfig() does not know the key ${key} of tcp checks`, () => {
    assertMatch(
      issueOf(`checks: { a: { type: tcp, port: 1, ${key}: x } }`),
      new RegExp(`^checks\\.a\\.${key}: unknown key; `),
    );
  });
}

for (const type of ["constructor", "__proto__", "toString", ""]) {
  Deno.test(`parseConfig() has no checks of type ${JSON.stringify(type)}`, () => {
    const text = JSON.stringify({ checks: { a: { type, port: 1 } } });
    assertMatch(issueOf(text), /^checks\.a\.type: expected one of "tcp"/);
  });
}

Deno.test("parseConfig() wants checks, and knows no other files", () => {
  assertEquals(issueOf("{}"), "checks: expected a map of checks, got nothing");
  assertEquals(
    issueOf("checks: []"),
    "checks: expected a map of checks, got an empty list",
  );
  assertEquals(
    issuesOf('{ "name": "x", "version": 1 }').map(({ path }) => path),
    ["name", "version", "checks"],
  );
});

Deno.test("parseConfig() says what to write instead of state", () => {
  assertEquals(
    issueOf("{ state: s.json, checks: { a: { type: tcp, port: 1 } } }"),
    'state: unknown key; write "history: lifesign.db", which keeps the state, too',
  );
});

Deno.test("parseConfig() takes a path for history, or a map", () => {
  const historyOf = (history: string): unknown =>
    parseConfig(`history: ${history}\nchecks: { a: { type: tcp, port: 1 } }`, {
      env: () => "/var",
    }).sections.history;
  const day = 86_400_000;
  const kept = { detailMs: 7 * day, keepMs: 730 * day };
  assertEquals(historyOf('"${X}/a"'), { file: "/var/a", ...kept });
  assertEquals(historyOf("{ file: a }"), { file: "a", ...kept });
  assertEquals(historyOf("{ file: a, detail: 12h, keep: 4w }"), {
    file: "a",
    detailMs: day / 2,
    keepMs: 28 * day,
  });
  for (
    const [history, path] of [
      ["''", "history"],
      ["1", "history"],
      ["[a]", "history"],
      ["{ file: a, keep: 0d }", "history.keep"],
      ["{ file: a, detail: 7 }", "history.detail"],
      ["{ detail: 7d }", "history.file"],
    ]
  ) {
    const [issue] = issuesOf(
      `history: ${history}\nchecks: { a: { type: tcp, port: 1 } }`,
    );
    assertEquals(issue?.path, path);
  }
});

/** What may be listened at. */
const LISTEN: readonly (readonly [string, ListenAddress | undefined])[] = [
  ["127.0.0.1:8686", { hostname: "127.0.0.1", port: 8686 }],
  ["localhost:0", { hostname: "localhost", port: 0 }],
  ["0.0.0.0:65535", { hostname: "0.0.0.0", port: 65535 }],
  ['"[::1]:80"', { hostname: "::1", port: 80 }],
  ["my-host.example:00080", { hostname: "my-host.example", port: 80 }],
  ["false", undefined],
];

for (const [text, listen] of LISTEN) {
  Deno.test(`parseConfig() listens at ${text}`, () => {
    const { sections } = parseConfig(
      `{ listen: ${text}, checks: { a: { type: tcp, port: 1 } } }`,
      { env: UNSET },
    );
    assertEquals(sections.listen, listen);
  });
}

for (
  const listen of [
    true,
    "",
    ":80",
    "80",
    "localhost",
    "localhost:",
    "localhost:65536",
    "localhost:100000",
    "localhost:-1",
    "::1:80",
    "http://localhost:80",
    "user@localhost:80",
    "a b:80",
    "[x]:80",
    null,
  ]
) {
  Deno.test(`parseConfig() does not listen at ${JSON.stringify(listen)}`, () => {
    const checks = { a: { type: "tcp", port: 1 } };
    assertEquals(
      issueOf(JSON.stringify({ listen, checks })),
      `listen: expected an address such as "127.0.0.1:8686", or false, got ${
        JSON.stringify(listen)
      }`,
    );
  });
}

Deno.test("parseConfig() listens on loopback and tries 256 at a time unless told otherwise", () => {
  const text = "checks: { a: { type: tcp, port: 1 } }";
  const { sections, concurrency, perHost } = parseConfig(text, { env: UNSET });
  assertEquals(sections.listen, { hostname: "127.0.0.1", port: 8686 });
  assertEquals([concurrency, perHost], [256, 16]);
  const limited = parseConfig(`{ concurrency: 7, per_host: 3, ${text} }`, {
    env: UNSET,
  });
  assertEquals([limited.concurrency, limited.perHost], [7, 3]);
});

Deno.test("parseConfig() keeps the order of the checks in the file", () => {
  const ids = ["zeta", "alpha", "Mid", "beta"];
  const text = ids.map((id) => `  ${id}: { type: tcp, port: 1 }\n`).join("");
  const { checks } = parseConfig(`checks:\n${text}`, { env: UNSET });
  assertEquals(checks.map(({ id }) => id), ids);
});

Deno.test("parseConfig() fills in defaults where a check does not say otherwise", () => {
  const { checks } = parseConfig(
    `
defaults:
  group: all
  interval: 1s
  timeout: 2s
  retries: 4
  rise: 5
  initial_delay: 6s
  start_period: 7s
  start_interval: 8s
  backoff: { factor: 9, max: 10s }
checks:
  plain: { type: tcp, port: 1 }
  own: { type: command, command: x, group: mine, interval: 11s, backoff: false }
`,
    { env: UNSET },
  );
  const options = {
    group: "all",
    interval: "1s",
    timeout: "2s",
    retries: 4,
    rise: 5,
    initialDelay: "6s",
    startPeriod: "7s",
    startInterval: "8s",
    backoff: { factor: 9, max: "10s" },
  };
  assertEquals(checks.map(({ options }) => plain(options)), [
    options,
    { ...options, group: "mine", interval: "11s", backoff: false },
  ]);
});

/** What is parsed has no prototypes, so that no key means anything. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("parseConfig() gives the default address to tcp and http, unless they say where to connect", () => {
  const { checks } = parseConfig(
    `
defaults: { address: "elsewhere:99" }
checks:
  tcp: { type: tcp, port: 1 }
  tcp_own: { type: tcp, port: 1, address: own }
  http: { type: http, url: "http://x/" }
  http_own: { type: http, url: "http://x/", address: own }
  unix: { type: http, url: "http://x/", unix: /run/x.sock }
  proxy: { type: http, url: "http://x/", proxy: "http://proxy:3128" }
  command: { type: command, command: x }
`,
    { env: UNSET },
  );
  const needs = Object.fromEntries(
    checks.map(({ id, probe }) => [id, JSON.stringify(probe.permissions)]),
  );
  assertMatch(needs.tcp!, /elsewhere:99/);
  assertMatch(needs.tcp_own!, /own:1"/);
  assertMatch(needs.http!, /elsewhere:99/);
  assertMatch(needs.http_own!, /own:80/);
  assertMatch(needs.unix!, /unix:|x\.sock/);
  assertMatch(needs.proxy!, /proxy:3128/);
  assertMatch(needs.command!, /"sh"/);
  for (const id of ["tcp_own", "http_own", "unix", "proxy", "command"]) {
    assertFalse(needs[id]!.includes("elsewhere"), id);
  }
});

Deno.test("parseConfig() hands every option of the policy on", () => {
  const { options } = check({
    type: "tcp",
    port: 1,
    group: "g",
    interval: "1m30s",
    timeout: "1.5s",
    retries: 2,
    rise: 3,
    initial_delay: 0,
    start_period: "1h",
    start_interval: "250ms",
    backoff: { factor: 1.5, max: "5m" },
  });
  assertEquals(options.group, "g");
  assertEquals(parsePolicy(options), {
    intervalMs: 90_000,
    timeoutMs: 1500,
    retries: 2,
    rise: 3,
    initialDelayMs: 0,
    startPeriodMs: 3_600_000,
    startIntervalMs: 250,
    backoffFactor: 1.5,
    backoffMaxMs: 300_000,
  });
});

Deno.test("parseConfig() leaves out of the options what belongs to the probe", () => {
  const { options } = check({
    type: "tcp",
    port: 1,
    host: "h",
    interval: "1s",
  });
  assertEquals(plain(options), { interval: "1s" });
});

Deno.test("a tcp check connects to its address, sends and expects", async () => {
  let heard = "";
  await using server = tcpServer(async (conn) => {
    const buffer = new Uint8Array(64);
    const count = await conn.read(buffer);
    heard = new TextDecoder().decode(buffer.subarray(0, count ?? 0));
    await say(conn, "+PONG\r\n");
    close(conn);
  });
  const fields = {
    type: "tcp",
    host: "db.invalid",
    port: 5432,
    address: server.authority,
    send: "PING\r\n",
  };
  const { probe } = check({ ...fields, expect: "+PONG" });
  assertEquals(probe.target, "db.invalid:5432");
  assertPass(await probe(patient()));
  assertEquals(heard, "PING\r\n");
  const { probe: other } = check({ ...fields, expect: "+OK" });
  assertOutcome(await other(patient()), ["fail", "mismatch"]);
});

Deno.test("a tcp check's host and port are where it connects", async () => {
  await using server = tcpServer(() => {}, { hostname: "::1" });
  const { probe } = check({ type: "tcp", host: "::1", port: server.port });
  assertEquals(probe.target, `[::1]:${server.port}`);
  assertPass(await probe(patient()));
});

/** What an http check says, and what becomes of it at a server. */
const HTTP_OPTIONS: readonly (readonly [
  Record<string, unknown>,
  string,
])[] = [
  [{ status: 201 }, "fail/status"],
  [{ status: "3xx" }, "fail/status"],
  [{ status: [201, "400-499"] }, "fail/status"],
  [{ status: [201, "200-299"] }, "pass"],
  [{ contains: '"db"' }, "pass"],
  [{ contains: "nothing of it" }, "fail/body"],
  [{ matches: "^\\{.*\\}$" }, "pass"],
  [{ matches: "^x" }, "fail/body"],
  [{ contains_not: '"db"' }, "fail/body"],
  [{ contains_not: "nothing of it" }, "pass"],
  [{ matches_not: "^\\{.*\\}$" }, "fail/body"],
  [{ matches_not: "^x" }, "pass"],
  [{ assert: ["status == 200", "size(body) > 0"] }, "pass"],
  [{ assert: ["status == 200", "size(body) > 99"] }, "fail/body"],
  [{ json: { "checks.db_main.upTime": 5, up: true } }, "pass"],
  [{ json: { "checks.dbMain.up_time": 5 } }, "fail/body"],
  [{ json: { checks: { db_main: { upTime: 5 } } } }, "pass"],
  [{ json: { "checks.db_main": null } }, "fail/body"],
  [{ health: true }, "fail/body"],
  [{ health: false }, "pass"],
  [{ url: "/sick" }, "fail/status"],
  [{ url: "/sick", health: true }, "fail/mismatch"],
  [{ response_headers: { x_Snake_case: "yes" } }, "pass"],
  [{ response_headers: { "x-number": 42 } }, "pass"],
  [{ response_headers: { "x-number": 43 } }, "fail/header"],
  [{ latency: { warn: "3s", fail: "4s" } }, "pass"],
  [{ latency: { warn: "0.001ms" } }, "warn/latency"],
  [{ latency: { fail: "0.001ms" } }, "fail/latency"],
  [{ max_body: 4, contains: "checks" }, "fail/body"],
  [{ max_body: 0 }, "pass"],
  [{ family: 4 }, "pass"],
  [{ addresses: "any" }, "pass"],
  [{ addresses: "all" }, "pass"],
  [{ addresses: "all", contains: "nothing of it" }, "fail/body"],
  [{ url: "/redirect", status: 302 }, "pass"],
  [{ url: "/redirect", redirect: "manual" }, "fail/status"],
  [{ url: "/redirect", redirect: "follow" }, "pass"],
];

const HTTP_BODY = {
  up: true,
  "db": 1,
  checks: { db_main: { upTime: 5 } },
};

function respond(request: Request): Response {
  switch (new URL(request.url).pathname) {
    case "/redirect":
      return new Response(null, { status: 302, headers: { location: "/" } });
    case "/sick":
      return Response.json({ status: "fail" }, { status: 503 });
    default:
      return Response.json(HTTP_BODY, {
        headers: { x_Snake_case: "yes", "x-number": "42" },
      });
  }
}

for (const [fields, expected] of HTTP_OPTIONS) {
  Deno.test(`an http check with ${JSON.stringify(fields)} comes to ${expected}`, async () => {
    await using server = httpServer(respond);
    const url = `http://${server.authority}${fields.url ?? "/"}`;
    const { probe } = check({ type: "http", ...fields, url });
    const { verdict, reason } = await probe(patient());
    assertEquals(
      reason === undefined ? verdict : `${verdict}/${reason.code}`,
      expected,
      reason?.message,
    );
  });
}

Deno.test("an http check asks as it is told, with the user's own names untouched", async () => {
  await using server = httpServer(respond);
  const { probe } = check({
    type: "http",
    url: "http://web.invalid/path?q=1",
    address: server.authority,
    method: "post",
    headers: {
      authorization: "Bearer t",
      x_snake_name: "a",
      "X-Number": 42,
      "x-truth": true,
    },
    body: "the body",
  });
  assertEquals(probe.target, "http://web.invalid/path?q=1");
  assertPass(await probe(patient()), { httpStatus: 200 });
  const [{ method, path, headers, body }] = server.asked as [
    typeof server.asked[0],
  ];
  assertEquals([method, path, body], ["POST", "/path?q=1", "the body"]);
  assertEquals(headers.get("host"), "web.invalid");
  assertEquals(headers.get("authorization"), "Bearer t");
  assertEquals(headers.get("x_snake_name"), "a");
  assertEquals(headers.get("x-number"), "42");
  assertEquals(headers.get("x-truth"), "true");
});

Deno.test("an http check makes new connections unless it may keep them alive", async () => {
  for (const keepAlive of [false, true]) {
    await using server = httpServer(respond);
    const { probe } = check({
      type: "http",
      url: `http://${server.authority}/`,
      keep_alive: keepAlive,
    });
    using _ = probe.hold?.();
    for (let i = 0; i < 20; i++) {
      assertPass(await probe(patient()), { httpStatus: 200 });
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    assertEquals(server.connections < 20, keepAlive);
  }
});

Deno.test("an http check verifies a certificate as it is told", async () => {
  await using server = httpServer(respond, { tls: true });
  const right = new X509Certificate(pem.cert).fingerprint256;
  const table = [
    [{}, "fail/tls"],
    [{ verify: true }, "fail/tls"],
    [{ verify: false }, "pass"],
    [{ fingerprint: `sha256:${right}` }, "pass"],
    [{ fingerprint: right.replaceAll(":", "").toLowerCase() }, "pass"],
    [{ fingerprint: `sha256:${"ab".repeat(32)}` }, "fail/tls"],
    [{ fingerprint: "ab".repeat(32), verify: false }, "fail/tls"],
    [{ fingerprint: "ab".repeat(32), ca: pem.ca }, "fail/tls"],
    [{ ca: pem.ca, certificate: { warn: "21d", fail: "7d" } }, "pass"],
    [{ ca: pem.ca, certificate: { warn: "40000d" } }, "warn/expired"],
    [{ ca: pem.ca, certificate: { fail: "100%" } }, "fail/expired"],
  ] as const;
  for (const [fields, expected] of table) {
    const { probe } = check({
      type: "http",
      url: `https://${server.authority}/`,
      ...fields,
    });
    const { verdict, reason } = await probe(patient());
    assertEquals(
      reason === undefined ? verdict : `${verdict}/${reason.code}`,
      expected,
      reason?.message,
    );
  }
});

Deno.test("an http check goes through its proxy", async () => {
  await using proxy = httpServer(() => new Response("from the proxy"));
  const { probe } = check({
    type: "http",
    url: "http://web.invalid/",
    proxy: `http://${proxy.authority}`,
    contains: "from the proxy",
  });
  assertPass(await probe(patient()), { httpStatus: 200 });
});

Deno.test("an http check connects to its Unix socket", async () => {
  await using _server = await unixServer(() => new Response("by socket"));
  const { probe } = check({
    type: "http",
    url: "http://web.invalid/",
    unix: SOCKET,
    contains: "by socket",
  });
  assertPass(await probe(patient()), { httpStatus: 200 });
});

Deno.test("an http check trusts its authority, and shows its certificate", async () => {
  await using server = httpServer(respond, { tls: true });
  const url = `https://localhost:${server.port}/`;
  const address = server.authority;
  const { ca, cert, key } = pemFiles;
  const { probe } = check({ type: "http", url, address, ca, cert, key });
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(
    probe.permissions.flatMap((permission) =>
      permission.name === "read" ? [permission.path] : []
    ).sort(),
    [ca, cert, key].sort(),
  );
});

/** What a command check says, and what becomes of it. */
const COMMAND_OPTIONS: readonly (readonly [
  Record<string, unknown>,
  string,
])[] = [
  [{ command: "exit 0" }, "pass"],
  [{ command: "exit 1" }, "fail/exit"],
  [{ command: "exit 1", exit: "zero" }, "fail/exit"],
  [{ command: "exit 1", exit: "nagios" }, "warn/exit"],
  [{ command: "exit 3", exit: "nagios" }, "error/exit"],
  [{ command: ["sh", "-c", "exit 2"] }, "fail/exit"],
  [{ command: ["test", 5, "-eq", 5] }, "pass"],
  [{ command: ["test", true, "=", "true"] }, "pass"],
  [{ command: "echo all well", contains: "well" }, "pass"],
  [{ command: "echo all well", contains: "ill" }, "fail/body"],
  [{ command: "echo all well", matches: "^all\\s" }, "pass"],
  [{ command: "echo all well", matches: "^well" }, "fail/body"],
  [{ command: "pwd", cwd: "/tmp", matches: "^/tmp$" }, "pass"],
  [{ command: "pwd", cwd: "/tmp", matches_not: "^/tmp$" }, "fail/body"],
  [{ command: "pwd", cwd: "/tmp", contains_not: "/tmp" }, "fail/body"],
  [{ command: "pwd", cwd: "/tmp", contains_not: "/var" }, "pass"],
  [{ command: "pwd", cwd: "/tmp", contains: "/tmp" }, "pass"],
  [{ command: 'test "$snake_name$Camel" = a5', env: {} }, "fail/exit"],
  [{
    command: 'test "$snake_name$Camel" = a5',
    env: { snake_name: "a", Camel: 5 },
  }, "pass"],
  [{ command: 'test -n "$HOME"' }, "pass"],
  [{ command: 'test -n "$HOME"', clear_env: true }, "fail/exit"],
  [{ command: "x", container: "web", runtime: "true", user: "a" }, "pass"],
  [{ command: "x", container: "web", runtime: "false" }, "fail/exit"],
];

for (const [fields, expected] of COMMAND_OPTIONS) {
  Deno.test(`a command check with ${JSON.stringify(fields)} comes to ${expected}`, async () => {
    const { probe } = check({ type: "command", ...fields });
    const { verdict, reason } = await probe(patient());
    assertEquals(
      reason === undefined ? verdict : `${verdict}/${reason.code}`,
      expected,
      reason?.message,
    );
  });
}

Deno.test("parseConfig() finds what does not go with a container", () => {
  const table: [Record<string, unknown>, string, RegExp][] = [
    [{ runtime: "podman" }, "runtime", /^expected a container with it/],
    [{ user: "a" }, "user", /^expected a container with it/],
    [
      { container: "web", clear_env: true },
      "clear_env",
      /^expected no container with it/,
    ],
    [
      { container: "web", env: { PATH: "/" } },
      "env",
      /^expected no variable P/,
    ],
  ];
  for (const [fields, key, message] of table) {
    const checks = { x: { type: "command", command: "true", ...fields } };
    const error = assertThrows(
      () => parseConfig(JSON.stringify({ checks })),
      ConfigError,
    );
    assertEquals(error.issues.map(({ path }) => path), [`checks.x.${key}`]);
    assertMatch(error.issues[0]!.message, message);
  }
});

Deno.test("every key that a kind of check has is in one of these tests", async () => {
  const here = await Deno.readTextFile(new URL(import.meta.url));
  for (const [type, { schema }] of Object.entries(await builtInKinds())) {
    // Those of the other kinds are in the tests of the kind.
    const source = Object.hasOwn(KINDS, type)
      ? here
      : await sourcesOf(`tests/probes/${type}`);
    for (const key of Object.keys(schema.properties)) {
      assertMatch(source, new RegExp(`\\b${key}\\b`), `${type}.${key}`);
    }
  }
});

const ODD_IDS = [
  "a/b",
  "../..",
  'say "hi"',
  "it's",
  "two\nlines",
  "<script>alert(1)</script>",
  "__proto__",
  "constructor",
  "toString",
  "hasOwnProperty",
  "été 日本 🙂",
  "a.b[c]",
  "${HOME}",
  "7",
  " x ",
  "%2e%2e%2f",
  "\\",
  "\u0001",
  "null",
];

for (const id of ODD_IDS) {
  Deno.test(`parseConfig() takes the id ${JSON.stringify(id)} as it is`, () => {
    const fields = JSON.stringify({ type: "tcp", port: 1 });
    const text = `{"checks":{${JSON.stringify(id)}:${fields}}}`;
    assertEquals(only(text).id, id);
  });
}

Deno.test("parseConfig() takes numbers and truth values as ids", () => {
  const ids = parseConfig(
    "checks: { true: { type: tcp, port: 1 }, 80: { type: tcp, port: 1 } }",
    { env: UNSET },
  ).checks.map(({ id }) => id);
  assertEquals(ids.sort(), ["80", "true"]);
});

/** An id, and where its problems are. */
const ID_PATHS: readonly (readonly [string, string])[] = [
  ["web-1_b", "checks.web-1_b.port"],
  ["été", "checks.été.port"],
  ["a.b", 'checks["a.b"].port'],
  ["a/b", 'checks["a/b"].port'],
  ['"', 'checks["\\""].port'],
  ["two\nlines", 'checks["two\\nlines"].port'],
  ["__proto__", "checks.__proto__.port"],
  ["<b>", 'checks["<b>"].port'],
];

for (const [id, path] of ID_PATHS) {
  Deno.test(`parseConfig() calls what is wrong in ${JSON.stringify(id)} ${path}`, () => {
    const text = `{"checks":{${JSON.stringify(id)}:{"type":"tcp"}}}`;
    assertEquals(issueOf(text), `${path}: expected ${A_PORT}, got nothing`);
  });
}

for (
  const [id, expected] of [
    ["", "an id, got an empty one"],
    [" ", "an id, got an empty one"],
    ["\t\n", "an id, got an empty one"],
    [".", 'an id that a URL can have, got "."'],
    ["..", 'an id that a URL can have, got ".."'],
    ["a\0b", 'an id that a URL can have, got "a\\u0000b"'],
    ["a\ud83d", 'an id that a URL can have, got "a\\ud83d"'],
  ] as const
) {
  Deno.test(`parseConfig() refuses the id ${JSON.stringify(id)}`, () => {
    const text = JSON.stringify({
      checks: { [id]: { type: "tcp", port: 1 } },
    });
    assertEquals(
      issueOf(text),
      `checks[${JSON.stringify(id)}]: expected ${expected}`,
    );
  });
}

Deno.test("parseConfig() leaves Object.prototype alone", () => {
  const text = `
checks:
  __proto__: { type: http, url: "http://x/", headers: { __proto__: y } }
  a: { type: http, url: "http://x/", json: { __proto__: { polluted: 1 } } }
`;
  const { checks } = parseConfig(text, { env: UNSET });
  assertEquals(checks.map(({ id }) => id), ["__proto__", "a"]);
  assertFalse("polluted" in {});
});

Deno.test("parseConfig() expects keys named __proto__ in JSON bodies like any other", async () => {
  const text = `
checks:
  a:
    type: http
    url: URL
    json: { __proto__: { up: true }, constructor: { up: true } }
`;
  for (const up of [true, false]) {
    await using server = httpServer(() =>
      new Response(`{"__proto__":{"up":${up}},"constructor":{"up":true}}`)
    );
    const { probe } = only(text.replace("URL", `http://${server.authority}`));
    assertEquals((await probe(patient())).verdict, up ? "pass" : "fail");
  }
});

Deno.test("parseConfig() cuts what is long in its messages, and keeps to one line", () => {
  const issue = issueOf(JSON.stringify({
    checks: { a: { type: "tcp", port: `x\n${"y".repeat(10_000)}` } },
  }));
  assert(issue.length < 200, issue);
  assertFalse(issue.includes("\n"));
});

Deno.test("parseConfig() copes with very many problems", () => {
  const keys = Array.from({ length: 150_000 }, (_, i) => [`${i}`, 1]);
  const fields = { type: "tcp", port: 1, ...Object.fromEntries(keys) };
  assertEquals(
    issuesOf(JSON.stringify({ checks: { a: fields } })).length,
    150_000,
  );
});

Deno.test("parseConfig() asks the environment for variables, if it is not told whom to ask", () => {
  const name = "LIFESIGN_TEST_CONFIG_PORT";
  Deno.env.set(name, "5432");
  try {
    const { checks } = parseConfig(
      `checks: { a: { type: tcp, port: "\${${name}}" } }`,
    );
    assertEquals(checks[0]!.probe.permissions, [
      { name: "net", host: "127.0.0.1:5432" },
    ]);
  } finally {
    Deno.env.delete(name);
  }
});

Deno.test("parseConfig() takes a bearer token, and quotes none that is not one", () => {
  const yaml = (token: string): string =>
    `token: ${token}\nchecks: { a: { type: tcp, port: 1 } }`;
  assertEquals(parseConfig(yaml("abc-._~+/12==")).token, "abc-._~+/12==");
  assertEquals(
    parseConfig(yaml('"${T}"'), { env: () => "x1y2" }).token,
    "x1y2",
  );
  assertEquals(
    "token" in parseConfig("checks: { a: { type: tcp, port: 1 } }"),
    false,
  );
  for (const token of ["two words", "grün-und-blau", '" "']) {
    const error = assertThrows(() => parseConfig(yaml(token)), ConfigError);
    assertEquals(error.issues, [{
      path: "token",
      message:
        "expected a bearer token of letters, digits and -._~+/, got another string",
    }]);
  }
});

for (
  const [what, fields] of [
    ["a header's name", { headers: { "a\nb": "c" } }],
    ["a header's value", { headers: { a: "b\nc" } }],
    ["an expected header's name", { response_headers: { "a\nb": "c" } }],
    ["a method", { method: "GET\nX" }],
    ["a pattern", { matches: "(\n" }],
  ] as const
) {
  Deno.test(`parseConfig() says in one line what is wrong with ${what} of two`, () => {
    const it = { type: "http", url: "http://a", ...fields };
    const error = assertThrows(
      () => parseConfig(JSON.stringify({ checks: { it } })),
      ConfigError,
    );
    assertEquals(error.issues.length, 1);
    assertFalse(error.issues[0]!.message.includes("\n"));
  });
}

Deno.test("parseConfig() leaves the dollars of a password as they are", async () => {
  let sent: string | null = null;
  await using server = httpServer((request) => {
    sent = request.headers.get("x-password");
    return new Response();
  });
  const { probe } = check({
    type: "http",
    url: `http://${server.authority}/`,
    headers: { "x-password": "pa$$word$" },
  });
  assertEquals((await probe(patient())).verdict, "pass");
  assertEquals(sent, "pa$$word$");
});

/** The text of all tests in a folder. */
async function sourcesOf(folder: string): Promise<string> {
  let text = "";
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (isFile) text += await Deno.readTextFile(`${folder}/${name}`);
  }
  return text;
}

Deno.test("parseConfig() takes a time zone, which is UTC by default", () => {
  const zoneOf = (top: string): string =>
    parseConfig(`{ ${top} checks: { a: { type: tcp, port: 1 } } }`).timezone;
  assertEquals(zoneOf(""), "UTC");
  assertEquals(zoneOf("timezone: Australia/Lord_Howe,"), "Australia/Lord_Howe");
  assertEquals(
    issueOf("{ timezone: Berlin, checks: { a: { type: tcp, port: 1 } } }"),
    'timezone: expected a time zone such as "Europe/Berlin", got "Berlin"',
  );
});
