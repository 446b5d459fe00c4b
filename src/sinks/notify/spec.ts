import { isDeepStrictEqual } from "node:util";
import type { NotifierPolicy } from "../../core/notify/policy.ts";
import { parseDuration } from "../../core/duration.ts";
import type { Status } from "../../core/types.ts";
import { Zone } from "../../io/calendar/zone.ts";
import { join } from "../../schema/issue.ts";
import { type QuietSpec, quietTimes } from "./quiet.ts";
import { SHARED } from "./schema.ts";

/** The keys of every notifier, as a config file has them. */
export interface SharedSpec {
  /** The statuses that it tells of. */
  readonly on?: readonly (Exclude<Status, "healthy"> | "agent")[];
  /** How long it must have been so. */
  readonly after?: string | 0;
  /** How often it tells again while it lasts. */
  readonly remind?: string | false;
  /** Whether it tells when it is over. */
  readonly resolved?: boolean;
  /** What happens within this time of the first becomes one message. */
  readonly gather?: string | 0;
  /** When it keeps quiet. */
  readonly quiet?: QuietSpec;
  /** The most messages in an hour. */
  readonly limit?: number;
  /** The ids of the checks to tell of. */
  readonly checks?: readonly string[];
  /** The groups to tell of. */
  readonly groups?: readonly string[];
  /** The checks that tell whether the agent's own network works. */
  readonly self?: readonly string[];
}

/** A notifier of a config. */
export interface NotifierSpec {
  /** Its name. */
  readonly name: string;
  /** The type of its receiver. */
  readonly type: string;
  /** The options of the receiver, in the words of a config file. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What it tells, and when. */
  readonly shared: SharedSpec;
}

/** The valid value of the key `notify`. */
export type NotifyValue = Readonly<
  Record<string, Readonly<Record<string, unknown>>>
>;

/** Makes specs of what meets the schema. */
export function specsOf(value: NotifyValue): NotifierSpec[] {
  return Object.entries(value).map(([name, { type, ...fields }]) => {
    const entries = Object.entries(fields);
    const isShared = ([key]: readonly [string, unknown]): boolean =>
      Object.hasOwn(SHARED, key);
    return {
      name,
      type: type as string,
      options: Object.fromEntries(entries.filter((it) => !isShared(it))),
      shared: Object.fromEntries(entries.filter(isShared)),
    };
  });
}

/** What differs in the notifiers of two configs, in words. */
export function changesOf(
  before: readonly NotifierSpec[],
  next: readonly NotifierSpec[],
): string[] {
  const known = new Map(before.map((spec) => [spec.name, spec]));
  const changes: string[] = [];
  for (const spec of next) {
    const path = join("notify", spec.name);
    const old = known.get(spec.name);
    known.delete(spec.name);
    if (old === undefined) changes.push(`${path} added`);
    else if (!isDeepStrictEqual(old, spec)) changes.push(`${path} changed`);
  }
  for (const name of known.keys()) {
    changes.push(`${join("notify", name)} removed`);
  }
  return changes;
}

/** What a notifier tells, and when. Its zone is that of the file by default. */
export function policyOf(
  { shared }: NotifierSpec,
  zoneOfFile: string,
): NotifierPolicy {
  const { checks, groups, quiet, gather, remind = false } = shared;
  const { on = ["unhealthy"] } = shared;
  return {
    on: on.filter((status) => status !== "agent"),
    agents: on.includes("agent"),
    afterMs: parseDuration(shared.after ?? 0),
    remindMs: remind === false ? null : parseDuration(remind),
    resolved: shared.resolved ?? true,
    gatherMs: gather === undefined ? null : parseDuration(gather),
    limit: shared.limit ?? 20,
    checks: checks === undefined ? null : new Set(checks),
    groups: groups === undefined ? null : new Set(groups),
    self: shared.self ?? [],
    quiet: quiet === undefined
      ? null
      : quietTimes(quiet, new Zone(quiet.timezone ?? zoneOfFile)),
  };
}
