import type { Fleet } from "../../fleet/fleet.ts";
import { Moment, wallTime } from "../../io/clock.ts";

/** How late everything may be before it counts, in milliseconds. */
const PATIENCE_MS = 30_000;

/** What is asked of a fleet. */
type WatchedFleet = Pick<
  Fleet,
  "observe" | "list" | "policy" | "isHeld" | "acts"
>;

/** Sees whether a fleet makes the attempts that are due. */
export class Pulse {
  readonly #fleet: WatchedFleet;
  /** When an attempt began last. */
  #began = new Moment();

  /** Follows a fleet until the signal aborts. */
  constructor(
    fleet: WatchedFleet,
    signal: AbortSignal,
  ) {
    this.#fleet = fleet;
    fleet.observe(({ type }) => {
      if (type === "begin") this.#began = new Moment();
    }, { signal });
  }

  /**
   * For how long no attempt has begun, in milliseconds, although one should have by
   * far: a check is due and nothing is in flight, or something that is in flight
   * should have ended. `null` if all is well, or nothing is due.
   *
   * One attempt that begins is a sign that all works: others may wait for a place
   * for a long time if many time out.
   */
  stillFor(): number | null {
    const quietMs = this.#began.elapsedMs();
    // The usual case, which makes no snapshots.
    if (quietMs < PATIENCE_MS) return null;
    if (!this.#fleet.acts) return this.#rest();
    // A clock that was set forward since makes nothing late.
    const now = wallTime() - Math.max(0, this.#began.gainedMs());
    let firstDue = Infinity;
    let firstDeadlineMs = Infinity;
    for (const { id, nextAt, checking } of this.#fleet.list()) {
      // Another agent makes the attempts of one that is held.
      if (nextAt === null || this.#fleet.isHeld(id)) continue;
      if (!checking) firstDue = Math.min(firstDue, nextAt.getTime());
      else {
        const timeoutMs = this.#fleet.policy(id)?.timeoutMs ?? 0;
        firstDeadlineMs = Math.min(firstDeadlineMs, timeoutMs);
      }
    }
    if (firstDue === Infinity && firstDeadlineMs === Infinity) {
      return this.#rest();
    }
    const lateMs = firstDeadlineMs === Infinity
      ? now - firstDue
      : quietMs - firstDeadlineMs;
    return lateMs < PATIENCE_MS ? null : quietMs;
  }

  /** No attempt is to be made here: that counts only from when one is. */
  #rest(): null {
    this.#began = new Moment();
    return null;
  }
}
