import { type Duration, parseDuration } from "./duration.ts";
import { OptionError, readOption } from "./option_error.ts";

/** How outcomes become a status, and when the next attempt is due. */
export interface PolicyOptions {
  /**
   * The time from one attempt to the next.
   *
   * @default {"10s"}
   */
  interval?: Duration;
  /**
   * The time one attempt may take: DNS, connect, headers and body.
   *
   * @default {"5s"}
   */
  timeout?: Duration;
  /**
   * Failures in a row before the status is `unhealthy`, and warnings in a row
   * before `healthy` becomes `degraded`; 1 is the first one.
   *
   * @default {3}
   */
  retries?: number;
  /**
   * Passes in a row before `unhealthy` or `degraded` becomes `healthy` again.
   *
   * @default {1}
   */
  rise?: number;
  /**
   * The wait before the first attempt.
   *
   * @default {0}
   */
  initialDelay?: Duration;
  /**
   * Docker's start period: until the first pass, failures of attempts that
   * began less than this after the first one do not count.
   *
   * @default {0}
   */
  startPeriod?: Duration;
  /** The interval inside the start period. It defaults to `interval`. */
  startInterval?: Duration;
  /**
   * How the interval grows while unhealthy, `false` for not at all.
   *
   * @default {{ factor: 2, max: "60s" }}
   */
  backoff?: BackoffOptions | false;
}

/** How the interval grows while a check is unhealthy. */
export interface BackoffOptions {
  /**
   * What the interval is multiplied by with each further failure, 1 or more.
   *
   * @default {2}
   */
  factor?: number;
  /**
   * The longest it gets; a longer `interval` stays as it is.
   *
   * @default {"60s"}
   */
  max?: Duration;
}

/** {@linkcode PolicyOptions} with every default filled in, in milliseconds. */
export interface Policy {
  /** The time from one attempt to the next. */
  readonly intervalMs: number;
  /** The time one attempt may take. */
  readonly timeoutMs: number;
  /** Failures in a row before `unhealthy`, warnings before `degraded`. */
  readonly retries: number;
  /** Passes in a row before `healthy` again. */
  readonly rise: number;
  /** The wait before the first attempt. */
  readonly initialDelayMs: number;
  /** How long failures do not count while nothing has passed. */
  readonly startPeriodMs: number;
  /** The interval inside the start period. */
  readonly startIntervalMs: number;
  /** What the interval is multiplied by; 1 is no backoff. */
  readonly backoffFactor: number;
  /** The longest delay that backoff may reach. */
  readonly backoffMaxMs: number;
}

/** The longest wait a timer can do in one go; a longer one fires at once. */
export const LONGEST_MS: number = 2 ** 31 - 1;

/**
 * Fills in the defaults of a policy and checks it.
 *
 * @throws {OptionError} If a value is out of its range.
 */
export function parsePolicy(options: PolicyOptions = {}): Policy {
  const intervalMs = positive("interval", options.interval ?? "10s");
  const backoff = options.backoff === false
    ? { factor: 1 }
    : options.backoff ?? {};
  const factor = backoff.factor ?? 2;
  if (!(Number.isFinite(factor) && factor >= 1)) {
    throw new OptionError(
      "backoff.factor",
      `expected a number of 1 or more, got ${factor}`,
    );
  }
  return {
    intervalMs,
    timeoutMs: positive("timeout", options.timeout ?? "5s"),
    retries: count("retries", options.retries ?? 3),
    rise: count("rise", options.rise ?? 1),
    initialDelayMs: duration("initialDelay", options.initialDelay ?? 0),
    startPeriodMs: duration("startPeriod", options.startPeriod ?? 0),
    startIntervalMs: options.startInterval === undefined
      ? intervalMs
      : positive("startInterval", options.startInterval),
    backoffFactor: factor,
    backoffMaxMs: Math.max(
      intervalMs,
      positive("backoff.max", backoff.max ?? "60s"),
    ),
  };
}

function duration(name: string, value: Duration): number {
  const ms = readOption(name, () => parseDuration(value));
  if (ms > LONGEST_MS) {
    throw new OptionError(
      name,
      `expected at most 24 days, got ${JSON.stringify(value)}`,
    );
  }
  return ms;
}

function positive(name: string, value: Duration): number {
  const ms = duration(name, value);
  if (ms < 1) {
    throw new OptionError(
      name,
      `expected a duration of 1ms or more, got ${JSON.stringify(value)}`,
    );
  }
  return ms;
}

function count(name: string, value: number): number {
  if (!(Number.isSafeInteger(value) && value >= 1)) {
    throw new OptionError(
      name,
      `expected a whole number of 1 or more, got ${value}`,
    );
  }
  return value;
}
