import { assert, assertEquals, assertFalse, assertThrows } from "@std/assert";
import fc from "fast-check";
import { ConfigError, parseConfig } from "../../src/agent/config.ts";
import { redacted, redactor } from "../../src/probes/redact.ts";
import { error, fail, pass } from "../../src/core/outcome.ts";
import { excerpt, oneLine } from "../../src/core/text.ts";
import type { Outcome } from "../../src/core/types.ts";
import { command } from "../../src/probes/command/command.ts";
import { http } from "../../src/probes/http/http.ts";
import { OptionError } from "../../src/core/option_error.ts";
import { patient } from "../support/outcomes.ts";
import { scripted } from "../support/probes.ts";
import { closedPort, httpServer, say, tcpServer } from "../support/servers.ts";

/** Redacts one secret, whose name is `${X}`. */
function redact(secret: string, text: string): string {
  return redactor(new Map([[secret, "${X}"]]))(text);
}

const SECRETS = [
  "hunter2hunter2",
  'quo"te\\back/slash',
  "it's",
  "two words",
  "two\nlines\r\nand\ttabs",
  "100%sure%41",
  "a+b&c=d?e#f",
  "été 日本 🙂",
  "<b>{`|^}",
  "$& $1 $$ ${X}",
  "(.*)[x]+?",
  "x".repeat(500),
  "abcdefgh ".repeat(40),
];

/** What becomes of a secret on its way to where somebody sees it. */
const WAYS: Readonly<Record<string, (secret: string) => string>> = {
  "as it is": (secret) => secret,
  "quoted": (secret) => JSON.stringify(secret),
  "on one line": (secret) => oneLine(secret),
  "as an excerpt": (secret) => excerpt(secret),
  "in a message": (secret) => oneLine(`Expected ${excerpt(secret)}`),
  "as a query's value": (secret) => encodeURIComponent(secret),
  "in the query of a probe": (secret) =>
    http(`http://x/?q=${secret.replaceAll("#", "")}`).target,
  "as the argument of a probe": (secret) =>
    command(["x", secret.replaceAll("\0", "")]).target,
  "in the script of a probe": (secret) => command(`echo ${secret}`).target,
};

for (const [way, show] of Object.entries(WAYS)) {
  Deno.test(`redactor() finds a secret ${way}`, () => {
    for (const secret of SECRETS) {
      if (way.includes("query of") && secret.includes("#")) continue;
      const text = redact(secret, show(secret));
      assert(text.includes("${X}"), `${secret}: ${text}`);
      assert(text.length < 40, `${secret}: ${text}`);
    }
  });
}

Deno.test("redactor() finds a secret in the path of a probe", () => {
  for (const secret of ["two words", "it's", "a|b{c}", "100%sure", "été"]) {
    const { target } = http(`http://x/a/${secret}/b`);
    assertEquals(redact(secret, target), "http://x/a/${X}/b");
  }
});

/** A secret part of a URL, the URL, and what is to be seen. */
const URLS: readonly (readonly [string, string, string])[] = [
  ["Secret.Example", "https://Secret.Example/", "https://${X}/"],
  ["Secret.Example:81", "http://Secret.Example:81/x", "http://${X}/x"],
  ["HTTP://Secret.Example", "HTTP://Secret.Example", "${X}"],
  ["http://u:pass@Secret/", "http://u:pass@Secret/", "${X}"],
  ["http://Secret:80/a b", "http://Secret:80/a b", "${X}"],
  ["http://Secret#frag", "http://Secret#frag", "${X}"],
  ["http://Secret/", "http://Secret/health", "${X}health"],
];

for (const [secret, url, expected] of URLS) {
  Deno.test(`redactor() makes ${expected} of ${url}`, () => {
    assertEquals(redact(secret, http(url).target), expected);
  });
}

