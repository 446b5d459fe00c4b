/**
 * Servers that are at fault in every way in which a WebSocket can be, before
 * and after the handshake.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { createServer, type Socket } from "node:net";
import type { ReasonCode } from "../../src/core/types.ts";
import type { WebSocketOptions } from "../../src/probes/websocket/websocket.ts";

/** A way to be at fault. */
export interface Fault {
  readonly name: string;
  /** Whether it acts as soon as it is connected to. */
  readonly isHasty?: boolean;
  /** What it does, by default when it has read the request. */
  readonly with: (socket: Socket, request: string) => void;
  /** The reason that an attempt has to give; `null` is that it passes. */
  readonly code: ReasonCode | null;
  /** The message, with AT for the host and port. */
  readonly says?: string | RegExp;
  /** Whether an attempt goes on to its deadline. */
  readonly isEndless?: boolean;
}

/** What an attempt at each of them says and expects. */
export const OPTIONS: WebSocketOptions = { send: "ping", expect: "pong" };

/** The answer that opens a WebSocket, with some headers changed. */
export function opening(
  request: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): string {
  const [, key = ""] = /^sec-websocket-key: (.*)\r$/im.exec(request) ?? [];
  const all = {
    Upgrade: "websocket",
    Connection: "Upgrade",
    "Sec-WebSocket-Accept": createHash("sha1")
      .update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64"),
    ...headers,
  };
  const lines = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 101 Switching Protocols\r\n${lines.join("")}\r\n`;
}

/** A frame of a server with a short payload. */
export function frame(
  payload: string | readonly number[],
  first = 0x81,
): Uint8Array {
  const bytes = typeof payload === "string"
    ? new TextEncoder().encode(payload)
    : payload;
  return Uint8Array.of(first, bytes.length, ...bytes);
}

/** A server that listens. */
export interface FaultyServer extends AsyncDisposable {
  readonly port: number;
}

/** Starts a server that is at fault. */
export async function startFault(fault: Fault): Promise<FaultyServer> {
  const sockets = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Whoever asked may be gone at any time, which is no fault of it.
    socket.on("error", () => {});
    if (fault.isHasty) return fault.with(socket, "");
    let head = "";
    socket.on("data", (bytes) => {
      if (head.includes("\r\n\r\n")) return;
      head += bytes;
      if (head.includes("\r\n\r\n")) fault.with(socket, head);
    });
    socket.on("end", () => socket.end());
  });
  await new Promise<void>((resolve, reject) => {
    server.on("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** Says something again and again until the other side has enough. */
function again(
  socket: Socket,
  everyMs: number,
  what: string | Uint8Array,
): void {
  const timer = setInterval(() => {
    if (!socket.writableNeedDrain) socket.write(what);
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}

function answers(answer: string): Fault["with"] {
  return (socket) => socket.write(answer);
}

/** Opens the WebSocket, and then does something. */
function opens(
  then: (socket: Socket) => void = () => {},
  headers?: Readonly<Record<string, string | undefined>>,
): Fault["with"] {
  return (socket, request) => {
    socket.write(opening(request, headers));
    then(socket);
  };
}

function sends(...bytes: (string | Uint8Array)[]): Fault["with"] {
  return opens((socket) => bytes.forEach((each) => socket.write(each)));
}

const BEFORE: readonly Fault[] = [
  {
    name: "it closes at once",
    isHasty: true,
    with: (socket) => socket.end(),
    code: "reset",
    says: "AT closed the connection without an answer",
  },
  {
    name: "it resets at once",
    isHasty: true,
    with: (socket) => socket.resetAndDestroy(),
    code: "reset",
    says: "AT closed the connection without an answer",
  },
  {
    name: "it closes instead of the handshake",
    with: (socket) => socket.end(),
    code: "reset",
    says: "AT closed the connection without an answer",
  },
  {
    name: "it resets instead of the handshake",
    with: (socket) => socket.resetAndDestroy(),
    code: "reset",
    says: "AT closed the connection without an answer",
  },
  {
    name: "it is silent",
    with() {},
    isEndless: true,
    code: "timeout",
    says: "Timed out while waiting for the answer to the handshake",
  },
  {
    name: "it answers one byte after the other",
    with(socket) {
      socket.write("HTTP/1.1 101 Switching Protocols\r\nX-Slow: ");
      again(socket, 5, ".");
    },
    isEndless: true,
    code: "timeout",
    says: "Timed out while waiting for the answer to the handshake",
  },
  {
    name: "it answers when nobody waits for it any longer",
    with: (socket, request) =>
      socket.on("end", () => socket.write(opening(request))),
    isEndless: true,
    code: "timeout",
  },
  {
    name: "it speaks something else",
    isHasty: true,
    with: answers("SSH-2.0-OpenSSH_9.2\r\n"),
    code: "protocol",
    says:
      'AT does not speak HTTP: expected a status line, got "SSH-2.0-OpenSSH_9.2"',
  },
  {
    name: "it sends garbage for ever",
    with: (socket) => again(socket, 0, "\0garbage".repeat(9999)),
    code: "protocol",
    says:
      /^AT does not speak HTTP: expected a status line, got the bytes 00 67/,
  },
  {
    name: "it sends headers for ever",
    with(socket) {
      socket.write("HTTP/1.1 101 Switching Protocols\r\n");
      again(socket, 0, `X-More: ${"x".repeat(9999)}\r\n`);
    },
    code: "protocol",
    says: "Expected headers of at most 300 KiB from AT, got more",
  },
  {
    name: "it speaks TLS",
    with: (socket) => socket.end(Uint8Array.of(21, 3, 1, 0, 2, 2, 70)),
    code: "protocol",
    says: "AT speaks TLS: expected a URL with wss:",
  },
  {
    name: "it knows HTTP, but no WebSockets",
    with: answers("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"),
    code: "status",
    says: "Expected status 101, got 200",
  },
  {
    name: "it has nothing there",
    with: answers("HTTP/1.1 404 Not Found\r\n\r\n"),
    code: "status",
    says: "Expected status 101, got 404",
  },
  {
    name: "it is elsewhere",
    with: answers(
      "HTTP/1.1 301 Moved\r\nLocation: https://x.test/a?token=1\r\n\r\n",
    ),
    code: "status",
    says: "Expected status 101, got 301, a redirect to https://x.test/a",
  },
  {
    name: "it is nowhere else",
    with: answers(
      "HTTP/1.1 302 Found\r\nLocation: javascript:alert(1)\r\n\r\n",
    ),
    code: "status",
    says: "Expected status 101, got 302, a redirect to javascript:",
  },
  {
    name: "it does not say what it upgrades to",
    with: opens(undefined, { Upgrade: undefined }),
    code: "protocol",
    says: 'Expected the header "Upgrade: websocket", got none',
  },
  {
    name: "it upgrades to something else",
    with: opens(undefined, { Upgrade: "h2c" }),
    code: "protocol",
    says: 'Expected the header "Upgrade: websocket", got "h2c"',
  },
  {
    name: "it does not upgrade the connection",
    with: opens(undefined, { Connection: "close" }),
    code: "protocol",
    says: 'Expected the header "Connection: Upgrade", got "close"',
  },
  {
    name: "it does not answer the key",
    with: opens(undefined, { "Sec-WebSocket-Accept": undefined }),
    code: "protocol",
    says: "Expected the Sec-WebSocket-Accept that answers our key, got none",
  },
  {
    name: "it answers another key",
    with: (socket) =>
      socket.write(opening("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n")),
    code: "protocol",
    says:
      'Expected the Sec-WebSocket-Accept that answers our key, got "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="',
  },
  {
    name: "it uses an extension that nobody offered",
    with: opens(undefined, { "Sec-WebSocket-Extensions": "x-zip" }),
    code: "protocol",
    says: 'Expected no extensions, got "x-zip"',
  },
  {
    name: "it chooses a subprotocol that nobody offered",
    with: opens(undefined, { "Sec-WebSocket-Protocol": "chat" }),
    code: "protocol",
    says: 'Expected no subprotocol, got "chat"',
  },
];

/** A frame of which the first two bytes are these. */
function wrong(
  name: string,
  bytes: readonly number[],
  says: string,
): Fault {
  return {
    name,
    with: sends(Uint8Array.from(bytes)),
    code: "protocol",
    says,
  };
}

const AFTER: readonly Fault[] = [
  { name: "it answers as it should", with: sends(frame("pong")), code: null },
  {
    name: "it answers in the packet of the handshake",
    with: (socket, request) =>
      socket.write(`${opening(request)}\x81\x04pong`, "latin1"),
    code: null,
  },
  {
    name: "it answers in a binary message",
    with: sends(frame("pong", 0x82)),
    code: null,
  },
  {
    name: "it answers in fragments, with a ping in between",
    with: sends(frame("po", 0x01), frame("x", 0x89), frame("ng", 0x80)),
    code: null,
  },
  {
    name: "it answers after other messages",
    with: sends(frame("welcome"), frame(""), frame("pong")),
    code: null,
  },
  {
    name: "it answers and resets",
    with: opens((socket) =>
      socket.write(frame("pong"), () => socket.resetAndDestroy())
    ),
    code: null,
  },
  {
    name: "it closes after the handshake",
    with: opens((socket) => socket.end()),
    code: "reset",
    says: "Expected a message, but AT closed the connection",
  },
  {
    name: "it resets after the handshake",
    with: (socket, request) =>
      socket.write(
        opening(request),
        // What is not read yet may be lost, and the handshake with it.
        () => setTimeout(() => socket.resetAndDestroy(), 200),
      ),
    code: "reset",
    says: "Expected a message, but AT closed the connection",
  },
  {
    name: "it closes in a message",
    with: opens((socket) => socket.end(Uint8Array.of(0x81, 4, 0x70))),
    code: "reset",
    says: "Expected a message, but AT closed the connection",
  },
  {
    name: "it closes for a reason",
    with: sends(frame([0x03, 0xf0, ...bytesOf("policy")], 0x88)),
    code: "reset",
    says:
      'Expected a message, but AT closed the WebSocket with code 1008 "policy"',
  },
  {
    name: "it closes for no reason",
    with: sends(frame("", 0x88)),
    code: "reset",
    says: "Expected a message, but AT closed the WebSocket with no code",
  },
  {
    name: "it is silent after the handshake",
    with: opens(),
    isEndless: true,
    code: "timeout",
    says: "Timed out while waiting for a message",
  },
  {
    name: "it only pings",
    with: opens((socket) => again(socket, 5, frame("x", 0x89))),
    isEndless: true,
    code: "timeout",
    says: "Timed out while waiting for a message",
  },
  {
    name: "it sends a message one byte after the other",
    with: opens((socket) => {
      socket.write(Uint8Array.of(0x81, 126, 0xff, 0xff));
      again(socket, 5, "x");
    }),
    isEndless: true,
    code: "timeout",
    says: "Timed out while waiting for a message",
  },
  {
    name: "it answers wrongly, and no more",
    with: sends(frame("welcome"), frame("gone")),
    isEndless: true,
    code: "mismatch",
    says: 'Expected an answer with "pong", got "gone"',
  },
  {
    name: "it answers wrongly, and closes",
    with: sends(frame("gone"), frame([0x03, 0xe9], 0x88)),
    code: "mismatch",
    says:
      'Expected an answer with "pong", got "gone", and then it closed the WebSocket with code 1001',
  },
  {
    name: "it answers when nobody waits for a message any longer",
    with: opens((socket) =>
      socket.on("end", () => socket.write(frame("pong")))
    ),
    isEndless: true,
    code: "timeout",
  },
  {
    name: "it sends other messages for ever",
    with: opens((socket) => again(socket, 0, repeated(frame("gone"), 9999))),
    code: "mismatch",
    says:
      'Expected an answer with "pong", got "gone", and then it sent more than 256 KiB',
  },
  {
    name: "it sends a message that never ends",
    with: opens((socket) => {
      socket.write(Uint8Array.of(0x82, 127, 0x7f, ...Array(7).fill(0xff)));
      again(socket, 0, "x".repeat(99_999));
    }),
    code: "mismatch",
    says:
      /^Expected an answer with "pong", got "x+…", and then it sent more than 256 KiB$/,
  },
  {
    name: "it sends fragments for ever",
    with: opens((socket) => {
      socket.write(frame("x", 0x01));
      again(socket, 0, repeated(frame("x", 0x00), 9999));
    }),
    code: "mismatch",
    says: /, and then it sent more than 256 KiB$/,
  },
  {
    name: "it sends empty fragments for ever",
    with: opens((socket) => {
      socket.write(frame("", 0x01));
      again(socket, 0, repeated(frame("", 0x00), 9999));
    }),
    code: "protocol",
    says: "Expected a message, but AT sent more than 256 KiB",
  },
  {
    name: "it pings for ever",
    with: opens((socket) => again(socket, 0, repeated(frame("x", 0x89), 9999))),
    code: "protocol",
    says: "Expected a message, but AT sent more than 256 KiB",
  },
  wrong(
    "it sends garbage after the handshake",
    [0xff, 0xfe, 0xfd, 0xfc],
    "AT sent a frame with reserved bits, which WebSockets do not allow",
  ),
  wrong(
    "it sends a frame of no kind",
    [0x83, 0],
    "AT sent a frame of the unknown kind 3, which WebSockets do not allow",
  ),
  wrong(
    "it masks a frame",
    [0x81, 0x84, 0, 0, 0, 0, ...bytesOf("pong")],
    "AT sent a masked frame, which WebSockets do not allow",
  ),
  wrong(
    "it sends a part of a ping",
    [0x09, 0],
    "AT sent a fragmented control frame, which WebSockets do not allow",
  ),
  wrong(
    "it sends a long ping",
    [0x89, 126, 0, 126],
    "AT sent a long control frame, which WebSockets do not allow",
  ),
  wrong(
    "it sends a frame of a negative length",
    [0x82, 127, 0x80, 0, 0, 0, 0, 0, 0, 0],
    "AT sent a frame with a negative length, which WebSockets do not allow",
  ),
  wrong(
    "it sends the end of no message",
    [0x80, 0],
    "AT sent the end of a message without its beginning",
  ),
  wrong(
    "it sends a message in another",
    [0x01, 0, 0x81, 0],
    "AT sent a message in the middle of another",
  ),
  wrong(
    "it sends text that is no UTF-8",
    [0x81, 2, 0xc3, 0x28],
    "AT sent a text message that is not UTF-8",
  ),
  wrong(
    "it sends text that ends in a character",
    [0x81, 1, 0xc3],
    "AT sent a text message that is not UTF-8",
  ),
];

/** All of them. */
export const FAULTS: readonly Fault[] = [...BEFORE, ...AFTER];

function bytesOf(text: string): number[] {
  return [...new TextEncoder().encode(text)];
}

function repeated(bytes: Uint8Array, times: number): Uint8Array {
  const all = new Uint8Array(bytes.length * times);
  for (let i = 0; i < times; i++) all.set(bytes, i * bytes.length);
  return all;
}
