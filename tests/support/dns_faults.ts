/**
 * Name servers that are at fault in every way there is, by each transport.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { createSocket } from "node:dgram";
import { createServer as createHttps } from "node:https";
import {
  createServer as createTcp,
  type Server as NetServer,
  type Socket,
} from "node:net";
import { createServer as createTls } from "node:tls";
import packet from "dns-packet";
import type { ReasonCode } from "../../src/core/types.ts";
import type { DnsOptions } from "../../src/probes/dns/dns.ts";
import {
  address,
  answering,
  answerTo,
  nameServer,
  type Received,
} from "./name_server.ts";
import { close, closedPort, hang, pem, say, sayForEver } from "./servers.ts";

/** A server that is at fault. */
export interface Fault {
  readonly name: string;
  /** The code of the reason; `null` is that it passes. */
  readonly code: ReasonCode | null;
  /** What the reason says. */
  readonly says?: RegExp;
  /** Whether an attempt goes on to its deadline. */
  readonly isEndless?: boolean;
  /** What else the attempt is made with. */
  readonly options?: Partial<DnsOptions>;
  /** Starts the server. */
  start(): Promise<AsyncDisposable & { readonly port: number }>;
}

const GOOD = { answers: [address()] };
const TRUNCATED = { flags: packet.TRUNCATED_RESPONSE };
const GARBAGE = new TextEncoder().encode("this is no answer, but noise");

/** Makes a fault of a server of datagrams. */
function byUdp(
  name: string,
  code: Fault["code"],
  udp: (query: Received) => unknown,
  more: Partial<Fault> & { tcp?: Parameters<typeof nameServer>[0] } = {},
): Fault {
  return {
    name: `udp: ${name}`,
    code,
    start: () => nameServer({ udp, ...more.tcp }),
    ...more,
  };
}

/** The same answer with another number. */
function renumbered(answer: Uint8Array): Uint8Array {
  const bytes = answer.slice();
  bytes[0] = bytes[0]! ^ 0xff;
  return bytes;
}

/** An answer whose name points to itself. */
function looped(query: Uint8Array): Uint8Array {
  const bytes = answerTo(query, GOOD);
  const { length } = answerTo(query, {});
  bytes[length] = 0xc0;
  bytes[length + 1] = length;
  return bytes;
}

/** An answer to the question of another name. */
function misdirected(query: Uint8Array): Uint8Array {
  const questions = [{ name: "evil.test", type: "A", class: "IN" }];
  return answerTo(query, { ...GOOD, questions });
}

function fromElsewhere({ bytes, from }: Received, then: () => void): void {
  const other = createSocket("udp4");
  const answer = answerTo(bytes, { answers: [address("6.6.6.6")] });
  other.send(answer, from.port, from.address, () => {
    other.close();
    then();
  });
}

