import type { SavedFields, State } from "./state.ts";
import type { Detail, Reason, Snapshot, Status, Verdict } from "./types.ts";

/** The types that values have, as JSON has them. */
export interface FieldTypes {
  readonly string: string;
  readonly boolean: boolean;
  /** An optional field that is `true` or left out. */
  readonly mark: true;
  /** A whole number of 0 or more. */
  readonly count: number;
  /** Milliseconds. */
  readonly duration: number;
  /** Milliseconds of the epoch; a snapshot has a date, and its JSON a string. */
  readonly time: number;
  readonly status: Status;
  readonly verdict: Verdict;
  readonly reason: Reason;
  readonly detail: Detail;
}

/** A field of a check. */
export interface Field {
  /** The type of its value. */
  readonly type: keyof FieldTypes;
  /** Whether the value may be `null`. */
  readonly nullable?: true;
  /** Whether it is left out where there is no value. */
  readonly optional?: true;
  /** Whether the state of the machine has it. */
  readonly state?: true;
  /** Whether it outlives the process, in a record and a history. */
  readonly saved?: true;
  /** Whether snapshots have it. */
  readonly shown?: true;
  /** What it says, for readers of the API. */
  readonly description: string;
}

/** All fields that are saved or shown, with the types of their values. */
type Values =
  & SavedFields
  & State
  & { readonly [K in Exclude<keyof Snapshot, keyof State>]: FieldValue<K> };

/** The value of a field that only a snapshot has. */
type FieldValue<K extends keyof Snapshot> = Snapshot[K] extends Date | null
  ? number | null
  : Snapshot[K];

/** The names of the types that a value may have. */
type TypeName<V> = {
  [T in keyof FieldTypes]: [V, FieldTypes[T]] extends [FieldTypes[T], V] ? T
    : never;
}[keyof FieldTypes];

/** A mark of a field, which is there if and only if it has to be. */
type Mark<Name extends keyof Field, Is> = Is extends true
  ? { readonly [N in Name]: true }
  : { readonly [N in Name]?: never };

/** What the list has to say of a field. */
type Entry<K extends keyof Values> =
  & Pick<Field, "description">
  & { readonly type: TypeName<NonNullable<Values[K]>> }
  & Mark<"nullable", null extends Values[K] ? true : false>
  & Mark<"optional", undefined extends Values[K] ? true : false>
  & Mark<"state", K extends keyof State ? true : false>
  & Mark<"saved", K extends keyof SavedFields ? true : false>
  & Mark<"shown", K extends keyof Snapshot ? true : false>;

/**
 * The fields of a check, in the order in which they are shown. Records, the states
 * of a history, the JSON of a snapshot and its schema are made of this list, and the
 * compiler compares it with {@linkcode State} and {@linkcode Snapshot}.
 */
export const FIELDS: { readonly [K in keyof Values]-?: Entry<K> } = {
  id: {
    type: "string",
    saved: true,
    shown: true,
    description: "The check's name for programs, unique in its fleet",
  },
  name: {
    type: "string",
    optional: true,
    shown: true,
    description: "What people call the check, if not its id",
  },
  description: {
    type: "string",
    optional: true,
    shown: true,
    description: "What the check is about",
  },
  link: {
    type: "string",
    optional: true,
    shown: true,
    description: "Where people find more about the check",
  },
  group: {
    type: "string",
    nullable: true,
    shown: true,
    description: "The group it is shown under, if any",
  },
  type: {
    type: "string",
    saved: true,
    shown: true,
    description: "The kind of probe",
  },
  target: {
    type: "string",
    saved: true,
    shown: true,
    description: "What the probe looks at, without secrets",
  },
  status: {
    type: "status",
    state: true,
    saved: true,
    shown: true,
    description: "The settled judgement",
  },
  checking: {
    type: "boolean",
    state: true,
    shown: true,
    description: "Whether an attempt is in progress",
  },
  starting: {
    type: "boolean",
    state: true,
    shown: true,
    description: "Whether the check is in its start period",
  },
  failures: {
    type: "count",
    state: true,
    saved: true,
    shown: true,
    description: "Failures in a row",
  },
  successes: {
    type: "count",
    state: true,
    saved: true,
    shown: true,
    description: "Passes in a row, with a warning or without",
  },
  passes: {
    type: "count",
    state: true,
    saved: true,
    description: "Passes in a row without a warning",
  },
  warnings: {
    type: "count",
    state: true,
    saved: true,
    description: "Warnings since the last pass without one",
  },
  errors: {
    type: "count",
    state: true,
    saved: true,
    description: "Errors in a row",
  },
  verdict: {
    type: "verdict",
    nullable: true,
    state: true,
    saved: true,
    shown: true,
    description: "The verdict of the last attempt",
  },
  reason: {
    type: "reason",
    nullable: true,
    state: true,
    saved: true,
    shown: true,
    description: "Why the last attempt did not pass, or why it is unhealthy",
  },
  cause: {
    type: "reason",
    nullable: true,
    state: true,
    saved: true,
    description: "Why it last failed, until it is healthy again",
  },
  detail: {
    type: "detail",
    nullable: true,
    state: true,
    saved: true,
    shown: true,
    description: "What else the last attempt found",
  },
  firstAt: {
    type: "time",
    nullable: true,
    state: true,
    description: "When the first attempt began, during the start period",
  },
  since: {
    type: "time",
    state: true,
    saved: true,
    shown: true,
    description: "When the status began",
  },
  checkedAt: {
    type: "time",
    nullable: true,
    state: true,
    saved: true,
    shown: true,
    description: "When the last attempt ended",
  },
  nextAt: {
    type: "time",
    nullable: true,
    shown: true,
    description: "When the next attempt is due",
  },
  durationMs: {
    type: "duration",
    nullable: true,
    state: true,
    saved: true,
    shown: true,
    description: "How long the last attempt took, if it is known",
  },
  attempts: {
    type: "count",
    state: true,
    saved: true,
    shown: true,
    description: "Attempts so far",
  },
  transitions: {
    type: "count",
    state: true,
    saved: true,
    shown: true,
    description: "Changes of status so far",
  },
  agent: {
    type: "string",
    optional: true,
    shown: true,
    description: "Which agent looks at it, if there are many",
  },
  region: {
    type: "string",
    optional: true,
    shown: true,
    description: "The region of that agent, if it has one",
  },
  stale: {
    type: "mark",
    optional: true,
    state: true,
    shown: true,
    description: "Present if there was no attempt since a restart",
  },
};
