import type { Context, MiddlewareHandler } from "hono";
import type { Operation } from "./openapi/operation.ts";

/** The variables of a request. */
export interface Env {
  Variables: { secureHeadersNonce?: string };
}

/** What a method does at a path that changes something. */
export interface Change {
  readonly method: "POST" | "DELETE";
  /** Its description, without the path. */
  readonly operation: Omit<Operation, "path">;
  handle(c: Context<Env, string>): Response | Promise<Response>;
}

/** A path of the HTTP app, what it answers, and how OpenAPI describes it. */
export interface Route {
  /** The path as Hono matches it, such as `/checks/:id`. */
  readonly path: string;
  /** Its description, with the path as OpenAPI writes it. */
  readonly operation: Operation;
  /** Whether it needs no token, or asks for it itself. */
  readonly isPublic?: boolean;
  /** Whether it takes POST, too. */
  readonly takesPost?: boolean;
  /** What other methods do. */
  readonly changes?: readonly Change[];
  /** Whether pages of other sites may show it. */
  readonly isEmbeddable?: boolean;
  /** Whether the response does not depend on the checks. */
  readonly isStatic?: boolean;
  /** What is done around the handler. */
  readonly middleware?: MiddlewareHandler<Env>;
  /** Answers a GET or HEAD, and a POST if it takes that. */
  handle(c: Context<Env, string>): Response | Promise<Response>;
}
