import { fail } from "../../core/outcome.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import { formatBytes } from "../../core/text.ts";
import type { Detail, Outcome, ReasonCode } from "../../core/types.ts";
import type { Expectation } from "../tcp/expectation.ts";
import { type FrameSource, incoming, MAX_READ_BYTES } from "./messages.ts";

/** What is said and expected on an open WebSocket. */
export interface Lines {
  /** A frame to send. */
  readonly sent: Uint8Array | undefined;
  /** What a message should have. */
  readonly expected: Expectation | undefined;
}

/**
 * Sends and waits for what is expected. Returns what went wrong, if anything;
 * at the deadline, a wrong message is what went wrong.
 */
export async function converse(
  source: FrameSource,
  { sent, expected }: Lines,
  detail: Detail,
  signal: AbortSignal,
): Promise<Outcome | undefined> {
  if (sent !== undefined) {
    enterStage(signal, "sending");
    await source.write(sent);
  }
  if (expected === undefined) return undefined;
  enterStage(signal, "waiting for a message");
  let last: Uint8Array | undefined;
  const mismatch = (why = ""): Outcome | undefined =>
    last && fail({
      code: "mismatch",
      message: expected.complaint(last, "") + why,
    }, detail);
  findAtDeadline(signal, mismatch);
  let end = "closed the connection";
  let code: ReasonCode = "reset";
  for await (const each of incoming(source)) {
    if (each.type === "close") {
      end = `closed the WebSocket with ${each.why}`;
    } else if (each.type === "limit") {
      code = "protocol";
      end = `sent more than ${formatBytes(MAX_READ_BYTES)}`;
    } else if (expected.find(each.bytes, WHOLE) !== undefined) {
      return undefined;
    } else {
      last = each.bytes;
    }
  }
  signal.throwIfAborted();
  return mismatch(`, and then it ${end}`) ?? fail({
    code,
    message: `Expected a message, but ${source.peer} ${end}`,
  }, detail);
}

/** A message is a whole. */
const WHOLE = { isLineStart: true, isComplete: true };
