import { ConfigError } from "../config/error.ts";
import type { Say } from "../core/say.ts";
import { OptionError } from "../core/option_error.ts";
import { checkToken } from "../core/token.ts";

/** The environment variable that has the token, if the config file has none. */
export const TOKEN_VARIABLE = "LIFESIGN_TOKEN";

/**
 * Reads the HTTP app's token from the environment. Without permission to read
 * the variable it says so and returns `undefined`; it never asks for it, since
 * most agents have no token.
 *
 * @throws {ConfigError} If the variable is set and is not a bearer token.
 */
export function environmentToken(
  say: Say,
): string | undefined {
  const variable = TOKEN_VARIABLE;
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  if (state !== "granted") {
    say(
      `no token: ${variable} can be read only with --allow-env=${variable}`,
    );
    return undefined;
  }
  const token = Deno.env.get(variable);
  if (!token) return undefined;
  try {
    checkToken(token);
  } catch (cause) {
    if (!(cause instanceof OptionError)) throw cause;
    throw new ConfigError(variable, [{ path: "", message: cause.problem }], {
      cause,
    });
  }
  return token;
}
