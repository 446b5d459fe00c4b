import type { Snapshot } from "../core/types.ts";

/** Something of which the newest state is told. */
interface Source {
  readonly snapshot: Snapshot;
}

/** A source's place in the order of changes. */
interface Link {
  source: Source;
  /** Which change it was last; 0 once it is removed. */
  at: number;
  before: Link | null;
  after: Link | null;
}

/**
 * The order in which things last changed, for any number of watchers. Each
 * thing stands in it once, at its last change: a watcher remembers only where
 * it is, so a slow one costs nothing and gets the newest of each.
 */
export class Changes<S extends Source> {
  readonly #links = new Map<S, Link>();
  readonly #waiting = new Set<() => void>();
  #last: Link | null = null;
  #count = 0;
  #watchers = 0;
  #closed = false;

  /** Notes that a source has changed. */
  note(source: S): void {
    // Whoever comes later watches from then on.
    if (this.#watchers === 0) return;
    let link = this.#links.get(source);
    if (link === undefined) {
      link = { source, at: 0, before: null, after: null };
      this.#links.set(source, link);
    } else {
      this.#unlink(link);
    }
    link.at = ++this.#count;
    link.before = this.#last;
    if (this.#last !== null) this.#last.after = link;
    this.#last = link;
    this.#wake();
  }

  /** Has another source tell of what there is to tell of one. */
  replace(old: S, source: S): void {
    const link = this.#links.get(old);
    if (link === undefined) return;
    this.#links.delete(old);
    this.#links.set(source, link);
    link.source = source;
  }

  /** Forgets a source. */
  forget(source: S): void {
    const link = this.#links.get(source);
    if (link === undefined) return;
    this.#links.delete(source);
    this.#unlink(link);
    link.at = 0;
  }

  /** Ends all watching, after what there still is to tell. */
  close(): void {
    this.#closed = true;
    this.#wake();
  }

  /** Watches from now on, until the signal aborts or the end. */
  watch(signal?: AbortSignal): AsyncIterableIterator<Snapshot, void, void> {
    return new Watcher(this, signal);
  }

  /** Somebody watches; gives the last change there was. */
  join(): number {
    this.#watchers++;
    return this.#count;
  }

  /** Somebody who joined watches no longer. */
  leave(): void {
    if (--this.#watchers > 0) return;
    this.#links.clear();
    this.#last = null;
  }

  /** The first change after the given one, if there is any. */
  after(link: Link | null, at: number): Link | null {
    // The usual case: where we were is still where it was.
    if (link !== null && link.at === at) return link.after;
    let found: Link | null = null;
    for (let l = this.#last; l !== null && l.at > at; l = l.before) found = l;
    return found;
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

class Watcher<S extends Source>
  implements AsyncIterableIterator<Snapshot, void, void> {
  readonly #changes: Changes<S>;
  readonly #end = new AbortController();
  readonly #signal: AbortSignal | undefined;
  readonly #abort = (): void => this.#leave();
  #link: Link | null = null;
  #at: number;

  constructor(changes: Changes<S>, signal: AbortSignal | undefined) {
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
        return { done: false, value: link.source.snapshot };
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
