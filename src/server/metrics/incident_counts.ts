import type { IncidentLog } from "../../fleet/past/incident_log.ts";

/** The counts of the logs that are followed. */
const COUNTS = new WeakMap<IncidentLog, IncidentCounts>();

/** Counts the incidents of a log that begin from now on. */
export class IncidentCounts {
  readonly #log: IncidentLog;
  readonly #begun = new Map<string, number>();

  private constructor(log: IncidentLog) {
    this.#log = log;
    log.observe((step) => {
      if (step.type !== "begin") return;
      const { check } = step.incident;
      this.#begun.set(check, this.begun(check) + 1);
    });
  }

  /** The counts of a log, which are the same ones for all apps that show it. */
  static of(log: IncidentLog): IncidentCounts {
    let counts = COUNTS.get(log);
    if (counts === undefined) COUNTS.set(log, counts = new this(log));
    return counts;
  }

  /** How many incidents of a check have begun. */
  begun(check: string): number {
    return this.#begun.get(check) ?? 0;
  }

  /** The checks whose incident lasts. */
  open(): ReadonlySet<string> {
    return new Set(
      this.#log.list().filter(({ ended }) => ended === null)
        .map(({ check }) => check),
    );
  }
}
