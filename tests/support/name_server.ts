/**
 * A name server that is as well and as badly behaved as a probe may find it. Its
 * messages are made by another implementation than ours.
 *
 * @module
 */

import packet from "dns-packet";
import { Buffer } from "node:buffer";
import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { type Handle, hang, say } from "./servers.ts";

/** A record, in the words of the other implementation. */
export interface SentRecord {
  readonly name: string;
  readonly type: string;
  readonly ttl?: number;
  readonly data: unknown;
}

/** What is answered. */
export interface Sent {
  /** @default {0} NOERROR */
  readonly rcode?: number;
  /** More bits of the head. */
  readonly flags?: number;
  readonly answers?: readonly SentRecord[];
  readonly authorities?: readonly SentRecord[];
  readonly additionals?: readonly unknown[];
  readonly questions?: readonly unknown[];
}

/** A query that came over UDP. */
export interface Received {
  readonly bytes: Uint8Array;
  readonly from: RemoteInfo;
  readonly socket: Socket;
  /** How many came before it. */
  readonly turn: number;
  /** Sends bytes, or an answer to it. */
  reply(what: Sent | Uint8Array): void;
}

/** How a server behaves. It says nothing where nothing is said. */
export interface NameServerOptions {
  readonly udp?: (query: Received) => unknown;
  readonly tcp?: Handle | "refuse";
}

/** A server at one port of UDP and of TCP. */
export interface NameServer extends AsyncDisposable {
  readonly port: number;
  readonly authority: string;
  /** How many queries came over UDP so far. */
  readonly queries: number;
}

/** Reads a message. */
export function decoded(bytes: Uint8Array): ReturnType<typeof packet.decode> {
  return packet.decode(Buffer.from(bytes));
}

/** Makes an answer to a query. */
export function answerTo(query: Uint8Array, sent: Sent): Uint8Array {
  const { id, questions } = decoded(query);
  return Uint8Array.from(packet.encode({
    type: "response",
    id,
    questions,
    ...sent,
    flags: (sent.flags ?? packet.RECURSION_DESIRED) | (sent.rcode ?? 0),
  }));
}

/** Starts a server, which ends with the block. */
export async function nameServer(
  { udp = () => {}, tcp = hang }: NameServerOptions = {},
): Promise<NameServer> {
  const { socket, listener } = await bind();
  let queries = 0;
  socket.on("message", (bytes, from) => {
    const reply = (what: Sent | Uint8Array): void =>
      socket.send(
        what instanceof Uint8Array ? what : answerTo(bytes, what),
        from.port,
        from.address,
      );
    udp({ bytes, from, socket, turn: queries++, reply });
  });
  const conns: Deno.Conn[] = [];
  const handled: Promise<unknown>[] = [];
  if (tcp === "refuse") listener.close();
  const accepting = tcp === "refuse" ? undefined : (async () => {
    for await (const conn of listener) {
      conns.push(conn);
      handled.push((async () => await tcp(conn))().catch(() => {}));
    }
  })();
  const { port } = listener.addr as Deno.NetAddr;
  return {
    port,
    authority: `127.0.0.1:${port}`,
    get queries() {
      return queries;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
      if (accepting !== undefined) listener.close();
      await accepting;
      for (const conn of conns) {
        try {
          conn.close();
        } catch {
          // It is closed already.
        }
      }
      await Promise.all(handled);
    },
  };
}

/** Finds a port that is free for both. */
async function bind(): Promise<{ socket: Socket; listener: Deno.TcpListener }> {
  while (true) {
    const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr as Deno.NetAddr;
    const socket = createSocket("udp4");
    try {
      socket.bind(port, "127.0.0.1");
      await once(socket, "listening");
      return { socket, listener };
    } catch {
      listener.close();
    }
  }
}

/** Reads a query over TCP. */
export async function readQuery(conn: Deno.Conn): Promise<Uint8Array> {
  let read = new Uint8Array();
  const buffer = new Uint8Array(4096);
  while (read.length < 2 || read.length < 2 + (read[0]! << 8 | read[1]!)) {
    const count = await conn.read(buffer);
    if (count === null) throw new Error("It was closed");
    read = Uint8Array.from([...read, ...buffer.subarray(0, count)]);
  }
  return read.subarray(2);
}

/** Answers a query over TCP. */
export function answering(sent: Sent): (conn: Deno.Conn) => Promise<void> {
  return async (conn) => {
    const answer = answerTo(await readQuery(conn), sent);
    const { length } = answer;
    await say(
      conn as Deno.TcpConn,
      Uint8Array.from([length >> 8, length & 0xff, ...answer]),
    );
  };
}

/** A record A of `shop.test`. */
export function address(data = "10.0.0.7", ttl = 300): SentRecord {
  return { name: "shop.test", type: "A", ttl, data };
}
