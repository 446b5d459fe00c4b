import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import {
  ConfigError,
  KINDS,
  type Kinds,
  parseConfig,
} from "../../src/agent/config.ts";
import { compareChecks } from "../../src/config/compare.ts";
import { attempted } from "../support/outcomes.ts";
import { closedPort, httpServer, say, tcpServer } from "../support/servers.ts";
import { A_TYPE } from "../support/kinds.ts";

/** A canary for each variable: its name in lower case, and what is odd. */
function canary(name: string): string {
  if (name === "PASSWORD") return "canary-password";
  return `canary'${name.toLowerCase()}" \\x%`;
}

/** Everything that a config's checks show. */
async function shownOf(text: string): Promise<string> {
  const { checks } = parseConfig(text, { env: canary });
  const shown = await Promise.all(checks.map(async ({ id, probe }) => ({
    id,
    type: probe.type,
    target: probe.target,
    outcome: await attempted(probe),
  })));
  return JSON.stringify(shown);
}

Deno.test("what is secret in variables never shows in targets and messages", async () => {
  await using echo = httpServer((request) =>
    new Response(
      `${request.headers.get("x-token")} ${echo.asked.at(-1)?.body}`,
      { headers: { location: `/${encodeURIComponent(canary("location"))}` } },
    )
  );
  await using talker = tcpServer(async (conn) => {
    const buffer = new Uint8Array(1024);
    const count = await conn.read(buffer);
    await say(conn, buffer.subarray(0, count ?? 0));
    conn.closeWrite();
  });
  const checks = {
    path: { type: "http", url: `http://${echo.authority}/a/\${PATH_TOKEN}/b` },
    query: { type: "http", url: `http://${echo.authority}/?a=\${QUERY_TOKEN}` },
    user: {
      type: "http",
      url: `http://u:\${PASSWORD}@127.0.0.1:${closedPort()}/`,
    },
    header: {
      type: "http",
      url: `http://${echo.authority}/`,
      headers: { "x-token": "${TOKEN}" },
      contains: "something else",
    },
    body: {
      type: "http",
      method: "POST",
      url: `http://${echo.authority}/`,
      body: "${BODY}",
      matches: "^something else$",
    },
    contains: {
      type: "http",
      url: `http://${echo.authority}/`,
      contains: "${CONTAINED_TOKEN}",
    },
    redirect: {
      type: "http",
      url: `http://${echo.authority}/`,
      status: 302,
      headers: { "x-token": "${LOCATION}" },
    },
    sent: {
      type: "tcp",
      port: talker.port,
      send: "${SENT}",
      expect: "${EXPECTED_TOKEN}",
    },
    line: { type: "command", command: 'false "${LINE_TOKEN}"' },
    list: { type: "command", command: ["false", "${LIST_KEY}"] },
    output: {
      type: "command",
      command: 'printf %s "$SAID" >&2; exit 1',
      env: { SAID: "${OUTPUT}" },
    },
    cwd: { type: "command", command: "true", cwd: "/nowhere/${CWD_SECRET}" },
  };
  const shown = await shownOf(JSON.stringify({ checks }));
  assertFalse(shown.includes("canary"), shown);
  for (
    const name of [
      "PATH_TOKEN",
      "QUERY_TOKEN",
      "LINE_TOKEN",
      "LIST_KEY",
      "SENT",
      "OUTPUT",
    ]
  ) {
    assert(shown.includes(`\${${name}}`), name);
  }
});

Deno.test("what is in variables never shows in what is wrong with a config", () => {
  const wrong = `
listen: "\${LISTEN}"
concurrency: "\${CONCURRENCY}"
defaults: { interval: "\${INTERVAL}", retries: "\${RETRIES}" }
checks:
  type: { type: "\${TYPE}" }
  tcp: { type: tcp, port: "\${PORT}", host: "\${HOST}", backoff: "\${BACKOFF}" }
  http:
    type: http
    url: "\${URL}"
    status: ["\${STATUS}"]
    matches: "(\${MATCHES}"
    latency: { warn: "\${WARN}" }
    redirect: "\${REDIRECT}"
    keep_alive: "\${KEEP}"
  made: { type: http, url: "http://x", method: "\${METHOD}" }
  header: { type: http, url: "http://x", headers: { a: "\${HEADER}\\n." } }
  command: { type: command, command: "x", exit: "\${EXIT}" }
`;
  const { message, issues } = assertThrows(
    () => parseConfig(wrong, { env: canary }),
    ConfigError,
  );
  assertEquals(issues.length, 17);
  assertFalse(message.includes("canary"), message);
});

