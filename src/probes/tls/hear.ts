import { fail } from "../../core/outcome.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import { excerpt } from "../../core/text.ts";
import type { Outcome } from "../../core/types.ts";
import type { Dialogue } from "../tcp/dialogue.ts";

/** What a server says before TLS begins. */
export interface Heard {
  /** What should come, in words. */
  readonly expected: string;
  /** Where the answer ends in what has come; nothing if there is more to come. */
  endOf(bytes: Uint8Array): number | undefined;
  /** Whether the server goes on. */
  isGood(answer: Uint8Array): boolean;
  /** Whether it says that it has no TLS. */
  isRefusal?(answer: Uint8Array): boolean;
  /** The part of the answer that is for people; the whole by default. */
  textIn?(answer: Uint8Array): Uint8Array;
}

/** Waits for what a server should say; returns what is wrong, if anything. */
export async function hear(
  heard: Heard,
  dialogue: Dialogue,
  peer: string,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  const { expected, textIn = (answer) => answer } = heard;
  const shown = (bytes: Uint8Array): string =>
    excerpt(new TextDecoder().decode(textIn(bytes)));
  const mismatch = (bytes: Uint8Array): Outcome =>
    fail({
      code: "mismatch",
      message: `Expected ${expected}, got ${shown(bytes)}`,
    });
  const unfinished = (): Outcome | undefined =>
    dialogue.answer.length === 0 ? undefined : mismatch(dialogue.answer);
  enterStage(signal, `waiting for ${expected}`);
  findAtDeadline(signal, unfinished);
  let answer: Uint8Array | undefined;
  await dialogue.hear({
    groupCount: 0,
    isText: false,
    find(bytes) {
      const end = heard.endOf(bytes);
      if (end === undefined || end === 0) return undefined;
      answer = bytes.slice(0, end);
      return { end, groups: [] };
    },
    complaint: shown,
  });
  signal.throwIfAborted();
  if (answer === undefined) {
    return unfinished() ?? fail({
      code: "reset",
      message: `${peer} closed the connection without an answer`,
    });
  }
  if (heard.isGood(answer)) return undefined;
  return heard.isRefusal?.(answer) !== true ? mismatch(answer) : fail({
    code: "protocol",
    message: `${peer} does not offer STARTTLS: it answered ${shown(answer)}`,
  });
}
