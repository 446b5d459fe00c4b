import { patience } from "../../../io/sleep.ts";
import type { Connection } from "../../connection/connection.ts";
import type { Exchange } from "./exchange.ts";

/** How long the rest of a body is awaited, in milliseconds. */
const REST_MS = 250;

/** A server may redirect to a new host each time. */
const MAX_IDLE = 8;

/** A connection that was kept. */
export interface Kept {
  readonly connection: Connection;
  /** What comes next on it, which is being read already. */
  readonly next: Promise<Uint8Array | null>;
}

/**
 * Connections that wait for another request, one for each server. They are kept
 * only while somebody holds the pool, and while nothing comes: that would be
 * taken for the answer to the next request.
 */
export class Pool {
  readonly #idle = new Map<string, Kept>();
  /** Responses whose rest is being read. */
  readonly #ending = new Set<Exchange>();
  #holders = 0;

  /** Whether connections are kept. */
  get isHeld(): boolean {
    return this.#holders > 0;
  }

  /** Keeps connections until the result is disposed of. */
  hold(): Disposable {
    this.#holders++;
    let isHeld = true;
    return {
      [Symbol.dispose]: () => {
        if (!isHeld) return;
        isHeld = false;
        if (--this.#holders > 0) return;
        for (const { connection } of this.#idle.values()) connection.close();
        this.#idle.clear();
        for (const response of this.#ending) response.close();
      },
    };
  }

  /** Takes the connection to a server, if there is one, for an attempt. */
  take(server: string, signal: AbortSignal): Kept | undefined {
    const kept = this.#idle.get(server);
    this.#idle.delete(server);
    kept?.connection.follow(signal);
    return kept;
  }

  /** Keeps the connection of a response, or closes it. No attempt waits for it. */
  async give(server: string, response: Exchange): Promise<void> {
    let connection: Connection | undefined;
    if (this.isHeld) {
      this.#ending.add(response);
      const reused = response.reuse?.().then((value) => connection = value);
      await patience(Promise.resolve(reused).catch(() => {}), REST_MS);
      this.#ending.delete(response);
    }
    if (connection === undefined || !this.isHeld || this.#idle.has(server)) {
      response.close();
      return;
    }
    connection.follow(undefined);
    this.#keep(server, connection);
    if (this.#idle.size <= MAX_IDLE) return;
    const [[oldest, idle] = []] = this.#idle;
    idle!.connection.close();
    this.#idle.delete(oldest!);
  }

  #keep(server: string, connection: Connection): void {
    const kept = { connection, next: connection.read() };
    this.#idle.set(server, kept);
    const drop = (): void => {
      if (this.#idle.get(server) !== kept) return;
      this.#idle.delete(server);
      connection.close();
    };
    kept.next.then(drop, drop);
  }
}
