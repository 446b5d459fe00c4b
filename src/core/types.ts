/** The types that all of lifesign uses. */

import type { Json } from "./json.ts";
import type { Secrets } from "./secrets.ts";

/**
 * What one attempt found.
 *
 * - `pass`: the target answered as it should.
 * - `warn`: it is alive, but not well.
 * - `fail`: it did not answer, or not as it should.
 * - `error`: we could not tell, and the target is not to blame.
 */
export type Verdict = "pass" | "warn" | "fail" | "error";

/** The settled judgement of a check, made of its attempts by the policy. */
export type Status = "unknown" | "healthy" | "degraded" | "unhealthy";

/**
 * What kind of thing went wrong; stable, for programs to act on. `missed` is a
 * heartbeat that did not come, and `unsupported` what this runtime cannot do.
 */
export type ReasonCode =
  | "dns"
  | "refused"
  | "unreachable"
  | "reset"
  | "timeout"
  | "tls"
  | "protocol"
  | "status"
  | "header"
  | "body"
  | "latency"
  | "exit"
  | "signal"
  | "mismatch"
  | "expired"
  | "missed"
  | "permission"
  | "spawn"
  | "unsupported"
  | "internal";

/** Why an attempt did not pass, or why a check is not healthy. */
export interface Reason {
  /** What kind of thing went wrong; a custom probe may have its own codes. */
  readonly code: ReasonCode | (string & Record<never, never>);
  /** One line for a person: what was expected and what was seen. */
  readonly message: string;
}

/** Facts an attempt found beside its verdict, such as `{ httpStatus: 200 }`. */
export type Detail = Readonly<Record<string, string | number | boolean>>;

/** What one attempt saw. */
export interface Outcome {
  /** What it amounts to. */
  readonly verdict: Verdict;
  /** Why; always there unless the verdict is `pass`. */
  readonly reason?: Reason;
  /** What else was found. */
  readonly detail?: Detail;
}

/**
 * How to look at a target: called once for each attempt, it looks, and says
 * what it saw. It should give up when the signal aborts.
 */
export interface Probe {
  /** Makes one attempt. */
  (signal: AbortSignal): Promise<Outcome>;
  /** The kind of probe, such as `"http"`. */
  readonly type: string;
  /** What it looks at, for people to read; secrets are left out. */
  readonly target: string;
  /**
   * The Deno permissions that an attempt needs, and no more. The host of the
   * first one of `net` is where it connects to.
   */
  readonly permissions: readonly Deno.PermissionDescriptor[];
  /**
   * Keeps what attempts can share, such as an HTTP client, from one attempt to
   * the next, until it is disposed of. Monitors do this while they run.
   */
  readonly hold?: () => Disposable;
  /**
   * Gets ready what an attempt needs, such as modules and certificates. It is
   * called before each attempt, with the signal of the attempt, whose time
   * starts once the promise has settled. It returns nothing if all is ready.
   */
  readonly prepare?: (signal: AbortSignal) => Promise<void> | undefined;
  /**
   * Makes it a passive probe: a fleet makes no attempts when they are due, but
   * calls this once, and the probe reports what it hears of the target until it
   * is disposed of. An attempt on demand says what is known now. Its checks have
   * `retries` of 1 by default, and no other part of the policy has an effect.
   */
  readonly follow?: (host: ProbeHost) => Followed;
  /**
   * Whether it knows of its target only what it hears while a fleet runs: to try
   * it once says nothing, so `lifesign check` and `wait` leave it out.
   *
   * @default {false}
   */
  readonly hearsOnly?: boolean;
  /**
   * The metrics that are made of the details of its attempts.
   *
   * @default {[]}
   */
  readonly metrics?: readonly DetailMetric[];
  /**
   * The secrets in its own options. Monitors and fleets replace them in the
   * reason and the details of each attempt; the target is without them.
   */
  readonly secrets?: Secrets;
}

/** What a job says of itself. */
export interface Ping {
  /**
   * What it is about: a run has started, has ended well, has failed, or has ended
   * with an exit code; `log` says nothing of that.
   */
  readonly signal: "start" | "success" | "fail" | "log" | number;
  /** Tells apart runs at the same time. */
  readonly run?: string;
  /** The beginning of its output, of at most {@linkcode MAX_OUTPUT} bytes. */
  readonly output?: string;
}

/** The most bytes of its output that a ping has. */
export const MAX_OUTPUT = 10_000;

/** The longest name of a run, in characters. */
export const MAX_RUN_LENGTH = 100;