for (const length of [70, 90, 400, 5000]) {
  Deno.test(`not even the beginning of a secret of ${length} characters shows`, async () => {
    const secret = "k3y".repeat(length).slice(0, length);
    const text = `
checks:
  a: { type: command, command: "echo \${X_TOKEN} >&2; exit 1" }
  b: { type: command, command: ["echo", "\${X_TOKEN}"], contains: nothing }
  c: { type: tcp, host: 127.0.0.1, port: ${closedPort()}, expect: "\${X_TOKEN}" }
`;
    const { checks } = parseConfig(text, { env: () => secret });
    for (const { probe } of checks) {
      const { reason } = await attempted(probe);
      assertFalse(`${probe.target} ${reason?.message}`.includes("k3yk3"));
    }
    const { message } = assertThrows(
      () =>
        parseConfig(`listen: "\${X_TOKEN}"\n${text}`, { env: () => secret }),
      ConfigError,
    );
    assertFalse(message.includes("k3yk3"), message);
  });
}

/** A value in a place, and the name of the variable in it if it is secret. */
const PLACES: readonly (readonly [string, string, boolean])[] = [
  ['{ type: http, url: "http://x:${PORT}/" }', "8080", false],
  ['{ type: http, url: "http://${HOST}/" }', "db.internal", false],
  ['{ type: http, url: "http://x/${PATH}" }', "some/path", false],
  ['{ type: http, url: "http://x/${A_TOKEN}" }', "s3cret", true],
  ['{ type: http, url: "${URL}" }', "http://me:hunter22@x/", false],
  ['{ type: http, url: "http://me:${PW_1}@x/hunter22" }', "hunter22", true],
  ['{ type: http, url: "http://${USER_1}@x/s3cret" }', "s3cret", true],
  ['{ type: http, url: "http://x/?a=${Q}&b=//c@d" }', "some-query", false],
  [
    '{ type: http, url: "http://x/hunter22", headers: { a: "${A}" } }',
    "hunter22",
    true,
  ],
  [
    '{ type: http, url: "http://x/hunter22", body: "${A}", method: POST }',
    "hunter22",
    true,
  ],
  [
    '{ type: http, url: "http://x/hunter22", contains: "${A}" }',
    "hunter22",
    false,
  ],
  [
    '{ type: http, url: "http://x/hunter22", json: { a: "${A}" } }',
    "hunter22",
    false,
  ],
  [
    '{ type: http, url: "http://x/hunter22", json: { token: ["${A}"] } }',
    "hunter22",
    true,
  ],
  ['{ type: http, url: "http://x/hunter22", status: ["${A}"] }', "2xx", false],
  ['{ type: command, command: "echo ${NAME}" }', "something", false],
  [
    '{ type: command, command: "git ls-remote https://${GH}@github.com/a/b" }',
    "ghp_4711",
    true,
  ],
  ['{ type: command, command: "curl http://${GH}/a@b" }', "ghp_4711", false],
  ['{ type: command, command: "echo ${DB_PASSWORD}" }', "something", true],
  [
    '{ type: command, command: ["psql", "${URL}"] }',
    "postgres://me:hunter22@db/x",
    true,
  ],
  [
    '{ type: command, command: "echo hunter22", env: { A: "${A}" } }',
    "hunter22",
    true,
  ],
  [
    '{ type: command, command: "echo hunter22", cwd: "${A}" }',
    "hunter22",
    false,
  ],
  ['{ type: command, command: "${KEY_FILE}" }', "/etc/tls.key", false],
  ['{ type: tcp, port: 1, host: "${HOST}" }', "localhost", false],
  ['{ type: tcp, port: 1, host: hunter22, send: "${A}" }', "hunter22", true],
  ['{ type: tcp, port: 1, host: hunter22, interval: "${A}s" }', "12345", false],
];

