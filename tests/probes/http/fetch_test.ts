import { assertEquals, assertRejects } from "@std/assert";
import type { Outcome } from "../../../src/core/types.ts";
import { classify } from "../../../src/probes/classify.ts";
import { Failure } from "../../../src/probes/failure.ts";
import { fetchTransport } from "../../../src/probes/http/fetch.ts";
import { FETCH_SYMPTOMS } from "../../../src/probes/http/fetch_symptoms.ts";
import type { HttpRequest } from "../../../src/probes/http/transport.ts";
import { httpServer, rawHttpServer, say } from "../../support/servers.ts";

const REQUEST: HttpRequest = {
  method: "GET",
  headers: { "user-agent": "lifesign" },
  body: undefined,
  redirect: "manual",
};

async function failureOf(asking: Promise<unknown>): Promise<Outcome> {
  return (await assertRejects(() => asking, Failure)).outcome;
}

Deno.test("fetchTransport() has the answer, its body, and where it came from", async () => {
  await using server = httpServer(({ url }) =>
    url.endsWith("/moved")
      ? Response.redirect(new URL("/there?x", url))
      : new Response("all is well")
  );
  const { signal } = new AbortController();
  const transport = fetchTransport(server.authority, {}, []);
  const url = `http://${server.authority}/moved`;
  const moved = await transport.ask(url, REQUEST, signal);
  assertEquals([moved.status, moved.from], [302, undefined]);
  await moved.close();

  const request: HttpRequest = { ...REQUEST, redirect: "follow" };
  const answer = await transport.ask(url, request, signal);
  assertEquals([answer.status, answer.from], [200, "/there"]);
  const body = await answer.readBody(6);
  assertEquals(new TextDecoder().decode(body), "all is");
  assertEquals(Object.keys(answer.detail), ["processingMs", "transferMs"]);
  await answer.close();
  assertEquals(server.asked[0]?.headers.get("user-agent"), "lifesign");
});

Deno.test("fetchTransport() does not ask with what fetch cannot do", async () => {
  await using server = httpServer(() => new Response("ok"));
  const { signal } = new AbortController();
  const url = `http://${server.authority}/`;
  const requests: [HttpRequest, string[], string][] = [
    [REQUEST, ["ca", "verify: false"], "ca, verify: false"],
    [{ ...REQUEST, body: "hello" }, [], "a GET with a body"],
    [{ ...REQUEST, headers: { host: "x" } }, ["unix"], "unix, the header host"],
  ];
  for (const [request, unsupported, missing] of requests) {
    const transport = fetchTransport(server.authority, {}, unsupported);
    const outcome = await failureOf(transport.ask(url, request, signal));
    assertEquals(outcome, {
      verdict: "error",
      reason: {
        code: "unsupported",
        message:
          `This runtime has only fetch for HTTP, which does not support ${missing}`,
      },
    });
  }
  assertEquals(server.asked, []);
});

Deno.test("fetchTransport() blames a target that closes in the middle of the body", async () => {
  await using server = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\nall is");
    conn.close();
  });
  const transport = fetchTransport(server.authority, {}, []);
  const { signal } = new AbortController();
  const answer = await transport.ask(
    `http://${server.authority}/`,
    REQUEST,
    signal,
  );
  const { reason } = await failureOf(answer.readBody(100));
  assertEquals(reason?.code, "reset");
  await answer.close();
});

Deno.test("fetchTransport() gives up with the reason of the signal", async () => {
  await using server = rawHttpServer(() => {});
  const transport = fetchTransport(server.authority, {}, []);
  const over = new AbortController();
  const asking = transport.ask(
    `http://${server.authority}/`,
    REQUEST,
    over.signal,
  );
  over.abort(new Error("enough"));
  await assertRejects(() => asking, Error, "enough");
});

/** What Node throws; others throw the error itself. */
function fetchFailed(code: string, message: string): Error {
  const cause = Object.assign(new Error(message), { code });
  return new TypeError("fetch failed", { cause });
}

function coded(code: string, message: string): Error {
  return Object.assign(new TypeError(message), { code });
}

