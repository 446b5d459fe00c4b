import { readOption } from "../core/option_error.ts";
import { excerpt } from "../core/text.ts";

/** What is expected of a string. */
export interface TextExpectation {
  /** A string that the body or output should contain. */
  contains?: string;
  /** A string that the body or output should not contain. */
  containsNot?: string;
  /**
   * A regular expression that the body or output should match. A line break at
   * the end need not be matched, as in grep: `^ok$` matches what `echo ok`
   * prints. An expression that backtracks excessively, such as `(a+)+$`, stalls
   * the process.
   */
  matches?: RegExp | string;
  /** A regular expression that the body or output should not match, likewise. */
  matchesNot?: RegExp | string;
}

/**
 * Returns the complaint about a string, if any. `beginning` is what the string
 * is called if it was cut.
 */
export type TextTest = (
  text: string,
  beginning?: string,
) => string | undefined;

/** One thing that is expected of a string. */
interface Requirement {
  readonly isMet: (text: string) => boolean;
  /** What follows "Expected the body". */
  readonly words: string;
}

/**
 * Makes a test of an expectation.
 *
 * @throws {OptionError} If `matches` or `matchesNot` is not a regular expression.
 */
export function textTest(
  name: string,
  expected: TextExpectation,
): TextTest | undefined {
  const requirements = requirementsOf(expected);
  if (requirements.length === 0) return undefined;
  return (text, beginning) => {
    const unmet = requirements.find(({ isMet }) => !isMet(text));
    return unmet &&
      `Expected ${beginning ?? name} ${unmet.words}, got ${
        excerpt(text, beginning !== undefined)
      }`;
  };
}

function requirementsOf(
  { contains, containsNot, matches, matchesNot }: TextExpectation,
): Requirement[] {
  const requirements: Requirement[] = [];
  if (contains !== undefined) {
    requirements.push({
      isMet: (text) => text.includes(contains),
      words: `to contain ${excerpt(contains)}`,
    });
  }
  if (containsNot !== undefined) {
    requirements.push({
      isMet: (text) => !text.includes(containsNot),
      words: `not to contain ${excerpt(containsNot)}`,
    });
  }
  if (matches !== undefined) {
    const pattern = readOption("matches", () => toRegExp(matches));
    requirements.push({
      isMet: (text) => matchesText(pattern, text),
      words: `to match ${pattern}`,
    });
  }
  if (matchesNot !== undefined) {
    const pattern = readOption("matchesNot", () => toRegExp(matchesNot));
    requirements.push({
      isMet: (text) => !matchesText(pattern, text),
      words: `not to match ${pattern}`,
    });
  }
  return requirements;
}

/** Whether a string matches, with the line break at its end or without it. */
function matchesText(pattern: RegExp, text: string): boolean {
  return pattern.test(text) ||
    text.endsWith("\n") && pattern.test(text.replace(/\r?\n$/, ""));
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
