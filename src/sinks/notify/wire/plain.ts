/**
 * What letters become before they are sent to chats: what a target says can neither
 * mention anybody nor be taken for markup.
 *
 * @module
 */

import { oneLine } from "../../../core/text.ts";
import type { Letter } from "../receiver.ts";

/** What people read of a letter. */
export type Plain = Pick<Letter, "title" | "text">;

/**
 * A title in one line and a text in lines, without characters that cannot be shown or
 * that reorder others.
 */
export function plainOf({ title, text }: Plain): Plain {
  return {
    title: shown(title),
    text: text.split(/\r\n|[\r\n]/).map(shown).join("\n")
      .replace(/\n{3,}/g, "\n\n").trim(),
  };
}

function shown(line: string): string {
  return oneLine(line.toWellFormed(), Infinity);
}

/** The beginning of `@here`, which some chats see within a word, too. */
const MENTION = /@(?=\S)/g;

/** What chats may show as a picture. */
const EMOJI = /:(?=([\w+-]{1,60}):)/g;

/** Names of pictures that may be groups of an address, or a time. */
const SHORT_EMOJI = new Set(
  "a ab abc abcd b bed bee cd de 100 1234 +1 -1".split(" "),
);

/**
 * Whether there is such a picture. Groups of an address are parted only if they are
 * one, such as the `:cd:` of a MAC address, so that others can be copied.
 */
function isEmoji(name: string): boolean {
  return /[g-z_]/i.test(name) || SHORT_EMOJI.has(name);
}

/** Where a link begins in Markdown; Rocket.Chat knows no escape of it. */
const LINK = /\](?=\()/g;

/**
 * Parts `@here`, `:cd:` and `[text](url)` by a space without width, so that they are
 * only that.
 */
export function inert({ title, text }: Plain): Plain {
  const parted = (text: string) =>
    text.replace(MENTION, "@\u200b").replace(LINK, "]\u200b")
      .replace(EMOJI, (_, name) => isEmoji(name) ? ":\u200b" : ":");
  return { title: parted(title), text: parted(text) };
}

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

/** Escapes a string for HTML outside of tags, and for Slack. */
export function escapeEntities(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character]!);
}

/** Where a backslash would be a part of the URL. */
const IN_URL = "(?<!\\w)https?:\\/\\/[^\\s<>*`|\\\\[\\]]+";

const MARKUP = new RegExp(
  // A heading, small print and a quotation are that at the beginning of a line.
  `${IN_URL}|^(?:-#|[#>])|[\\\\*_~|\`[&<]`,
  "gm",
);

/** Escapes a string for the Markdown of Discord. */
export function escapeMarkdown(text: string): string {
  return text.replace(MARKUP, (found) => {
    if (found === "&" || found.startsWith("http")) return found;
    // At the end of a URL, the backslash belongs to that.
    if (found === "<") return "\\<\u200b";
    return found === "-#" ? "-\\#" : `\\${found}`;
  });
}

/**
 * Escapes a string for the Markdown of Mattermost and Rocket.Chat, who read `<!here>`
 * as Slack does.
 */
export function escapeSlackMarkdown(text: string): string {
  return text.replace(MARKUP, (found) => {
    if (found.startsWith("http")) return found;
    return found === "-#" ? "-\\#" : ENTITIES[found] ?? `\\${found}`;
  });
}
