import type {
  Answer,
  Entry,
  Write,
} from "../../../src/core/cluster/register.ts";

/** A register that works as a bucket of NATS does, without a network. */
export class SimRegister<V> {
  /** Whether it answers. */
  isUp: boolean = true;
  /** Whether it writes without comparing, as it must not. */
  isCareless: boolean = false;
  readonly #entries = new Map<string, Entry<V>>();
  readonly #watchers = new Set<(entry: Entry<V>) => void>();
  #revision = 0;
  #saved: readonly Entry<V>[] = [];
  #savedRevision = 0;

  /** Calls back with every change from now on. */
  watch(watcher: (entry: Entry<V>) => void): void {
    this.#watchers.add(watcher);
  }

  get(key: string): Entry<V> | null {
    return this.#entries.get(key) ?? null;
  }

  /** All keys that have a value. */
  list(): Entry<V>[] {
    return [...this.#entries.values()].filter(({ value }) => value !== null);
  }

  /** Does a write; a conflict leaves it to the writer to read the key again. */
  write(write: Write<V>): Answer<V> | "conflict" {
    const { key } = write;
    const entry = this.get(key);
    const current = entry === null || entry.value === null
      ? null
      : entry.revision;
    if (current !== write.revision && !this.isCareless) return "conflict";
    const revision = ++this.#revision;
    const value = write.type === "put" ? write.value : null;
    this.#entries.set(key, { key, revision, value });
    for (const watcher of this.#watchers) watcher({ key, revision, value });
    return { type: "done", revision };
  }

  /** Forgets everything, as if it was kept in memory only. */
  lose(): void {
    this.#entries.clear();
    this.#revision = 0;
  }

  /** Writes everything to a disk. */
  save(): void {
    this.#saved = [...this.#entries.values()];
    this.#savedRevision = this.#revision;
  }

  /** Forgets what was not written to the disk, as without power. */
  regress(): void {
    this.lose();
    for (const entry of this.#saved) this.#entries.set(entry.key, entry);
    this.#revision = this.#savedRevision;
  }
}
