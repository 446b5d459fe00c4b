import { enterStage } from "../../core/stage.ts";
import { authority, type Endpoint } from "../address.ts";
import { connect } from "../connection/connect.ts";
import { type Connection, isClosedByPeer } from "../connection/connection.ts";
import { failure } from "../failure.ts";
import type { Security } from "../tcp/security.ts";
import type { Answered, Asker } from "./ask.ts";
import { type Answer, hasNumberOf, type Query, readAnswer } from "./message.ts";
import { Malformed } from "./reader.ts";

/** Asks over TCP. */
export async function askByTcp(
  to: Endpoint,
  query: Query,
  signal: AbortSignal,
): Promise<Answered> {
  using connection = await connectTo(to, signal);
  return { answer: await exchange(connection, authority(to), query, signal) };
}

/** Makes a way to ask over TLS (RFC 7858). */
export function tlsAsker(to: Endpoint, security: Security): Asker {
  return {
    prepare: security.prepare,
    async ask(query, signal) {
      using connection = await security.secure(
        await connectTo(to, signal),
        signal,
      );
      const { lifetime } = connection;
      const answer = await exchange(connection, authority(to), query, signal);
      return { answer, lifetime };
    },
  };
}

async function connectTo(
  to: Endpoint,
  signal: AbortSignal,
): Promise<Connection> {
  try {
    return await connect(to, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw isClosedByPeer(thrown) ? unanswered(authority(to)) : thrown;
  }
}

/** Sends a query over a connection, and reads the answer. */
async function exchange(
  connection: Connection,
  peer: string,
  query: Query,
  signal: AbortSignal,
): Promise<Answer> {
  enterStage(signal, "waiting for an answer");
  try {
    await connection.write(withLength(query.bytes));
    return readAnswer(await readMessage(connection, peer, query), query);
  } catch (thrown) {
    signal.throwIfAborted();
    if (thrown instanceof Malformed) throw noAnswer(peer, thrown.message);
    throw isClosedByPeer(thrown) ? unanswered(peer) : thrown;
  }
}

/** A message with its length before it (RFC 1035, section 4.2.2). */
function withLength(message: Uint8Array): Uint8Array {
  const { length } = message;
  return Uint8Array.from([length >> 8, length & 0xff, ...message]);
}

/** Reads one message. One that does not begin as the answer is not read on. */
async function readMessage(
  connection: Connection,
  peer: string,
  query: Query,
): Promise<Uint8Array> {
  let read = new Uint8Array();
  while (true) {
    if (read.length >= 4 && !hasNumberOf(read.subarray(2), query)) {
      throw new Malformed("it has another number");
    }
    const length = read.length < 2 ? Infinity : read[0]! << 8 | read[1]!;
    if (read.length >= length + 2) return read.subarray(2, length + 2);
    const more = await connection.read();
    if (more === null) throw unanswered(peer);
    const all = new Uint8Array(read.length + more.length);
    all.set(read);
    all.set(more, read.length);
    read = all;
  }
}

function unanswered(peer: string): Error {
  return failure("reset", `${peer} closed the connection without an answer`);
}

/** The failure of a server that sends something else. */
export function noAnswer(peer: string, why: string): Error {
  return failure(
    "protocol",
    `${peer} does not speak DNS: expected an answer to the query, but ${why}`,
  );
}