/** Errors of Node, Bun and workerd, as they were seen. */
const SEEN: readonly [Error, string, string][] = [
  [
    new TypeError("fetch failed", { cause: new Error("bad port") }),
    "error/unsupported",
    "This runtime's fetch does not connect to the port of db:80",
  ],
  [
    fetchFailed("UND_ERR_INVALID_ARG", "invalid upgrade header"),
    "error/unsupported",
    "This runtime's fetch cannot send that: invalid upgrade header",
  ],
  [
    fetchFailed("CERT_HAS_EXPIRED", "certificate has expired"),
    "fail/expired",
    "The certificate has expired",
  ],
  [
    fetchFailed(
      "ERR_SSL_WRONG_VERSION_NUMBER",
      "809C65A9867F0000:error:0A00010B:SSL routines:ssl3_get_record:wrong version number:../ssl3_record.c:350:\n",
    ),
    "fail/tls",
    "db:80 does not speak TLS",
  ],
  [
    fetchFailed(
      "ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE",
      "809C65A9867F0000:error:0A000410:SSL routines:ssl3_read_bytes:sslv3 alert handshake failure:../rec_layer_s3.c:1601:SSL alert number 40\n",
    ),
    "fail/tls",
    "The TLS handshake with db:80 failed: sslv3 alert handshake failure",
  ],
  [
    coded(
      "EPROTO",
      "EPROTO: The TLS handshake failed. Does the server speak TLS on this port?",
    ),
    "fail/tls",
    "The TLS handshake with db:80 failed",
  ],
  [
    fetchFailed("UND_ERR_CONNECT_TIMEOUT", "Connect Timeout Error"),
    "fail/timeout",
    "db:80 did not answer before this runtime gave up",
  ],
  [
    fetchFailed("UND_ERR_SOCKET", "other side closed"),
    "fail/reset",
    "db:80 closed the connection without a full answer",
  ],
  [
    new Error("Network connection lost."),
    "fail/reset",
    "db:80 refused the connection or closed it",
  ],
  [
    fetchFailed("UND_ERR_HEADERS_OVERFLOW", "Headers Overflow Error"),
    "fail/protocol",
    "db:80 sent more headers than this runtime reads",
  ],
  [
    coded(
      "InvalidHTTPResponse",
      'InvalidHTTPResponse fetching "http://db:80/". For more information, pass `verbose: true`',
    ),
    "fail/protocol",
    "db:80 does not speak HTTP",
  ],
  [
    fetchFailed("Z_DATA_ERROR", "incorrect header check"),
    "fail/body",
    "Expected a body in its content coding, got one that is not",
  ],
  [
    new TypeError("Gzip decompression failed."),
    "fail/body",
    "Expected a body in its content coding, got one that is not",
  ],
  [
    new TypeError("Too many redirects.http://db:80/loop, http://db:80/loop"),
    "fail/protocol",
    "Expected an answer, got too many redirects",
  ],
  [
    new TypeError("Fetch API cannot load: ftp://x/"),
    "fail/protocol",
    "Expected a redirect to an HTTP URL, got another",
  ],
  [
    new Error("internal error; reference = 4co7lc9uq5kigaejo406v38a"),
    "error/internal",
    "No verdict: this runtime does not say why db:80 did not answer",
  ],
  // These are told apart as everywhere.
  [
    coded(
      "ECONNREFUSED",
      "ECONNREFUSED: Unable to connect. Is the computer able to access the url?",
    ),
    "fail/refused",
    "db:80 refused the connection",
  ],
];

for (const [thrown, expected, message] of SEEN) {
  const { code = thrown.message } = (thrown.cause ?? thrown) as {
    code?: string;
  };
  Deno.test(`fetch's error ${code} is ${expected}`, () => {
    const outcome = classify(thrown, "db:80", FETCH_SYMPTOMS);
    const { verdict, reason } = outcome!;
    assertEquals([`${verdict}/${reason?.code}`, reason?.message], [
      expected,
      message,
    ]);
  });
}
