import { assertEquals } from "@std/assert";
import type { ReasonCode } from "../../../src/core/types.ts";
import { grpc } from "../../../src/probes/grpc/grpc.ts";
import {
  data,
  frame,
  framesServer,
  HEAD,
  headers,
  SERVING,
  SETTINGS,
  trailers,
} from "../../support/grpc.ts";
import { hastyServer } from "../../support/faults.ts";
import {
  assertOutcome,
  assertPass,
  impatient,
  patient,
} from "../../support/outcomes.ts";
import {
  close,
  closedPort,
  hang,
  say,
  type Server,
  tcpServer,
} from "../../support/servers.ts";
import { encodeFields } from "../../../src/probes/grpc/http2/hpack.ts";

const OK = trailers("0");

/** What passes, however it is written. */
const PASSES: Readonly<Record<string, readonly (Uint8Array | string)[]>> = {
  "an answer": [SETTINGS, HEAD, SERVING, OK],
  "informational headers, pings and frames of unknown types": [
    SETTINGS,
    frame(0xbe, 0, 0, [1, 2, 3]),
    frame(6, 0, 0, Array(8).fill(7)),
    headers([[":status", "103"]]),
    frame(8, 0, 0, [0, 0, 1, 0]),
    HEAD,
    SERVING,
    OK,
  ],
  "a message in several frames, which are padded": [
    SETTINGS,
    HEAD,
    frame(0, 0, 1, [0, 0]),
    frame(0, 8, 1, [3, 0, 0, 2, 9, 9, 9]),
    frame(0, 0, 1),
    frame(0, 0, 1, [8, 1]),
    OK,
  ],
  "headers in several frames, with a priority and padding": [
    SETTINGS,
    frame(1, 8 | 32, 1, [
      2,
      0,
      0,
      0,
      0,
      9,
      ...encodeFields([[":status", "200"]]),
      0,
      0,
    ]),
    frame(9, 0, 1),
    frame(9, 4, 1, encodeFields([["content-type", "application/grpc+proto"]])),
    SERVING,
    OK,
  ],
  "a GOAWAY that lets the request be answered": [
    SETTINGS,
    frame(7, 0, 0, [0x7f, 255, 255, 255, 0, 0, 0, 0]),
    HEAD,
    SERVING,
    OK,
  ],
  "unknown fields in the message": [
    SETTINGS,
    HEAD,
    data([0x12, 2, 8, 2, 8, 1, 0x18, 7]),
    OK,
  ],
};

for (const [what, bytes] of Object.entries(PASSES)) {
  Deno.test(`grpc() passes with ${what}`, async () => {
    await using server = framesServer(bytes);
    assertPass(await grpc({ port: server.port })(patient()), {
      grpcStatus: 0,
      servingStatus: "SERVING",
    });
  });
}

/** What fails; `PEER` stands for the server. */
const FAILS: Readonly<
  Record<string, [readonly (Uint8Array | string)[], ReasonCode, string]>