Deno.test("redactor() finds the host of a secret URL in a message", () => {
  assertEquals(
    redact("https://db.internal:81/x", "db.internal:81 refused"),
    "${X} refused",
  );
  assertEquals(
    redact("https://db.internal:81/x", "No address of db.internal"),
    "No address of ${X}",
  );
});

Deno.test("redactor() copes with what is no URL", () => {
  for (const secret of ["http://", "http://[", "https://a b/", "a]b[c"]) {
    assertEquals(redact(secret, `<${secret}>`), "<${X}>");
  }
});

Deno.test("redactor() finds each of several secrets, the longer one first", () => {
  const redact = redactor(
    new Map([["pass", "${A}"], ["password", "${B}"], ["word", "${C}"]]),
  );
  assertEquals(redact("pass password word"), "${A} ${B} ${C}");
});

Deno.test("redactor() does not look for secrets in the names it puts there", () => {
  const redact = redactor(new Map([["TOKEN", "${A}"], ["s3cret", "${TOKEN}"]]));
  assertEquals(redact("s3cret TOKEN"), "${TOKEN} ${A}");
});

Deno.test("redactor() leaves what is shorter than 4 characters, which is in any text", () => {
  assertEquals(redact("the", "the end of the"), "the end of the");
  assertEquals(redact("", "nothing"), "nothing");
  assertEquals(redactor(new Map())("nothing"), "nothing");
  assertEquals(redact("then", "then"), "${X}");
});

Deno.test("redactor() finds the beginning of a secret before an ellipsis, more than once", () => {
  assertEquals(
    redact("s3cret-token", "a s3cr… b s3cret-tok… c s3… d …"),
    "a ${X}… b ${X}… c s3… d …",
  );
});

Deno.test("redactor() leaves texts alone that have no secret in them", () => {
  const secret = fc.stringMatching(/^[A-Z]{4,9}$/);
  const text = fc.stringMatching(/^[a-z ….:/%]*$/);
  fc.assert(fc.property(secret, text, (secret, text) => {
    assertEquals(redact(secret, text), text);
  }));
});

Deno.test("redactor() lets no secret through an excerpt, wherever it is in a text", () => {
  const secret = fc.string({ minLength: 4, maxLength: 120 });
  fc.assert(fc.property(fc.string(), secret, fc.string(), (a, secret, b) => {
    // What is left of it on one line must be long enough to be a secret.
    const core = oneLine(secret, Infinity);
    fc.pre(core.length >= 8 && !"${X}…".includes(core));
    const text = redact(secret, excerpt(`${a}|${secret}|${b}`));
    assertFalse(text.includes(JSON.stringify(core).slice(1, -1)), text);
  }));
});

const SECRET = "s3cret-value";

Deno.test("redacted() shows a probe and what it says without the secret", async () => {
  const outcome: Outcome = {
    ...fail({ code: "body", message: `Expected ${SECRET}, got x` }),
    detail: { text: `a ${SECRET}`, number: 1, truth: true },
  };
  const probe = Object.assign(
    scripted([outcome, pass(), error({ code: "dns", message: "x" })]),
    {
      target: `http://x/${SECRET}`,
    },
  );
  const shown = redacted(probe, (text) => text.replaceAll(SECRET, "***"));
  assertEquals(shown.type, "script");
  assertEquals(shown.target, "http://x/***");
  assertEquals(shown.permissions, probe.permissions);
  assertEquals(await shown(patient()), {
    verdict: "fail",
    reason: { code: "body", message: "Expected ***, got x" },
    detail: { text: "a ***", number: 1, truth: true },
  });
  assertEquals(await shown(patient()), { verdict: "pass" });
  assertEquals((await shown(patient())).reason?.message, "x");
});

Deno.test("redacted() hands on the signal, and what is thrown", async () => {
  const signal = patient();
  const thrown = new Error("not this time");
  const probe = scripted([() => Promise.reject(thrown)]);
  const caught = await redacted(probe, (text) => text)(signal)
    .catch((error) => error);
  assert(caught === thrown);
  assert(probe.log.signals[0] === signal);
});

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
    outcome: await probe(patient()),
  })));
  return JSON.stringify(shown);
}

