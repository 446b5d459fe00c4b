import { headers } from "@nats-io/transport-node";
import type { Entry } from "../../../core/cluster/register.ts";
import { deferred } from "../../../io/deferred.ts";
import { sleep } from "../../../io/sleep.ts";
import { ask } from "./api.ts";
import { Backlog } from "./backlog.ts";
import type { Connection } from "./connection.ts";
import { type BucketSettings, BucketStream } from "./stream.ts";
import { type Parse, Values } from "./values.ts";
import { Watch } from "./watch.ts";

/** What a store is made with. */
export interface StoreOptions<V> extends BucketSettings {
  /** Reads a value; what is `undefined` is ignored. */
  readonly parse: Parse<V>;
  /**
   * Watching has begun anew, and these are all records. Without it, the bucket is
   * not watched.
   */
  listed?(entries: readonly Entry<V>[]): void;
  /** A record was seen to change, by whoever; its value is `null` if deleted. */
  changed?(entry: Entry<V>): void;
  /**
   * Of how many keys the newest value is remembered while it cannot be written.
   *
   * @default {200_000}
   */
  readonly maxRemembered?: number;
}

/**
 * What became of a record that was to be written at once.
 *
 * - `written`: the server has it.
 * - `superseded`: a newer value of the key was put before that.
 * - `refused`: it is too large, or the server does not take it; that was reported.
 * - `closed`: the store was closed.
 */
export type Written = "written" | "superseded" | "refused" | "closed";

/** From one attempt to write to the next, in milliseconds. */
const RETRY_MS = 500;

/** From a watch that was lost to the next one, in milliseconds. */
const REWATCH_MS = 250;

/** A write that is tried until it is done. */
interface Urgent {
  readonly done: (written: Written) => void;
}

/**
 * A bucket of records, as JSON. Writes are not compared: who writes last is right. It
 * watches all the time, anew after each connection.
 */
export class Store<V> implements Disposable {
  readonly #connection: Connection;
  readonly #options: StoreOptions<V>;
  readonly #stream: BucketStream;
  readonly #values: Values<V>;
  readonly #backlog: Backlog;
  readonly #urgent = new Map<string, Urgent>();
  readonly #closing = new AbortController();
  readonly #stop: () => void;
  #watch: Watch | null = null;
  #isOpen = false;
  #opened = deferred<void>();
  /** A number for each attempt to open it. */
  #openings = 0;