> = {
  "a status without a message": [
    [SETTINGS, HEAD, OK],
    "protocol",
    "Expected a message with status 0 OK, got none",
  ],
  "the status 0 alone": [
    [SETTINGS, trailers("0")],
    "protocol",
    "Expected a message with status 0 OK, got none",
  ],
  "a part of a message": [
    [SETTINGS, HEAD, frame(0, 0, 1, [0, 0, 0, 0, 9, 8]), OK],
    "protocol",
    "Expected a message with status 0 OK, got a part of one",
  ],
  "a message without a status": [
    [SETTINGS, HEAD, data([8, 1], true)],
    "protocol",
    "Expected an answer with a status (grpc-status), got none",
  ],
  "trailers without a status": [
    [SETTINGS, HEAD, SERVING, headers([["x", "y"]], true)],
    "protocol",
    "Expected an answer with a status (grpc-status), got none",
  ],
  "a status that is no number": [
    [SETTINGS, HEAD, SERVING, trailers("zero")],
    "protocol",
    'Expected an answer with a status (grpc-status), got "zero"',
  ],
  "an error after the message": [
    [SETTINGS, HEAD, SERVING, trailers("13", "100%25 of %zz%0A%1b[1m%")],
    "status",
    'Expected SERVING, got status 13 INTERNAL: "100% of %zz [1m%"',
  ],
  "a status of its own": [
    [SETTINGS, trailers("99", "x".repeat(999))],
    "status",
    `Expected SERVING, got status 99 (unknown): "${"x".repeat(79)}…"`,
  ],
  "DEADLINE_EXCEEDED": [
    [SETTINGS, trailers("4")],
    "status",
    "Expected SERVING, got status 4 DEADLINE_EXCEEDED",
  ],
  "PERMISSION_DENIED": [
    [SETTINGS, trailers("7", "no")],
    "status",
    'Expected SERVING, got status 7 PERMISSION_DENIED: "no"',
  ],
  "UNAVAILABLE": [
    [SETTINGS, trailers("14", "")],
    "status",
    "Expected SERVING, got status 14 UNAVAILABLE",
  ],
  "SERVICE_UNKNOWN": [
    [SETTINGS, HEAD, data([8, 3]), OK],
    "status",
    "Expected SERVING, got SERVICE_UNKNOWN",
  ],
  "no serving status": [
    [SETTINGS, HEAD, data([]), OK],
    "status",
    "Expected SERVING, got UNKNOWN",
  ],
  "a serving status of the future": [
    [SETTINGS, HEAD, data([8, 7]), OK],
    "status",
    "Expected SERVING, got 7",
  ],
  "another message": [
    [SETTINGS, HEAD, data([0x0e, 1]), OK],
    "protocol",
    "Expected a HealthCheckResponse, got another message",
  ],
  "a compressed message": [
    [SETTINGS, HEAD, frame(0, 0, 1, [1, 0, 0, 0, 2, 8, 1]), OK],
    "protocol",
    "Expected one short message, got one that is compressed",
  ],
  "no message but text": [
    [SETTINGS, HEAD, frame(0, 0, 1, [60, 104, 116, 109, 108, 62])],
    "protocol",
    "Expected one short message, got other bytes",
  ],
  "a message that is too long": [
    [SETTINGS, HEAD, frame(0, 0, 1, [0, 1, 0, 0, 0])],
    "protocol",
    "Expected one short message, got one of 16777216 bytes, which is too long",
  ],
  "two messages": [
    [SETTINGS, HEAD, SERVING, SERVING, OK],
    "protocol",
    "Expected one short message, got more than one",
  ],
  "the HTTP status 503": [
    [SETTINGS, headers([[":status", "503"], ["content-type", "text/html"]])],
    "status",
    "Expected SERVING, got HTTP status 503, which means 14 UNAVAILABLE",
  ],
  "the HTTP status 418": [
    [SETTINGS, headers([[":status", "418"]], true)],
    "status",
    "Expected SERVING, got HTTP status 418, which means 2 UNKNOWN",
  ],
  "a status of gRPC with the HTTP status 401": [
    [
      SETTINGS,
      headers([[":status", "401"], ["grpc-status", "16"]], true),
    ],
    "status",
    "Expected SERVING, got status 16 UNAUTHENTICATED",
  ],
  "a page": [
    [SETTINGS, headers([[":status", "200"], ["content-type", "text/html"]])],
    "protocol",
    'Expected an answer of application/grpc, got "text/html"',
  ],
  "gRPC-Web": [
    [
      SETTINGS,
      headers([[":status", "200"], ["content-type", "application/grpc-web"]]),
    ],
    "protocol",
    'Expected an answer of application/grpc, got "application/grpc-web"',
  ],
  "no content-type": [
    [SETTINGS, headers([[":status", "200"]])],
    "protocol",
    "Expected an answer of application/grpc, got one without a content-type",
  ],
  "HTTP/1.1": [
    ["HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"],
    "protocol",
    'PEER speaks HTTP/1: expected gRPC, got "HTTP/1.1 400 Bad Request"',
  ],
  "an alert of TLS": [
    ["\x15\x03\x03\0\x02\x02\x32"],
    "protocol",
    "PEER speaks TLS: expected tls: true",
  ],
  "another protocol": [
    ["220 mail.example ESMTP\r\n"],
    "protocol",
    'PEER does not speak HTTP/2: expected gRPC, got "220 mail.example ESMTP"',
  ],
  "frames without settings": [
    [HEAD, SERVING, OK],
    "protocol",
    "PEER does not speak HTTP/2: expected gRPC, got ",
  ],
  "an answer on another stream": [
    [SETTINGS, frame(1, 5, 3, encodeFields([[":status", "200"]]))],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got an answer on stream 3",
  ],
  "a body without headers": [
    [SETTINGS, SERVING],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got a body without headers",
  ],
  "a pushed request": [
    [SETTINGS, frame(5, 4, 1, [0, 0, 0, 2, 0x82])],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got a request of its own",
  ],
  "headers that are no trailers": [
    [SETTINGS, HEAD, SERVING, HEAD],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got more headers",
  ],
  "a part of headers, and then a message": [
    [SETTINGS, frame(1, 0, 1, [0x88]), SERVING],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got frames out of order",
  ],
  "a rest of no headers": [
    [SETTINGS, frame(9, 4, 1, [0x88])],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got frames out of order",
  ],
  "headers that cannot be decoded": [
    [SETTINGS, frame(1, 4, 1, [0xff, 0xff])],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got invalid headers: Headers are cut off",
  ],
  "more padding than there is": [
    [SETTINGS, HEAD, frame(0, 8, 1, [9, 0])],
    "protocol",
    "PEER broke HTTP/2: expected an answer, got a frame that is cut off",
  ],
  "a frame that is too large": [
    [SETTINGS, Uint8Array.of(0, 64, 1, 0, 0, 0, 0, 0, 1)],
    "protocol",
    "PEER sent a frame of 16385 bytes: expected 16384 at most",
  ],
  "RST_STREAM": [
    [SETTINGS, frame(3, 0, 1, [0, 0, 0, 7])],
    "reset",
    "PEER reset the request: REFUSED_STREAM (7)",
  ],
  "RST_STREAM in the middle": [
    [SETTINGS, HEAD, SERVING, frame(3, 0, 1, [0, 0, 1, 0])],
    "reset",
    "PEER reset the request: an unknown error (256)",
  ],
  "GOAWAY at once": [
    [
      SETTINGS,
      frame(7, 0, 0, [
        ...[0, 0, 0, 0, 0, 0, 0, 11],
        ...new TextEncoder().encode("too_many\npings"),
      ]),
    ],
    "reset",
    'PEER ended the connection: GOAWAY with ENHANCE_YOUR_CALM (11), "too_many pings"',
  ],
};