const ENDLESS = { isEndless: true };
const UDP: readonly Fault[] = [
  byUdp("silent", "timeout", () => {}, ENDLESS),
  {
    name: "udp: nobody there",
    code: "timeout",
    isEndless: true,
    start: () =>
      Promise.resolve({
        port: closedPort(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  },
  byUdp("garbage", "protocol", ({ reply }) => reply(GARBAGE), {
    ...ENDLESS,
    says: /^Expected an answer of .*, got datagrams that are none: it has/,
  }),
  byUdp("nothing in it", "protocol", ({ reply }) => reply(new Uint8Array()), {
    ...ENDLESS,
  }),
  byUdp("endless", "protocol", ({ reply }) => {
    for (let i = 0; i < 2000; i++) reply(new Uint8Array(1200));
  }, ENDLESS),
  byUdp(
    "a loop in a name",
    "protocol",
    ({ bytes, reply }) => reply(looped(bytes)),
    { ...ENDLESS, says: /a pointer that leads nowhere$/ },
  ),
  byUdp(
    "another number",
    "protocol",
    ({ bytes, reply }) => reply(renumbered(answerTo(bytes, GOOD))),
    { ...ENDLESS, says: /another number$/ },
  ),
  byUdp(
    "another question",
    "protocol",
    ({ bytes, reply }) => reply(misdirected(bytes)),
    { ...ENDLESS, says: /another question$/ },
  ),
  byUdp(
    "another port",
    "timeout",
    (query) => fromElsewhere(query, () => {}),
    ENDLESS,
  ),
  byUdp("the right answer after wrong ones", null, (query) => {
    const { bytes, reply } = query;
    reply(GARBAGE);
    reply(renumbered(answerTo(bytes, { answers: [address("6.6.6.6")] })));
    reply(misdirected(bytes));
    reply(looped(bytes));
    fromElsewhere(query, () => reply(GOOD));
  }),
  byUdp("late", null, ({ reply }) => {
    setTimeout(() => reply(GOOD), 300);
  }),
  byUdp("truncated", null, ({ reply }) => reply(TRUNCATED), {
    tcp: { tcp: answering(GOOD) },
  }),
  byUdp(
    "truncated, and TCP refuses",
    "refused",
    ({ reply }) => reply(TRUNCATED),
    {
      tcp: { tcp: "refuse" },
      says: /^The answer over UDP was truncated, and over TCP: 127.* refused/,
    },
  ),
  byUdp("truncated, and TCP closes", "reset", ({ reply }) => reply(TRUNCATED), {
    tcp: { tcp: close },
  }),
  byUdp(
    "truncated, and TCP is silent",
    "timeout",
    ({ reply }) => reply(TRUNCATED),
    { tcp: { tcp: hang }, ...ENDLESS },
  ),
  byUdp(
    "truncated, and TCP says garbage",
    "protocol",
    ({ reply }) => reply(TRUNCATED),
    { tcp: { tcp: (conn) => say(conn, GARBAGE) } },
  ),
  byUdp(
    "truncated, and TCP says it without an end",
    "protocol",
    ({ reply }) => reply(TRUNCATED),
    { tcp: { tcp: (conn) => sayForEver(conn, "noise") } },
  ),
];

/** A message with its length before it. */
function framed(message: Uint8Array): Uint8Array {
  const { length } = message;
  return Uint8Array.from([length >> 8, length & 0xff, ...message]);
}

/** Says bytes one by one, so many milliseconds apart. */
function trickle(socket: Socket, bytes: Uint8Array, everyMs: number): void {
  let sent = 0;
  const timer = setInterval(() => {
    if (sent < bytes.length) socket.write(bytes.subarray(sent, ++sent));
  }, everyMs);
  socket.on("close", () => clearInterval(timer));
}

function again(socket: Socket, bytes: Uint8Array): void {
  const timer = setInterval(() => {
    while (!socket.writableNeedDrain && !socket.destroyed) socket.write(bytes);
  });
  socket.on("close", () => clearInterval(timer));
}

/** What a server does once it has read a query over TCP or TLS. */
const STREAMS: readonly (
  & Omit<Fault, "start">
  & { with(socket: Socket, query: Uint8Array): unknown }
)[] = [
  { name: "silent", code: "timeout", isEndless: true, with() {} },
  { name: "closes", code: "reset", with: (socket) => socket.end() },
  {
    name: "resets",
    code: "reset",
    with: (socket) => socket.resetAndDestroy(),
  },
  {
    name: "closes in its answer",
    code: "reset",
    with: (socket, query) =>
      socket.end(framed(answerTo(query, GOOD)).subarray(0, 20)),
  },
  {
    name: "garbage",
    code: "protocol",
    says: /does not speak DNS: expected an answer to the query, but it has/,
    with: (socket) => socket.write(GARBAGE),
  },
  {
    name: "a banner",
    code: "protocol",
    with: (socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"),
  },
  {
    name: "endless",
    code: "protocol",
    with: (socket) => again(socket, GARBAGE),
  },
  {
    name: "endless after a good head",
    code: "protocol",
    with(socket, query) {
      socket.write(Uint8Array.from([0xff, 0xff, ...query.subarray(0, 2)]));
      again(socket, new Uint8Array(60_000));
    },
  },
  {
    name: "one byte now and then",
    code: "timeout",
    isEndless: true,
    with: (socket, query) =>
      trickle(socket, framed(answerTo(query, GOOD)), 1000),
  },
  {
    name: "byte by byte",
    code: null,
    with: (socket, query) => trickle(socket, framed(answerTo(query, GOOD)), 1),
  },
  {
    name: "another number",
    code: "protocol",
    with: (socket, query) =>
      socket.write(framed(renumbered(answerTo(query, GOOD)))),
  },
  {
    name: "another question",
    code: "protocol",
    with: (socket, query) => socket.write(framed(misdirected(query))),
  },
  {
    name: "a loop in a name",
    code: "protocol",
    with: (socket, query) => socket.write(framed(looped(query))),
  },
  {
    name: "no message",
    code: "protocol",
    with: (socket) => socket.write(Uint8Array.of(0, 0, 0, 0)),
  },
  {
    name: "late",
    code: null,
    with: (socket, query) => {
      setTimeout(() => socket.write(framed(answerTo(query, GOOD))), 300);
    },
  },
];

async function listening(
  server: NetServer,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

const onStream =
  (behave: (socket: Socket, query: Uint8Array) => unknown) =>
  (socket: Socket): void => {
    let read = Buffer.alloc(0);
    socket.on("error", () => {});
    socket.on("data", (bytes) => {
      read = Buffer.concat([read, bytes as Buffer]);
      if (read.length < 2 || read.length < 2 + read.readUInt16BE(0)) return;
      const query = read.subarray(2);
      read = Buffer.alloc(0);
      behave(socket, query);
    });
  };

const OWN_TLS = { cert: pem.cert, key: pem.key };
const TLS_OPTIONS: Partial<DnsOptions> = {
  transport: "tls",
  server: "localhost",
  address: "127.0.0.1",
  ca: pem.ca,
};

/** A fault in a handshake, or before it. */
function inHandshake(
  name: string,
  code: Fault["code"],
  handle: (socket: Socket) => unknown,
  isEndless = false,
): Fault {
  return {
    name: `tls: ${name} in the handshake`,
    code,
    isEndless,
    options: TLS_OPTIONS,
    start: () => listening(createTcp(handle)),
  };
}

const HANDSHAKES: readonly Fault[] = [
  inHandshake("silent", "timeout", () => {}, true),
  inHandshake("closes", "tls", (socket) => socket.end()),
  inHandshake("garbage", "tls", (socket) => socket.write(GARBAGE)),
  inHandshake("endless", "tls", (socket) => again(socket, GARBAGE)),
];

/** What a server answers to a request. */
const REQUESTS: readonly (
  & Omit<Fault, "start">
  & {
    with(
      response: import("node:http").ServerResponse,
      query: Uint8Array,
    ): unknown;
  }
)[] = [
  { name: "silent", code: "timeout", isEndless: true, with() {} },
  { name: "closes", code: "reset", with: (response) => response.destroy() },
  {
    name: "status 404",
    code: "status",
    says: /^Expected status 200 of https:\/\/.*, got 404$/,
    with: (response) => response.writeHead(404).end(),
  },
  {
    name: "a redirect",
    code: "status",
    with: (response) => response.writeHead(302, { location: "/" }).end(),
  },
  {
    name: "a page",
    code: "protocol",
    says: /^Expected application\/dns-message of .*, got "text\/html"$/,
    with: (response) =>
      response.setHeader("content-type", "text/html").end("<p>"),
  },
  {
    name: "garbage",
    code: "protocol",
    with: (response) => message(response).end(GARBAGE),
  },
  {
    name: "nothing",
    code: "protocol",
    with: (response) => message(response).end(),
  },
  {
    name: "another question",
    code: "protocol",
    with: (response, query) => message(response).end(misdirected(query)),
  },
  {
    name: "endless",
    code: "protocol",
    with: (response) => {
      message(response);
      again(response.socket!, Buffer.from("4\r\naaaa\r\n"));
      response.write("head");
    },
  },
  {
    name: "one byte now and then",
    code: "timeout",
    isEndless: true,
    with: (response, query) => {
      const answer = answerTo(query, GOOD);
      message(response).setHeader("content-length", answer.length);
      response.write(answer.subarray(0, 3));
    },
  },
  {
    name: "well",
    code: null,
    with: (response, query) => message(response).end(answerTo(query, GOOD)),
  },
];

function message(response: import("node:http").ServerResponse) {
  return response.setHeader("content-type", "application/dns-message");
}

/** All of them. */
export const FAULTS: readonly Fault[] = [
  ...UDP,
  ...STREAMS.flatMap((row): Fault[] => [
    {
      ...row,
      name: `tcp: ${row.name}`,
      options: { transport: "tcp" },
      start: () =>
        listening(createTcp({ allowHalfOpen: true }, onStream(row.with))),
    },
    {
      ...row,
      name: `tls: ${row.name}`,
      options: TLS_OPTIONS,
      start: () => listening(createTls(OWN_TLS, onStream(row.with))),
    },
  ]),
  ...HANDSHAKES,
  ...REQUESTS.map((row): Fault => ({
    ...row,
    name: `https: ${row.name}`,
    options: { ...TLS_OPTIONS, transport: "https" },
    start: () =>
      listening(createHttps(OWN_TLS, (request, response) => {
        const parts: Uint8Array[] = [];
        response.on("error", () => {});
        request.on("data", (part) => parts.push(part));
        request.on(
          "end",
          () => row.with(response, Buffer.concat(parts)),
        );
      })),
  })),
  ...["tcp", "tls", "https"].map((transport): Fault => ({
    name: `${transport}: nobody there`,
    code: "refused",
    options: transport === "tcp"
      ? { transport }
      : { ...TLS_OPTIONS, transport: transport as "tls" },
    start: () =>
      Promise.resolve({
        port: closedPort(),
        [Symbol.asyncDispose]: () => Promise.resolve(),
      }),
  })),
];

/** The options of an attempt at the server of a fault. */
export function optionsFor({ options = {} }: Fault, port: number): DnsOptions {
  const base = { name: "shop.test", server: "127.0.0.1", expect: "10.0.0.7" };
  return { ...base, ...options, port };
}
