import type { Answer, Entry, Request } from "../../../core/cluster/register.ts";
import type { Kept } from "../../../fleet/past/kept.ts";
import { monotonicTime } from "../../../io/clock.ts";
import { type Deferred, deferred } from "../../../io/deferred.ts";
import { patience, sleep } from "../../../io/sleep.ts";
import { Others } from "./others.ts";
import { fits, type KeptValue, TERM, TERM_STEP } from "./value.ts";
import { type Change, Writer } from "./writer.ts";

/** Who puts values: the agent that tells. */
export interface KeptTeller {
  /** The revision of the lease of who tells; `null` if that is not known. */
  revision(): number | null;
  /** Whether it is this agent. */
  tells(): boolean;
}

/** What {@linkcode SharedKept} needs. */
export interface SharedKeptOptions {
  /** Sends a request to the bucket, as `src/core/cluster/register.ts` says. */
  readonly send: (
    request: Request<KeptValue>,
    onAnswer: (answer: Answer<KeptValue>) => void,
  ) => void;
  readonly teller: KeptTeller;
  /** Tells the user what is wrong. */
  readonly warn: (message: string) => void;
  readonly onError: (error: unknown) => void;
}

/** From a request that had no answer to the next one, in milliseconds. */
const RETRY_MS = 500;

/** How long it may take to learn what others have put, in milliseconds. */
const CATCH_UP_MS = 5_000;

/** How long the last writes may take, in milliseconds. */
const CLOSE_MS = 2_000;

/**
 * Values in a bucket that all agents have in memory, and that the one puts that
 * tells.
 *
 * An agent that begins to tell has a *term*, a number above all that it knows of,
 * which goes with each value that it writes. Where two have told that did not know
 * of each other, the rule is for each name: a value counts more than a removal, and
 * of two values that of the later term. The later one hears of all that is not its
 * own. Each write is compared and set, so whoever is late sees what is there.
 *
 * While the bucket cannot be reached, the last value of each name is remembered, and
 * written afterwards. If the bucket has lost what it had, the one that told last
 * writes all of it again.
 */
export class SharedKept implements Kept, AsyncDisposable {
  readonly #options: SharedKeptOptions;
  /** What there is, with what is still to be written. */
  readonly #known = new Map<string, string>();
  /** What the bucket has, as far as was seen. */
  readonly #stored = new Map<string, { revision: number; by: number }>();
  readonly #end = new AbortController();
  readonly #writer: Writer;
  readonly #others: Others;
  /** The term of this agent; `null` if it has never told. */
  #term: number | null = null;
  /** The latest term that is known. */
  #latest = 0;
  /** The last one that was seen by watching: all before it was seen, too. */
  #watched = 0;
  #isWritingTerm = false;
  /** Whether it has the list of what the bucket has, and all changes since. */
  #isListed = false;
  /** Resolves once there is a list, or a term was seen. */
  #news: Deferred<void> = deferred();