Deno.test("what is in variables never shows in targets and messages", async () => {
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
    path: { type: "http", url: `http://${echo.authority}/a/\${PATH}/b` },
    query: { type: "http", url: `http://${echo.authority}/?a=\${QUERY}` },
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
      contains: "${CONTAINED}",
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
      expect: "${EXPECTED}",
    },
    line: { type: "command", command: 'false "${LINE}"' },
    list: { type: "command", command: ["false", "${LIST}"] },
    output: {
      type: "command",
      command: 'printf %s "$SAID" >&2; exit 1',
      env: { SAID: "${OUTPUT}" },
    },
    cwd: { type: "command", command: "true", cwd: "/nowhere/${CWD}" },
  };
  const shown = await shownOf(JSON.stringify({ checks }));
  assertFalse(shown.includes("canary"), shown);
  for (const name of ["PATH", "QUERY", "LINE", "LIST", "SENT", "OUTPUT"]) {
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
  a: { type: command, command: "echo \${X} >&2; exit 1" }
  b: { type: command, command: ["echo", "\${X}"], contains: nothing }
  c: { type: tcp, host: 127.0.0.1, port: ${closedPort()}, expect: "\${X}" }
`;
    const { checks } = parseConfig(text, { env: () => secret });
    for (const { probe } of checks) {
      const { reason } = await probe(patient());
      assertFalse(`${probe.target} ${reason?.message}`.includes("k3yk3"));
    }
    const { message } = assertThrows(
      () => parseConfig(`listen: "\${X}"\n${text}`, { env: () => secret }),
      ConfigError,
    );
    assertFalse(message.includes("k3yk3"), message);
  });
}

/** The password that a request has, if it is a basic one. */
function passwordOf({ headers }: Request): string {
  const [, encoded] = /^Basic (.*)$/.exec(headers.get("authorization") ?? "") ??
    [];
  return encoded === undefined ? "" : atob(encoded);
}

Deno.test("http() keeps to itself what a server echoes of its secrets", async () => {
  const canary = "canary-4711";
  await using server = httpServer((request) =>
    new Response(
      JSON.stringify([...request.headers]) + request.url + passwordOf(request),
      { status: 500, headers: { location: `/login?token=${canary}` } },
    )
  );
  const base = `http://${server.authority}/`;
  const probes = [
    http(base, { headers: { authorization: `Bearer ${canary}` } }),
    http(base, {
      headers: { "x-api-key": canary },
      status: 500,
      matches: "^$",
    }),
    http(base, {
      headers: { cookie: `id=${canary}` },
      status: 500,
      contains: "no",
    }),
    http(`${base}?page=2&api_key=${canary}`, { status: 500, contains: "no" }),
    http(base.replace("//", `//user:${canary}@`), {
      status: 500,
      matches: "^$",
    }),
    http(base.replace("//", `//user:${canary}@`), {
      status: 500,
      json: { a: 1 },
    }),
    command('echo "$API_TOKEN" >&2; exit 1', { env: { API_TOKEN: canary } }),
    command('echo "$DB_PASSWORD"', {
      env: { DB_PASSWORD: canary },
      contains: "no",
    }),
  ];
  for (const probe of probes) {
    const outcome = await probe(patient());
    assertEquals(outcome.verdict, "fail");
    assertFalse(
      JSON.stringify(outcome).includes(canary),
      JSON.stringify(outcome),
    );
    assertFalse(probe.target.includes(canary), probe.target);
  }
  assertEquals(probes[3]!.target, `${base}?page=2&api_key=***`);
});

Deno.test("http() does not repeat the password of a URL that it refuses", () => {
  const error = assertThrows(
    () => http("http://user:hunter22@[bad/"),
    OptionError,
  );
  assertFalse(error.message.includes("hunter22"), error.message);
});
