/** How agents tell each other what they have found, as JSON. */

import { type Field, FIELDS, type FieldTypes } from "../../../core/fields.ts";
import type { Json } from "../../../core/json.ts";
import { VERDICTS } from "../../../core/outcome.ts";
import { STATUSES } from "../../../core/rollup.ts";
import type { Outcome, Reason } from "../../../core/types.ts";
import type { SharedState } from "../../../fleet/sharing.ts";

/** A result of one check, with what the machine of who has found it then knew. */
export interface Found {
  /** What the attempt has found; `null` if only the memory is new. */
  readonly outcome: Outcome | null;
  readonly state: SharedState;
  /** What its passive probe remembers, if it is one. */
  readonly memory?: Json;
}

/**
 * The same as JSON: the values of the state in the order of {@linkcode NAMES}; the
 * reason of the outcome, `null` if it has none, and `false` if there is no outcome;
 * and the memory, if there is one. It is short, as there are very many.
 */
export type FoundJson = readonly Json[];

/** What is of one process only. */
const OWN: readonly string[] = ["checking", "stale"];

/** The names of the fields of a state that go from one agent to another. */
const NAMES = Object.entries<Field>(FIELDS)
  .filter(([name, { state }]) => state && !OWN.includes(name))
  .map(([name]) => name as keyof SharedState);

/**
 * No count is as large as this. A larger one is a mistake of whoever wrote it: what
 * goes on from it could soon not be counted exactly, and no agent would read it.
 */
const END_OF_COUNTS = 2 ** 52;

/** Whether a value is of a type. */
const IS: { readonly [T in keyof FieldTypes]: (value: unknown) => boolean } = {
  string: (value) => typeof value === "string",
  boolean: (value) => typeof value === "boolean",
  mark: (value) => value === true,
  count: (value) =>
    Number.isSafeInteger(value) && (value as number) >= 0 &&
    (value as number) < END_OF_COUNTS,
  duration: isTime,
  time: isTime,
  status: (value) => (STATUSES as readonly unknown[]).includes(value),
  verdict: (value) => (VERDICTS as readonly unknown[]).includes(value),
  reason: isReason,
  detail: (value) =>
    isMap(value) &&
    Object.values(value).every((each) =>
      ["string", "number", "boolean"].includes(typeof each)
    ),
};

/** Each value of a state, in order: what it has to be. */
const CHECKS = NAMES.map((name) => {
  const { type, nullable } = FIELDS[name] as Field;
  const is = IS[type];
  return (value: unknown): boolean =>
    value === null ? nullable === true : is(value);
});

/** What was found, as JSON. */
export function toJson({ outcome, state, memory }: Found): FoundJson {
  const values = NAMES.map((name) => state[name]) as Json[];
  const reason = outcome === null
    ? false
    : (outcome.reason ?? null) as unknown as Json;
  if (memory !== undefined) return [values, reason, memory];
  return reason === null ? [values] : [values, reason];
}

/** What another agent has found; nothing if it is not of this form. */
export function fromJson(json: unknown): Found | undefined {
  if (!Array.isArray(json)) return undefined;
  const [values, reason = null, memory] = json;
  if (!Array.isArray(values) || values.length !== NAMES.length) {
    return undefined;
  }
  if (!values.every((value, i) => CHECKS[i]!(value))) return undefined;
  if (reason !== null && reason !== false && !isReason(reason)) {
    return undefined;
  }
  const fields: Record<string, unknown> = {};
  for (let i = 0; i < NAMES.length; i++) fields[NAMES[i]!] = values[i];
  const state = fields as unknown as SharedState;
  const { verdict, detail } = state;
  return {
    outcome: reason === false || verdict === null ? null : {
      verdict,
      ...(reason !== null && { reason }),
      ...(detail !== null && { detail }),
    },
    state,
    ...(memory !== undefined && { memory }),
  };
}

/** From 1970 on, in the range of a `Date` (ECMAScript, section 21.4.1.1). */
function isTime(value: unknown): boolean {
  return typeof value === "number" && value >= 0 && value <= 864e13;
}

function isReason(value: unknown): value is Reason {
  return isMap(value) && typeof value.code === "string" &&
    typeof value.message === "string";
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
