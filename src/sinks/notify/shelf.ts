import type { Kept } from "../../fleet/past/kept.ts";

/** How long what a notifier has saved outlives it in the config. */
const KEEP_MS = 30 * 86_400_000;

/** What is saved of notifiers. */
const NOTIFIERS = "notify/";

/** Since when notifiers are not in the config any more. */
const GONE = "notify_gone/";

/** The values that notifiers save, each its own, if there is a place for them. */
export class Shelf {
  readonly #kept: Kept | undefined;
  readonly #onError: (error: unknown) => void;

  /** Takes where values are kept, and what is told of its errors. */
  constructor(kept: Kept | undefined, onError: (error: unknown) => void) {
    this.#kept = kept;
    this.#onError = onError;
  }

  /** What a notifier has saved before. */
  saved(name: string): [name: string, value: string][] {
    const prefix = prefixOf(name);
    return Array.from(
      this.#kept?.list(prefix) ?? [],
      ([key, value]) => [key.slice(prefix.length), value],
    );
  }

  /** Saves a value of a notifier, or forgets it if it is `null`. */
  save(notifier: string, name: string, value: string | null): void {
    this.#kept?.put(prefixOf(notifier) + name, value);
  }

  /**
   * Resolves once all is written that was saved before, if it can be. It never
   * rejects: what cannot be written is told all the same.
   */
  async written(): Promise<void> {
    try {
      await this.#kept?.written();
    } catch (error) {
      this.#onError(error);
    }
  }

  /**
   * Says which notifiers there are. What others have saved is kept for a while, as
   * they may come back.
   */
  tidy(names: Iterable<string>, now: number): void {
    const kept = this.#kept;
    if (kept === undefined) return;
    const present = new Set(Array.from(names, encoded));
    const gone = new Map(
      Array.from(
        kept.list(GONE),
        ([key, value]) => [key.slice(GONE.length), Number(value)],
      ),
    );
    for (const name of gone.keys()) {
      if (present.has(name)) kept.put(GONE + name, null);
    }
    for (const [key] of [...kept.list(NOTIFIERS)]) {
      const name = key.slice(NOTIFIERS.length).split("/", 1)[0]!;
      if (present.has(name)) continue;
      const since = gone.get(name);
      if (since === undefined) {
        gone.set(name, now);
        kept.put(GONE + name, String(now));
      } else if (!(now - since < KEEP_MS)) {
        kept.put(key, null);
        kept.put(GONE + name, null);
      }
    }
  }
}

/** What begins the names of all that a notifier has saved. */
function prefixOf(name: string): string {
  return `${NOTIFIERS}${encoded(name)}/`;
}

/** A name without a slash. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}
