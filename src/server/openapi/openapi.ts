import { VERSION } from "../../version.ts";
import { type Part, refTo, SCHEMAS } from "./schemas.ts";

/** What an OpenAPI document is made of. */
export interface OpenApiContent {
  /** The title of the service. */
  readonly title: string;
  /** Whether the app requires a token. */
  readonly guarded: boolean;
}

/** Describes the app in OpenAPI 3.1. The server's URL is relative to it. */
export function openApi({ title, guarded }: OpenApiContent): Part {
  return {
    openapi: "3.1.0",
    info: {
      title,
      version: VERSION,
      description: "The status of the checks of lifesign.",
    },
    servers: [{ url: "." }],
    ...(guarded && { security: [{ bearer: [] }, { password: [] }] }),
    paths: Object.fromEntries(
      Object.entries(OPERATIONS).map(([path, { responses, ...operation }]) => [
        path,
        {
          get: {
            ...operation,
            ...(guarded && path === "/livez" && { security: [] }),
            responses: guarded && path !== "/livez"
              ? { ...responses, ...REFUSALS }
              : responses,
          },
        },
      ]),
    ),
    components: {
      schemas: SCHEMAS,
      ...(guarded && { securitySchemes: SECURITY_SCHEMES }),
    },
  };
}

/** The GET operation of a path. */
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Part[];
  readonly responses: Readonly<Record<number, Part>>;
}

const ID = parameter("path", "id", "The id of the check, percent-encoded");
const LABEL = parameter("query", "label", "The label of the badge");
const NO_CHECK = answer("There is no such check", "application/json", "Error");
const NO_BADGE = answer(
  "A grey badge: there is no such check",
  "image/svg+xml",
);

const REFUSALS: Operation["responses"] = {
  400: answer("The authorization is malformed", "application/json", "Error"),
  401: answer("The token is missing or wrong", "application/json", "Error"),
};

/** How to send the token: as a bearer token, or as the password of any user. */
const SECURITY_SCHEMES: Part = {
  bearer: { type: "http", scheme: "bearer" },
  password: { type: "http", scheme: "basic" },
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "/": {
    operationId: "getPage",
    summary: "The status page",
    parameters: [parameter("query", "group", "The only group to show")],
    responses: { 200: answer("An HTML page", "text/html") },
  },
  "/checks": {
    operationId: "listChecks",
    summary: "The snapshots of all checks",
    responses: {
      200: {
        description: "A snapshot of each check, in the order of the fleet",
        content: {
          "application/json": {
            schema: { type: "array", items: refTo("Snapshot") },
          },
        },
      },
    },
  },
  "/checks/{id}": {
    operationId: "getCheck",
    summary: "The snapshot of a check",
    parameters: [ID],
    responses: {
      200: answer("The snapshot", "application/json", "Snapshot"),
      404: NO_CHECK,
    },
  },
  "/events": {
    operationId: "watchChecks",
    summary: "The snapshots of all checks, and every change",
    description:
      "Server-sent events. The data of a `snapshot` event is a Snapshot as " +
      "JSON: first one event for every check, then one for every change. A " +
      "`removed` event has the `id` of a check that is gone. An `arranged` " +
      "event says that the order or the groups of the checks changed.",
    parameters: [
      many(parameter("query", "check", "Only the checks with these ids")),
      many(parameter("query", "group", "Only the checks of these groups")),
    ],
    responses: {
      200: answer("A stream that does not end", "text/event-stream"),
      404: NO_CHECK,
    },
  },
  "/health": {
    operationId: "getHealth",
    summary: "The health of all checks (draft-inadarei-api-health-check-06)",
    responses: {
      200: answer("No check is unhealthy", "application/health+json", "Health"),
      503: answer("A check is unhealthy", "application/health+json", "Health"),
    },
  },
  "/livez": {
    operationId: "getLiveness",
    summary: "Whether lifesign runs",
    responses: { 200: answer("It runs", "text/plain") },
  },
  "/readyz": {
    operationId: "getReadiness",
    summary: "Whether every check is healthy or degraded since the start",
    parameters: [{
      ...parameter("query", "verbose", "List the checks"),
      allowEmptyValue: true,
    }],
    responses: {
      200: answer("Every check is", "text/plain"),
      503: answer("A check is not", "text/plain"),
    },
  },
  "/metrics": {
    operationId: "getMetrics",
    summary: "Metrics in the text format of Prometheus",
    responses: { 200: answer("The metrics", "text/plain") },
  },
  "/badge/{id}.svg": {
    operationId: "getStatusBadge",
    summary: "A badge with the status of a check",
    parameters: [ID, LABEL],
    responses: { 200: answer("The badge", "image/svg+xml"), 404: NO_BADGE },
  },
  "/badge/{id}/uptime.svg": {
    operationId: "getUptimeBadge",
    summary: "A badge with the share of attempts that passed since the start",
    parameters: [ID, LABEL],
    responses: { 200: answer("The badge", "image/svg+xml"), 404: NO_BADGE },
  },
  "/badge/{id}.json": {
    operationId: "getBadgeEndpoint",
    summary: "The status badge in the format of shields.io's endpoint badges",
    parameters: [ID, LABEL],
    responses: {
      200: answer("The badge", "application/json", "Badge"),
      404: NO_CHECK,
    },
  },
  "/openapi.json": {
    operationId: "getOpenApi",
    summary: "This document",
    responses: {
      200: {
        description: "An OpenAPI 3.1 document",
        content: { "application/json": { schema: { type: "object" } } },
      },
    },
  },
};

function parameter(
  place: "path" | "query",
  name: string,
  description: string,
): Part {
  return {
    name,
    in: place,
    description,
    ...(place === "path" && { required: true }),
    schema: { type: "string" },
  };
}

/** A parameter that may be repeated. */
function many(parameter: Part): Part {
  return { ...parameter, schema: { type: "array", items: parameter.schema } };
}

/** A response of a type; without a schema it is a string. */
function answer(description: string, type: string, schema?: string): Part {
  return {
    description,
    content: {
      [type]: {
        schema: schema === undefined ? { type: "string" } : refTo(schema),
      },
    },
  };
}
