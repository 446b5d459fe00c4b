import { type Field, FIELDS, type FieldTypes } from "../../core/fields.ts";
import { VERDICTS } from "../../core/outcome.ts";
import { STATUSES } from "../../core/rollup.ts";
import type { Reason } from "../../core/types.ts";
import type { BadgeEndpoint } from "../badges/badge.ts";
import type { IncidentJson } from "../incidents/json.ts";
import type { PublicStatusJson } from "../public/json.ts";
import type { Health, HealthCheck } from "../health.ts";
import type {
  ActiveMaintenance,
  MaintenanceList,
  PlannedTime,
} from "../maintenance/list.ts";
import type { NotifierJson } from "../notifications/json.ts";
import type { HistoryJson, PeriodJson } from "../history/periods.ts";
import type { Uptime } from "../../core/past/uptime.ts";
import { CLUSTER_SCHEMAS } from "./cluster_schemas.ts";
import {
  COUNT,
  described,
  numbers,
  object,
  orNull,
  type Part,
  refTo,
  TEXT,
  TIME,
} from "./parts.ts";

const LINKS: Part = {
  type: "object",
  additionalProperties: { type: "string", format: "uri-reference" },
};

/** The schemas of the types that fields of a check have. */
const TYPES: Readonly<Record<keyof FieldTypes, Part>> = {
  string: TEXT,
  boolean: { type: "boolean" },
  mark: { const: true },
  count: COUNT,
  duration: { type: "number", minimum: 0 },
  time: TIME,
  status: { enum: STATUSES },
  verdict: { enum: VERDICTS },
  reason: refTo("Reason"),
  detail: {
    type: "object",
    additionalProperties: { type: ["string", "number", "boolean"] },
  },
};

/** A snapshot, as the list of its fields says. */
function snapshot(): Part {
  const shown = Object.entries<Field>(FIELDS).filter(([, { shown }]) => shown);
  return {
    type: "object",
    required: shown.filter(([, { optional }]) => !optional)
      .map(([name]) => name),
    properties: Object.fromEntries(
      shown.map(([name, { type, nullable, description }]) => [
        name,
        described(nullable ? orNull(TYPES[type]) : TYPES[type], description),
      ]),
    ),
  };
}

const SHARE: Part = { type: "number", minimum: 0, maximum: 1 };

const HEALTH_STATUS: Part = { enum: ["pass", "warn", "fail"] };

