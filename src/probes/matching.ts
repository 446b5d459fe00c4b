import { readOption } from "../core/option_error.ts";
import { excerpt } from "../core/text.ts";

/** What a text should hold. */
export interface TextExpectation {
  /** A text that the body or output should contain. */
  contains?: string;
  /**
   * A regular expression that the body or output should match. One that
   * backtracks without end, such as `(a+)+$`, stalls the process.
   */
  matches?: RegExp | string;
}

/** Gives the complaint about a text, if there is one, and calls it `what`. */
export type TextTest = (text: string, what?: string) => string | undefined;

/**
 * Makes a test of an expectation, which gives the complaint if it is not met.
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
  return (text, what = name) => {
    if (contains !== undefined && !text.includes(contains)) {
      return `Expected ${what} to contain ${excerpt(contains)}, got ${
        excerpt(text)
      }`;
    }
    if (pattern !== undefined && !pattern.test(text)) {
      return `Expected ${what} to match ${pattern}, got ${excerpt(text)}`;
    }
    return undefined;
  };
}

/**
 * Makes a regular expression that is safe to use again and again.
 *
 * @throws {TypeError} If it is not one.
 */
export function toRegExp(pattern: RegExp | string): RegExp {
  if (typeof pattern === "string") {
    try {
      return new RegExp(pattern, "u");
    } catch (cause) {
      throw new TypeError((cause as SyntaxError).message, { cause });
    }
  }
  // With `g` or `y` a test would start where the last one ended.
  return new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ""));
}
