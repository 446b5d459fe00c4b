import { enterStage } from "../../core/stage.ts";
import { patience } from "../../io/sleep.ts";
import { type Connection, isClosedByPeer } from "../connection/connection.ts";
import { Failure } from "../failure.ts";
import { encodeRequest } from "../http/wire/exchange.ts";
import { ResponseReader } from "../http/wire/framing.ts";
import { type Head, SpeaksTls } from "../http/wire/head.ts";
import { clientFrame, OPCODES } from "./frame.ts";
import {
  chosenProtocol,
  handshakeRequest,
  newKey,
  type Wish,
} from "./handshake.ts";
import type { FrameSource } from "./messages.ts";

/** What is found of a WebSocket, for its details. */
export interface Found {
  /** The status of the answer to the handshake. */
  httpStatus?: number;
  /** Whether the handshake succeeded. */
  upgraded?: boolean;
  /** The subprotocol that the server chose. */
  protocol?: string;
}

/** How long the last frame may take to be sent, in milliseconds. */
const GOODBYE_MS = 100;

/** The code of a close that has no special reason. */
const NORMAL = Uint8Array.of(1000 >> 8, 1000 & 0xff);

/**
 * Makes the handshake over a connection, and returns where frames come from.
 *
 * Rejects with a `Failure` if the peer opens no WebSocket.
 */
export async function shakeHands(
  connection: Connection,
  peer: string,
  wish: Wish,
  found: Found,
  signal: AbortSignal,
): Promise<FrameSource> {
  enterStage(signal, "waiting for the answer to the handshake");
  const key = newKey();
  const hop = { url: wish.url, request: handshakeRequest(wish, key) };
  // A server may answer without reading all of it.
  connection.write(encodeRequest(hop, { keepAlive: true })).catch(() => {});
  const reader = new ResponseReader(connection, peer);
  const head = await headOf(reader, peer);
  found.httpStatus = head.status;
  found.upgraded = false;
  const protocol = await chosenProtocol(head, wish, key);
  found.upgraded = true;
  if (protocol !== undefined) found.protocol = protocol;
  return {
    peer,
    read: () => unlessClosed(reader.next()),
    async write(bytes) {
      await unlessClosed(connection.write(bytes));
    },
  };
}

/** Says that we close, and waits no longer than it takes to send that. */
export async function sayGoodbye({ write }: FrameSource): Promise<void> {
  await patience(write(clientFrame(OPCODES.close, NORMAL)), GOODBYE_MS);
}

async function headOf(reader: ResponseReader, peer: string): Promise<Head> {
  try {
    return await reader.head();
  } catch (thrown) {
    throw thrown instanceof SpeaksTls ? new SpeaksTls(peer, "wss:") : thrown;
  }
}

/** What comes of it, or `null` if the peer has closed the connection. */
async function unlessClosed<T>(promise: Promise<T>): Promise<T | null> {
  try {
    return await promise;
  } catch (thrown) {
    // The reader says it with a failure.
    if (thrown instanceof Failure || isClosedByPeer(thrown)) return null;
    throw thrown;
  }
}
