/**
 * What a notifier sends over the wire, and what it makes of the answers.
 *
 * @module
 */

import type { Delivery } from "../../src/core/notify/status.ts";
import type { Say } from "../../src/core/say.ts";
import { validate } from "../../src/schema/validate.ts";
import type { ConfigIssue } from "../../src/schema/issue.ts";
import type { Letter, Receiver } from "../../src/sinks/notify/receiver.ts";
import { deliver as deliverLetter } from "../../src/sinks/notify/sending/deliver.ts";

/** Options for {@linkcode deliver}. */
export interface DeliverOptions {
  readonly say?: Say;
  readonly signal?: AbortSignal;
}

/** Delivers a letter as a notifier does, with all the time that it needs. */
export async function deliver<Options>(
  receiver: Receiver<Options>,
  letter: Letter,
  options: Options,
  { say = () => {}, signal = new AbortController().signal }: DeliverOptions =
    {},
): Promise<Delivery> {
  return await deliverLetter(letter, {
    receiver,
    options: options as Readonly<Record<string, unknown>>,
    say,
  }, { signal, deadlineMs: 60_000 });
}

/** What is wrong with options in a config file, each problem as `option: …`. */
export function problemsOf(receiver: Receiver, options: unknown): string[] {
  const { properties, required = [], problems } = receiver;
  const issues: ConfigIssue[] = [];
  const valid = validate(
    options,
    { type: "object", properties, required, additionalProperties: false },
    "",
    issues,
  );
  if (issues.length > 0) {
    return issues.map(({ path, message }) => `${path}: ${message}`);
  }
  return (problems?.(valid) ?? [])
    .map(({ option, problem }) => `${option}: ${problem}`);
}
