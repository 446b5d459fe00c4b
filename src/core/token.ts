/** What a bearer token is made of, as a pattern (RFC 6750, section 2.1). */
export const TOKEN_PATTERN = "^[A-Za-z0-9._~+/-]+=*$";

/** The same in words, for messages that read "expected …". */
export const TOKEN_WORDS = "a bearer token of letters, digits and -._~+/";

/**
 * Checks a bearer token, which no message repeats.
 *
 * @throws {TypeError} If no header could have it.
 */
export function checkToken(token: string): void {
  if (new RegExp(TOKEN_PATTERN).test(token)) return;
  throw new TypeError(`Expected ${TOKEN_WORDS}, got another string`);
}
