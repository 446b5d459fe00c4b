/** A connection to a peer, in bytes. It is closed when it is disposed of. */
export interface Connection extends Disposable {
  /** Reads what comes next; `null` after the peer has ended its side. */
  read(): Promise<Uint8Array | null>;
  /** Sends bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes it when this signal aborts, and no longer when another one does. */
  follow(signal: AbortSignal | undefined): void;
  /** Closes it. What is being read or written rejects. */
  close(): void;
}

/**
 * Whether an error means that the peer has closed the connection. It may do so
 * in order, or by a reset, of which chance decides whether and where we see it:
 * so both are the same here.
 */
export function isClosedByPeer(thrown: unknown): boolean {
  const { name, code } = thrown as { name?: unknown; code?: unknown };
  return CLOSINGS.has(String(name)) || CLOSINGS.has(String(code));
}

/** The names of errors of Deno, and the codes of those of Node. */
const CLOSINGS: ReadonlySet<string> = new Set([
  "ConnectionReset",
  "ConnectionAborted",
  "BrokenPipe",
  "NotConnected",
  "UnexpectedEof",
  "ECONNRESET",
  "ECONNABORTED",
  "EPIPE",
  "ENOTCONN",
]);