  constructor(options: SharedKeptOptions) {
    const { send, teller } = options;
    const { signal } = this.#end;
    this.#options = options;
    this.#writer = new Writer({
      send,
      revisionOf: (key) => this.#stored.get(key)?.revision ?? null,
      isReady: () => this.#isListed,
      onWritten: (...args) => this.#noteWritten(...args),
      onConflict: (...args) => this.#isStillMine(...args),
      signal,
    });
    this.#others = new Others(() => teller.tells(), signal);
  }

  /** Begins to watch the bucket. */
  open(): void {
    void this.#list();
  }

  list(prefix: string): [name: string, value: string][] {
    return [...this.#known].filter(([name]) => name.startsWith(prefix));
  }

  /**
   * Puts a value. An agent that tells no more may still put what came of what it did
   * before, as far as the next one has not put or removed it.
   */
  put(name: string, value: string | null): void {
    const by = this.#term;
    if (by === null) {
      const error = new Error(`Expected the agent that tells to put ${name}`);
      this.#options.onError(error);
      return;
    }
    if ((this.#known.get(name) ?? null) === value) return;
    const stored = this.#stored.get(name);
    // What is not there may have been removed.
    if (by < this.#latest && (stored === undefined || by < stored.by)) return;
    if (value !== null && !fits({ by, value })) {
      this.#options.onError(new Error(`The value of ${name} is too large`));
      return;
    }
    if (value === null) this.#known.delete(name);
    else this.#known.set(name, value);
    this.#writer.put(name, { by, value });
  }

  written(): Promise<boolean> {
    return this.#writer.written();
  }

  /**
   * Begins a term: writes it, and waits until it is seen in the bucket. Changes are
   * seen in their order, so all that others have written before is known then.
   */
  async catchUp(): Promise<void> {
    const { teller, warn } = this.#options;
    const end = monotonicTime() + CATCH_UP_MS;
    let term: number | null = null;
    while (teller.tells() && !this.#end.signal.aborted) {
      if (term !== null && this.#isListed) {
        if (this.#watched === term && this.#latest === term) return;
      }
      const leftMs = end - monotonicTime();
      if (leftMs <= 0) {
        // In an earlier term, what it puts would not count.
        if ((this.#term ?? -1) < this.#latest) this.#term = this.#nextTerm;
        warn("cannot read what other agents have sent; it may be sent twice");
        return;
      }
      if (term === null || this.#latest > term) term = this.#nextTerm;
      if (this.#isListed) this.#writeTerm(term);
      await patience(this.#news.promise, Math.min(leftMs, RETRY_MS));
    }
  }

  onOthers(callback: () => void, signal: AbortSignal): void {
    this.#others.add(callback, signal);
  }

  /** Watching has begun anew, and these are all keys. */
  listed(entries: readonly Entry<KeptValue>[]): void {
    const gone = new Set(this.#stored.keys());
    for (const { value } of entries) this.#noteTerm(value);
    for (const entry of entries) {
      gone.delete(entry.key);
      // The bucket may be another one, whose revisions are lower.
      const { revision } = this.#stored.get(entry.key) ?? {};
      if (revision !== entry.revision) this.#stored.delete(entry.key);
      this.changed(entry);
    }
    for (const key of gone) this.#lose(key);
    this.#isListed = true;
    this.#tellNews();
    this.#writer.write();
  }

  /** A key was seen to change. */
  changed(entry: Entry<KeptValue>): void {
    this.#see(entry);
    if (entry.key !== TERM) return;
    this.#watched = entry.value?.by ?? 0;
    this.#tellNews();
  }

  /** Watching has ended, by itself or with the connection. */
  disconnected(): void {
    this.#isListed = false;
    this.#writer.fail();
    void this.#list();
  }

  /** Writes what is left within two seconds, if it can. */
  async close(): Promise<void> {
    if (this.#end.signal.aborted) return;
    await patience(this.written(), CLOSE_MS);
    this.#end.abort();
    this.#writer.fail();
    this.#tellNews();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /** Asks for a list until it comes. */
  async #list(): Promise<void> {
    const { signal } = this.#end;
    while (!this.#isListed && !signal.aborted) {
      const { promise, resolve } = deferred<void>();
      this.#options.send({ type: "list" }, () => resolve());
      await Promise.race([promise, this.#news.promise]);
      if (!this.#isListed) await sleep(RETRY_MS, signal);
    }
  }

  /** A term after all that are known, which no other agent has by chance. */
  get #nextTerm(): number {
    const revision = this.#options.teller.revision() ?? 0;
    const next = Math.floor(this.#latest / TERM_STEP) + 1;
    return Math.max(revision, next) * TERM_STEP +
      Math.floor(Math.random() * TERM_STEP);
  }

  #writeTerm(by: number): void {
    this.#term = by;
    if (this.#isWritingTerm) return;
    this.#isWritingTerm = true;
    const revision = this.#stored.get(TERM)?.revision ?? null;
    this.#options.send({
      type: "write",
      write: { type: "put", key: TERM, revision, value: { by, value: "" } },
    }, (answer) => {
      this.#isWritingTerm = false;
      if (answer.type !== "conflict" || answer.entry === undefined) return;
      if (answer.entry === null) this.#stored.delete(TERM);
      else this.#see(answer.entry);
    });
  }

  #noteTerm(value: KeptValue | null): void {
    this.#latest = Math.max(this.#latest, value?.by ?? 0);
  }

  /** Takes note of a key as it is now. */
  #see({ key, revision, value }: Entry<KeptValue>): void {
    const stored = this.#stored.get(key);
    if (stored !== undefined && stored.revision >= revision) return;
    if (value === null) this.#stored.delete(key);
    else this.#stored.set(key, { revision, by: value.by });
    this.#noteTerm(value);
    const isOwn = value === null
      ? !this.#known.has(key)
      : value.by === this.#term;
    if (isOwn) return;
    const change = this.#writer.get(key);
    // Who removes a value tells, as far as is known.
    const by = value?.by ?? this.#latest;
    const isRemoval = value === null && change?.value !== null;
    if (change !== undefined && (by <= change.by || isRemoval)) return;
    void this.#others.note();
    if (key === TERM) return;
    this.#writer.drop(key);
    if (value === null) this.#known.delete(key);
    else this.#known.set(key, value.value);
  }

  /** The bucket does not have a key any more: it was removed, or is lost. */
  #lose(key: string): void {
    if (this.#term !== this.#latest) {
      this.#see({ key, revision: Infinity, value: null });
      return;
    }
    this.#stored.delete(key);
    const value = this.#known.get(key);
    if (value !== undefined) this.#writer.put(key, { by: this.#term, value });
  }

  #noteWritten(key: string, { by, value }: Change, revision: number): void {
    const stored = this.#stored.get(key);
    if (stored !== undefined && stored.revision > revision) return;
    if (value === null) this.#stored.delete(key);
    else this.#stored.set(key, { revision, by });
  }

  /** Whether this agent's change counts, as another one has written the key. */
  #isStillMine(
    key: string,
    { by, value }: Change,
    entry: Entry<KeptValue> | null,
  ): boolean {
    this.#see(entry ?? { key, revision: Infinity, value: null });
    const removed = value === null ? this.#latest : 0;
    return (this.#stored.get(key)?.by ?? removed) <= by;
  }

  #tellNews(): void {
    this.#news.resolve();
    this.#news = deferred();
  }
}
