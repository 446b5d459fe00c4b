import type { Message } from "../../../core/notify/message.ts";
import { lastingText } from "../../../core/people/lasting.ts";
import { oneLine } from "../../../core/text.ts";
import type { LetterIncident } from "../receiver.ts";
import { HELD_BY, wasWord } from "./title.ts";
import { STATUS_WORDS, type Words } from "./words.ts";

/** What there is to read below a title, in whatever form. */
export interface Content {
  /** What is known of the only incident. */
  readonly facts: readonly Fact[];
  /** What several incidents are, a line each. */
  readonly lines: readonly Line[];
  /** How many more have no line. */
  readonly rest: number;
  /** What concerns all of it: sentences. */
  readonly notes: readonly string[];
}

/** One thing that is known of an incident. */
export interface Fact {
  readonly label: string;
  readonly value: string;
  /** Whether the value is a URL. */
  readonly isLink?: boolean;
}

/** What one of several incidents is. */
export interface Line {
  readonly name: string;
  readonly what: string;
  /** The page of its check, if that is known. */
  readonly url: string | null;
}

/** What content is made of. */
export interface ContentOptions extends Message {
  readonly incidents: readonly LetterIncident[];
  readonly words: Words;
  /** When it is sent, in milliseconds of the epoch. */
  readonly now: number;
  /** Where to look. */
  readonly url: string | null;
}

const MAX_LINES = 20;

const MAX_REASON_LENGTH = 500;

/** A message that is sent later than this after it was made says so. */
const LATE_MS = 5 * 60_000;

/** Says all that a letter has to say. */
export function contentOf(options: ContentOptions): Content {
  const { incidents, words, url } = options;
  const page: Fact[] = url === null
    ? []
    : [{ label: "Page", value: url, isLink: true }];
  const [incident, ...others] = incidents;
  const notes = notesOf(options);
  if (incident !== undefined && others.length === 0) {
    return {
      facts: [...factsOf(incident, words), ...page],
      lines: [],
      rest: 0,
      notes,
    };
  }
  const isMixed = new Set(incidents.map(kindOf)).size > 1;
  const lines = incidents.slice(0, MAX_LINES)
    .map((incident) => lineOf(incident, words, isMixed));
  const zone: Fact[] = incidents.length === 0
    ? []
    : [{ label: "Time zone", value: words.zone }];
  const rest = Math.max(0, incidents.length - MAX_LINES);
  return { facts: [...zone, ...page], lines, rest, notes };
}

function factsOf(incident: LetterIncident, words: Words): Fact[] {
  const { check, name, group, type, target, link, because } = incident;
  return [
    ...(name === undefined ? [] : [{ label: "Check", value: check }]),
    ...(target === ""
      ? []
      : [{ label: "Target", value: `${target} (${type})` }]),
    ...(group === null ? [] : [{ label: "Group", value: group }]),
    timeFact(incident, words),
    ...reasonFacts(incident),
    ...(because === null
      ? []
      : [{ label: "Because of", value: words.name(because) }]),
    ...(link === undefined
      ? []
      : [{ label: "More", value: link, isLink: true }]),
  ].map((fact) => ({ ...fact, value: oneLine(fact.value, 1000) }));
}

function timeFact(
  { began, ended, status, durationMs, since }: LetterIncident,
  words: Words,
): Fact {
  const lasted = lastingText(durationMs);
  if (ended === null) return { label: "Since", value: `${since} (${lasted})` };
  const was = wasWord(status);
  return {
    label: was.charAt(0).toUpperCase() + was.slice(1),
    value: `${words.time(began)} to ${
      words.time(ended)
    } ${words.zone} (${lasted})`,
  };
}

function reasonFacts({ firstReason, reason, ended }: LetterIncident): Fact[] {
  const [first, last] = [firstReason, reason].map(({ message }) =>
    oneLine(message, MAX_REASON_LENGTH)
  ) as [string, string];
  return first === last ? [{ label: "Reason", value: last }] : [
    { label: "First", value: first },
    { label: ended === null ? "Now" : "Last", value: last },
  ];
}

/** What has a word of its own in a list where not all are the same. */
function kindOf({ status, ended, end }: LetterIncident): string {
  if (ended === null) return STATUS_WORDS[status];
  return end === "removed" ? "removed" : "up again";
}

/** Such as `web: 10.0.0.5:443 refused the connection (since 03:12, 2 min)`. */
function lineOf(
  incident: LetterIncident,
  words: Words,
  isMixed: boolean,
): Line {
  const { check, reason, began, ended, because, durationMs, url } = incident;
  const lasted = lastingText(durationMs);
  const when = ended === null
    ? `since ${words.time(began)}, ${lasted}`
    : `${words.time(began)} to ${words.time(ended)}, ${lasted}`;
  const cause = because === null ? "" : `, because of ${words.name(because)}`;
  const message = oneLine(reason.message, MAX_REASON_LENGTH);
  return {
    name: words.name(check),
    what: `${
      isMixed ? `${kindOf(incident)}: ` : ""
    }${message} (${when}${cause})`,
    url,
  };
}

function notesOf(
  { event, at, now, storm, held, limitedUntil, words }: ContentOptions,
): string[] {
  if (event === "test") return ["If you can read this, messages arrive."];
  const time = (at: number) => `${words.time(at)} ${words.zone}`;
  const notes: string[] = [];
  if (storm !== undefined) {
    notes.push(
      "More than half of all checks failed at about the same time: look at the network of this agent first.",
    );
  }
  if (held !== undefined) {
    const { count, since, by } = held;
    notes.push(
      `${count} ${count === 1 ? "incident" : "incidents"} began since ${
        time(since)
      } and ${count === 1 ? "was" : "were"} held back by ${
        HELD_BY[by]
      }. Those that last are told now.`,
    );
  }
  if (limitedUntil !== undefined) {
    notes.push(
      `The limit of messages is reached: what happens until ${
        time(limitedUntil)
      } is told then.`,
    );
  }
  if (now - at >= LATE_MS) {
    notes.push(`This was to be sent at ${time(at)}, and could not be before.`);
  }
  return notes;
}
