import type { Reason, Snapshot, Status, Verdict } from "../../core/types.ts";
import type { BadgeEndpoint } from "../badges/badge.ts";
import type { Health, HealthCheck } from "../health.ts";

/** A part of an OpenAPI document, which is JSON. */
export type Part = Readonly<Record<string, unknown>>;

const TEXT: Part = { type: "string" };
const LINKS: Part = {
  type: "object",
  additionalProperties: { type: "string", format: "uri-reference" },
};
const BOOLEAN: Part = { type: "boolean" };
const COUNT: Part = { type: "integer", minimum: 0 };
const TIME: Part = { type: "string", format: "date-time" };

const STATUS: Part = {
  enum: ["unknown", "healthy", "degraded", "unhealthy"] satisfies Status[],
};
const VERDICT: Part = {
  enum: ["pass", "warn", "fail", "error", null] satisfies (Verdict | null)[],
};
const HEALTH_STATUS: Part = { enum: ["pass", "warn", "fail"] };

/** What the app answers as JSON, in JSON Schema (2020-12), by name. */
export const SCHEMAS: Readonly<Record<string, Part>> = {
  Snapshot: object<Snapshot>({
    id: TEXT,
    group: orNull(TEXT),
    type: described(TEXT, "The kind of probe"),
    target: described(TEXT, "What it looks at, without secrets"),
    status: STATUS,
    checking: described(BOOLEAN, "Whether an attempt is in flight"),
    starting: described(BOOLEAN, "Whether the start period lasts"),
    failures: described(COUNT, "Failures in a row"),
    successes: described(COUNT, "Passes in a row"),
    verdict: described(VERDICT, "Of the last attempt"),
    reason: orNull(refTo("Reason")),
    detail: orNull({
      type: "object",
      additionalProperties: { type: ["string", "number", "boolean"] },
    }),
    since: described(TIME, "When the status began"),
    checkedAt: orNull(described(TIME, "When the last attempt ended")),
    nextAt: orNull(described(TIME, "When the next one is due")),
    durationMs: orNull({ type: "number", minimum: 0 }),
    attempts: described(COUNT, "Attempts so far"),
    transitions: described(COUNT, "Changes of status so far"),
    stale: described(
      { const: true },
      "There if all of this is from before a restart",
    ),
  }, ["stale"]),
  Reason: object<Reason>({
    code: described(TEXT, "What kind of thing is wrong, such as timeout"),
    message: described(TEXT, "One line for people"),
  }),
  Health: object<Health>({
    status: HEALTH_STATUS,
    version: TEXT,
    releaseId: TEXT,
    serviceId: TEXT,
    description: TEXT,
    notes: { type: "array", items: TEXT },
    output: TEXT,
    checks: {
      type: "object",
      additionalProperties: { type: "array", items: refTo("HealthCheck") },
    },
    links: LINKS,
  }, ["output"]),
  HealthCheck: object<HealthCheck>({
    componentType: TEXT,
    observedValue: { type: "number", minimum: 0 },
    observedUnit: { const: "ms" },
    status: HEALTH_STATUS,
    time: TIME,
    output: TEXT,
    links: LINKS,
  }, ["observedValue", "observedUnit", "time", "output"]),
  Badge: object<BadgeEndpoint>({
    schemaVersion: { const: 1 },
    label: TEXT,
    message: TEXT,
    color: TEXT,
  }),
  Error: object<{ error: string }>({ error: TEXT }),
};

/** An object of a type, all of whose properties are there but the optional. */
function object<T>(
  properties: Readonly<Record<keyof T, Part>>,
  optional: readonly (keyof T & string)[] = [],
): Part {
  const names = Object.keys(properties) as (keyof T & string)[];
  return {
    type: "object",
    required: names.filter((name) => !optional.includes(name)),
    properties,
  };
}

function orNull(schema: Part): Part {
  return { anyOf: [schema, { type: "null" }] };
}

function described(schema: Part, description: string): Part {
  return { ...schema, description };
}

/** Refers to one of {@linkcode SCHEMAS}. */
export function refTo(schema: string): Part {
  return { $ref: `#/components/schemas/${schema}` };
}
