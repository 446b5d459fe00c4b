import { deadlines, type Timed } from "../../io/deadlines.ts";
import type { TlsConnection } from "./tls.ts";
import { isClosedByPeer } from "./connection.ts";

/** How long a server may take to say that it refuses a handshake. */
const MAX_WAIT_MS = 1000;

/**
 * Ends TLS in order, and waits for an answer. In TLS 1.3, a client has finished
 * its handshake before a server can refuse it for want of a client certificate,
 * and so hears of it only here. A server that has not refused ends its side at
 * once; few keep silent.
 *
 * Rejects with what the server has against the handshake.
 */
export async function sayFarewell(secured: TlsConnection): Promise<void> {
  const { promise: silence, resolve } = Promise.withResolvers<void>();
  const wait: Timed = {
    timeoutMs: MAX_WAIT_MS,
    startedAt: 0,
    lateMs: 0,
    extendedUntil: 0,
    place: -1,
    onTimeout: resolve,
  };
  const answer = secured.read();
  // What it rejects with later comes of our closing the connection.
  answer.catch(() => {});
  secured.socket.end();
  deadlines.add(wait);
  try {
    await Promise.race([answer, silence]);
  } catch (thrown) {
    // The handshake was well, and closing is what we have asked for.
    if (!isClosedByPeer(thrown)) throw thrown;
  } finally {
    deadlines.delete(wait);
  }
}