for (const [what, [bytes, code, message]] of Object.entries(FAILS)) {
  Deno.test(`grpc() fails with ${what}`, async () => {
    await using server = framesServer(bytes);
    const { authority } = server;
    const line = assertOutcome(
      await grpc({ port: server.port })(patient()),
      ["fail", code],
    );
    const expected = message.replace("PEER", authority);
    assertEquals(
      expected.endsWith(" ") ? line.slice(0, expected.length) : line,
      expected,
    );
  });
}

Deno.test("grpc() says that a server ended the connection within an answer", async () => {
  for (
    const bytes of [[SETTINGS], [SETTINGS, HEAD], [SETTINGS, HEAD, SERVING]]
  ) {
    await using server = framesServer(bytes, close);
    assertOutcome(
      await grpc({ port: server.port })(patient()),
      ["fail", "reset"],
      `${server.authority} closed the connection without a full answer`,
    );
  }
  await using server = framesServer([
    SETTINGS,
    frame(7, 0, 0, [0, 0, 0, 1, 0, 0, 0, 2]),
  ], close);
  assertOutcome(
    await grpc({ port: server.port })(patient()),
    ["fail", "reset"],
    `${server.authority} ended the connection: GOAWAY with INTERNAL_ERROR (2)`,
  );
});

Deno.test("grpc() fails where nobody answers", async () => {
  const port = closedPort();
  assertOutcome(
    await grpc({ port })(patient()),
    ["fail", "refused"],
    `127.0.0.1:${port} refused the connection`,
  );
  await using hasty = await hastyServer();
  assertOutcome(await grpc({ port: hasty.port })(patient()), ["fail", "reset"]);
  for (const server of [tcpServer(close), framesServer([], close)]) {
    assertOutcome(
      await grpc({ port: server.port })(patient()),
      ["fail", "reset"],
      `${server.authority} closed the connection without an answer: it may want TLS`,
    );
    await server[Symbol.asyncDispose]();
  }
});

