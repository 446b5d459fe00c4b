import type { Socket } from "node:net";
import { error } from "../../core/outcome.ts";
import type { Endpoint } from "../address.ts";
import { Failure } from "../failure.ts";
import type { Connection } from "./connection.ts";

/**
 * Connects by `node:net`, in runtimes other than Deno. The connection closes when
 * the signal aborts.
 *
 * Rejects with a {@linkcode Failure} if the runtime has no `node:net`.
 */
export async function connectByNode(
  to: Endpoint | { readonly path: string },
  signal: AbortSignal,
): Promise<Connection> {
  const net = await loadNet();
  signal.throwIfAborted();
  const socket = net.connect({
    ...("path" in to ? to : { host: to.hostname, port: to.port }),
    noDelay: true,
    // The peer may end its side, and still read.
    allowHalfOpen: true,
  });
  const connection = new NodeConnection(socket, signal);
  await connection.opened;
  return connection;
}

async function loadNet(): Promise<typeof import("node:net")> {
  try {
    return await import("node:net");
  } catch (cause) {
    const outcome = error({
      code: "unsupported",
      message: "This runtime cannot connect over TCP: it has no node:net",
    });
    throw new Failure(outcome, { cause });
  }
}

class NodeConnection implements Connection {
  /** Resolves when it is open. */
  readonly opened: Promise<void>;
  readonly #socket: Socket;
  readonly #onAbort = (): void => this.close();
  #signal: AbortSignal | undefined;
  #error: unknown;
  #hasEnded = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket, signal: AbortSignal) {
    this.#socket = socket;
    const end = (error: unknown): void => {
      this.#error ??= error;
      this.#hasEnded = true;
      this.#wake?.();
    };
    socket.on("readable", () => this.#wake?.());
    socket.on("end", () => end(undefined));
    this.opened = new Promise((resolve, reject) => {
      socket.on("connect", resolve);
      socket.on("error", (error) => {
        end(error);
        reject(error);
      });
      socket.on("close", () => {
        end(undefined);
        reject(new Error("The connection was closed"));
      });
    });
    this.opened.catch(() => {});
    this.follow(signal);
  }

  follow(signal: AbortSignal | undefined): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
    if (signal?.aborted) this.close();
  }

  async read(): Promise<Uint8Array | null> {
    while (true) {
      const bytes: Uint8Array | null = this.#socket.read();
      if (bytes !== null) return bytes;
      if (this.#error !== undefined) throw this.#error;
      if (this.#hasEnded) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
  }

  write(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }

  close(): void {
    this.#error ??= new Error("The connection was closed");
    this.follow(undefined);
    this.#socket.destroy();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
