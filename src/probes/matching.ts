import { readOption } from "../core/option_error.ts";
import { excerpt } from "../core/text.ts";

/** What is expected of a string. */
export interface TextExpectation {
  /** A string that the body or output should contain. */
  contains?: string;
  /**
   * A regular expression that the body or output should match. One that
   * backtracks excessively, such as `(a+)+$`, stalls the process.
   */
  matches?: RegExp | string;
}

/**
 * Returns the complaint about a string, if any. `beginning` is what the string
 * is called if it was cut.
 */
export type TextTest = (
  text: string,
  beginning?: string,
) => string | undefined;

/**
 * Makes a test of an expectation.
 *
 * @throws {OptionError} If `matches` is not a regular expression.
 */
export function textTest(
  name: string,
  { contains, matches }: TextExpectation,
): TextTest | undefined {
  if (contains === undefined && matches === undefined) return undefined;
  const pattern = matches === undefined
    ? undefined
    : readOption("matches", () => toRegExp(matches));
  return (text, beginning) => {
    const what = beginning ?? name;
    const got = (): string => excerpt(text, beginning !== undefined);
    if (contains !== undefined && !text.includes(contains)) {
      return `Expected ${what} to contain ${excerpt(contains)}, got ${got()}`;
    }
    if (pattern !== undefined && !pattern.test(text)) {
      return `Expected ${what} to match ${pattern}, got ${got()}`;
    }
    return undefined;
  };
}

/**
 * Makes a regular expression that keeps no state between tests.
 *
 * @throws {TypeError} If it is not a regular expression.
 */
export function toRegExp(pattern: RegExp | string): RegExp {
  if (typeof pattern === "string") {
    try {
      return new RegExp(pattern, "u");
    } catch (cause) {
      throw new TypeError((cause as SyntaxError).message, { cause });
    }
  }
  // With `g` or `y`, a test would start where the last one ended.
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
}
