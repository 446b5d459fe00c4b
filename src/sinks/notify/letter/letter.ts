import type { Message, ToldIncident } from "../../../core/notify/message.ts";
import type { Zone } from "../../../io/calendar/zone.ts";
import type { Letter, LetterIncident } from "../receiver.ts";
import { contentOf } from "./content.ts";
import { htmlOf } from "./html.ts";
import { textOf } from "./text.ts";
import { titleOf } from "./title.ts";
import { wordsOf } from "./words.ts";

/** Discord refuses a message with a URL of more than 2048 characters. */
const MAX_URL_LENGTH = 2000;

/** What a letter is made of, beside its message. */
export interface LetterOptions {
  /** When it is sent, in milliseconds of the epoch. */
  readonly now: number;
  /** The time zone of the people who read it. */
  readonly zone: Zone;
  /** Where the HTTP app is, as others see it, if that is known. */
  readonly siteUrl: string | undefined;
  /** The program that sends it, such as `lifesign/0.2.0`. */
  readonly agent: string;
  /** The name of the notifier, which a test says. */
  readonly notifier?: string;
  /**
   * What people call a check that an incident is because of.
   *
   * @default its id
   */
  readonly nameOf?: (check: string) => string;
}

/**
 * Puts a message in words. How long something has lasted is counted up to when the
 * message was made: it says the same however often, and however late, it is sent.
 */
export function makeLetter(message: Message, options: LetterOptions): Letter {
  const { now, zone, siteUrl, agent, notifier, nameOf } = options;
  const words = wordsOf({ incidents: message.incidents, now, zone, nameOf });
  const site = siteUrl?.replace(/\/+$/, "");
  const incidents = message.incidents.map((incident): LetterIncident => {
    const { check, began, ended, end } = incident;
    // A message that waits takes in what begins after it was made.
    const until = ended ?? (began < message.at ? message.at : now);
    const page = `${site}/checks/${inPath(check)}`;
    // What was removed has no page.
    const isLinked = site !== undefined && end !== "removed" &&
      page.length <= MAX_URL_LENGTH;
    return {
      ...incident,
      durationMs: Math.max(0, until - began),
      since: `${words.time(began)} ${words.zone}`,
      url: isLinked ? page : null,
    };
  });
  const [first, ...others] = incidents;
  const isOne = first !== undefined && others.length === 0;
  const all = site === undefined ? null : `${site}/`;
  const url = isOne ? first.url ?? all : all;
  const title = titleOf({ ...message, incidents, words, agent, notifier })
    .toWellFormed();
  const content = contentOf({ ...message, incidents, words, now, url });
  return {
    ...message,
    incidents,
    agent,
    now,
    title,
    text: textOf(content).toWellFormed(),
    html: () => htmlOf({ ...message, title, content, agent }),
    url,
    only: (isKept) => makeLetter(some(message, isKept), options),
  };
}

/** A message about some of its incidents, without what concerns all of it. */
function some(
  { id, event, at, incidents }: Message,
  isKept: (incident: ToldIncident) => boolean,
): Message {
  return { id, event, at, incidents: incidents.filter(isKept), closed: [] };
}

/** An id in the path of a URL, without what chats take for its end or for markup. */
function inPath(check: string): string {
  return encodeURIComponent(check.toWellFormed()).replace(
    /[!'()*~]/g,
    (it) => `%${it.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
