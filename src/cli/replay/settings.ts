import { OptionError } from "../../core/option_error.ts";
import {
  type BackoffOptions,
  parsePolicy,
  type Policy,
  type PolicyOptions,
} from "../../core/policy.ts";
import { closest, listed } from "../../core/text.ts";

import type { Check } from "../targets.ts";
import { UsageError } from "../usage.ts";

/** Puts a value, as it is written, into the options of a check. */
type Put = (options: PolicyOptions, text: string) => PolicyOptions;

/** The keys that can be set. */
const KEYS: Readonly<Record<string, Put>> = {
  interval: (options, interval) => ({ ...options, interval }),
  timeout: (options, timeout) => ({ ...options, timeout }),
  retries: (options, text) => ({ ...options, retries: numberOf(text) }),
  rise: (options, text) => ({ ...options, rise: numberOf(text) }),
  start_period: (options, startPeriod) => ({ ...options, startPeriod }),
  start_interval: (options, startInterval) => ({ ...options, startInterval }),
  "backoff.factor": (options, text) =>
    withBackoff(options, { factor: numberOf(text) }),
  "backoff.max": (options, max) => withBackoff(options, { max }),
  backoff(options, text) {
    if (text !== "false") {
      throw new OptionError(
        "backoff",
        `expected false, or backoff.factor or backoff.max, got ${
          JSON.stringify(text)
        }`,
      );
    }
    return { ...options, backoff: false };
  },
};

/** A value of a key, for one check or for all. */
interface Setting {
  /** As the user wrote it. */
  readonly text: string;
  /** The id of the check; `null` for all. */
  readonly check: string | null;
  readonly key: string;
  readonly value: string;
}

/** The checks that a setting may be of, and where they are. */
export interface KnownChecks {
  readonly file: string;
  readonly ids: readonly string[];
}

/** Changes of policies. */
export class Settings {
  readonly #settings: readonly Setting[];

  /**
   * Reads changes such as `retries=5` or `checks.web.interval=30s`.
   *
   * @throws {UsageError} If there is no such key or check, or the value is not
   * valid for one of the checks, or a check that makes no attempts is named.
   */
  constructor(
    texts: readonly string[],
    checks: readonly Check[],
    known: KnownChecks,
  ) {
    this.#settings = texts.map((text) => settingOf(text, known));
    for (const check of checks) this.policyOf(check);
  }

  /**
   * The policy of a check with the changes. One of the check itself prevails over
   * one of all checks, and the last one over those before. A check that makes no
   * attempts, such as a heartbeat, has no such keys, and stays as it is.
   */
  policyOf(check: Check): Policy {
    const [all, own] = [null, check.id].map((id) =>
      this.#settings.filter((setting) => setting.check === id)
    );
    if (check.probe.follow !== undefined) {
      if (own!.length === 0) return policyInFile(check);
      const { text, key } = own![0]!;
      throw new UsageError(
        `--set ${text}: ${
          JSON.stringify(check.id)
        } makes no attempts, and has no ${key}`,
      );
    }
    let options = optionsOf(check);
    let last = "";
    try {
      for (const { text, key, value } of [...all!, ...own!]) {
        last = text;
        options = KEYS[key]!(options, value);
        parsePolicy(options);
      }
      return parsePolicy(options);
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      throw new UsageError(`--set ${last}: ${error.problem}`, { cause: error });
    }
  }
}

/** The policy that a check has in its file. */
export function policyInFile(check: Check): Policy {
  return parsePolicy(optionsOf(check));
}

/** The options of a check as a fleet takes them. */
function optionsOf({ probe, options }: Check): PolicyOptions {
  return probe.follow === undefined
    ? options
    : { ...options, retries: options.retries ?? 1 };
}

function settingOf(text: string, { file, ids }: KnownChecks): Setting {
  // An id may have dots, equals signs and line breaks of its own.
  const names = Object.keys(KEYS).map((key) => key.replace(".", "\\."));
  const form = new RegExp(
    `^(?:checks\\.(.+)\\.)?(${names.join("|")})=(.*)$`,
    "s",
  );
  const [, check = null, key, value] = form.exec(text) ?? [];
  if (key === undefined || value === undefined) throw unknownKey(text);
  if (check !== null && !ids.includes(check)) {
    const meant = closest(check, ids);
    throw new UsageError(
      `--set ${text}: there is no check ${JSON.stringify(check)} in ${file}`,
      { suggestion: meant && JSON.stringify(meant) },
    );
  }
  return { text, check, key, value };
}

function unknownKey(text: string): UsageError {
  const [, key] = /^(?:checks\..*\.)?(.*?)=/s.exec(text) ?? [];
  if (key === undefined) {
    return new UsageError(
      `--set: expected a key and a value such as retries=5, got ${
        JSON.stringify(text)
      }`,
    );
  }
  const known = Object.keys(KEYS);
  return new UsageError(
    `--set ${text}: expected ${listed(known, "or")}, got ${
      JSON.stringify(key)
    }`,
    { suggestion: closest(key, known) },
  );
}

function numberOf(text: string): number {
  return text.trim() === "" ? NaN : Number(text);
}

function withBackoff(
  options: PolicyOptions,
  changes: BackoffOptions,
): PolicyOptions {
  const { backoff } = options;
  const before = backoff === false ? {} : backoff;
  return { ...options, backoff: { ...before, ...changes } };
}
