import type { Context, MiddlewareHandler } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { auth } from "hono/utils/basic-auth";
import { timingSafeEqual } from "hono/utils/buffer";

/** How to ask for the token. Some browsers look only at the first scheme. */
const CHALLENGE = 'Basic realm="lifesign", Bearer realm="lifesign"';

/** The response without the token. It is the same for every reason. */
const REFUSAL = {
  wwwAuthenticateHeader: CHALLENGE,
  message: { error: "Authorization required" },
} as const;

/**
 * Lets in requests that have the token: as a bearer token, or as the password of
 * any user, for browsers. Both are compared in constant time.
 */
export function guard(token: string): MiddlewareHandler {
  const bearer = bearerAuth({
    token,
    noAuthenticationHeader: REFUSAL,
    invalidAuthenticationHeader: REFUSAL,
    invalidToken: REFUSAL,
  });
  return async function guard(c, next) {
    const password = auth(c.req.raw)?.password;
    if (password === undefined) return await bearer(c, next);
    if (await timingSafeEqual(password, token)) return await next();
    return refused(c);
  };
}

/** Answers a request without the token. */
export function refused(c: Context): Response {
  c.header("www-authenticate", CHALLENGE);
  return c.json(REFUSAL.message, 401);
}

/** The token of a request, wherever it is: in a header, or in the query. */
export function tokenOf({ req }: Context): string | undefined {
  const [, bearer] =
    /^Bearer +(\S+)$/i.exec(req.header("authorization") ?? "") ??
      [];
  return bearer ?? auth(req.raw)?.password ?? req.query("token");
}
