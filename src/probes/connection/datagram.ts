import type { Socket } from "node:dgram";
import { error } from "../../core/outcome.ts";
import { isGranted } from "../../io/permission_flags.ts";
import { authority, type Endpoint } from "../address.ts";
import { Failure, failure } from "../failure.ts";
import {
  addressesOf,
  type Family,
  isName,
  netPermissions,
} from "./addresses.ts";

/** Datagrams from and to one peer. Nothing is left open once it is disposed of. */
export interface Datagrams extends Disposable {
  /** The address and port of the peer. */
  readonly peer: Endpoint;
  /**
   * Sends a datagram. That it was sent does not mean that it arrived.
   *
   * Rejects with a {@linkcode Failure} if this machine has no way to the peer.
   */
  send(bytes: Uint8Array): Promise<void>;
  /**
   * Waits for a datagram of the peer of which `read` returns something; those of
   * others are ignored. It is the last one, and closes the socket at once: a
   * moment later, the runtime waits for another one already, which takes as much
   * CPU time again.
   *
   * Rejects with the reason of the signal if that aborts, with what `read`
   * throws, if the socket is closed, and if the runtime says that the peer
   * refused a datagram, which Deno does not.
   */
  find<Found>(
    read: (bytes: Uint8Array) => Found | undefined,
    signal: AbortSignal,
  ): Promise<Found>;
}

/** Why nothing is received any longer. Made once: errors are expensive. */
const CLOSED = new Error("The socket is closed");

/** How many datagrams wait to be read; the network may lose any, too. */
const MAX_WAITING = 16;

/** The module of Node, once it is loaded. */
let loading: Promise<typeof import("node:dgram")> | undefined;
let dgram: typeof import("node:dgram") | undefined;

/** Loads what datagrams need; returns nothing if it is loaded. */
export function loadDatagrams(): Promise<unknown> | undefined {
  return dgram === undefined ? loading ??= load() : undefined;
}

async function load(): Promise<typeof import("node:dgram")> {
  try {
    return dgram = await import("node:dgram");
  } catch (cause) {
    const outcome = error({
      code: "unsupported",
      message: "This runtime has no UDP: it has no node:dgram",
    });
    throw new Failure(outcome, { cause });
  }
}

/**
 * The permissions to exchange datagrams with a peer. Where it has a name, its
 * addresses are not known beforehand.
 */
export function datagramPermissions(
  to: Endpoint,
): Deno.PermissionDescriptor[] {
  return [
    ...netPermissions(to, { addresses: "all" }),
    ...(isName(to.hostname)
      ? []
      : [{ name: "net", host: localOf(to).permission } as const]),
  ];
}

/**
 * Opens a socket to a peer: to the first address of a name, of one family if that
 * is given.
 *
 * Rejects if the name has no address, or a permission is missing.
 */
export async function openDatagrams(
  to: Endpoint,
  signal: AbortSignal,
  family?: Family,
): Promise<Datagrams> {
  if (dgram === undefined) await loadDatagrams();
  const [hostname] = isName(to.hostname)
    ? await addressesOf(to, family, signal)
    : [to.hostname];
  signal.throwIfAborted();
  return new DatagramSocket({ hostname: hostname!, port: to.port });
}

/** The local side of datagrams to an address. */
function localOf({ hostname }: Endpoint) {
  return hostname.includes(":")
    ? { type: "udp6", family: 6, any: "::", permission: "[::]:0" } as const
    : {
      type: "udp4",
      family: 4,
      any: "0.0.0.0",
      permission: "0.0.0.0:0",
    } as const;
}

class DatagramSocket implements Datagrams {
  readonly peer: Endpoint;
  readonly #socket: Socket;
  readonly #waiting: Uint8Array[] = [];
  #isClosed = false;
  #error: unknown;
  #wake: (() => void) | undefined;

  constructor(peer: Endpoint) {
    this.peer = peer;
    const { type, family, any } = localOf(peer);
    const socket = dgram!.createSocket({
      type,
      // Addresses only, at once: otherwise a missing permission would be thrown
      // outside of any promise, and end the process.
      lookup: (address, _options, callback) => callback(null, address, family),
    });
    this.#socket = socket;
    socket.on("error", (error) => {
      this.#error ??= error;
      this.#wake?.();
    });
    socket.on("message", (bytes, from) => {
      if (from.port !== peer.port || !isSame(from.address, peer.hostname)) {
        return;
      }
      if (this.#waiting.length < MAX_WAITING) this.#waiting.push(bytes);
      this.#wake?.();
    });
    try {
      socket.bind(0, any);
      if (this.#error !== undefined) throw this.#error;
    } catch (error) {
      socket.close();
      throw error;
    }
  }

  async send(bytes: Uint8Array): Promise<void> {
    const { hostname, port } = this.peer;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#socket.send(
      bytes,
      port,
      hostname,
      (error) => error === null ? resolve() : reject(error),
    );
    try {
      await promise;
    } catch (cause) {
      throw whyUnsent(this.peer, cause);
    }
  }

  find<Found>(
    read: (bytes: Uint8Array) => Found | undefined,
    signal: AbortSignal,
  ): Promise<Found> {
    const { promise, resolve, reject } = Promise.withResolvers<Found>();
    const end = (): void => {
      signal.removeEventListener("abort", settle);
      this.#wake = undefined;
    };
    const settle = (): void => {
      try {
        for (const bytes of this.#waiting.splice(0)) {
          const found = read(bytes);
          if (found === undefined) continue;
          resolve(found);
          end();
          return this.#close();
        }
        signal.throwIfAborted();
        if (this.#error !== undefined) throw this.#error;
      } catch (thrown) {
        reject(thrown);
        end();
      }
    };
    this.#wake = settle;
    signal.addEventListener("abort", settle);
    settle();
    return promise;
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  #close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#error ??= CLOSED;
    this.#waiting.length = 0;
    this.#wake?.();
    this.#socket.close();
  }
}

/** Deno's own error is "UNKNOWN", whatever the reason is. */
function whyUnsent(peer: Endpoint, cause: unknown): unknown {
  const place = authority(peer);
  if ((cause as { code?: unknown }).code !== "UNKNOWN") return cause;
  return isGranted({ name: "net", host: place })
    ? failure(
      "unreachable",
      `Cannot send to ${place}: there may be no route to it`,
    )
    : new Deno.errors.NotCapable(`Requires net access to "${place}"`);
}

/** Whether two addresses are the same one, however they are written. */
function isSame(a: string, b: string): boolean {
  return a === b || canonical(a) === canonical(b);
}

/** An address in one way; that of IPv6 may have a zone, which only we know. */
function canonical(address: string): string {
  return address.includes(":")
    ? new URL(`http://[${address.replace(/%.*/, "")}]`).hostname
    : address;
}
