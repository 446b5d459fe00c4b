import type { Message } from "../../../core/notify/message.ts";
import { lastingText } from "../../../core/people/lasting.ts";
import { oneLine } from "../../../core/text.ts";
import type { Status } from "../../../core/types.ts";
import type { LetterIncident } from "../receiver.ts";
import { reasonBeside } from "./reason.ts";
import { STATUS_WORDS, type Words } from "./words.ts";

/** A phone shows about as many characters, and they have to say it. */
const SEEN_LENGTH = 60;

const MAX_LENGTH = 200;

/** What a title is made of. */
export interface TitleContent
  extends Pick<Message, "event" | "storm" | "held"> {
  readonly incidents: readonly LetterIncident[];
  readonly words: Words;
  /** The program that sends it, such as `lifesign/0.2.0`. */
  readonly agent: string;
  /** The name of the notifier, if it is known. */
  readonly notifier?: string | undefined;
}

/** Says in one line what a person needs. */
export function titleOf(content: TitleContent): string {
  const { event, storm, agent, notifier } = content;
  if (event === "test") {
    const what = notifier === undefined ? "Test" : `Test of ${notifier}`;
    return `${what} from ${agent.split("/")[0]}: it works`;
  }
  if (storm !== undefined) return stormTitle(storm);
  const title = whatHappened(content);
  return oneLine(title + heldText(content, title === ""), MAX_LENGTH);
}

function stormTitle({ down, checks }: NonNullable<Message["storm"]>): string {
  return `${down} of ${checks} checks are down: perhaps the network of this agent`;
}

/** What happened to the checks of a message; empty if it has none. */
function whatHappened(content: TitleContent): string {
  const told = inTitle(content);
  const [first, ...others] = told;
  if (first === undefined) return "";
  if (others.length > 0) return severalTitle(told, content);
  return first.ended === null
    ? beginning(first, content)
    : ending(first, content.words);
}

/** The incidents that a title is about: those that last, unless all are over. */
function inTitle(
  { event, incidents }: TitleContent,
): readonly LetterIncident[] {
  const lasting = incidents.filter(({ ended }) => ended === null);
  return event === "up" || lasting.length === 0 ? incidents : lasting;
}

/** Such as `DOWN web: 10.0.0.5:443 refused the connection (2 min)`. */
function beginning(
  incident: LetterIncident,
  { event, words }: TitleContent,
): string {
  const { check, status, reason, because, durationMs } = incident;
  const name = words.name(check);
  const still = event === "reminder" ? "STILL " : "";
  const cause = because === null ? "" : ` because of ${words.name(because)}`;
  const lasts = durationMs < 1000 ? "" : ` (${lastingText(durationMs)})`;
  return `${still}${STATUS_WORDS[status].toUpperCase()} ${name}${cause}: ${
    reasonBeside(name, reason)
  }${lasts}`;
}

/** Such as `UP web after 14 min`, or `UP web, which was degraded for 14 min`. */
function ending(
  { check, status, end, durationMs }: LetterIncident,
  words: Words,
): string {
  const [name, lasted] = [words.name(check), lastingText(durationMs)];
  const was = wasWord(status);
  if (end !== "removed" && was === "down") return `UP ${name} after ${lasted}`;
  const word = end === "removed" ? "REMOVED" : "UP";
  return `${word} ${name}, which was ${was} for ${lasted}`;
}

/** What a check was that is not told of any more. */
export function wasWord(status: Status): string {
  return STATUS_WORDS[status === "healthy" ? "unhealthy" : status];
}

/** Such as `3 down: web, api, db (because of gateway)`. */
function severalTitle(
  incidents: readonly LetterIncident[],
  { event, words }: TitleContent,
): string {
  const counts = new Map<string, number>();
  for (const incident of incidents) {
    const word = wordOf(incident);
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  const head = Array.from(counts)
    .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b))
    .map(([word, count], i) =>
      `${count}${event === "reminder" && i === 0 ? " still" : ""} ${word}`
    )
    .join(", ");
  const causes = new Set(incidents.map(({ because }) => because));
  const [cause = null] = causes;
  const tail = causes.size === 1 && cause !== null
    ? ` (because of ${words.name(cause)})`
    : "";
  const names = incidents.map(({ check }) => words.name(check));
  const room = SEEN_LENGTH - `${head}: `.length - tail.length;
  return `${head}: ${someOf(names, room)}${tail}`;
}

/** The worst first. */
const ORDER = ["down", "unknown", "degraded", "up", "removed"];

function wordOf({ status, ended, end }: LetterIncident): string {
  if (ended === null) return STATUS_WORDS[status];
  return end === "removed" ? "removed" : "up";
}

/** As many names as there is room for, and how many there are beside. */
function someOf(names: readonly string[], room: number): string {
  let text = "";
  for (let count = 1; count <= names.length; count++) {
    const rest = names.length - count;
    const list = names.slice(0, count).join(", ");
    // It only gets longer, but for the last name.
    if (text !== "" && list.length > room) break;
    const longer = rest === 0 ? list : `${list} and ${rest} more`;
    if (text === "" || longer.length <= room) text = longer;
  }
  return text;
}

/** How many incidents at least were held back that a message does not name. */
function heldText(content: TitleContent, isAll: boolean): string {
  const { held, words } = content;
  if (held === undefined) return "";
  // Some of those that it names may have been told before.
  const count = held.count - inTitle(content).length;
  if (count <= 0) return "";
  const by = `held back by ${HELD_BY[held.by]}`;
  const since = `since ${words.time(held.since)}`;
  return isAll
    ? `${count} began and ended ${since}, ${by}`
    : `; ${count} more began ${since}, ${by}`;
}

/** What held messages back. */
export const HELD_BY: Readonly<
  Record<NonNullable<Message["held"]>["by"], string>
> = { limit: "the limit", quiet: "quiet hours" };
