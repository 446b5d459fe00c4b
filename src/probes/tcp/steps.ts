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
     * What to send. If the step before expects a regular expression with groups,
     * `$1` to `$9` in a string are what they matched, and `$$1` is a plain `$1`.
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
  return steps.map((step, i) => {
    const option = `steps[${i}]`;
    const { expect, send, starttls } = step as Partial<
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

/** Makes a step that sends something, in which groups may have a place. */
export function sending(
  option: string,
  send: TcpSent,
  groupCount = 0,
): Step & { type: "send" } {
  if (typeof send !== "string" || groupCount === 0) {
    const bytes = readOption(option, () => toBytes(send));
    return { type: "send", bytes: () => bytes };
  }
  readOption(option, () => utf8(send));
  return {
    type: "send",
    bytes: (groups) =>
      new TextEncoder().encode(
        send.replace(/\$(\$?)([1-9])/g, (text, dollar, digit) => {
          if (dollar !== "") return text.slice(1);
          return Number(digit) > groupCount ? text : groups[digit - 1]!;
        }),
      ),
  };
}

function toBytes(send: TcpSent): Uint8Array {
  if (typeof send === "string") return utf8(send);
  if (send instanceof Uint8Array) return send.slice();
  throw new TypeError("expected a string or a Uint8Array");
}
