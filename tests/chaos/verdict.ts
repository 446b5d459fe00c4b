import type { Taken } from "./receiver.ts";

/** A promise that was not kept. */
export interface Finding {
  readonly notifier: string;
  readonly what: string;
}

/** Finds the promises that were not kept, in the messages that were taken. */
export function judge(notifier: string, taken: readonly Taken[]): Finding[] {
  const findings: Finding[] = [];
  const find = (what: string): void => void findings.push({ notifier, what });
  /** The messages about each incident, each message once. */
  const stories = new Map<string, Taken[]>();
  const seen = new Set<string>();
  if (taken.length === 0) find("nothing was taken");
  for (const message of taken) {
    if (message.id === "") find("a message without an id");
    const isRepeated = seen.has(message.id);
    seen.add(message.id);
    for (const incident of message.incidents) {
      const story = stories.get(incident) ?? [];
      stories.set(incident, story);
      const isKnown = story.some(({ id }) => id === message.id);
      if (isKnown) continue;
      if (isRepeated) find(`${message.id} was sent with other incidents`);
      story.push(message);
    }
  }
  for (const [incident, story] of stories) {
    const events = story.map(({ event }) => event);
    const text = `${incident}: ${events.join(", ")}`;
    const count = (event: string) => events.filter((it) => it === event).length;
    if (count("up") !== 1) find(`${text}: expected one end`);
    if (count("down") !== 1) find(`${text}: expected one beginning`);
    if (events[0] !== "down") find(`${text}: expected the beginning first`);
    if (events.at(-1) !== "up") find(`${text}: expected the end last`);
  }
  return findings;
}