/** The JSON Schemas (2020-12) of the app's responses, by name. */
export const SCHEMAS: Readonly<Record<string, Part>> = {
  Snapshot: snapshot(),
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
  History: object<HistoryJson>({
    check: described(TEXT, "The id of the check"),
    step: described({ enum: ["5m", "hour", "day"] }, "How long periods are"),
    from: TIME,
    to: TIME,
    periods: { type: "array", items: refTo("Period") },
  }),
  Period: object<PeriodJson>({
    from: TIME,
    to: described(TIME, "When it ends; now if it is not over"),
    uptime: refTo("Uptime"),
    attempts: described(
      numbers(VERDICTS, TYPES.count),
      "How many attempts had each verdict",
    ),
    latencyMs: described(
      numbers(["p50", "p95", "p99"], orNull(TYPES.duration)),
      "Percentiles of how long the attempts took that passed",
    ),
  }),
  Uptime: object<Uptime>({
    up: described(
      SHARE,
      "The share of the time that it was healthy or degraded",
    ),
    down: described(SHARE, "Unhealthy"),
    unknown: described(SHARE, "The agent could not tell"),
    maintenance: described(SHARE, "In a maintenance window"),
    notWatched: described(
      SHARE,
      "The agent did not run, or not with the check",
    ),
    ratio: described(orNull(SHARE), "up, of up and down"),
  }),
  Badge: object<BadgeEndpoint>({
    schemaVersion: { const: 1 },
    label: TEXT,
    message: TEXT,
    color: TEXT,
  }),
  Maintenance: object<MaintenanceList>({
    active: described(
      { type: "array", items: refTo("ActiveMaintenance") },
      "What covers checks now",
    ),
    planned: described(
      { type: "array", items: refTo("PlannedMaintenance") },
      "The next times of the windows of the config file, those of now included",
    ),
  }),
  ActiveMaintenance: object<ActiveMaintenance>({
    check: described(TEXT, "The id of the check"),
    from: TIME,
    to: TIME,
    reason: described(orNull(TEXT), "Why, for people"),
    by: described(
      { enum: ["file", "hand"] },
      "Whether it is a window of the config file, or was started by hand",
    ),
  }),
  PlannedMaintenance: object<PlannedTime>({
    from: TIME,
    to: TIME,
    reason: described(orNull(TEXT), "Why, for people"),
    checks: described(
      orNull({ type: "array", items: TEXT }),
      "The ids of its checks; null for all",
    ),
  }),
  StartMaintenance: {
    ...object<Record<"checks" | "groups" | "all" | "for" | "reason", unknown>>({
      checks: described(
        { type: "array", items: TEXT },
        "The ids of checks",
      ),
      groups: described(
        { type: "array", items: TEXT },
        "Groups, whose checks are meant",
      ),
      all: described({ type: "boolean" }, "Whether all checks are meant"),
      for: described(TEXT, "How long, such as 30m"),
      reason: described(orNull(TEXT), "Why, for people"),
    }, ["checks", "groups", "all", "reason"]),
    additionalProperties: false,
  },
  Notifier: object<NotifierJson>({
    name: described(TEXT, "Its name, as in the config file"),
    type: described(TEXT, "The type of its receiver, such as slack"),
    pending: described(TYPES.count, "How many messages wait to be sent"),
    sent: described(TYPES.count, "How many messages were sent"),
    failed: described(TYPES.count, "How many attempts to send one failed"),
    givenUp: described(TYPES.count, "How many messages were given up"),
    lastSuccessAt: described(orNull(TIME), "When a message was sent last"),
    failure: described(
      orNull({
        type: "object",
        required: ["at", "why"],
        properties: { at: TIME, why: TEXT },
      }),
      "The last failure; null if a message was sent since",
    ),
    waiting: described(
      orNull({ enum: ["start", "self", "quiet", "limit", "teller"] }),
      "Why it holds back what is to be told; null if it does not. With teller, " +
        "another agent tells, whose numbers these are",
    ),
  }),
  Incident: object<IncidentJson>({
    id: described(TEXT, "Unique among all incidents, for ever"),
    check: described(TEXT, "The id of the check"),
    began: TIME,
    ended: described(orNull(TIME), "Null while it lasts"),
    durationMs: described(
      orNull({ type: "number", minimum: 0 }),
      "Null while it lasts",
    ),
    end: orNull({ enum: ["recovered", "removed"] }),
    firstReason: described(refTo("Reason"), "Why it began"),
    lastReason: described(refTo("Reason"), "Why the check was last down"),
    muted: described(
      orNull({
        type: "object",
        required: ["by"],
        properties: {
          by: { enum: ["maintenance", "dependency"] },
          check: described(TEXT, "The check that it is because of"),
        },
      }),
      "Why nobody is told of it; null if people are to be told",
    ),
  }),
  ...CLUSTER_SCHEMAS,
  PublicStatus: object<PublicStatusJson>({
    title: TEXT,
    status: described(TYPES.status, "The worst status that is not maintenance"),
    groups: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "checks"],
        properties: {
          name: orNull(TEXT),
          checks: { type: "array", items: refTo("PublicCheck") },
        },
      },
    },
    incidents: {
      type: "array",
      items: {
        type: "object",
        required: ["name", "began", "ended"],
        properties: { name: TEXT, began: TIME, ended: orNull(TIME) },
      },
    },
  }),
  PublicCheck: object<PublicStatusJson["groups"][number]["checks"][number]>({
    name: TEXT,
    status: TYPES.status,
    maintenance: { type: "boolean" },
    uptime: described(
      orNull({ type: "number", minimum: 0, maximum: 1 }),
      "Of the last 90 days; null if it is not known",
    ),
  }),
  Error: object<{ error: string }>({ error: TEXT }),
};