/** What a passive probe follows, until it is disposed of. */
export interface Followed extends Disposable {
  /** Takes a ping of the job that is watched, if it is told by pings. */
  receive?(ping: Ping): void;
  /**
   * Whether a ping with this token is allowed, or one without any. It returns
   * nothing if the check has no token of its own. That of the HTTP app is allowed
   * in any case.
   */
  admits?(token: string | undefined): boolean | undefined;
}

/** What a fleet does for a passive probe that is in it. */
export interface ProbeHost {
  /** The id of the check. */
  readonly id: string;
  /** What it remembered last, before a restart or in the place of this probe. */
  readonly memory: Json | undefined;
  /**
   * Takes an outcome as the result of the check, as `Fleet.report()` does. It does
   * nothing once the check was removed.
   */
  report(
    outcome: Outcome,
    options?: { at?: Date; durationMs?: number; isCounted?: boolean },
  ): void;
  /** Says when it will report unless something happens before: `nextAt`. */
  plan(at: Date | null): void;
  /** Keeps something for the time after a restart, with the record of the check. */
  remember(memory: Json): void;
  /** What is known of a check of the fleet. */
  get(id: string): Snapshot | undefined;
  /** Tries a check of the fleet now, or joins its attempt in flight. */
  attempt(id: string, options?: { signal?: AbortSignal }): Promise<Snapshot>;
  /**
   * Calls back after each step in which what is known of one of some checks may
   * have changed: it was added, replaced or removed, or has another status or
   * reason. It ends with the check of the probe.
   */
  onChange(ids: readonly string[], callback: () => void): void;
}

/**
 * A metric that is made of one detail of a check's last attempt, for
 * Prometheus. Probes that share its name should agree on `type` and `help`:
 * those of the first check are shown.
 */
export interface DetailMetric {
  /**
   * The metric's name, such as `"probe_http_status_code"`: letters, digits and
   * underscores. Names that begin with `lifesign_` or `process_` are taken.
   */
  readonly name: string;
  /** What it says, in one sentence. */
  readonly help: string;
  /**
   * Whether it may go down.
   *
   * @default {"gauge"}
   */
  readonly type?: "gauge" | "counter";
  /**
   * Labels of its own, such as `{ phase: "connect" }`: metrics with different
   * labels may have the same name.
   *
   * @default {{}}
   */
  readonly labels?: Readonly<Record<string, string>>;
  /** The key of the detail. */
  readonly key: string;
  /**
   * Makes a number of the detail's value. Without it a number is itself,
   * `true` is 1 and `false` is 0. If there is no finite number, the metric is
   * left out for this check.
   */
  readonly value?: (value: string | number | boolean) => number;
}

/** What a check is for people. What is not set is left out. */
export interface Caption {
  /** What people call it; its id if it is left out. */
  readonly name?: string;
  /** What it is about. */
  readonly description?: string;
  /** Where people find more about it: a URL with `http:`, `https:` or `mailto:`. */
  readonly link?: string;
}

/** Everything known of one check at one moment. It never changes. */
export interface Snapshot extends Caption {
  /** The check's name for programs, unique in its fleet. */
  readonly id: string;
  /** The group it is shown under, if any. */
  readonly group: string | null;
  /** The kind of probe. */
  readonly type: string;
  /** What the probe looks at; secrets are left out. */
  readonly target: string;
  /** The settled judgement. */
  readonly status: Status;
  /** Whether an attempt is in flight; the status is still the last settled one. */
  readonly checking: boolean;
  /** Whether the start period lasts and nothing has passed yet. */
  readonly starting: boolean;
  /** Failures in a row. */
  readonly failures: number;
  /** Passes in a row, with a warning or without. */
  readonly successes: number;
  /** What the last attempt found, `null` before the first. */
  readonly verdict: Verdict | null;
  /**
   * Why the last attempt did not pass; while the status is unhealthy and the
   * last attempt passed, why one last failed.
   */
  readonly reason: Reason | null;
  /** What else the last attempt found. */
  readonly detail: Detail | null;
  /** When this status began. */
  readonly since: Date;
  /** When the last attempt ended. */
  readonly checkedAt: Date | null;
  /** When the next attempt is due. */
  readonly nextAt: Date | null;
  /** How long the last attempt took, in milliseconds, if it is known. */
  readonly durationMs: number | null;
  /** Attempts so far: a gap tells a slow watcher what it skipped. */
  readonly attempts: number;
  /** Changes of status so far: a gap tells a slow watcher what it skipped. */
  readonly transitions: number;
  /** Which agent looks at it, if there are many. */
  readonly agent?: string;
  /** The region of that agent, if it has one. */
  readonly region?: string;
  /**
   * Whether all of this is from before a restart: there was no attempt since.
   * It is left out otherwise.
   */
  readonly stale?: true;
}