for (const [fields, value, isSecret] of PLACES) {
  Deno.test(`the value of a variable is ${isSecret ? "" : "not "}secret in ${fields} = ${value}`, () => {
    const { checks } = parseConfig(`checks: { it: ${fields} }`, {
      env: () => value,
    });
    const [, name] = /\$\{(\w+)\}/.exec(fields)!;
    const { target, secrets } = checks[0]!.probe;
    const shown = secrets?.redact(` ${value} `) ?? ` ${value} `;
    assertEquals(shown.includes(`\${${name}}`), isSecret, shown);
    if (isSecret) assertFalse(target.includes(value), target);
  });
}

for (
  const token of [
    "Zm9vYmFyL2Jh+eHh4eHh4eHh4",
    "Zm9vYmFyL2Jh%2beHh4eHh4eHh4",
    "Zm9vYmFyL2Jh/eHh4 eHh4eHh4==",
  ]
) {
  Deno.test(`the whole of a token such as ${token} is shown as its variable`, async () => {
    await using server = httpServer(({ url }) =>
      new Response(new URL(url).search)
    );
    const { checks: [check] } = parseConfig(
      `checks: { a: { type: http, url: "http://${server.authority}/?sig=\${TOKEN}", headers: { authorization: "Bearer \${TOKEN}" }, contains: no } }`,
      { env: () => token },
    );
    const { target } = check!.probe;
    assertEquals(target, `http://${server.authority}/?sig=\${TOKEN}`);
    assertEquals(
      (await attempted(check!.probe)).reason?.message,
      'Expected the body to contain "no", got "?sig=${TOKEN}"',
    );
  });
}

/** A check with a literal secret, `hunter22`, that is not valid, and why. */
const LITERALS: readonly (readonly [string, string])[] = [
  [
    '{ type: http, url: "http://me:hunter22@host:99999/" }',
    'checks.a.url: expected an absolute URL with http: or https:, got "http://***@host:99999/"',
  ],
  [
    '{ type: http, url: "htp://me:hunter22@host/" }',
    'checks.a.url: expected an absolute URL with http: or https:, got "htp://***@host/"',
  ],
  [
    '{ type: http, url: "http://host:99999/?token=hunter22" }',
    'checks.a.url: expected an absolute URL with http: or https:, got "http://host:99999/?token=***"',
  ],
  [
    '{ type: http, url: "http://x/", proxy: "http://me:hunter22@host:99999/" }',
    'checks.a.proxy: expected an absolute URL with http: or https:, got "http://***@host:99999/"',
  ],
  [
    '{ type: http, url: "http://x/", headers: "Authorization: hunter22" }',
    "checks.a.headers: expected a map of strings, got a string",
  ],
  [
    '{ type: http, url: "http://x/", headers: { a: "hunter22\\nb" } }',
    "checks.a.headers: invalid header value",
  ],
  [
    '{ type: http, url: "http://x/", headers: "${A} hunter22" }',
    "checks.a.headers: expected a map of strings, got a string",
  ],
  [
    "{ type: command, command: x, env: hunter22 }",
    "checks.a.env: expected a map of strings, got a string",
  ],
  [
    "{ type: tcp, port: 1, send: 22222222 }",
    'checks.a.send: expected a string, { hex: "00 ff" } or { base64: "AP8=" }, got a number',
  ],
  [
    '{ type: tcp, port: 1, send: { hex: "hunter22" } }',
    'checks.a.send.hex: expected bytes in hex such as "00 ff", got another string',
  ],
  [
    '{ type: tcp, port: 1, send: { base64: "hunter2!" } }',
    "checks.a.send: expected valid base64",
  ],
  [
    '{ type: tcp, port: 1, steps: ["PASS hunter22"] }',
    "checks.a.steps[0]: expected a map with expect, send or starttls, got a string",
  ],
  [
    '{ type: tcp, port: 1, steps: "PASS hunter22" }',
    "checks.a.steps: expected a list of steps, got a string",
  ],
  [
    '{ type: tcp, port: 1, steps: [{ send: "hunter\\0\\xd2" }] }',
    'checks.a.steps[0].send: expected bytes as { hex: "00 ff" } or a Uint8Array, got a string that is likely not text',
  ],
  ['"http://me:hunter22@x"', 'checks.a: expected a check, got "http://***@x"'],
  [
    '{ type: "http://me:hunter22@x" }',
    `checks.a.type: expected one of ${A_TYPE}, got "http://***@x"`,
  ],
];

