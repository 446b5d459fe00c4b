import type { Secrets } from "../core/secrets.ts";
import type { Probe, Status } from "../core/types.ts";
import { wallTime } from "../io/clock.ts";
import type { Entry } from "../io/agenda.ts";
import type { Attempt } from "./attempt.ts";
import { Check } from "./check.ts";
import { type Emit, parseEmit } from "./emit.ts";
import { AttemptRing, type History } from "./history.ts";
import type { MonitorOptions } from "./monitor.ts";
import { type CheckRecord, redactHistory, savedStateOf } from "./record.ts";

/** A check in a fleet. */
export class Member extends Check implements Entry {
  place = -1;
  order = 0;
  readonly emit: Emit;
  readonly onChange: MonitorOptions["onChange"];
  /**
   * Whether it waits for its turn, is being tried, or has a result while its
   * probe still comes to rest.
   */
  activity: "idle" | "waiting" | "trying" | "resting" = "idle";
  /** The attempt in flight, until its probe has come to rest. */
  attempt: Attempt | null = null;
  /** Resolves when the attempt that somebody waits for has its result. */
  result: PromiseWithResolvers<void> | null = null;
  /** What came of its attempts so far. */
  past: AttemptRing | null = null;
  /** Resolves when what it has under way at its end has ended. */
  retiring: Promise<void> | null = null;
  /** Whether it has left the fleet. */
  removed = false;
  /** Stops listening to the signal of its options. */
  unlisten: (() => void) | null = null;

  constructor(probe: Probe, options: MonitorOptions) {
    super(probe, options, true);
    this.emit = parseEmit(options.emit);
    this.onChange = options.onChange;
  }

  /** Its status, unless that is from before a restart. */
  get currentStatus(): Status {
    const { stale, status } = this.state;
    return stale ? "unknown" : status;
  }

  /** Calls back when a signal aborts, unless it has left by then. */
  listen(signal: AbortSignal | undefined, leave: () => void): void {
    if (signal === undefined) return;
    signal.addEventListener("abort", leave, { once: true });
    this.unlisten = () => signal.removeEventListener("abort", leave);
  }

  /** What to keep of it; nothing if it was never tried. */
  get record(): CheckRecord | undefined {
    const { id, probe: { type, target }, state } = this;
    if (state.attempts === 0) return undefined;
    return { id, type, target, ...savedStateOf(state), history: this.history };
  }

  /** Goes on from another one, unless that has another target. */
  override resume(other: Member): boolean {
    if (!super.resume(other)) return false;
    const { secrets } = this.probe;
    const isSame = secrets === undefined || other.past === null ||
      other.probe.secrets?.equals(secrets);
    this.past = isSame ? other.past : pastOf(other.history, secrets);
    return true;
  }

  /** Goes on from a record, unless that is of another target. */
  override restore(record: CheckRecord): boolean {
    if (!super.restore(record)) return false;
    this.past = pastOf(record.history, this.probe.secrets);
    return true;
  }

  /** How old its last result is; a clock set back makes it old, too. */
  get ageMs(): number {
    const { checkedAt } = this.state;
    return checkedAt === null ? Infinity : Math.abs(wallTime() - checkedAt);
  }

  get history(): History {
    return this.past?.take() ?? { attempts: [], passed: 0, failed: 0 };
  }
}

/** Makes a ring of a past that another probe or another run noted. */
function pastOf(history: History, secrets: Secrets | undefined): AttemptRing {
  const ring = new AttemptRing();
  ring.resume(redactHistory(history, secrets));
  return ring;
}
