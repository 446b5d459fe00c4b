import { OptionError } from "../option_error.ts";
import type { Caption } from "../types.ts";

/** What a check without words for people has. */
const NOTHING: Caption = {};

/**
 * The words of a check for people.
 *
 * @throws {OptionError} If one of them is not a string, or the link is not one that
 * a page may have.
 */
export function captionOf(
  { name, description, link }: {
    readonly [K in keyof Caption]: Caption[K] | undefined;
  },
): Caption {
  if (name === undefined && description === undefined && link === undefined) {
    return NOTHING;
  }
  const caption = {
    ...(name !== undefined && { name }),
    ...(description !== undefined && { description }),
    ...(link !== undefined && { link }),
  };
  for (const [key, value] of Object.entries(caption)) {
    if (typeof value === "string" && value !== "") continue;
    throw new OptionError(
      key,
      `expected a non-empty string, got ${JSON.stringify(value)}`,
    );
  }
  if (link !== undefined && !isLink(link)) {
    throw new OptionError(
      "link",
      `expected a link with http:, https: or mailto:, got ${
        JSON.stringify(link)
      }`,
    );
  }
  return caption;
}

/** Whether a URL leads to a page or to a mailbox, and runs nothing. */
function isLink(text: string): boolean {
  return /^(?:https?:\/\/|mailto:)\S+$/.test(text) && URL.canParse(text);
}
