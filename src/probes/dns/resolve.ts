import type { Answer } from "./message.ts";
import { type DnsRecord, RECORD_TYPES } from "./records.ts";

/** What is asked. */
export interface Asked {
  readonly name: string;
  readonly record: DnsRecord;
}

/** What an answer says of what was asked. */
export interface Resolved {
  readonly asked: Asked;
  /** The records that were asked for, sorted. */
  readonly values: readonly string[];
  /** The smallest TTL on the way to them, in seconds. */
  readonly ttlSeconds: number;
  /** The name that the last alias leads to; the name itself without an alias. */
  readonly last: string;
}

/** Follows the aliases of an answer to its records. */
export function resolve(
  { answers }: Answer,
  asked: Asked,
): Resolved {
  const { name, record } = asked;
  const { number } = RECORD_TYPES[record];
  const isAlias = (type: number): boolean =>
    type === RECORD_TYPES.CNAME.number && record !== "CNAME";
  const aliases = new Map(
    answers.filter(({ type }) => isAlias(type))
      .map((alias) => [alias.name, alias]),
  );
  let [last, ttlSeconds] = [name, Infinity];
  // There may be a circle: each alias is followed once.
  for (let alias = aliases.get(last); alias; alias = aliases.get(last)) {
    aliases.delete(last);
    last = alias.data;
    ttlSeconds = Math.min(ttlSeconds, alias.ttlSeconds);
  }
  const records = answers.filter((each) =>
    each.type === number && each.name === last
  );
  const values = new Set(records.map(({ data }) => data));
  return {
    asked,
    values: [...values].sort(),
    ttlSeconds: records.reduce(
      (least, each) => Math.min(least, each.ttlSeconds),
      ttlSeconds,
    ),
    last,
  };
}
