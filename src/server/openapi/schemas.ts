import type { Reason, Snapshot, Status, Verdict } from "../../core/types.ts";
import type { BadgeEndpoint } from "../badges/badge.ts";
import type { Health, HealthCheck } from "../health.ts";

/** A part of an OpenAPI document. */
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

/** The JSON Schemas (2020-12) of the app's responses, by name. */
export const SCHEMAS: Readonly<Record<string, Part>> = {
  Snapshot: object<Snapshot>({
    id: TEXT,
    group: orNull(TEXT),
    type: described(TEXT, "The kind of probe"),
    target: described(TEXT, "What the probe looks at, without secrets"),
    status: STATUS,
    checking: described(BOOLEAN, "Whether an attempt is in progress"),
    starting: described(BOOLEAN, "Whether the check is in its start period"),
    failures: described(COUNT, "Failures in a row"),
    successes: described(COUNT, "Passes in a row"),
    verdict: described(VERDICT, "The verdict of the last attempt"),
    reason: orNull(refTo("Reason")),
    detail: orNull({
      type: "object",
      additionalProperties: { type: ["string", "number", "boolean"] },
    }),
    since: described(TIME, "When the status began"),
    checkedAt: orNull(described(TIME, "When the last attempt ended")),
    nextAt: orNull(described(TIME, "When the next attempt is due")),
    durationMs: orNull({ type: "number", minimum: 0 }),
    attempts: described(COUNT, "Attempts so far"),
    transitions: described(COUNT, "Changes of status so far"),
    stale: described(
      { const: true },
      "Present if there was no attempt since a restart",
    ),
  }, ["stale"]),
  Reason: object<Reason>({
    code: described(TEXT, "The kind of reason, such as timeout"),
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

/** The schema of an object. All properties are required but the optional ones. */
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

/** A reference to one of {@linkcode SCHEMAS}. */
export function refTo(schema: string): Part {
  return { $ref: `#/components/schemas/${schema}` };
}
