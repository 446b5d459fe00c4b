import type { Snapshot } from "../../core/types.ts";
import type { Observer, Step } from "../step.ts";

/** A step with a state before and after it. */
type StateStep = Step & { readonly type: "begin" | "end" | "hold" | "replace" };

/** Options for {@linkcode Changes}. */
export interface ChangesOptions {
  /** Observes steps until the signal aborts. */
  readonly observe: (observer: Observer, signal: AbortSignal) => void;
  /** Whether watchers are to hear of a step. */
  readonly isTold: (step: StateStep) => boolean;
  /** What is known of a check now. */
  readonly snapshotOf: (id: string) => Snapshot | undefined;
}

/** The place of a check in the order of changes. */
interface Link {
  readonly id: string;
  /** The number of its last change; 0 once it is removed. */
  at: number;
  before: Link | null;
  after: Link | null;
}

/**
 * The order in which checks last changed, for any number of watchers. Each check
 * stands in it once, at its last change: a watcher remembers only its place, so
 * a slow one costs nothing and gets the newest snapshot of each check.
 */
export class Changes {
  readonly #links = new Map<string, Link>();
  readonly #waiting = new Set<() => void>();
  readonly #options: ChangesOptions;
  #last: Link | null = null;
  #count = 0;
  #watchers = 0;
  #closed = false;
  /** Ends the observing, which lasts while somebody watches. */
  #end: AbortController | null = null;

  constructor(options: ChangesOptions) {
    this.#options = options;
  }

  /** Watches from now on, until the signal aborts or the fleet ends. */
  watch(signal?: AbortSignal): AsyncIterableIterator<Snapshot, void, void> {
    return new Watcher(this, signal);
  }

  /** A watcher joins; gives the number of the last change. */
  join(): number {
    if (this.#watchers++ === 0) {
      this.#end = new AbortController();
      this.#options.observe((step) => this.#hear(step), this.#end.signal);
    }
    return this.#count;
  }

  /** A watcher that has joined leaves. */
  leave(): void {
    if (--this.#watchers > 0) return;
    this.#end?.abort();
    this.#links.clear();
    this.#last = null;
  }

  /** The first change after the given one, if there is any. */
  after(link: Link | null, at: number): Link | null {
    // The usual case: the link is still where the watcher met it.
    if (link !== null && link.at === at) return link.after;
    let found: Link | null = null;
    for (let l = this.#last; l !== null && l.at > at; l = l.before) found = l;
    return found;
  }

  /** What is known of a check now. */
  snapshotOf(id: string): Snapshot | undefined {
    return this.#options.snapshotOf(id);
  }

  /** Waits for the next change; `false` if there will be none. */
  next(signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      if (this.#closed || signal.aborted) return resolve(false);
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve(!signal.aborted && !this.#closed);
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake);
    });
  }

  #hear(step: Step): void {
    switch (step.type) {
      case "begin":
      case "end":
      case "hold":
      case "replace":
        if (this.#options.isTold(step)) this.#note(step.id);
        break;
      case "leave":
        this.#forget(step.id);
        break;
      case "close":
        this.#closed = true;
        this.#wake();
        break;
      case "join":
      case "arrange":
      case "remember":
        break;
      default:
        step satisfies never;
    }
  }

  #note(id: string): void {
    let link = this.#links.get(id);
    if (link === undefined) {
      link = { id, at: 0, before: null, after: null };
      this.#links.set(id, link);
    } else {
      this.#unlink(link);
    }
    link.at = ++this.#count;
    link.before = this.#last;
    if (this.#last !== null) this.#last.after = link;
    this.#last = link;
    this.#wake();
  }

  #forget(id: string): void {
    const link = this.#links.get(id);
    if (link === undefined) return;
    this.#links.delete(id);
    this.#unlink(link);
    link.at = 0;
  }

  #wake(): void {
    for (const wake of [...this.#waiting]) wake();
  }

  #unlink(link: Link): void {
    if (link.before !== null) link.before.after = link.after;
    if (link.after !== null) link.after.before = link.before;
    else this.#last = link.before;
    link.before = link.after = null;
  }
}

class Watcher implements AsyncIterableIterator<Snapshot, void, void> {
  readonly #changes: Changes;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#leave();
  #link: Link | null = null;
  #at: number;

  constructor(changes: Changes, signal: AbortSignal | undefined) {
    this.#changes = changes;
    this.#at = changes.join();
    this.#signal = signal;
    if (signal?.aborted) this.#leave();
    else signal?.addEventListener("abort", this.#abort);
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  async next(): Promise<IteratorResult<Snapshot, void>> {
    const { signal } = this.#end;
    while (!signal.aborted) {
      const link = this.#changes.after(this.#link, this.#at);
      if (link !== null) {
        this.#link = link;
        this.#at = link.at;
        const snapshot = this.#changes.snapshotOf(link.id);
        if (snapshot !== undefined) return { done: false, value: snapshot };
        continue;
      }
      if (!await this.#changes.next(signal)) break;
    }
    return await this.return();
  }

  return(): Promise<IteratorResult<Snapshot, void>> {
    this.#leave();
    return Promise.resolve({ done: true, value: undefined });
  }

  #leave(): void {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#link = null;
    this.#changes.leave();
  }
}
