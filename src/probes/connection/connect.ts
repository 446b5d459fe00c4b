import { enterStage } from "../../core/stage.ts";
import { sleep } from "../../io/sleep.ts";
import type { Endpoint } from "../address.ts";
import { failure } from "../failure.ts";
import { addressesOf, type Family, isName, lookUp } from "./addresses.ts";
import type { Connection } from "./connection.ts";
import { connectByNode } from "./node.ts";

/** Where to connect to: a host and a port, or the path of a Unix socket. */
export type Destination = Endpoint | { readonly path: string };

/** The bytes that are read at once at first, and when much comes. */
const SMALL_READ = 4096;
const LARGE_READ = 65536;

/** After this time, it is found out whether the name or the connection is slow. */
const SLOW_MS = 300;

/**
 * Connects over TCP or to a Unix socket: by `Deno.connect`, or by `node:net` in
 * other runtimes. All addresses of a name are tried, as
 * RFC 8305 has it. The connection closes when the signal aborts.
 */
export async function connect(
  to: Destination,
  signal: AbortSignal,
  family?: Family,
): Promise<Connection> {
  signal.throwIfAborted();
  if (family !== undefined && !("path" in to)) {
    const addresses = await addressesOf(to, family, signal);
    enterStage(signal, "connecting");
    const conn = await connectToAny(addresses, to.port, signal);
    return new DenoConnection(conn, signal);
  }
  enterStage(signal, "connecting");
  if (!("Deno" in globalThis)) return await connectByNode(to, signal);
  if ("path" in to) {
    return new DenoConnection(await connectToSocket(to.path), signal);
  }
  using _ = isName(to.hostname) ? tellSlowLookup(to, signal) : undefined;
  return new DenoConnection(await dial(to, signal), signal);
}

/** Connects, unless the signal aborts. */
async function dial(
  { hostname, port }: Endpoint,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  // `Deno.connect` asks it at the end, and would forget a connection that was
  // made just before the signal aborted.
  controller.signal.throwIfAborted = () => {};
  signal.addEventListener("abort", abort);
  if (signal.aborted) abort();
  let conn: Deno.TcpConn;
  try {
    conn = await Deno.connect({ hostname, port, signal: controller.signal });
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    signal.removeEventListener("abort", abort);
  }
  if (signal.aborted) conn.close();
  signal.throwIfAborted();
  return withoutDelay(conn);
}

/** Lets small writes not wait for an acknowledgement (Nagle's algorithm). */
function withoutDelay(conn: Deno.TcpConn): Deno.TcpConn {
  try {
    conn.setNoDelay(true);
  } catch {
    // The peer has reset the connection: what reads or writes next says so.
  }
  return conn;
}

async function connectToSocket(path: string): Promise<Deno.Conn> {
  try {
    return await Deno.connect({ transport: "unix", path });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    throw failure(
      "refused",
      `${path} refused the connection: there is no such file`,
    );
  }
}

/**
 * Enters the stage in which a connection is slow: `Deno.connect` does not tell
 * whether it looks up the name or waits for the peer. So the name is looked up
 * once more, but only if it takes long.
 */
function tellSlowLookup(to: Endpoint, signal: AbortSignal): Disposable {
  const over = new AbortController();
  void (async () => {
    await sleep(SLOW_MS, over.signal);
    if (over.signal.aborted || signal.aborted) return;
    enterStage(signal, "looking up the name");
    try {
      await lookUp(to);
    } catch {
      return; // `Deno.connect` says what is wrong.
    }
    if (!over.signal.aborted) enterStage(signal, "connecting");
  })();
  return { [Symbol.dispose]: () => over.abort() };
}

/**
 * Connects to the first of the addresses that accepts a connection. The next one
 * is tried after a quarter of a second, or once one has failed (RFC 8305,
 * section 5).
 */
async function connectToAny(
  addresses: readonly string[],
  port: number,
  signal: AbortSignal,
): Promise<Deno.TcpConn> {
  const over = new AbortController();
  const both = AbortSignal.any([signal, over.signal]);
  const dialOne = async (hostname: string): Promise<Deno.TcpConn> => {
    const conn = await dial({ hostname, port }, both);
    // Another one was first.
    if (both.aborted) conn.close();
    both.throwIfAborted();
    over.abort();
    return conn;
  };
  const dials: Promise<Deno.TcpConn>[] = [];
  for (const hostname of addresses) {
    const dialing = dialOne(hostname);
    dials.push(dialing);
    await Promise.race([dialing.catch(() => {}), sleep(250, both)]);
    if (both.aborted) break;
  }
  try {
    return await Promise.any(dials);
  } catch (error) {
    signal.throwIfAborted();
    throw error instanceof AggregateError ? error.errors[0] : error;
  }
}

class DenoConnection implements Connection {
  readonly #conn: Deno.Conn;
  #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.close();
  #isOpen = true;
  #buffer: Uint8Array<ArrayBuffer> | undefined;

  constructor(conn: Deno.Conn, signal: AbortSignal) {
    this.#conn = conn;
    this.follow(signal);
    signal.throwIfAborted();
  }

  follow(signal: AbortSignal | undefined): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#signal = signal;
    signal?.addEventListener("abort", this.#onAbort);
    if (signal?.aborted) this.close();
  }

  async read(): Promise<Uint8Array | null> {
    const buffer = this.#buffer ??= new Uint8Array(SMALL_READ);
    this.#buffer = undefined;
    const length = await this.#conn.read(buffer);
    if (length === null) return null;
    if (length === buffer.length) this.#buffer = new Uint8Array(LARGE_READ);
    return buffer.subarray(0, length);
  }

  async write(bytes: Uint8Array): Promise<void> {
    for (let sent = 0; sent < bytes.length;) {
      sent += await this.#conn.write(bytes.subarray(sent));
    }
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.follow(undefined);
    this.#conn.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}
