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
  };

/** A step that is ready to be made. */
export type Step =
  | { readonly type: "expect"; readonly expected: Expectation }
  | {
    readonly type: "send";
    /** Gives what to send, with what groups of the last match have matched. */
    bytes(groups: readonly string[]): Uint8Array;
  };

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
    const { expect, send } = step as { expect?: TcpExpected; send?: TcpSent };
    if ((expect === undefined) === (send === undefined)) {
      throw new OptionError(option, "expected either expect or send");
    }
    if (expect === undefined) {
      const read = sending(`${option}.send`, send!, groupCount);
      groupCount = 0;
      return read;
    }
    const read = expecting(`${option}.expect`, expect, "m");
    groupCount = read.expected.groupCount;
    return read;
  });
}

/** Makes a step that expects something, with more flags for a RegExp. */
export function expecting(
  option: string,
  expect: TcpExpected,
  flags: "" | "m" = "",
): Step & { type: "expect" } {
  const pattern = expect instanceof RegExp && !expect.flags.includes(flags)
    ? new RegExp(expect, expect.flags + flags)
    : expect;
  const expected = readOption(option, () => expectation(pattern));
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
