import { VERSION } from "../../version.ts";
import type { Route } from "../route.ts";
import { answer, type Operation } from "./operation.ts";
import type { Part } from "./parts.ts";
import { SCHEMAS } from "./schemas.ts";

/** What an OpenAPI document is made of. */
export interface OpenApiContent {
  /** The title of the service. */
  readonly title: string;
  /** Whether a token is needed. */
  readonly isGuarded: boolean;
  /** The routes to describe. */
  readonly routes: readonly Route[];
}

/** The same with a body of text. */
function posted(operation: Omit<Operation, "path">): Part {
  return {
    ...operation,
    operationId: `${operation.operationId}WithOutput`,
    requestBody: { content: { "text/plain": { schema: { type: "string" } } } },
  };
}

const REFUSALS: Readonly<Record<number, Part>> = {
  400: answer("The authorization is malformed", "application/json", "Error"),
  401: answer("The token is missing or wrong", "application/json", "Error"),
};

/**
 * How to send the token: as a bearer token, as the password of any user, or with
 * a ping in the query.
 */
const SECURITY_SCHEMES: Part = {
  bearer: { type: "http", scheme: "bearer" },
  password: { type: "http", scheme: "basic" },
  query: { type: "apiKey", in: "query", name: "token" },
};

/** Describes the app in OpenAPI 3.1. Its server is where the document is. */
export function openApi(
  { title, isGuarded, routes }: OpenApiContent,
): Part {
  return {
    openapi: "3.1.0",
    info: {
      title,
      version: VERSION,
      description: "The status of the checks of lifesign.",
    },
    servers: [{ url: "." }],
    ...(isGuarded && { security: [{ bearer: [] }, { password: [] }] }),
    paths: Object.fromEntries(routes.map((route) => {
      const { path, ...operation } = route.operation;
      const isGuardedHere = isGuarded && !route.isPublic;
      const guarded = ({ responses, ...rest }: Omit<Operation, "path">) => ({
        ...rest,
        responses: isGuardedHere ? { ...responses, ...REFUSALS } : responses,
      });
      const get = {
        ...(isGuarded && route.isPublic && { security: [] }),
        ...guarded(operation),
      };
      const changes = route.changes?.map(({ method, operation }) =>
        [method.toLowerCase(), guarded(operation)] as const
      ) ?? [];
      return [path, {
        get,
        ...(route.takesPost && { post: posted(get) }),
        ...Object.fromEntries(changes),
      }];
    })),
    components: {
      schemas: SCHEMAS,
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}
