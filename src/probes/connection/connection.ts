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

/** Whether a peer, or this machine, reset a connection. */
export function isReset(error: unknown): boolean {
  const { name, code } = error as { name?: string; code?: string };
  return name === "ConnectionReset" || name === "ConnectionAborted" ||
    code === "ECONNRESET";
}
