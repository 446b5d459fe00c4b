import { excerpt, inHex } from "../../core/text.ts";
import { toRegExp } from "../matching.ts";
import { indexOfBytes, utf8 } from "./bytes.ts";

/** Where an answer has what is expected. */
export interface Match {
  /** The number of bytes up to the end of the match. */
  readonly end: number;
  /** What the groups of a regular expression have matched. */
  readonly groups: readonly string[];
}

/** Where some bytes of an answer come from. */
export interface Place {
  /** Whether a line begins with them. */
  readonly isLineStart: boolean;
  /** Whether no more can follow. */
  readonly isComplete: boolean;
}

/** What an answer should have. */
export interface Expectation {
  /** How many groups it has. */
  readonly groupCount: number;
  /** Whether it is about text, which has lines. */
  readonly isText: boolean;
  find(bytes: Uint8Array, place: Place): Match | undefined;
  /** What is wrong with an answer, in words. */
  complaint(bytes: Uint8Array, where: string): string;
}

/**
 * Makes an expectation of a string or bytes that an answer should contain, or of
 * a regular expression. That matches whole lines if it has groups, so that none
 * is cut, or if `wholeLines` is true.
 *
 * @throws {TypeError} If it is none of them.
 */
export function expectation(
  expected: string | RegExp | Uint8Array,
  wholeLines = false,
): Expectation {
  if (expected instanceof RegExp) {
    return matching(toRegExp(expected), wholeLines);
  }
  if (typeof expected === "string") {
    return containing(utf8(expected), excerpt(expected), asText);
  }
  if (expected instanceof Uint8Array) {
    const bytes = expected.slice();
    return containing(bytes, `the bytes ${inHex(bytes)}`, inHex);
  }
  throw new TypeError("expected a string, a RegExp or a Uint8Array");
}

function containing(
  part: Uint8Array,
  shown: string,
  show: (bytes: Uint8Array) => string,
): Expectation {
  return {
    groupCount: 0,
    isText: show === asText,
    find(bytes) {
      const at = indexOfBytes(bytes, part);
      return at < 0 ? undefined : { end: at + part.length, groups: [] };
    },
    complaint: (bytes, where) =>
      `Expected an answer with ${shown}${where}, got ${show(bytes)}`,
  };
}

function matching(pattern: RegExp, wholeLines: boolean): Expectation {
  const sticky = new RegExp(pattern, `${pattern.flags}g`);
  const groupCount = new RegExp(`${pattern.source}|`, pattern.flags)
    .exec("")!.length - 1;
  return {
    groupCount,
    isText: true,
    find(bytes, { isLineStart, isComplete }) {
      const whole = (wholeLines || groupCount > 0) && !isComplete
        ? bytes.subarray(0, bytes.lastIndexOf(NEWLINE) + 1)
        : bytes;
      const { text, lengthOf } = decoded(whole);
      const before = isLineStart ? "" : " ";
      sticky.lastIndex = before.length;
      const match = sticky.exec(before + text);
      if (match === null) return undefined;
      return {
        end: lengthOf(text.slice(0, sticky.lastIndex - before.length)),
        groups: match.slice(1).map((group) => group ?? ""),
      };
    },
    complaint: (bytes, where) =>
      `Expected an answer with ${pattern}${where}, got ${asText(bytes)}`,
  };
}

const NEWLINE = 0x0a;

function asText(bytes: Uint8Array): string {
  return excerpt(new TextDecoder().decode(bytes));
}

/** A string, and how many bytes a beginning of it takes. */
interface Decoded {
  readonly text: string;
  lengthOf(beginning: string): number;
}

/** Decodes UTF-8, whose last character may be cut, or else byte by byte. */
function decoded(bytes: Uint8Array): Decoded {
  try {
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return {
      text: decoder.decode(bytes, { stream: true }),
      lengthOf: (beginning) => new TextEncoder().encode(beginning).length,
    };
  } catch {
    return {
      text: Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""),
      lengthOf: (beginning) => beginning.length,
    };
  }
}
