import type { ConfigIssue } from "../../schema/issue.ts";
import { validate } from "../../schema/validate.ts";
import { oneLine } from "../../core/text.ts";
import type { Reason } from "../../core/types.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import type { Schema } from "../../schema/schema.ts";

/** The version of the format: another one is not read. */
const VERSION = 2;

const TEXT: Schema = { type: "string" };
const COUNT: Schema = { type: "integer", minimum: 0 };
const DURATION: Schema = { type: "number", minimum: 0 };
/** What a `Date` can be (ECMAScript, section 21.4.1.1). */
const TIME: Schema = { type: "number", minimum: -864e13, maximum: 864e13 };
const NULL: Schema = { type: "null" };
const VERDICT: Schema = { enum: ["pass", "warn", "fail", "error"] };
const REASON: Schema = object({ code: TEXT, message: TEXT });

/** The file as a whole. */
const STATE: Schema = object({
  version: { enum: [VERSION] },
  checks: {
    type: "array",
    items: object({
      id: { ...TEXT, minLength: 1 },
      type: TEXT,
      target: TEXT,
      status: { enum: ["unknown", "healthy", "degraded", "unhealthy"] },
      failures: COUNT,
      successes: COUNT,
      passes: COUNT,
      warnings: COUNT,
      errors: COUNT,
      verdict: { anyOf: [VERDICT, NULL] },
      reason: { anyOf: [REASON, NULL] },
      cause: { anyOf: [REASON, NULL] },
      detail: {
        anyOf: [{
          type: "object",
          additionalProperties: { type: ["string", "number", "boolean"] },
        }, NULL],
      },
      since: TIME,
      checkedAt: { anyOf: [TIME, NULL] },
      durationMs: { anyOf: [DURATION, NULL] },
      attempts: COUNT,
      transitions: COUNT,
      history: object({
        attempts: {
          type: "array",
          items: {
            ...object({
              verdict: VERDICT,
              at: TIME,
              durationMs: { anyOf: [DURATION, NULL] },
              reason: REASON,
            }),
            required: ["verdict", "at", "durationMs"],
          },
        },
        passed: COUNT,
        failed: COUNT,
      }),
    }),
  },
});

/** A map that has all of these. */
function object(properties: Readonly<Record<string, Schema>>): Schema {
  return {
    type: "object",
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  };
}

/** Writes records as JSON, with a line for each. */
export function toText(records: readonly CheckRecord[]): string {
  const lines = records.map((record) => JSON.stringify(record));
  return `{"version":${VERSION},"checks":[\n${lines.join(",\n")}\n]}\n`;
}

/**
 * Reads what was written so.
 *
 * @throws {SyntaxError} If it is not JSON.
 * @throws {TypeError} If it is another version, or something else.
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
  const { checks } = state as { readonly checks: readonly CheckRecord[] };
  return checks.map((record) => ({
    ...record,
    reason: printable(record.reason),
    cause: printable(record.cause),
  }));
}

/** Whoever wrote the file may have put into it what no terminal should get. */
function printable(reason: Reason | null): Reason | null {
  return reason && { ...reason, message: oneLine(reason.message) };
}
