import { type Field, FIELDS, type FieldTypes } from "../../core/fields.ts";
import { VERDICTS } from "../../core/outcome.ts";
import { STATUSES } from "../../core/rollup.ts";
import type { History } from "../../fleet/history.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import type { ConfigIssue } from "../../schema/issue.ts";
import type { Schema } from "../../schema/schema.ts";
import { validate } from "../../schema/validate.ts";
import { printable } from "./packed.ts";

/** A record without its past attempts. */
export type StoredState =
  & Omit<CheckRecord, "history">
  & Pick<History, "passed" | "failed">;

const STRING: Schema = { type: "string" };
const COUNT: Schema = { type: "integer", minimum: 0 };

/** The schemas of the types that fields of a check have. */
const TYPES: Readonly<Record<keyof FieldTypes, Schema>> = {
  string: STRING,
  boolean: { type: "boolean" },
  mark: { enum: [true] },
  count: COUNT,
  duration: { type: "number", minimum: 0 },
  /** The range of a `Date` (ECMAScript, section 21.4.1.1). */
  time: { type: "number", minimum: -864e13, maximum: 864e13 },
  status: { enum: STATUSES },
  verdict: { enum: VERDICTS },
  reason: {
    type: "object",
    properties: { code: STRING, message: STRING },
    required: ["code", "message"],
    additionalProperties: false,
  },
  detail: {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
};

const STATE: Schema = schemaOf({
  ...Object.fromEntries(
    Object.entries<Field>(FIELDS).filter(([, { saved }]) => saved)
      .map(([name, { type, nullable }]) => [
        name,
        nullable ? { anyOf: [TYPES[type], { type: "null" }] } : TYPES[type],
      ]),
  ),
  id: { ...STRING, minLength: 1 },
  passed: COUNT,
  failed: COUNT,
});

/** A map that has all of these keys, perhaps a memory, and no others. */
function schemaOf(properties: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "object",
    properties: { ...properties, memory: {} },
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

/** Writes what is known of a check, without its past attempts. */
export function stateText({ history, ...rest }: CheckRecord): string {
  const { passed, failed } = history;
  return JSON.stringify({ ...rest, passed, failed });
}

/**
 * Reads what was written so.
 *
 * @throws {SyntaxError} If it is not JSON.
 * @throws {TypeError} If it is not a state.
 */
export function stateOf(text: string): StoredState {
  const issues: ConfigIssue[] = [];
  const state = validate(JSON.parse(text), STATE, "", issues) as StoredState;
  const [issue] = issues;
  if (issue !== undefined) {
    const { path, message } = issue;
    throw new TypeError(path === "" ? message : `${path}: ${message}`);
  }
  const { reason, cause } = state;
  return {
    ...state,
    reason: reason && printable(reason),
    cause: cause && printable(cause),
  };
}