for (const [check, problem] of LITERALS) {
  Deno.test(`a literal secret is not quoted: ${problem}`, () => {
    const error = assertThrows(
      () => parseConfig(`checks: { a: ${check} }`, { env: () => "canary" }),
      ConfigError,
    );
    assertEquals(error.message, `config: 1 problem\n  ${problem}`);
  });
}

Deno.test("a variable changes nothing in the checks that do not use it", () => {
  const config = (port: string): string => `
checks:
  a: { type: http, url: "http://shop.example:8080/" }
  b: { type: tcp, port: ${port} }
  c: { type: http, url: "http://shop.example:8080/", headers: { a: "\${TOKEN}" } }
`;
  const env = (): string => "8080";
  const [literal, variable] = ["8080", '"${PORT}"'].map((port) =>
    parseConfig(config(port), { env }).checks
  );
  for (const checks of [literal!, variable!]) {
    assertEquals(
      checks.map(({ probe }) => probe.target),
      [
        "http://shop.example:8080/",
        "127.0.0.1:8080",
        "http://shop.example:${TOKEN}/",
      ],
    );
  }
  assertEquals(compareChecks(literal!, variable!).changed, []);
});

Deno.test("a problem of one check is not told in the variables of another", () => {
  const error = assertThrows(
    () =>
      parseConfig(
        `
checks:
  a: { type: tcp, port: 1, send: "\${TOKEN}" }
  b: { type: tcp, port: 1, host: "a[bc" }
  c: { type: tcp, port: 1, host: "\${HOST}" }
`,
        { env: () => "a[bc" },
      ),
    ConfigError,
  );
  assertEquals(
    error.issues.map(({ message }) => message.replace(/^.*, got /, "")),
    ['"a[bc"', '"${HOST}"'],
  );
});

Deno.test("a default may have a secret variable, for the checks that it holds for", () => {
  const kinds: Kinds = {
    ...KINDS,
    http: { ...KINDS["http"]!, defaults: { body: [], address: [] } },
  };
  const { checks } = parseConfig(
    `
defaults: { body: "\${LOGIN}" }
checks:
  a: { type: http, method: POST, url: "http://x/hunter22" }
  b: { type: http, method: POST, url: "http://x/hunter22", body: other }
  c: { type: tcp, port: 1, host: hunter22 }
`,
    { env: () => "hunter22", kinds },
  );
  assertEquals(checks.map(({ probe }) => probe.target), [
    "http://x/${LOGIN}",
    "http://x/hunter22",
    "hunter22:1",
  ]);
});

for (
  const [encoding, value] of [["hex", "68756e74 657232"], [
    "base64",
    "AHVzZXIAaHVudGVyMg==",
  ]] as const
) {
  Deno.test(`the text in ${encoding} that tcp sends is as secret as the variable`, async () => {
    await using server = tcpServer(async (conn) => {
      await conn.read(new Uint8Array(64));
      await say(conn, "no hunter2 here\r\n");
      conn.close();
    });
    const { checks } = parseConfig(
      `checks: { a: { type: tcp, port: ${server.port}, send: { ${encoding}: "\${X}" }, expect: ok } }`,
      { env: () => value },
    );
    const { reason } = await attempted(checks[0]!.probe);
    assertEquals(
      reason?.message,
      'Expected an answer with "ok", got "no ${X} here"',
    );
  });
}

for (
  const [what, key, value, sent] of [
    ["a text", "send", "hunter22", "hunter22"],
    ["text in base64", "base64", btoa("user\0hunter22"), "hunter22"],
    ["bytes in base64", "base64", "/wBodW50/w==", "\xff\0hunt\xff"],
  ] as const
) {
  Deno.test(`${what} that tcp sends is not shown in hex`, async () => {
    const bytes = Uint8Array.from(sent, (char) => char.charCodeAt(0));
    await using server = tcpServer(async (conn) => {
      await conn.read(new Uint8Array(64));
      await say(conn, Uint8Array.of(1, ...bytes));
      conn.close();
    });
    const send = key === "send" ? '"${X}"' : `{ ${key}: "\${X}" }`;
    const { checks } = parseConfig(
      `checks: { a: { type: tcp, port: ${server.port}, send: ${send}, expect: { hex: "02" } } }`,
      { env: () => value },
    );
    const { reason } = await attempted(checks[0]!.probe);
    assertEquals(
      reason?.message,
      "Expected an answer with the bytes 02, got 01 ${X}",
    );
  });
}
