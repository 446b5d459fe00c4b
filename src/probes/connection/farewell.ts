import { sleep } from "../../io/sleep.ts";
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
  const over = new AbortController();
  const answer = secured.read();
  // What it rejects with later comes of our closing the connection.
  answer.catch(() => {});
  secured.socket.end();
  try {
    await Promise.race([answer, sleep(MAX_WAIT_MS, over.signal)]);
  } catch (thrown) {
    // The handshake was well, and closing is what we have asked for.
    if (!isClosedByPeer(thrown)) throw thrown;
  } finally {
    // Without a reason, it would make an error.
    over.abort(null);
  }
}
