import { connect as connectTcp, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import {
  type ConnectionOptions,
  INFO,
  type Transport,
} from "@nats-io/transport-node";
import type { ClusterTls } from "../value.ts";
import type { ServerAddress } from "./server.ts";

/** What a connection of the client is made with, besides its own options. */
export interface TransportSettings {
  readonly server: ServerAddress;
  readonly tls: ClusterTls | undefined;
  /** The connection has begun. */
  onStart(transport: SocketTransport): void;
  /** All that has come was read, and there is no more. */
  onEnd(error: Error | undefined): void;
}

/** Options of the client, which hands them to its transport. */
export interface TransportOptions extends ConnectionOptions {
  readonly lifesign: TransportSettings;
}

/**
 * A TCP or TLS connection for the client of NATS. The client's own one resolves
 * names, so permissions for a name do not suffice, verifies certificates of the
 * configured servers for no name, and leaves sockets behind that do not connect.
 */
export class SocketTransport implements Transport {
  readonly lang = "nats.js";
  readonly version = "3";
  #tcp: Socket | null = null;
  /** The one that is read and written: that of TCP, or TLS over it. */
  #socket: Socket | null = null;
  #settings: TransportSettings | null = null;
  #isEncrypted = false;
  #isReading = false;
  #isClosed = false;
  #error: Error | undefined;
  #chunks: Uint8Array[] = [];
  #wake = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<void | Error>();

  get isClosed(): boolean {
    return this.#isClosed;
  }

  get closeError(): Error {
    // The interface has it optional, which a getter cannot be.
    return this.#error as Error;
  }

  async connect(_: unknown, options: ConnectionOptions): Promise<void> {
    const settings = (options as TransportOptions).lifesign;
    this.#settings = settings;
    settings.onStart(this);
    if (this.#isClosed) throw new Error("Closed");
    const { server, tls } = settings;
    const { hostname, port } = server;
    const tcp = this.#tcp = this.#socket = connectTcp({ host: hostname, port });
    tcp.setNoDelay(true);
    await ready(tcp, "connect");
    const [bytes, info] = await readInfo(tcp);
    const demands = info.tls_required === true;
    if (server.secure || tls !== undefined || demands) {
      if (!demands && info.tls_available !== true) {
        throw new Error("the server does not speak TLS");
      }
      const socket = this.#socket = connectTls({
        socket: tcp,
        host: hostname,
        // SNI has only names (RFC 6066, section 3).
        servername: isIP(hostname) === 0 ? hostname : "",
        // `undefined` means those of the system, which takes a permission.
        ca: tls?.ca ?? "",
        ...(tls?.cert !== undefined && { cert: tls.cert }),
        ...(tls?.key !== undefined && { key: tls.key }),
        rejectUnauthorized: true,
      });
      this.#isEncrypted = true;
      await ready(socket, "secureConnect");
    }
    this.#listen(bytes);
  }

  async *[Symbol.asyncIterator](): AsyncIterableIterator<Uint8Array> {
    this.#isReading = true;
    try {
      while (true) {
        const chunks = this.#chunks;
        this.#chunks = [];
        for (const chunk of chunks) yield chunk;
        if (this.#chunks.length > 0) continue;
        if (this.#isClosed) return;
        await this.#wake.promise;
        this.#wake = Promise.withResolvers();
      }
    } finally {
      this.#end();
    }
  }

  /** How much waits to be sent, in bytes. */
  get pendingBytes(): number {
    return this.#socket?.writableLength ?? 0;
  }

  isEncrypted(): boolean {
    return this.#isEncrypted;
  }

  send(frame: Uint8Array): void {
    if (!this.#isClosed) this.#socket?.write(frame);
  }

  /** Ends it at once, also while it connects. */
  close(error?: Error): Promise<void> {
    this.#close(error);
    return Promise.resolve();
  }

  disconnect(): void {
    this.#close(new Error("The server did not answer in time"));
  }

  discard(): void {
    this.#close();
  }

  closed(): Promise<void | Error> {
    return this.#ended.promise;
  }

  #listen(bytes: Uint8Array): void {
    const socket = this.#socket!;
    this.#chunks.push(bytes);
    socket.on("data", (chunk: Uint8Array) => {
      this.#chunks.push(chunk);
      this.#wake.resolve();
    });
    socket.on("error", (error) => this.#close(error));
    socket.on("end", () => this.#close());
    socket.on("close", () => this.#close());
  }

  #close(error?: Error): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error = error;
    // Whatever it says after this is nobody's concern.
    this.#socket?.on("error", () => {});
    this.#socket?.destroy();
    this.#tcp?.destroy();
    this.#wake.resolve();
    if (!this.#isReading) this.#end();
  }

  #end(): void {
    this.#settings?.onEnd(this.#error);
    this.#ended.resolve(this.#error);
  }
}

/** Waits for an event of a socket; rejects if it closes before that. */
function ready(
  socket: Socket,
  event: "connect" | "secureConnect",
): Promise<void> {
  return new Promise((resolve, reject) => {
    let fault: Error = new Error("The server has closed the connection");
    const onError = (error: Error): void => {
      fault = error;
      reject(error);
    };
    const onClose = (): void => reject(fault);
    socket.on("error", onError);
    socket.once("close", onClose);
    socket.once(event, () => {
      socket.off("close", onClose);
      resolve();
    });
  });
}

interface Info {
  readonly tls_required?: unknown;
  readonly tls_available?: unknown;
}

/** The most that is read of a server that does not say what it is. */
const MAX_INFO_BYTES = 1 << 20;

/** Reads the first line, by which the server says what it is. */
function readInfo(socket: Socket): Promise<[Uint8Array, Info]> {
  return new Promise((resolve, reject) => {
    let text = "";
    const decoder = new TextDecoder();
    const end = (): void => {
      socket.off("data", onData);
      socket.off("end", onEnd);
      socket.off("close", onEnd);
    };
    const onEnd = (): void => {
      end();
      reject(new Error("The server has closed the connection"));
    };
    const onData = (chunk: Uint8Array): void => {
      text += decoder.decode(chunk, { stream: true });
      const isWhole = text.includes("\r\n");
      if (!isWhole && text.length < MAX_INFO_BYTES) return;
      end();
      try {
        const [, json] = INFO.exec(text) ?? [];
        if (json === undefined) throw new SyntaxError("Expected INFO");
        resolve([new TextEncoder().encode(text), JSON.parse(json)]);
      } catch (error) {
        reject(new Error("This is no server of NATS", { cause: error }));
      }
    };
    socket.on("data", onData);
    socket.once("end", onEnd);
    socket.once("close", onEnd);
  });
}
