import type { ConfigIssue } from "../../schema/issue.ts";
import { validate } from "../../schema/validate.ts";
import { type Field, FIELDS, type FieldTypes } from "../../core/fields.ts";
import { VERDICTS } from "../../core/outcome.ts";
import { STATUSES } from "../../core/rollup.ts";
import { oneLine } from "../../core/text.ts";
import type { Reason } from "../../core/types.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import type { Schema } from "../../schema/schema.ts";
import {
  fromColumns,
  type HistoryColumns,
  toColumns,
  VERDICTS_PATTERN,
} from "./history_columns.ts";

/** The version of the format: a file of another one is not read. */
const VERSION = 2;

const STRING: Schema = { type: "string" };
const COUNT: Schema = { type: "integer", minimum: 0 };
const DURATION: Schema = { type: "number", minimum: 0 };
/** The range of a `Date` (ECMAScript, section 21.4.1.1). */
const TIME: Schema = { type: "number", minimum: -864e13, maximum: 864e13 };
const REASON: Schema = object({ code: STRING, message: STRING });

/** The schemas of the types that fields of a check have. */
const TYPES: Readonly<Record<keyof FieldTypes, Schema>> = {
  string: STRING,
  boolean: { type: "boolean" },
  mark: { enum: [true] },
  count: COUNT,
  duration: DURATION,
  time: TIME,
  status: { enum: STATUSES },
  verdict: { enum: VERDICTS },
  reason: REASON,
  detail: {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
};

/** The file as a whole. */
const STATE: Schema = object({
  version: { enum: [VERSION] },
  checks: {
    type: "array",
    items: optionally({ memory: {} }, {
      ...Object.fromEntries(
        Object.entries<Field>(FIELDS).filter(([, { saved }]) => saved)
          .map(([name, { type, nullable }]) => [
            name,
            nullable ? orNull(TYPES[type]) : TYPES[type],
          ]),
      ),
      id: { ...STRING, minLength: 1 },
      history: object({
        passed: COUNT,
        failed: COUNT,
        verdicts: { ...STRING, pattern: VERDICTS_PATTERN },
        times: list({ type: "number" }),
        durations: list(orNull(DURATION)),
        reasonOf: list(orNull(COUNT)),
        reasons: list(REASON),
      }),
    }),
  },
});

/** A map that has all of these keys, may have the first ones, and no others. */
function optionally(
  optional: Readonly<Record<string, Schema>>,
  properties: Readonly<Record<string, Schema>>,
): Schema {
  const { required } = object(properties);
  return { ...object({ ...properties, ...optional }), required: required! };
}

/** A map that has all of these keys, and no others. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

function list(items: Schema): Schema {
  return { type: "array", items };
}

function orNull(schema: Schema): Schema {
  return { anyOf: [schema, { type: "null" }] };
}

/** A record as the file has it. */
type FileRecord = Omit<CheckRecord, "history"> & {
  readonly history: HistoryColumns;
};

/** Writes records as JSON, piece by piece: a line for each. */
export function* toPieces(records: Iterable<CheckRecord>): Generator<string> {
  yield `{"version":${VERSION},"checks":[`;
  let separator = "\n";
  for (const { history, ...rest } of records) {
    const record: FileRecord = { ...rest, history: toColumns(history) };
    yield separator + JSON.stringify(record);
    separator = ",\n";
  }
  yield "\n]}\n";
}

/**
 * Reads what was written so.
 *
 * @throws {SyntaxError} If it is not JSON.
 * @throws {TypeError} If it is of another version, or not a state.
 */
export function fromText(text: string): CheckRecord[] {
  const value: unknown = JSON.parse(text);
  const issues: ConfigIssue[] = [];
  const state = validate(value, STATE, "", issues);
  const [issue] = issues;
  if (issue !== undefined) {
    const { path, message } = issue;
    throw new TypeError(path === "" ? message : `${path}: ${message}`);
  }
  const { checks } = state as { readonly checks: readonly FileRecord[] };
  return checks.map(({ history, ...rest }) => ({
    ...rest,
    reason: printable(rest.reason),
    cause: printable(rest.cause),
    history: fromColumns({
      ...history,
      reasons: history.reasons.map(toPrintable),
    }),
  }));
}

/** A file may have been written by anybody: no terminal gets its escapes. */
function toPrintable({ code, message }: Reason): Reason {
  return { code: oneLine(code), message: oneLine(message) };
}

function printable(reason: Reason | null): Reason | null {
  return reason && toPrintable(reason);
}
