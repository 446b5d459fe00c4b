import type { Json } from "../../core/json.ts";
import type { Register, RegisterEvents } from "./loop.ts";

/** Called with what a store has. */
export interface StoreEvents {
  /** Watching has begun anew, and this is all that there is. */
  listed(values: ReadonlyMap<string, unknown>): void;
  /** A value was written, or removed if it is `undefined`. */
  changed(key: string, value: unknown): void;
}

/** A store of values that all agents read. */
export interface Store {
  /** Writes a value, without waiting until it is written. */
  put(key: string, value: Json): void;
  /** Writes a value, and again until it is written. */
  putNow(key: string, value: Json): void;
  /** Removes a value. */
  delete(key: string): void;
  /**
   * Reads all values as they are now, some at a time. If they cannot be read, there
   * are no more of them.
   */
  list(): AsyncIterable<readonly { key: string; value: unknown }[]>;
}

/** The connection of an agent to the cluster's server. */
export interface Link {
  /** Whether the server can be reached. */
  readonly isConnected: boolean;
  /** Since when that is so, in milliseconds of the epoch. */
  readonly since: number;
  /** What is wrong with what it keeps; `null` if nothing is known to be. */
  readonly fault: string | null;
  /** The most bytes that a message may have. */
  readonly maxBytes: number;
  /** Watches a register until the link is closed. */
  register<V>(
    name: string,
    parse: (value: unknown) => V | undefined,
    events: RegisterEvents<V>,
  ): Register<V>;
  /**
   * Opens a store, and watches it if there is who hears of that. Values that nobody
   * writes any more are kept for 30 days, or for `maxAgeMs`.
   */
  store(
    name: string,
    events?: StoreEvents,
    options?: { readonly maxAgeMs?: number },
  ): Store;
  /**
   * Sends a text to who listens now. Returns whether it was sent: it is not while
   * there is no connection.
   */
  publish(what: string, text: string): boolean;
  /** Calls back whenever the server can be reached again. */
  onConnected(listener: () => void): void;
  /** Listens to what other agents publish, as JSON. */
  subscribe(what: string, listener: (value: unknown) => void): void;
  /** Asks another agent, by words; `undefined` if there is no answer in time. */
  request(
    what: readonly string[],
    value: Json,
    timeoutMs: number,
  ): Promise<unknown>;
  /** Answers what other agents ask; not what the answer is `undefined` to. */
  answer(
    what: readonly string[],
    answer: (value: unknown) => Promise<Json | undefined>,
  ): void;
  /** Ends it, within a moment. */
  close(): Promise<void>;
}
