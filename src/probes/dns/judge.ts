import {
  type Duration,
  formatDuration,
  parseDuration,
} from "../../core/duration.ts";
import {
  mustBeBoolean,
  OptionError,
  readOption,
} from "../../core/option_error.ts";
import { fail } from "../../core/outcome.ts";
import { oneLine } from "../../core/text.ts";
import type { Detail, Outcome } from "../../core/types.ts";
import { type Answer, type DnsRcode, RCODES } from "./message.ts";
import {
  type DnsExpected,
  type Expected,
  expectedFrom,
  listed,
} from "./expectation.ts";
import { RECORD_TYPES } from "./records.ts";
import type { Asked, Resolved } from "./resolve.ts";

/** What is expected of an answer. */
export interface DnsExpectations {
  /**
   * The response code. With another one than the default, no records are
   * expected.
   *
   * @default {"NOERROR"}
   */
  rcode?: DnsRcode;
  /**
   * Records that should all be there, such as `"10.0.0.7"`, `"10 mail.example"`
   * or a regular expression. Others may be there, too. Names are compared
   * without regard to case and to a dot at the end, and addresses in any form.
   */
  expect?: DnsExpected;
  /** Records of which one should be there, likewise. */
  expectAny?: DnsExpected;
  /** Records of which none should be there, likewise. */
  not?: DnsExpected;
  /**
   * How long the answer may be kept, at least and at most: the smallest TTL of
   * its records. The TTL in the answer of a cache counts down.
   */
  ttl?: { min?: Duration; max?: Duration };
  /**
   * Whether the answer has to be of a server that has authority for the name,
   * and not of a cache.
   *
   * @default {false}
   */
  authoritative?: boolean;
}

/** Judges an answer. Returns nothing if it is as it should be. */
export type Judge = (
  answer: Answer,
  resolved: Resolved,
  detail: Detail,
) => Outcome | undefined;

/**
 * Makes a judge of what is expected.
 *
 * @throws {OptionError} If an option is not valid.
 */
export function judgeOf(asked: Asked, options: DnsExpectations): Judge {
  const { rcode = "NOERROR", authoritative = false } = options;
  mustBeBoolean("authoritative", options.authoritative);
  if (!RCODES.includes(rcode)) {
    const got = JSON.stringify(rcode);
    throw new OptionError(
      "rcode",
      `expected one such as "NXDOMAIN", got ${got}`,
    );
  }
  const { record } = asked;
  const ttlComplaint = ttlTest(options.ttl);
  const complaints = ([
    ["expect", complainAll],
    ["expectAny", complainAny],
    ["not", complainNone],
  ] as const).flatMap(([option, complain]) => {
    const value = options[option];
    if (value === undefined) return [];
    const expected = expectedFrom(option, record, value);
    return [(values: readonly string[]) => complain(expected, values, asked)];
  });
  const needsRecords = complaints.length > 0 || options.ttl !== undefined;
  if (rcode !== "NOERROR" && needsRecords) {
    throw new OptionError(
      "rcode",
      `expected NOERROR with what is expected of records, got ${rcode}`,
    );
  }
  return (answer, resolved, detail) => {
    const unmet = (message: string): Outcome =>
      fail({ code: "dns", message }, detail);
    if (answer.rcode !== rcode) {
      return unmet(
        `Expected ${rcode} for ${asked.name}, got ${
          whatCame(answer, resolved)
        }`,
      );
    }
    if (rcode === "NOERROR") {
      const { values, ttlSeconds } = resolved;
      if (values.length === 0) return unmet(noRecords(answer, resolved));
      for (const complain of complaints) {
        const message = complain(values);
        if (message !== undefined) return unmet(message);
      }
      const message = ttlComplaint(ttlSeconds);
      if (message !== undefined) return unmet(message);
    }
    return authoritative && !answer.isAuthoritative
      ? unmet(
        `Expected an authoritative answer for ${asked.name}, got one that is not`,
      )
      : undefined;
  };
}

