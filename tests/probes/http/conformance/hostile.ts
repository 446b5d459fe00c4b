import { brotliCompressSync, gzipSync } from "node:zlib";
import type { Behaviour } from "./behaviours.ts";
import { bytesOf, OK, okay, says, send } from "./saying.ts";
import type { Respond } from "./ways.ts";

/** Sends some bytes, and others again and again. */
function repeats(beginning: string, text: string): Respond {
  const bytes = bytesOf(text.repeat(Math.ceil(8192 / text.length)));
  return async (conn) => {
    await send(conn, beginning);
    while (true) await send(conn, bytes);
  };
}

/** Answers with a body in a coding. */
function coded(coding: string, body: Uint8Array): Respond {
  return says(
    `${OK}Content-Encoding: ${coding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    body,
  );
}

const tooLong = [
  "protocol",
  "Expected headers of at most 300 KiB from PEER, got more",
] as const;
const chunked = `${OK}Transfer-Encoding: chunked\r\n\r\n`;
const zeros = new Uint8Array(20_000_000);
const hello = { contains: "hello" };
const zerosSeen = {
  options: { contains: "hello" },
  fails: [
    "body",
    'Expected the first 64 KiB of the body to contain "hello", got "…"',
  ],
} as const;

/** Servers that mean harm. `PEER` in a reason is the server. */
export const HOSTILE: Readonly<Record<string, Behaviour>> = {
  // What never ends.
  "interim answers without an end": {
    respond: repeats("", "HTTP/1.1 100 Continue\r\n\r\n"),
    fails: tooLong,
  },
  "headers without an end": {
    respond: repeats(OK, "A: b\r\n"),
    fails: tooLong,
  },
  "a folded header without an end": {
    respond: repeats(`${OK}A: b\r\n`, " c\r\n"),
    fails: tooLong,
  },
  "a status line without an end": {
    respond: repeats("HTTP/1.1 200 ", "O"),
    fails: tooLong,
  },
  "trailers without an end": {
    respond: repeats(`${chunked}0\r\n`, "A: b\r\n"),
    options: hello,
    fails: tooLong,
  },
  "an extension of a chunk without an end": {
    respond: repeats(`${chunked}5;`, "a=b;"),
    options: hello,
    fails: [
      "protocol",
      "Expected lines of at most 16 KiB between chunks of the body from PEER, got more",
    ],
  },
  "chunks of one byte without an end": {
    respond: repeats(chunked, "1\r\n\0\r\n"),
    ...zerosSeen,
  },
  // Headers.
  "50,000 headers": {
    respond: says(
      OK,
      Array.from({ length: 50_000 }, (_, i) => `${i.toString(36)}:\r\n`)
        .join("").slice(0, 290_000),
      "\r\nContent-Length: 2\r\n\r\nok",
    ),
    options: { contains: "ok", responseHeaders: { zz: /^$/ } },
  },
  "a header of 90,000 lines": {
    respond: says(`${OK}A: b\n`, " c\n".repeat(90_000), "\n"),
    options: { responseHeaders: { a: "b c c" } },
  },
  "headers with the names of an object's properties": {
    respond: says(`${OK}__proto__: a\r\nconstructor: b\r\n\r\n`),
    options: { responseHeaders: { "__proto__x": "a" } },
    fails: ["header", 'Expected header __proto__x to contain "a", got none'],
  },
  // Status lines.
  "a status below 100": {
    respond: says("HTTP/1.1 099 Odd\r\n\r\n", okay),
    fails: [
      "protocol",
      'PEER does not speak HTTP: expected a status line, got "HTTP/1.1 099 Odd"',
    ],
  },
  // Lengths.
  "a length with unprintable characters": {
    respond: says(`${OK}Content-Length: \x1b[31m\x9b2\r\n\r\nok`),
    fails: [
      "protocol",
      "Expected one length of the body from PEER, got [31m 2",
    ],
  },
  "an empty length": {
    respond: says(`${OK}Content-Length:\r\n\r\nok`),
    fails: ["protocol", 'Expected one length of the body from PEER, got ""'],
  },
  "a length of 15 digits": {
    respond: says(`${OK}Content-Length: 999999999999999\r\n\r\nhello`),
    options: hello,
  },
  "a chunk of 16 digits": {
    respond: says(`${chunked}ffffffffffffffff\r\nhello`),
    options: hello,
    fails: [
      "protocol",
      'Expected the size of a chunk of the body from PEER, got "ffffffffffffffff"',
    ],
  },
  "a size of a chunk with unprintable characters": {
    respond: says(`${chunked}\x9b5\x7f\r\nhello\r\n`),
    options: hello,
    fails: [
      "protocol",
      'Expected the size of a chunk of the body from PEER, got "5"',
    ],
  },
  "a chunk that is longer than its size": {
    respond: says(`${chunked}5\r\nhello world\r\n0\r\n\r\n`),
    options: { matches: "^hello" },
    fails: [
      "protocol",
      "Expected a chunk of 5 bytes of the body from PEER, got a longer one",
    ],
  },
  // Codings.
  "20 MB in gzip": { respond: coded("gzip", gzipSync(zeros)), ...zerosSeen },
  "20 MB in br": {
    respond: coded("br", brotliCompressSync(zeros)),
    ...zerosSeen,
  },
  "20 MB in gzip of gzip": {
    respond: coded("gzip, gzip", gzipSync(gzipSync(zeros))),
    ...zerosSeen,
  },
  "six codings": {
    respond: coded("gzip, gzip, gzip, gzip, gzip, gzip", gzipSync(zeros)),
    options: hello,
    fails: ["body", "Expected a body in at most 5 codings, got one in 6"],
  },
  "a coding with the name of an object's property": {
    respond: coded("constructor", gzipSync(zeros)),
    options: hello,
    fails: [
      "body",
      'Expected a body in gzip, deflate, br or no coding, got one in "constructor"',
    ],
  },
  "br that is cut": {
    respond: coded(
      "br",
      brotliCompressSync(bytesOf("hello".repeat(9))).slice(0, -1),
    ),
    options: { matches: "^hello" },
    fails: ["body", "Expected a body in br, got one that is not"],
  },
  "bytes behind what is coded": {
    respond: coded(
      "br",
      Uint8Array.of(...brotliCompressSync(bytesOf("hello")), 1, 2),
    ),
    options: { matches: "^hello$" },
  },
};
