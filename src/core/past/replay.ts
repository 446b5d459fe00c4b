import type { State } from "../state.ts";
import { delayMs, initialState, step } from "../machine.ts";
import type { Policy } from "../policy.ts";
import type { Reason, Verdict } from "../types.ts";
import type { Incident } from "./incident.ts";
import {
  type CheckIncidents,
  nextIncidents,
  NO_INCIDENTS,
} from "./incident_rules.ts";

/** An attempt that was made. Times are milliseconds of the epoch. */
export interface RecordedAttempt {
  readonly verdict: Verdict;
  /** When it ended. */
  readonly at: number;
  readonly durationMs: number | null;
  readonly reason?: Reason;
}

/** What is replayed of a check. */
export interface Recording {
  /** The id of the check. */
  readonly check: string;
  /** Its attempts, oldest first. */
  readonly attempts: readonly RecordedAttempt[];
  /** The incidents that it had at any time of them. */
  readonly incidents: readonly Incident[];
  /**
   * From when on attempts are counted, in milliseconds of the epoch; those before
   * only tell how the check was then.
   */
  readonly from: number;
  /** Whether the first attempt is the first one ever. */
  readonly isNew: boolean;
  /** Whether results are reported to it, so that no interval makes them. */
  readonly isPassive: boolean;
  /** The policy that it has. */
  readonly policy: Policy;
}

/** What a check would have made of its attempts with another policy. */
export interface Replay {
  /** Its incidents, oldest first. */
  readonly incidents: readonly Incident[];
  /**
   * Those that its own policy leads to. They are the ones that were, if that was in
   * force all the time.
   */
  readonly expected: readonly Incident[];
  /** How many of the recorded attempts would have been made. */
  readonly made: number;
  /**
   * How many attempts would have been made of which nothing is known, as there
   * was none at that time.
   */
  readonly unseen: number;
  /**
   * How many attempts timed out that would have had more time, of which it is not
   * known what would have come of them.
   */
  readonly cutShort: number;
}

/** A timeout of the policy, as opposed to one within an attempt. */
const TIMEOUT: Reason = {
  code: "timeout",
  message: "Took longer than the timeout of the replay",
};

/**
 * Runs recorded attempts through the machine with another policy. Attempts that
 * would not have been due are left out; those that were not made cannot be made
 * up for.
 */
export function replay(recording: Recording, policy: Policy): Replay {
  const { attempts, from, isPassive } = recording;
  // How often attempts were made depends on how the check was.
  const recorded = new Machine(recording, recording.policy);
  const other = new Machine(recording, policy);
  const schedule = new Schedule();
  let [made, unseen, cutShort] = [0, 0, 0];
  for (const attempt of attempts) {
    const isCounted = attempt.at >= from;
    const began = attempt.at - (attempt.durationMs ?? 0);
    const delays = {
      recordedMs: delayMs(recorded.state, recording.policy),
      otherMs: delayMs(other.state, policy),
    };
    recorded.take(attempt, began);
    if (!isPassive) {
      const missing = schedule.take(began, delays);
      if (missing === null) continue;
      if (isCounted) unseen += missing;
    }
    const isCutShort = attempt.reason?.code === "timeout" &&
      policy.timeoutMs > recording.policy.timeoutMs;
    if (isCounted && isCutShort) cutShort++;
    if (isCounted) made++;
    other.take(isPassive ? attempt : inTime(attempt, policy), began);
  }
  const expected = recorded.incidents;
  return { incidents: other.incidents, expected, made, unseen, cutShort };
}

/** An attempt as it is with a timeout. */
function inTime(
  attempt: RecordedAttempt,
  { timeoutMs }: Policy,
): RecordedAttempt {
  const { verdict, durationMs } = attempt;
  const isLate = durationMs !== null && durationMs > timeoutMs;
  return isLate && (verdict === "pass" || verdict === "warn")
    ? { ...attempt, verdict: "fail", reason: TIMEOUT }
    : attempt;
}

/** How long after an attempt the next one was due, and would have been. */
interface Delays {
  readonly recordedMs: number;
  readonly otherMs: number;
}

/** Finds the recorded attempts that would have been made. */
class Schedule {
  /** When the last attempt was due that would have been made. */
  #due: number | null = null;
  /** When it began. */
  #last: number | null = null;

  /**
   * Takes the next attempt. Returns how many more would have been made before it
   * since the last one, or `null` if it would not have been made itself.
   */
  take(began: number, { recordedMs, otherMs }: Delays): number | null {
    const [due, last] = [this.#due, this.#last];
    if (due === null || last === null || otherMs <= recordedMs) {
      [this.#due, this.#last] = [began, began];
      if (last === null) return 0;
      // In a longer gap, the agent did not run.
      const gapMs = Math.min(began - last, recordedMs);
      return Math.max(0, Math.round(gapMs / otherMs) - 1);
    }
    // The attempt nearest to the time when one would have been due.
    const next = due + otherMs;
    if (began < next - recordedMs / 2) return null;
    // After a gap, the schedule begins anew.
    this.#due = began > next + recordedMs / 2 ? began : next;
    this.#last = began;
    return 0;
  }
}

/** A check that attempts happen to, with its incidents. */
class Machine {
  readonly incidents: Incident[] = [];
  state: State;
  readonly #check: string;
  readonly #policy: Policy;
  #current: CheckIncidents = NO_INCIDENTS;

  constructor(
    { check, attempts, incidents, isNew }: Recording,
    policy: Policy,
  ) {
    const at = attempts[0]?.at ?? 0;
    this.#check = check;
    this.#policy = policy;
    this.state = {
      ...initialState(at, policy),
      starting: isNew && policy.startPeriodMs > 0,
    };
    // It was down when the recording began.
    const lasting = incidents.find(({ began, ended }) =>
      began < at && (ended ?? Infinity) > at
    );
    if (lasting === undefined) return;
    this.state = {
      ...this.state,
      status: "unhealthy",
      since: lasting.began,
      failures: policy.retries,
      cause: lasting.firstReason,
      reason: lasting.firstReason,
    };
    const open = { ...lasting, ended: null, end: null };
    this.#note({ incident: open, triedAt: null });
  }

  /** Takes the result of an attempt. */
  take(attempt: RecordedAttempt, began: number): void {
    const { verdict, reason, at, durationMs } = attempt;
    this.state = step(this.state, {
      type: "report",
      at,
      durationMs,
      outcome: { verdict, ...(reason !== undefined && { reason }) },
    }, this.#policy);
    const { status, since, cause } = this.state;
    this.#note(nextIncidents(this.#check, this.#current, {
      type: "attempt",
      at,
      began,
      verdict,
      status,
      since,
      reason: cause,
    }, { inMaintenance: false, causes: [] }));
  }

  #note(next: CheckIncidents): void {
    const { incident } = next;
    if (incident !== null && incident !== this.#current.incident) {
      const isSame = incident.id === this.incidents.at(-1)?.id;
      if (isSame) this.incidents[this.incidents.length - 1] = incident;
      else this.incidents.push(incident);
    }
    this.#current = next;
  }
}
