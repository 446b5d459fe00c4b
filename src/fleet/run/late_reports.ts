import type { Outcome } from "../../core/types.ts";
import { wallTime } from "../../io/clock.ts";
import type { ReportOptions } from "../fleet_options.ts";
import { NOT_ACTING_MS } from "./queue.ts";

/** The most results that wait; the oldest ones make way. */
const MAX_WAITING = 60;

/** What {@linkcode LateReports} ask of those who use them. */
export interface ReportUser {
  /** Whether results may be told now. */
  acts(): boolean;
  /** Tells a result. */
  report(outcome: Outcome, options: ReportOptions): void;
  /** Called with what that throws, if it was told later. */
  onError(error: unknown): void;
}

/** Results of a passive probe, which wait while they may not be told. */
export class LateReports implements Disposable {
  readonly #user: ReportUser;
  readonly #waiting: [Outcome, ReportOptions][] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(user: ReportUser) {
    this.#user = user;
  }

  /** Tells a result, now or once it may be. */
  take(outcome: Outcome, options: ReportOptions): void {
    if (this.#waiting.length === 0 && this.#user.acts()) {
      return this.#user.report(outcome, options);
    }
    if (this.#waiting.length === MAX_WAITING) this.#waiting.shift();
    this.#waiting.push([outcome, { at: new Date(wallTime()), ...options }]);
    this.#timer ??= setTimeout(() => this.#tell(), NOT_ACTING_MS);
  }

  /** Tells nothing more. */
  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
    this.#waiting.length = 0;
  }

  #tell(): void {
    this.#timer = undefined;
    while (this.#waiting.length > 0 && this.#user.acts()) {
      const [outcome, options] = this.#waiting.shift()!;
      try {
        this.#user.report(outcome, options);
      } catch (thrown) {
        this.#user.onError(thrown);
      }
    }
    if (this.#waiting.length === 0) return;
    this.#timer ??= setTimeout(() => this.#tell(), NOT_ACTING_MS);
  }
}
