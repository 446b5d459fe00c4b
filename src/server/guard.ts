import type { MiddlewareHandler } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { auth } from "hono/utils/basic-auth";
import { timingSafeEqual } from "hono/utils/buffer";

/** How to ask for it: some browsers take notice of the first way only. */
const CHALLENGE = 'Basic realm="lifesign", Bearer realm="lifesign"';

/** What to answer without the token; it says the same of each reason. */
const REFUSAL = {
  wwwAuthenticateHeader: CHALLENGE,
  message: { error: "Authorization is needed here" },
} as const;

/**
 * Lets in whoever has a token: as a bearer token, or as the password of any
 * user, which browsers ask people for. Both are compared in constant time.
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
    c.header("www-authenticate", CHALLENGE);
    return c.json(REFUSAL.message, 401);
  };
}