/** What a response code, which was not expected, says. */
function whatCame(
  { rcode, extendedError }: Answer,
  { asked, values, last }: Resolved,
): string {
  const why = extendedError === "" ? "" : ` (${extendedError})`;
  switch (rcode) {
    case "NOERROR":
      return values.length === 0
        ? `NOERROR, with no ${asked.record} record`
        : `NOERROR, with ${listed(values)}`;
    case "NXDOMAIN":
      return last === asked.name
        ? `NXDOMAIN${why}: there is no such name`
        : `NXDOMAIN${why}: it is an alias of ${last}, which does not exist`;
    case "SERVFAIL":
      return `SERVFAIL${why}: the server could not find it out`;
    case "REFUSED":
      return `REFUSED${why}: the server does not answer such a query`;
    default:
      return `${rcode}${why}`;
  }
}

/** What an answer without the records that were asked for says. */
function noRecords(
  { isAuthoritative, authority }: Answer,
  { asked: { name, record }, last }: Resolved,
): string {
  const expected = `Expected a record ${record} of ${name}, got none`;
  if (last !== name) {
    return `${expected}: it is an alias of ${last}, which has none`;
  }
  const { NS, SOA } = RECORD_TYPES;
  const referral = authority.find(({ type }) => type === NS.number);
  const isReferral = !isAuthoritative && referral !== undefined &&
    !authority.some(({ type }) => type === SOA.number);
  return isReferral
    ? `${expected}: the server only refers to ${referral.data}`
    : expected;
}

function complainAll(
  expected: readonly Expected[],
  values: readonly string[],
  { name, record }: Asked,
): string | undefined {
  const missing = expected.filter((each) => !values.some(each.isMet));
  if (missing.length === 0) return undefined;
  return `Expected ${
    listed(missing.map(({ text }) => text))
  } among the records ${record} of ${name}, got ${listed(values)}`;
}

function complainAny(
  expected: readonly Expected[],
  values: readonly string[],
  { name, record }: Asked,
): string | undefined {
  if (expected.some((each) => values.some(each.isMet))) return undefined;
  const one = expected.length === 1 ? "" : "one of ";
  return `Expected ${one}${
    listed(expected.map(({ text }) => text))
  } among the records ${record} of ${name}, got ${listed(values)}`;
}

function complainNone(
  unwanted: readonly Expected[],
  values: readonly string[],
  { name, record }: Asked,
): string | undefined {
  const met = unwanted.find((each) => values.some(each.isMet));
  if (met === undefined) return undefined;
  return `Expected no ${met.text} among the records ${record} of ${name}, got ${
    listed(values)
  }`;
}

/** Makes a test of limits of the TTL. */
function ttlTest(
  limits: DnsExpectations["ttl"] = {},
): (ttlSeconds: number) => string | undefined {
  const limit = (name: "min" | "max"): number | undefined => {
    const value = limits[name];
    if (value === undefined) return undefined;
    return readOption(`ttl.${name}`, () => parseDuration(value));
  };
  const [min, max] = [limit("min"), limit("max")];
  if (min !== undefined && max !== undefined && min > max) {
    throw new OptionError(
      "ttl.min",
      `expected no more than max, which is ${formatDuration(max)}, got ${
        JSON.stringify(limits.min)
      }`,
    );
  }
  return (ttlSeconds) => {
    const [ttlMs, got] = [ttlSeconds * 1000, ttlText(ttlSeconds)];
    if (min !== undefined && ttlMs < min) {
      return `Expected a TTL of ${formatDuration(min)} or more, got ${got}`;
    }
    return max !== undefined && ttlMs > max
      ? `Expected a TTL of ${formatDuration(max)} or less, got ${got}`
      : undefined;
  };
}

function ttlText(seconds: number): string {
  return seconds === 0 ? "0s" : formatDuration(seconds * 1000);
}

/** What an answer has, for the details of an outcome. */
export function detailOf(
  answer: Answer,
  { asked, values, ttlSeconds }: Resolved,
): Detail {
  const serial = asked.record === "SOA" ? values[0]?.split(" ")[2] : undefined;
  return {
    rcode: answer.rcode,
    answerRecords: answer.answers.length,
    ...(values.length > 0 && {
      answers: oneLine(values.join(", "), 200),
      ttl: ttlSeconds,
    }),
    ...(serial !== undefined && { serial: Number(serial) }),
  };
}
