import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { OptionError } from "../../src/core/option_error.ts";
import { command } from "../../src/probes/command/command.ts";
import { http } from "../../src/probes/http/http.ts";
import { probe } from "../../src/probes/probe.ts";
import { attempted } from "../support/outcomes.ts";
import { httpServer } from "../support/servers.ts";

/** The password that a request has, if it is a basic one. */
function passwordOf({ headers }: Request): string {
  const [, encoded] = /^Basic (.*)$/.exec(headers.get("authorization") ?? "") ??
    [];
  return encoded === undefined ? "" : atob(encoded);
}

Deno.test("a fleet shows no secret of http() and command() that a target repeats", async () => {
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
    command(`echo postgres://me:${canary}@db/shop >&2; exit 1`),
    command(["sh", "-c", 'echo "$0" >&2; exit 1', `redis://:${canary}@db`]),
    command('echo "$DB_PASSWORD"', {
      env: { DB_PASSWORD: canary },
      contains: "no",
    }),
  ];
  for (const probe of probes) {
    const outcome = await attempted(probe);
    assertEquals(outcome.verdict, "fail");
    assertFalse(
      JSON.stringify(outcome).includes(canary),
      JSON.stringify(outcome),
    );
    assertFalse(probe.target.includes(canary), probe.target);
  }
  assertEquals(probes[3]!.target, `${base}?page=2&api_key=***`);
});

for (
  const token of [
    "abcd%2befghijk",
    "%61bcdefghijk",
    "abcd+efghijk",
    "abc=efghijk",
    "ab|cd'efghijk",
    "abc%C3%A9ghijk",
  ]
) {
  Deno.test(`http() hides the token ${token} of a query, however it is repeated`, async () => {
    await using server = httpServer(({ url }) => {
      const { search, searchParams } = new URL(url);
      return new Response(`${search} ${searchParams.get("token")}`);
    });
    const probe = http(`http://${server.authority}/?a=b&token=${token}&c=d`, {
      contains: "no",
    });
    assertEquals(probe.target, `http://${server.authority}/?a=b&token=***&c=d`);
    assertEquals(
      (await attempted(probe)).reason?.message,
      'Expected the body to contain "no", got "?a=b&token=***&c=d ***"',
    );
  });
}

Deno.test("the beginning of a secret at the cap of a body or an output does not show", async () => {
  const secret = "s3cret-token'".repeat(3);
  await using server = httpServer(({ headers }) =>
    new Response(`body ${headers.get("x-token")}`)
  );
  for (let maxBody = 9; maxBody <= 5 + secret.length; maxBody += 7) {
    for (const asked of [{ contains: "no" }, { matches: "^no" }]) {
      const { reason } = await attempted(
        http(`http://${server.authority}/`, {
          headers: { "x-token": secret },
          maxBody,
          ...asked,
        }),
      );
      assertMatch(reason!.message, /, got "body \*\*\*…"$/);
    }
  }
  // Only what is before the secret fills the output.
  for (const before of [" ".repeat(65528), "x".repeat(65528)]) {
    const { reason } = await attempted(
      command('printf %s%s "$BEFORE" "$TOKEN"', {
        env: { BEFORE: before, TOKEN: secret },
        contains: "no",
      }),
    );
    assertFalse(reason!.message.includes("s3cr"), reason!.message);
  }
});

Deno.test("http() does not repeat the password of a URL that it refuses", () => {
  const error = assertThrows(
    () => http("http://user:hunter22@[bad/"),
    OptionError,
  );
  assertFalse(error.message.includes("hunter22"), error.message);
});

Deno.test("a fleet shows no secret of a custom probe, in whatever it returns or throws", async () => {
  const secret = "hunter22";
  const about = { target: `db ${secret}`, secrets: [secret] };
  const reason = { code: "x", message: `Expected "${secret}", got 'no'` };
  const detail = { said: `a ${secret}`, count: 1, [`perf.${secret}`]: 2 };
  const probes = [
    probe(() => ({ verdict: "fail", reason, detail }), about),
    probe(() => ({ verdict: "pass", detail }), about),
    probe(() => {
      throw new Error(secret);
    }, about),
    probe(() => secret as never, about),
    Object.assign(() => Promise.reject(new Error(secret)), {
      ...probe(() => ({ verdict: "pass" }), about),
    }),
  ];
  for (const probe of probes) {
    assertEquals(probe.target, "db ***");
    const outcome = JSON.stringify(await attempted(probe));
    assertFalse(outcome.includes(secret), outcome);
    assertFalse(Deno.inspect(probe).includes(secret));
  }
  assertEquals(await attempted(probes[0]!), {
    verdict: "fail",
    reason: { code: "x", message: `Expected "***", got 'no'` },
    detail: { said: "a ***", count: 1, "perf.***": 2 },
  });
});

Deno.test("a probe without secrets has none", () => {
  const probes = [
    http("http://localhost/", { headers: { accept: "text/html" } }),
    command("true", { env: { LANG: "C" } }),
    probe(() => ({ verdict: "pass" }), { secrets: [] }),
  ];
  for (const probe of probes) assertFalse("secrets" in probe);
});
