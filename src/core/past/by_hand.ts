/** What was done last by hand to the maintenance of a check. */
export interface HandChange {
  /** The id of the check. */
  readonly check: string;
  /** When its maintenance began, in milliseconds of the epoch. */
  readonly from: number;
  /** When it ends by itself, or would have, likewise. */
  readonly to: number;
  /** Why, for people; `null` if nobody said. */
  readonly reason: string | null;
  /** Whether it was stopped before its end. */
  readonly isStopped: boolean;
  /**
   * Of several changes of a check, the one with the greatest number counts. It is the
   * time of the change in milliseconds of the epoch, or greater, so that it is above
   * all that were known then, whatever clocks say.
   */
  readonly at: number;
}

/**
 * Compares two changes of a check: a positive number if the first one counts. All
 * agents agree on that. Of two of the same time, a stop counts.
 */
export function compareChanges(a: HandChange, b: HandChange): number {
  return a.at - b.at || Number(a.isStopped) - Number(b.isStopped) ||
    (a.to - a.from) - (b.to - b.from);
}

/** The maintenance of checks that was started by hand, as one agent knows it. */
export class ByHand {
  /** The last change of each check, until what it has started would be over. */
  readonly #changes = new Map<string, HandChange>();
  #lastAt = 0;

  /** What was started for a check, unless it was stopped. */
  of(check: string): HandChange | undefined {
    const change = this.#changes.get(check);
    return change?.isStopped === false ? change : undefined;
  }

  /** The last change of each check that is not over. */
  list(): HandChange[] {
    return [...this.#changes.values()];
  }

  /** Starts it now, in the place of what there is. */
  start(
    checks: Iterable<string>,
    { durationMs, reason }: {
      readonly durationMs: number;
      readonly reason: string | null;
    },
    now: number,
  ): void {
    const at = this.#nextAt(now);
    const to = Math.round(now + durationMs);
    for (const check of checks) {
      this.#changes.set(
        check,
        { check, from: now, to, reason, isStopped: false, at },
      );
    }
  }

  /** Stops it now, and returns the checks that had any. */
  stop(checks: Iterable<string>, now: number): string[] {
    const at = this.#nextAt(now);
    return [...checks].filter((check) => {
      const change = this.of(check);
      if (change === undefined) return false;
      this.#changes.set(check, { ...change, isStopped: true, at });
      return true;
    });
  }

  /**
   * Takes over changes from elsewhere, or from before a restart, as far as they
   * count. Returns the ids of the checks for which there is another one now.
   */
  take(changes: Iterable<HandChange>, now: number): string[] {
    const taken: string[] = [];
    for (const change of changes) {
      const { check, from, to, at } = change;
      this.#lastAt = Math.max(this.#lastAt, at);
      const known = this.#changes.get(check);
      if (known !== undefined && compareChanges(change, known) <= 0) continue;
      // The clock of who started it may be ahead: it lasts no longer for that.
      const aheadMs = Math.max(0, from - now);
      if (to - aheadMs > now) {
        this.#changes.set(
          check,
          { ...change, from: from - aheadMs, to: to - aheadMs },
        );
      } else if (!this.#changes.delete(check)) continue;
      taken.push(check);
    }
    return taken;
  }

  /** Forgets what is over, and returns whether there was any. */
  expire(now: number): boolean {
    const before = this.#changes.size;
    for (const { check, to } of this.list()) {
      if (to <= now) this.#changes.delete(check);
    }
    return this.#changes.size < before;
  }

  #nextAt(now: number): number {
    return this.#lastAt = Math.max(now, this.#lastAt + 1);
  }
}
