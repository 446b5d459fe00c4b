import { VERSION } from "../../version.ts";
import { type Part, refTo, SCHEMAS } from "./schemas.ts";

/** What an OpenAPI document is made of. */
export interface OpenApiContent {
  /** What the service is called by those who run it. */
  readonly title: string;
  /** Whether a bearer token is asked for. */
  readonly guarded: boolean;
}

/** Describes the app in OpenAPI 3.1. Its server is wherever it is itself. */
export function openApi({ title, guarded }: OpenApiContent): Part {
  return {
    openapi: "3.1.0",
    info: {
      title,
      version: VERSION,
      description: "How the things are that lifesign watches.",
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

/** What GET does at a path. */
interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly Part[];
  readonly responses: Readonly<Record<number, Part>>;
}

const ID = parameter("path", "id", "The check's id, percent-encoded");
const LABEL = parameter("query", "label", "What the badge calls the check");
const NO_CHECK = answer("There is no such check", "application/json", "Error");
const NO_BADGE = answer(
  "A grey badge: there is no such check",
  "image/svg+xml",
);

const REFUSALS: Operation["responses"] = {
  400: answer("The authorization is malformed", "application/json", "Error"),
  401: answer("The token is missing or wrong", "application/json", "Error"),
};

/** The ways to give the token: as it is, or as the password of any user. */
const SECURITY_SCHEMES: Part = {
  bearer: { type: "http", scheme: "bearer" },
  password: { type: "http", scheme: "basic" },
};

const OPERATIONS: Readonly<Record<string, Operation>> = {
  "/": {
    operationId: "getPage",
    summary: "The status page",
    parameters: [parameter("query", "group", "The only group to show")],
    responses: { 200: answer("A page for people", "text/html") },
  },
  "/checks": {
    operationId: "listChecks",
    summary: "What is known of all checks",
    responses: {
      200: {
        description: "A snapshot of each, in the order they were added",
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
    summary: "What is known of a check",
    parameters: [ID],
    responses: {
      200: answer("Its snapshot", "application/json", "Snapshot"),
      404: NO_CHECK,
    },
  },
  "/events": {
    operationId: "watchChecks",
    summary: "What is known of the checks, as it comes to be known",
    description:
      "Server-sent events named `snapshot`, each with a Snapshot as JSON for " +
      "its data: one of every check at first, then one for whatever changes. " +
      "An event named `removed` has the `id` of a check that is gone. One " +
      "named `arranged` says that checks are in another order, or in other " +
      "groups.",
    parameters: [
      many(parameter("query", "check", "The ids of those to tell of")),
      many(parameter("query", "group", "The groups of those to tell of")),
    ],
    responses: {
      200: answer("A stream that does not end", "text/event-stream"),
      404: NO_CHECK,
    },
  },
  "/health": {
    operationId: "getHealth",
    summary: "How everything is, as draft-inadarei-api-health-check-06 has it",
    responses: {
      200: answer("Nothing is unhealthy", "application/health+json", "Health"),
      503: answer("Something is", "application/health+json", "Health"),
    },
  },
  "/livez": {
    operationId: "getLiveness",
    summary: "Whether lifesign itself runs",
    responses: { 200: answer("It does", "text/plain") },
  },
  "/readyz": {
    operationId: "getReadiness",
    summary: "Whether every check is settled, and healthy or degraded",
    parameters: [{
      ...parameter("query", "verbose", "Lists the checks, whatever it says"),
      allowEmptyValue: true,
    }],
    responses: {
      200: answer("They are", "text/plain"),
      503: answer("One or more are not", "text/plain"),
    },
  },
  "/metrics": {
    operationId: "getMetrics",
    summary: "Everything in numbers, in Prometheus' text format",
    responses: { 200: answer("The metrics", "text/plain") },
  },
  "/badge/{id}.svg": {
    operationId: "getStatusBadge",
    summary: "A badge that says the status of a check",
    parameters: [ID, LABEL],
    responses: { 200: answer("The badge", "image/svg+xml"), 404: NO_BADGE },
  },
  "/badge/{id}/uptime.svg": {
    operationId: "getUptimeBadge",
    summary: "A badge that says how many attempts passed since the start",
    parameters: [ID, LABEL],
    responses: { 200: answer("The badge", "image/svg+xml"), 404: NO_BADGE },
  },
  "/badge/{id}.json": {
    operationId: "getBadgeEndpoint",
    summary: "The status badge as an endpoint of shields.io",
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

/** A parameter that may be there many times. */
function many(parameter: Part): Part {
  return { ...parameter, schema: { type: "array", items: parameter.schema } };
}

/** An answer of a type; without a schema it is text. */
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
