import { OptionError, readOption } from "../../core/option_error.ts";
import { utf8 } from "./bytes.ts";
import { type Expectation, expectation } from "./expectation.ts";

/** What is sent: a string as UTF-8, or bytes. */
export type TcpSent = string | Uint8Array;

/** What an answer contains or matches. */
export type TcpExpected = string | RegExp | Uint8Array;

/** One step of a dialogue. */
export type TcpStep =
  | {
    /**
     * What the next 4 KiB of the answer should contain or match. In a regular
     * expression, `^` and `$` match at lines. One with groups is matched against
     * whole lines.
     */
    readonly expect: TcpExpected;
  }
  | {
    /**
     * What to send. In a string, `$1` to `$9` are what the groups of the regular
     * expression in the step before have matched, and `$$1` is a plain `$1`.
     */
    readonly send: TcpSent;
  }
  | {
    /**
     * Goes on over TLS. A regular expression in the step before is matched
     * against whole lines.
     */
    readonly starttls: true;
  };

/** A step that is ready to be made. */
export type Step =
  | { readonly type: "expect"; readonly expected: Expectation }
  | {
    readonly type: "send";
    /** Gives what to send, with what groups of the last match have matched. */
    bytes(groups: readonly string[]): Uint8Array;
  }
  | { readonly type: "starttls" };

/**
 * Reads the steps of a dialogue.
 *
 * @throws {OptionError} If a step is not valid.
 */
export function readSteps(steps: readonly TcpStep[]): Step[] {
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new OptionError("steps", "expected a list of steps, got none");
  }
  let groupCount = 0;
  // A list may have holes.
  return Array.from(steps, (step: TcpStep | null | undefined, i) => {
    const option = `steps[${i}]`;
    const { expect, send, starttls } = (step ?? {}) as Partial<
      { expect: TcpExpected; send: TcpSent; starttls: boolean }
    >;
    const values = [expect, send, starttls];
    if (values.filter((value) => value !== undefined).length !== 1) {
      throw new OptionError(
        option,
        "expected one of expect, send and starttls",
      );
    }
    const before = groupCount;
    groupCount = 0;
    if (send !== undefined) return sending(`${option}.send`, send, before);
    if (expect !== undefined) {
      const next = steps[i + 1] as { starttls?: boolean } | undefined;
      const wholeLines = next?.starttls !== undefined;
      const read = expecting(`${option}.expect`, expect, {
        flags: "m",
        wholeLines,
      });
      groupCount = read.expected.groupCount;
      return read;
    }
    if (starttls !== true) {
      throw new OptionError(`${option}.starttls`, "expected true");
    }
    return { type: "starttls" };
  });
}

/** How a regular expression is used. */
interface MatchOptions {
  /** A flag to add. */
  readonly flags?: "" | "m";
  /** Whether it is matched against whole lines. */
  readonly wholeLines?: boolean;
}

/** Makes a step that expects something. */
export function expecting(
  option: string,
  expect: TcpExpected,
  { flags = "", wholeLines = false }: MatchOptions = {},
): Step & { type: "expect" } {
  const pattern = expect instanceof RegExp && !expect.flags.includes(flags)
    ? new RegExp(expect, expect.flags + flags)
    : expect;
  const expected = readOption(option, () => expectation(pattern, wholeLines));
  return { type: "expect", expected };
}

/**
 * Makes a step that sends something. With the number of groups before it, they
 * may have a place in it.
 */
export function sending(
  option: string,
  send: TcpSent,
  groupCount?: number,
): Step & { type: "send" } {
  const bytes = readOption(option, () => toBytes(send));
  if (typeof send !== "string" || groupCount === undefined) {
    return { type: "send", bytes: () => bytes };
  }
  for (const [text, dollar, digit] of send.matchAll(GROUP)) {
    if (dollar !== "" || Number(digit) <= groupCount) continue;
    throw new OptionError(
      option,
      `expected a group for ${text} in the step before; write $${text} for a plain ${text}`,
    );
  }
  return {
    type: "send",
    bytes: (groups) =>
      new TextEncoder().encode(
        send.replace(
          GROUP,
          (text, dollar, digit) =>
            dollar === "" ? groups[digit - 1]! : text.slice(1),
        ),
      ),
  };
}

/** Where a group has its place, or a plain dollar. */
const GROUP = /\$(\$?)([1-9])/g;

function toBytes(send: TcpSent): Uint8Array {
  if (typeof send === "string") return utf8(send);
  if (send instanceof Uint8Array) return send.slice();
  throw new TypeError("expected a string or a Uint8Array");
}
