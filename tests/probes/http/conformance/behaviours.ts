import type { HttpOptions } from "../../../../src/probes/http/options.ts";
import type { ReasonCode } from "../../../../src/core/types.ts";
import { bytesOf, OK, okay, says, send } from "./saying.ts";
import type { Respond } from "./ways.ts";

/** How a server behaves, what is asked of it, and what is right. */
export interface Behaviour {
  readonly respond: Respond;
  readonly options?: HttpOptions;
  readonly path?: string;
  /** The status of an attempt that passes; without one, it is 200. */
  readonly status?: number;
  /** The reason of the failure; without one, it is a pass. */
  readonly fails?: readonly [ReasonCode, string];
  /** It is found out at the deadline. */
  readonly isLate?: boolean;
  /** A proxy would look up the name itself. */
  readonly isElsewhere?: boolean;
}

/** Sends these bytes, and keeps the connection open. */
function saysAndStays(text: string): Respond {
  return (conn) => send(conn, text);
}

async function compressed(
  format: string,
  text: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Response(text).body!.pipeThrough(
    new CompressionStream(format as CompressionFormat),
  );
  return await new Response(stream).bytes();
}

/** Answers with a body in a coding. */
function codes(coding: string, ...formats: string[]): Respond {
  return async (conn) => {
    let body = bytesOf("hello");
    for (const format of formats) {
      const stream = new Response(body).body!.pipeThrough(
        new CompressionStream(format as CompressionFormat),
      );
      body = await new Response(stream).bytes();
    }
    await send(
      conn,
      `${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    await send(conn, body);
    conn.close();
  };
}

function redirects(to: (path: string, head: string) => string): Respond {
  return async (conn, head) => {
    const [, path = ""] = head.split(" ");
    await send(conn, to(path, head));
    conn.close();
  };
}

const found = (to: string, more = ""): string =>
  `HTTP/1.1 302 Found\r\nLocation: ${to}\r\n${more}Content-Length: 0\r\n\r\n`;
const notFound = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";
const noFullAnswer = "PEER closed the connection without a full answer";
const hello = { contains: "hello" };
const large = { method: "POST", body: "x".repeat(2_000_000) };

/** What servers do, well and badly. `PEER` in a reason is the server. */
export const BEHAVIOURS: Readonly<Record<string, Behaviour>> = {
  // Status lines.
  "a plain answer": { respond: says(okay) },
  "an answer without a reason phrase": {
    respond: says("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n"),
  },
  "several spaces in the status line": {
    respond: says("HTTP/1.1  200  OK\r\nContent-Length: 0\r\n\r\n"),
  },
  "a version in lower case": {
    respond: says("http/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"),
  },
  "204 without a body": {
    respond: saysAndStays("HTTP/1.1 204 No Content\r\n\r\n"),
    status: 204,
  },
  "304": {
    respond: saysAndStays(
      "HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n",
    ),
    fails: ["status", "Expected status 200-299, got 304"],
  },
  "404": {
    respond: says(notFound),
    fails: ["status", "Expected status 200-299, got 404"],
  },
  "503 that is expected": {
    respond: says("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"),
    options: { status: 503 },
    status: 503,
  },
  "a status that nobody knows": {
    respond: says("HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n"),
    status: 299,
  },
  "HTTP/1.0, whose body ends with the connection": {
    respond: says("HTTP/1.0 200 OK\r\nServer: old\r\n\r\nhello\n"),
    options: hello,
  },
  "100 before the answer": {
    respond: says("HTTP/1.1 100 Continue\r\n\r\n", okay),
    options: { contains: "ok" },
  },
  "103 twice before the answer": {
    respond: says(
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".repeat(2),
      okay,
    ),
  },
  "101, after an upgrade was asked for": {
    respond: redirects((_, head) =>
      /\r\nconnection: upgrade\r\n/i.test(head)
        ? "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n"
        : "HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n"
    ),
    options: {
      status: 101,
      headers: { connection: "upgrade", upgrade: "websocket" },
    },
    status: 101,
  },
  // Headers.
  "120 headers": {
    respond: says(`${OK}${"Link: </x>; rel=preload\r\n".repeat(120)}\r\n`),
  },
  "a header of 20 KB": {
    respond: says(`${OK}X-Big: ${"a".repeat(20_000)}\r\n\r\n`),
  },
  "300 KiB of headers": {
    respond: says(`${OK}X-Big: ${"a".repeat(400_000)}\r\n\r\n`),
    fails: [
      "protocol",
      "Expected headers of at most 300 KiB from PEER, got more",
    ],
  },
  "a folded header": {
    respond: says(`${OK}X-A: a\r\n  b\r\nContent-Length: 2\r\n\r\nok`),
    options: { responseHeaders: { "x-a": "a b" }, contains: "ok" },
  },
  "lines that end in LF alone": {
    respond: says("HTTP/1.1 200 OK\nX-A: b\nContent-Length: 2\n\nok"),
    options: { responseHeaders: { "x-a": /^b$/ }, contains: "ok" },
  },
  "a control character in a header": {
    respond: says(`${OK}Set-Cookie: a=\x01b\r\nContent-Length: 2\r\n\r\nok`),
  },
  "a NUL in a header": {
    respond: says(`${OK}X-A: a\0b\r\nContent-Length: 2\r\n\r\nok`),
  },
  "Latin-1 in a header": {
    respond: says(`${OK}X-A: caf\xe9\r\nContent-Length: 2\r\n\r\nok`),
    options: { responseHeaders: { "x-a": "caf\xe9" } },
  },
  "an empty header": {
    respond: says(`${OK}X-A:\r\nContent-Length: 2\r\n\r\nok`),
    options: { responseHeaders: { "x-a": /^$/ } },
  },
  "a space before a colon": {
    respond: says(`${OK}Server : x\r\nContent-Length: 2\r\n\r\nok`),
    options: { responseHeaders: { server: "x" } },
  },
  "a header without a colon": {
    respond: says(`${OK}odd\r\nContent-Length: 2\r\n\r\nok`),
  },
  "a header whose name cannot be one": {
    respond: says(`${OK}a b: c\r\nContent-Length: 2\r\n\r\nok`),
  },
  "a header that comes twice": {
    respond: says(`${OK}X-A: a\r\nx-a: b\r\nContent-Length: 2\r\n\r\nok`),
    options: { responseHeaders: { "x-a": /^a, b$/ } },
  },
  "a header that is missing": {
    respond: says(okay),
    options: { responseHeaders: { "x-a": "a" } },
    fails: ["header", 'Expected header x-a to contain "a", got none'],
  },
  "a head that comes byte by byte": {
    respond: async (conn) => {
      for (const char of okay) await send(conn, char);
      conn.close();
    },
    options: { contains: "ok" },
  },
  // The length of the body.
  "a repeated equal length": {
    respond: says(`${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`),
    options: { contains: "ok" },
  },
  "an equal length in a list": {
    respond: says(`${OK}Content-Length: 2, 2\r\n\r\nok`),
    options: { contains: "ok" },
  },
  "a length with a sign": {
    respond: says(`${OK}Content-Length: +2\r\n\r\nok`),
    options: { contains: "ok" },
  },
  "two different lengths": {
    respond: says(`${OK}Content-Length: 1\r\nContent-Length: 2\r\n\r\nok`),
    fails: [
      "protocol",
      "Expected one length of the body from PEER, got 1 and 2",
    ],
  },
  "a length that is none": {
    respond: says(`${OK}Content-Length: -1\r\n\r\nok`),
    fails: ["protocol", "Expected one length of the body from PEER, got -1"],
  },
  "a length beside chunks": {
    respond: says(
      `${OK}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    ),
    options: hello,
  },
  "more than the length": {
    respond: says(`${OK}Content-Length: 2\r\n\r\nokhello`),
    options: hello,
    fails: ["body", 'Expected the body to contain "hello", got "ok"'],
  },
  "less than the length, and nothing is asked of the body": {
    respond: says(`${OK}Content-Length: 20\r\n\r\nhel`),
  },
  "less than the length": {
    respond: says(`${OK}Content-Length: 20\r\n\r\nhel`),
    options: hello,
    fails: ["reset", noFullAnswer],
  },
  "a body without a length": {
    respond: says(`${OK}\r\nhello`),
    options: { matches: "^hello$" },
  },
  "chunks": {
    respond: says(
      `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\nX: t\r\n\r\n`,
    ),
    options: { matches: "^hello$" },
  },
  "chunks with LF alone": {
    respond: says(
      `${OK}Transfer-Encoding: Chunked\r\n\r\n5\nhello\n0\n\n`,
    ),
    options: { matches: "^hello$" },
  },
  "a chunk without a size": {
    respond: says(`${OK}Transfer-Encoding: chunked\r\n\r\nhello\r\n`),
    options: hello,
    fails: [
      "protocol",
      'Expected the size of a chunk of the body from PEER, got "hello"',
    ],
  },
  "chunks that end early": {
    respond: says(`${OK}Transfer-Encoding: chunked\r\n\r\n5\r\nhel`),
    options: hello,
    fails: ["reset", noFullAnswer],
  },
  "HEAD, with the length of what GET would have": {
    respond: saysAndStays(`${OK}Content-Length: 2\r\n\r\n`),
    options: { method: "HEAD" },
  },
  // Codings.
  "gzip": { respond: codes("gzip", "gzip"), options: hello },
  "x-gzip": { respond: codes("X-GZip", "gzip"), options: hello },
  "deflate": { respond: codes("deflate", "deflate"), options: hello },
  "deflate without zlib": {
    respond: codes("deflate", "deflate-raw"),
    options: hello,
  },
  "br": { respond: codes("br", "brotli"), options: hello },
  "gzip of gzip": {
    respond: codes("gzip, gzip", "gzip", "gzip"),
    options: hello,
  },
  "the coding none": { respond: codes("none"), options: hello },
  "gzip as the coding of the transfer": {
    respond: async (conn) => {
      const body = await compressed("gzip", "hello");
      await send(conn, `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`);
      await send(conn, `${body.length.toString(16)}\r\n`);
      await send(conn, body);
      await send(conn, "\r\n0\r\n\r\n");
      conn.close();
    },
    options: hello,
  },
  "identity": { respond: codes("identity"), options: hello },
  "gzip in chunks": {
    respond: async (conn) => {
      const body = await compressed("gzip", "hello");
      await send(
        conn,
        `${OK}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n`,
      );
      for (const byte of body) {
        await send(conn, "1\r\n");
        await send(conn, Uint8Array.of(byte));
        await send(conn, "\r\n");
      }
      await send(conn, "0\r\n\r\n");
      conn.close();
    },
    options: hello,
  },
  "an empty body in gzip": {
    respond: says(
      `${OK}Content-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    ),
    options: { matches: "^$" },
  },
  "a body that is no gzip, and nothing is asked of it": {
    respond: codes("gzip"),
  },
  "a body that is no gzip": {
    respond: codes("gzip"),
    options: hello,
    fails: ["body", "Expected a body in gzip, got one that is not"],
  },
  "gzip that is cut": {
    respond: async (conn) => {
      const body = (await compressed("gzip", "hello".repeat(9))).subarray(
        0,
        15,
      );
      await send(
        conn,
        `${OK}Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
      await send(conn, body);
      conn.close();
    },
    options: { contains: "none" },
    fails: ["body", "Expected a body in gzip, got one that is not"],
  },
  "an unknown coding": {
    respond: codes("rot13"),
    options: hello,
    fails: [
      "body",
      'Expected a body in gzip, deflate, br or no coding, got one in "rot13"',
    ],
  },
  "an unknown coding, and nothing is asked of the body": {
    respond: codes("rot13"),
  },
  // What never ends.
  "a stream that is silent, and nothing is asked of it": {
    respond: saysAndStays(`${OK}Content-Type: text/event-stream\r\n\r\n`),
  },
  "a stream that begins with what is asked": {
    respond: saysAndStays(`${OK}\r\ndata: hello\n\n`),
    options: hello,
  },
  "a stream without an end": {
    respond: async (conn) => {
      await send(conn, `${OK}\r\n`);
      while (true) await send(conn, "x".repeat(2000));
    },
  },
  "no answer": {
    respond: () => {},
    isLate: true,
    fails: ["timeout", "Timed out while waiting for the response"],
  },
  "half a head": {
    respond: saysAndStays(`${OK}Content-Le`),
    isLate: true,
    fails: ["timeout", "Timed out while waiting for the response"],
  },
  "half a body": {
    respond: saysAndStays(`${OK}Content-Length: 9\r\n\r\nhel`),
    options: hello,
    isLate: true,
    fails: ["timeout", "Timed out while reading the body"],
  },
  // Large requests.
  "401 to a large request that is not read": {
    respond: saysAndStays(
      "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n",
    ),
    options: large,
    fails: ["status", "Expected status 200-299, got 401"],
  },
  "a body of GET": {
    respond: redirects((_, head) =>
      head.endsWith("\r\n\r\nquery") ? okay : notFound
    ),
    options: { body: "query" },
  },
  // Who does not speak HTTP.
  "no answer, and the connection is closed": {
    respond: says(),
    fails: ["reset", "PEER closed the connection without an answer"],
  },
  // As curl: what came in whole lines is the head.
  "a head that ends after the status line": {
    respond: says(OK),
  },
  "a head that ends after the LF of the status line": {
    respond: says("HTTP/1.1 404 Not Found\n"),
    fails: ["status", "Expected status 200-299, got 404"],
  },
  "a head that ends after a header": {
    respond: says(`${OK}X-A: b\r\n`),
    options: { responseHeaders: { "x-a": "b" }, matches: "^$" },
  },
  "a head that ends in a header": {
    respond: says(`${OK}X-A: b\r\nContent-Length: 2`),
    options: { responseHeaders: { "x-a": "b" } },
  },
  "a head that ends in its empty line": {
    respond: says(`${OK}Content-Length: 0\r\n\r`),
  },
  "a head that ends before the body that it tells": {
    respond: says(`${OK}Content-Length: 2\r\n`),
    options: hello,
    fails: ["reset", noFullAnswer],
  },
  "a head that ends in the status line": {
    respond: says("HTTP/1.1 200 OK"),
    fails: ["reset", noFullAnswer],
  },
  "a head that ends after an interim answer": {
    respond: says("HTTP/1.1 100 Continue\r\n\r\n", OK),
  },
  "an interim answer alone": {
    respond: says("HTTP/1.1 100 Continue\r\n\r\n"),
    fails: ["reset", noFullAnswer],
  },
  "an interim answer that ends after its status line": {
    respond: says("HTTP/1.1 100 Continue\r\n"),
    fails: ["reset", noFullAnswer],
  },
  "SSH": {
    respond: says("SSH-2.0-OpenSSH_9.9\r\n"),
    fails: [
      "protocol",
      'PEER does not speak HTTP: expected a status line, got "SSH-2.0-OpenSSH_9.9"',
    ],
  },
  "HTML without a head": {
    respond: says("<html>\n<p>hello"),
    fails: [
      "protocol",
      'PEER does not speak HTTP: expected a status line, got "<html>"',
    ],
  },
  "a status of four digits": {
    respond: says("HTTP/1.1 2000 OK\r\n\r\n"),
    fails: [
      "protocol",
      'PEER does not speak HTTP: expected a status line, got "HTTP/1.1 2000 OK"',
    ],
  },
  "bytes that are no text": {
    respond: says("\x16\x03\x01\0\x02\x02\x32"),
    fails: [
      "protocol",
      "PEER does not speak HTTP: expected a status line, got the bytes 16 03 01 00 02 02 32",
    ],
  },
  "an alert of TLS": {
    respond: says("\x15\x03\x03\0\x02\x02\x32"),
    fails: ["protocol", "PEER speaks TLS: expected a URL with https:"],
  },
  "HTTP/2": {
    respond: says("\0\0\x06\x04\0\0\0\0\0\0\x03\0\0\0\x64"),
    fails: [
      "protocol",
      "PEER does not speak HTTP/1.1: it speaks HTTP/2",
    ],
  },
  // Redirects.
  "a redirect": {
    respond: says(found("/there")),
    fails: ["status", 'Expected status 200-299, got 302 to "/there"'],
  },
  "a redirect that is followed": {
    respond: redirects((path) => path === "/" ? found("there?x") : okay),
    options: { redirect: "follow" },
  },
  "a redirect to what is not there": {
    respond: redirects((path) => path === "/" ? found("/login?a=b") : notFound),
    options: { redirect: "follow" },
    fails: ["status", "Expected status 200-299, got 404 from /login"],
  },
  "a redirect without a place": {
    respond: says("HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n"),
    options: { redirect: "follow", status: 302 },
    status: 302,
  },
  "a redirect that sets a cookie": {
    respond: redirects((_, head) =>
      /\r\ncookie: seen=1; b=2\r\n/i.test(head)
        ? okay
        : found("/", "Set-Cookie: seen=1; Path=/\r\nSet-Cookie: b=2\r\n")
    ),
    options: { redirect: "follow" },
  },
  "a circle of redirects": {
    respond: says(found("/")),
    options: { redirect: "follow" },
    fails: ["protocol", "Expected an answer, got more than 20 redirects"],
  },
  "a redirect to no HTTP URL": {
    respond: says(found("ftp://a/")),
    options: { redirect: "follow" },
    fails: ["protocol", "Expected a redirect to an HTTP URL, got another"],
  },
  "a redirect to a host that is not there": {
    respond: says(found("http://sso.invalid/")),
    options: { redirect: "follow" },
    fails: ["dns", "Cannot resolve sso.invalid"],
    isElsewhere: true,
  },
  "a redirect of POST by 303": {
    respond: redirects((path, head) =>
      path === "/"
        ? found("/there").replace("302", "303")
        : head.startsWith("GET ")
        ? okay
        : notFound
    ),
    options: { redirect: "follow", method: "POST", body: "x" },
  },
  "a redirect of POST by 307": {
    respond: redirects((path, head) =>
      path === "/"
        ? found("/there").replace("302", "307")
        : head.startsWith("POST ")
        ? okay
        : notFound
    ),
    options: { redirect: "follow", method: "POST", body: "x" },
  },
  // Bodies.
  "values in JSON": {
    respond: says(
      `${OK}Content-Length: 13\r\n\r\n{"ok": [true]}`.replace("13", "14"),
    ),
    options: { json: { "ok.0": true } },
  },
  "other values in JSON": {
    respond: says(`${OK}Content-Length: 12\r\n\r\n{"ok":false}`),
    options: { json: { ok: true } },
    fails: ["body", "Expected ok of the JSON body to be true, got false"],
  },
  "no JSON": {
    respond: says(okay),
    options: { json: { ok: true } },
    fails: ["body", 'Expected a JSON body, got "ok"'],
  },
  "health that fails": {
    respond: says(
      `HTTP/1.1 503 Busy\r\nContent-Length: 38\r\n\r\n{"status":"fail","output":"disk full"}`,
    ),
    options: { health: true },
    fails: ["mismatch", "Health is fail: disk full"],
  },
};