/** Sends bytes one at a time. */
async function trickle(conn: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (const byte of bytes) {
    await say(conn, Uint8Array.of(byte));
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
}

/** Servers that never end an answer, and what is known at the deadline. */
const ENDLESS: Readonly<
  Record<string, [() => Server, ReasonCode, RegExp]>
> = {
  "silence": [
    () => tcpServer(hang),
    "timeout",
    /while waiting for the answer$/,
  ],
  "settings, and then silence": [
    () => framesServer([SETTINGS]),
    "timeout",
    /while waiting for the answer$/,
  ],
  "a message, and then silence": [
    () => framesServer([SETTINGS, HEAD, SERVING]),
    "timeout",
    /while waiting for the status after the message$/,
  ],
  "one byte after the other": [
    () => framesServer([], (conn) => trickle(conn, SETTINGS)),
    "timeout",
    /while waiting for the answer$/,
  ],
  "the beginning of another protocol": [
    () => framesServer(["HTTP/1"]),
    "protocol",
    /speaks HTTP\/1: expected gRPC, got "HTTP\/1"$/,
  ],
};

for (const [what, [serve, code, message]] of Object.entries(ENDLESS)) {
  Deno.test(`grpc() ends at its deadline with ${what}`, async () => {
    await using server = serve();
    assertOutcome(
      await grpc({ port: server.port })(impatient()),
      ["fail", code],
      message,
    );
  });
}

/** Floods, and what ends them. */
const FLOODS: Readonly<Record<string, [Uint8Array[], Uint8Array, RegExp]>> = {
  "garbage": [[], new TextEncoder().encode("\xffgarbage"), /does not speak/],
  "CONTINUATION": [
    [SETTINGS, frame(1, 0, 1, [0x88])],
    frame(9, 0, 1, encodeFields([["x", "y".repeat(9000)]])),
    /sent more than 1 MiB without a full answer$/,
  ],
  "empty CONTINUATION": [
    [SETTINGS, frame(1, 0, 1, [0x88])],
    frame(9, 0, 1),
    /sent more than 1 MiB without a full answer$/,
  ],
  "pings": [
    [SETTINGS],
    frame(6, 0, 0, Array(8).fill(1)),
    /sent more than 1 MiB without a full answer$/,
  ],
  "settings": [[SETTINGS], SETTINGS, /sent more than 1 MiB/],
  "empty parts of a body": [
    [SETTINGS, HEAD],
    frame(0, 0, 1),
    /sent more than 1 MiB without a full answer$/,
  ],
  "messages": [[SETTINGS, HEAD], SERVING, /got more than one$/],
  "informational headers": [
    [SETTINGS],
    headers([[":status", "103"]]),
    /sent more than 1 MiB without a full answer$/,
  ],
};

for (const [what, [first, again, message]] of Object.entries(FLOODS)) {
  Deno.test(`grpc() ends a flood of ${what}`, async () => {
    const many = repeated(again, Math.ceil(4096 / again.length));
    await using server = framesServer(first, async (conn) => {
      while (true) await say(conn, many);
    });
    assertOutcome(
      await grpc({ port: server.port })(patient()),
      ["fail", "protocol"],
      message,
    );
  });
}

function repeated(bytes: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}
