import { assertEquals, assertMatch } from "@std/assert";
import { call } from "../../../src/sinks/alive/call.ts";
import { VERSION } from "../../../src/version.ts";
import { httpServer, tcpServer } from "../../support/servers.ts";

const TOKEN = "3f7b9c1e-secret";

/** Makes one call, which has plenty of time by default. */
function calling(
  place: string,
  { method = "GET", deadlineMs = 60_000 } = {},
): Promise<string | null> {
  const url = `http://${place}/ping/${TOKEN}?key=${TOKEN}`;
  const { signal } = new AbortController();
  return call({ url, method }, { signal, deadlineMs });
}

for (const method of ["GET", "HEAD", "POST"]) {
  Deno.test(`call() makes a request by ${method}, and takes a 2xx for a success`, async () => {
    await using server = httpServer(() => new Response("OK", { status: 201 }));
    assertEquals(await calling(server.authority, { method }), null);
    const [{ path, headers, ...asked }] = server.asked as [
      typeof server.asked[0] & object,
    ];
    assertEquals(asked, { method, body: "" });
    assertEquals(path, `/ping/${TOKEN}?key=${TOKEN}`);
    assertEquals(headers.get("user-agent"), `lifesign/${VERSION}`);
  });
}

for (
  const [what, respond, expected] of [
    [
      "an error of the server",
      () => new Response(TOKEN, { status: 500 }),
      "expected 2xx, got 500",
    ],
    [
      "a refusal",
      () => Response.json({ ok: false }, { status: 404 }),
      "expected 2xx, got 404",
    ],
    [
      "a redirect, which it does not follow",
      () =>
        new Response(null, {
          status: 302,
          headers: { location: `http://127.0.0.1:1/${TOKEN}` },
        }),
      "expected 2xx, got 302",
    ],
    [
      "a URL that healthchecks.io does not know",
      () => new Response("OK (not found)"),
      'it answered "OK (not found)"',
    ],
    [
      "a call that healthchecks.io ignores",
      () => new Response("OK (rate limited)\n"),
      'it answered "OK (rate limited)"',
    ],
  ] as const
) {
  Deno.test(`call() says what failed of ${what}`, async () => {
    await using server = httpServer(respond);
    assertEquals(await calling(server.authority), expected);
    assertEquals(server.asked.length, 1);
  });
}

Deno.test("call() reads no more of an answer than its beginning", async () => {
  await using server = httpServer(() =>
    new Response(
      new ReadableStream({
        pull: (controller) => controller.enqueue(new Uint8Array(65_536)),
      }),
    )
  );
  assertEquals(await calling(server.authority), null);
});

Deno.test("call() ends at its deadline, before the answer and in the middle of it", async () => {
  const end = Promise.withResolvers<Response>();
  await using silent = httpServer(() => end.promise);
  await using slow = httpServer(() =>
    new Response(
      new ReadableStream({
        start: (controller) => controller.enqueue(new Uint8Array(1)),
      }),
    )
  );
  for (const { authority } of [silent, slow]) {
    assertEquals(
      await calling(authority, { deadlineMs: 500 }),
      "no answer within 0.5s",
    );
  }
  end.resolve(new Response());
});

Deno.test("call() says what is wrong with a connection, without the URL", async () => {
  const refused = tcpServer(() => {});
  const place = refused.authority;
  await refused[Symbol.asyncDispose]();
  assertMatch(
    `${await calling(place)}`,
    /^127\.0\.0\.1:\d+ refused the connection$/,
  );
  await using rude = tcpServer((conn) => conn.close());
  await using odd = tcpServer(async (conn) => {
    await conn.write(new TextEncoder().encode("220 mail ready\r\n"));
    conn.close();
  });
  for (const where of [place, rude.authority, odd.authority, "no.invalid"]) {
    const why = `${await calling(where)}`;
    assertMatch(why, /^[\w.: ]{5,}$/);
    assertEquals(/secret|ping|http:/.test(why), false, why);
  }
});

Deno.test("call() says which permission it needs, and asks for none", async () => {
  assertEquals(
    await calling("192.0.2.1:8080"),
    "not allowed by Deno: run with --allow-net=192.0.2.1:8080",
  );
});
