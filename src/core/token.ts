import { OptionError } from "./option_error.ts";

/** The form of a bearer token (RFC 6750, section 2.1). */
export const TOKEN_PATTERN = "^[A-Za-z0-9._~+/-]+=*$";

/** The same in words, for messages such as "expected …". */
export const TOKEN_WORDS = "a bearer token of letters, digits and -._~+/";

/**
 * Checks a bearer token. No message repeats it.
 *
 * @throws {OptionError} If it cannot be in a header.
 */
export function checkToken(token: string): void {
  if (new RegExp(TOKEN_PATTERN).test(token)) return;
  throw new OptionError("token", `expected ${TOKEN_WORDS}, got another string`);
}

/**
 * Whether two tokens are the same. The time it takes tells nothing but whether
 * they are of the same length.
 */
export function isSameToken(a: string, b: string): boolean {
  let difference = a.length ^ b.length;
  for (let i = 0; i < a.length; i++) {
    difference |= a.charCodeAt(i) ^ b.charCodeAt(i % b.length);
  }
  return difference === 0;
}
