import type { NotifierStatus } from "../../core/notify/status.ts";

/** Why messages are held back, in words. */
const CAUSES = {
  start: "until all checks have been tried",
  self: "as the agent's own network fails",
  quiet: "for the quiet hours",
  limit: "as the limit is reached",
} as const;

/**
 * Says which messages wait, fail or were given up, a line for each notifier of
 * which there is something to say. That another agent tells is nothing of note.
 */
export function notifierTroubles(
  notifiers: readonly NotifierStatus[],
): string[] {
  return notifiers.flatMap(({ name, pending, givenUp, waiting, failure }) => {
    const parts = [
      ...pending > 0 ? [`${messages(pending)} to send`] : [],
      ...waiting !== null && waiting !== "teller"
        ? [`held back ${CAUSES[waiting]}`]
        : [],
      ...failure !== null ? [`the last attempt failed: ${failure.why}`] : [],
      ...givenUp > 0 ? [`${messages(givenUp)} given up`] : [],
    ];
    return parts.length === 0 ? [] : [`Notifier ${name}: ${parts.join(", ")}`];
  });
}

function messages(count: number): string {
  return count === 1 ? "1 message" : `${count} messages`;
}
