import { statusOf } from "../../core/notify/saved/status_of.ts";
import type { NotifierStatus } from "../../core/notify/status.ts";
import type { Kept } from "../../fleet/past/kept.ts";
import type { NotifierSpec } from "./spec.ts";

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
  /** What was saved, by notifier: there may be many of both. */
  #saved: Map<string, [name: string, value: string][]> | undefined;

  /** Takes where values are kept, and what is told of its errors. */
  constructor(kept: Kept | undefined, onError: (error: unknown) => void) {
    this.#kept = kept;
    this.#onError = onError;
  }

  /** What a notifier has saved before. It is asked for at most once before `tidy`. */
  saved(name: string): readonly [name: string, value: string][] {
    this.#saved ??= byNotifier(this.#kept?.list(NOTIFIERS) ?? []);
    return this.#saved.get(encoded(name)) ?? [];
  }

  /** How the notifiers of the agent do that tells now, as far as it has saved. */
  statuses(specs: readonly NotifierSpec[]): NotifierStatus[] {
    const saved = byNotifier(this.#kept?.list(NOTIFIERS) ?? []);
    return specs.map(({ name, type }) => ({
      name,
      type,
      ...statusOf(saved.get(encoded(name)) ?? []),
      waiting: "teller",
    }));
  }

  /**
   * Resolves once all is known that other agents have saved, if it can be. It never
   * rejects.
   */
  async catchUp(): Promise<void> {
    try {
      await this.#kept?.catchUp?.();
    } catch (error) {
      this.#onError(error);
    }
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
    this.#saved = undefined;
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

/** The values of each notifier, without its name. */
function byNotifier(
  all: Iterable<readonly [name: string, value: string]>,
): Map<string, [name: string, value: string][]> {
  const saved = new Map<string, [name: string, value: string][]>();
  for (const [key, value] of all) {
    const start = key.indexOf("/", NOTIFIERS.length);
    const notifier = key.slice(NOTIFIERS.length, start);
    const values = saved.get(notifier) ?? [];
    saved.set(notifier, values);
    values.push([key.slice(start + 1), value]);
  }
  return saved;
}

/** What begins the names of all that a notifier has saved. */
function prefixOf(name: string): string {
  return `${NOTIFIERS}${encoded(name)}/`;
}

/** A name without a slash. */
function encoded(name: string): string {
  return encodeURIComponent(name.toWellFormed());
}
