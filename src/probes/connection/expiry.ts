import {
  type Duration,
  formatDuration,
  parseDuration,
} from "../../core/duration.ts";
import { OptionError, readOption } from "../../core/option_error.ts";
import { fail, warn } from "../../core/outcome.ts";
import type { Detail, DetailMetric, Outcome } from "../../core/types.ts";
import type { Shown } from "./certificate.ts";
import { factsOf } from "./facts.ts";

/**
 * How long a certificate should still be valid: a duration such as `"21d"`, or
 * a share of its lifetime such as `"20%"`.
 */
export type ExpiryLimit = Duration;

/** When a certificate that ends soon warns or fails. */
export interface ExpiryLimits {
  /** With less than this, an attempt passes with a warning. */
  readonly warn?: ExpiryLimit;
  /** With less than this, it fails. */
  readonly fail?: ExpiryLimit;
}

/** The lifetime of a certificate, or of the chain that ends first. */
export interface Lifetime {
  readonly from: number;
  readonly to: number;
}

const DAY_MS = 86_400_000;

/** The metric of the details below, named as in blackbox_exporter. */
export const EXPIRY_METRIC: DetailMetric = {
  name: "probe_ssl_earliest_cert_expiry",
  help: "When the first certificate of the last attempt ends.",
  key: "certExpiresAt",
  value: (at) => Date.parse(String(at)) / 1000,
};

/**
 * The lifetime of the certificate in a chain that ends first. Roots do not
 * count: clients trust them whatever their dates are.
 */
export function lifetimeOf(certificate: Shown["certificate"]): Lifetime {
  let earliest: Lifetime | undefined;
  let each: Shown["certificate"] | undefined = certificate;
  for (let depth = 0; each !== undefined && depth < 10; depth++) {
    const { from, to, isSelfIssued } = factsOf(each);
    const isRoot = depth > 0 && isSelfIssued;
    if (!isRoot && !(earliest !== undefined && earliest.to <= to)) {
      earliest = { from, to };
    }
    each = isSelfIssued ? undefined : each.issuerCertificate;
  }
  return earliest!;
}

/** The details of a lifetime. */
export function expiryDetail({ to }: Lifetime, now: number): Detail {
  if (!Number.isFinite(to)) return {};
  return {
    certExpiresAt: new Date(to).toISOString().replace(".000Z", "Z"),
    certDaysLeft: Math.floor((to - now) / DAY_MS * 10) / 10,
  };
}

/** Tests how long a certificate is still valid. */
export type ExpiryTest = (
  lifetime: Lifetime,
  now: number,
  detail: Detail,
) => Outcome | undefined;

/**
 * Makes a test of limits.
 *
 * @throws {OptionError} If a limit is not valid, or `warn` is not more than
 * `fail` where both are durations or both are shares.
 */
export function expiryTest(option: string, limits: ExpiryLimits): ExpiryTest {
  const levels = [
    [fail, limitOf(`${option}.fail`, limits.fail)],
    [warn, limitOf(`${option}.warn`, limits.warn)],
  ] as const;
  const [[, failing], [, warning]] = levels;
  if (
    failing !== undefined && warning !== undefined &&
    failing.isShare === warning.isShare && warning.amount <= failing.amount
  ) {
    throw new OptionError(
      `${option}.warn`,
      `expected more than fail, which is ${JSON.stringify(limits.fail)}, got ${
        JSON.stringify(limits.warn)
      }`,
    );
  }
  return ({ from, to }, now, detail) => {
    for (const [outcome, limit] of levels) {
      if (limit === undefined) continue;
      const leastMs = limit.isShare ? limit.amount * (to - from) : limit.amount;
      if (to - now >= leastMs) continue;
      return outcome({
        code: "expired",
        message:
          `Expected a certificate that is valid for ${limit.text} or more, got one that ${
            to < now
              ? "has expired"
              : `ends in ${
                formatDuration(Math.round((to - now) / 1000) * 1000)
              }`
          }`,
      }, detail);
    }
    return undefined;
  };
}

interface Limit {
  /** Whether it is a share of the lifetime; otherwise it is in milliseconds. */
  readonly isShare: boolean;
  readonly amount: number;
  readonly text: string;
}

function limitOf(
  option: string,
  limit: ExpiryLimit | undefined,
): Limit | undefined {
  if (limit === undefined) return undefined;
  const [, percent] = /^(\d+(?:\.\d+)?)%$/.exec(String(limit)) ?? [];
  if (percent === undefined) {
    const amount = readOption(option, () => parseDuration(limit));
    return { isShare: false, amount, text: formatDuration(amount) };
  }
  if (Number(percent) > 100) {
    throw new OptionError(option, `expected 100% or less, got ${percent}%`);
  }
  return {
    isShare: true,
    amount: Number(percent) / 100,
    text: `${percent}% of its lifetime`,
  };
}