  constructor(connection: Connection, options: StoreOptions<V>) {
    const { parse, maxRemembered = 200_000 } = options;
    this.#connection = connection;
    this.#options = options;
    this.#stream = new BucketStream(connection, options);
    this.#values = new Values(connection, this.#stream, parse);
    this.#backlog = new Backlog(
      connection,
      this.#stream.prefix,
      maxRemembered,
    );
    this.#stop = connection.onState(() => this.#follow());
    this.#follow();
  }

  /**
   * Writes a record soon, without waiting for it. If there is no connection, or it
   * breaks before the server has read it, the newest value is written later.
   */
  put(key: string, value: V): void {
    if (this.#closing.signal.aborted) return;
    const name = this.#values.nameOf(key);
    if (name === undefined) return;
    this.#supersede(name);
    const payload = JSON.stringify(value);
    if (this.#values.fits(name, payload)) this.#backlog.put(name, payload);
  }

  /** Writes a record, and tries until it is written or superseded. */
  putNow(key: string, value: V): Promise<Written> {
    const name = this.#values.nameOf(key);
    const payload = JSON.stringify(value);
    return name !== undefined && this.#values.fits(name, payload)
      ? this.#insist(name, payload)
      : Promise.resolve("refused");
  }

  /** Deletes a record, and tries until it is deleted or superseded. */
  delete(key: string): Promise<Written> {
    const name = this.#values.nameOf(key);
    return name === undefined
      ? Promise.resolve("refused")
      : this.#insist(name, null);
  }

  /** Ends it. What waits is not written any more. */
  [Symbol.dispose](): void {
    if (this.#closing.signal.aborted) return;
    this.#closing.abort();
    this.#stop();
    this.#shut();
    this.#backlog[Symbol.dispose]();
    for (const { done } of this.#urgent.values()) done("closed");
    this.#urgent.clear();
    this.#opened.resolve();
  }

  #follow(): void {
    if (this.#connection.client === null) this.#shut();
    else if (!this.#isOpen) void this.#open();
  }

  #shut(): void {
    this.#openings++;
    this.#watch?.end();
    this.#watch = null;
    this.#backlog.hold();
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#opened = deferred();
  }

  /** Makes the bucket if need be, writes what waits, and watches. */
  async #open(): Promise<void> {
    const opening = ++this.#openings;
    const isStale = (): boolean =>
      opening !== this.#openings || this.#closing.signal.aborted;
    while (!await this.#stream.ready()) {
      if (isStale()) return;
      await sleep(REWATCH_MS, this.#closing.signal);
      if (isStale()) return;
    }
    if (isStale()) return;
    this.#isOpen = true;
    this.#opened.resolve();
    if (this.#options.listed !== undefined) this.#watch = this.#begin();
    this.#backlog.release();
  }

  #begin(): Watch | null {
    return Watch.begin(this.#connection, this.#stream, {
      listed: (all) => {
        const entries: Entry<V>[] = [];
        for (const stored of all) {
          const found = this.#values.read(stored);
          if (found?.value != null) entries.push(found as Entry<V>);
        }
        this.#options.listed?.(entries);
      },
      changed: (stored) => {
        const found = this.#values.read(stored);
        if (found !== undefined && found.value !== undefined) {
          this.#options.changed?.(found as Entry<V>);
        }
      },
      lost: () => this.#reopen(),
    });
  }

  /** The bucket, or what watches it, is gone. */
  #reopen(): void {
    this.#shut();
    void sleep(REWATCH_MS, this.#closing.signal).then(() => {
      if (!this.#closing.signal.aborted) this.#follow();
    });
  }

  #supersede(name: string): void {
    const urgent = this.#urgent.get(name);
    if (urgent === undefined) return;
    this.#urgent.delete(name);
    urgent.done("superseded");
  }

  #insist(name: string, payload: string | null): Promise<Written> {
    if (this.#closing.signal.aborted) return Promise.resolve("closed");
    this.#supersede(name);
    this.#backlog.forget(name);
    const { promise, resolve } = deferred<Written>();
    const urgent: Urgent = { done: resolve };
    this.#urgent.set(name, urgent);
    void this.#tryUntilDone(name, payload, urgent);
    return promise;
  }

  async #tryUntilDone(
    name: string,
    payload: string | null,
    urgent: Urgent,
  ): Promise<void> {
    const { signal } = this.#closing;
    while (this.#urgent.get(name) === urgent) {
      await this.#opened.promise;
      if (this.#urgent.get(name) !== urgent) return;
      const written = await this.#write(name, payload);
      if (written !== null && this.#urgent.get(name) === urgent) {
        this.#urgent.delete(name);
        return urgent.done(written);
      }
      await sleep(RETRY_MS, signal);
    }
  }

  async #write(name: string, payload: string | null): Promise<Written | null> {
    const deletion = headers();
    deletion.set("KV-Operation", "DEL");
    const reply = await ask(
      this.#connection,
      this.#stream.prefix + name,
      payload ?? "",
      payload === null ? { headers: deletion } : {},
    );
    switch (reply.type) {
      case "done":
        return "written";
      case "refused":
        this.#connection.report(`${this.#stream.name}: ${reply.text}`);
        return "refused";
      case "nobody":
        if (this.#isOpen) this.#reopen();
        return null;
      case "unreachable":
        return null;
      default:
        return reply satisfies never;
    }
  }
}
