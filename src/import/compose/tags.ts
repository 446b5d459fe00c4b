/** A tag of Compose: what an earlier file says is dropped. */
export type Tag = "reset" | "override";

/** What may be between tokens. */
const SPACE = /(?:\s|(?<=^|\s)#.*)+/my;

/** A string in quotes. */
const QUOTED = /"(?:[^"\\]|\\[^])*"|'(?:[^']|'')*'/y;

/** A string without quotes, up to the end of its line. */
const PLAIN = /(?:[^\s:#]|:(?!\s|$)|(?<!\s)#|[^\S\n]+(?=[^\s:#]|:(?!\s|$)))+/my;

/** The same between brackets. */
const PLAIN_IN_FLOW =
  /(?:[^\s:#,[\]{}]|:(?![\s,[\]{}]|$)|(?<!\s)#|[^\S\n]+(?=[^\s:#,[\]{}]|:(?![\s,[\]{}]|$)))+/my;

/** An anchor, an alias, or a tag. */
const PROPERTY = /[&*!][^\s,[\]{}]*/y;

/** The header of a string in several lines. */
const BLOCK = /[|>][-+\d]*[^\S\n]*(?:#.*)?$/my;

/** What follows a key that has a tag. */
const TAGGED =
  /([^\S\n]*:(?:\s|(?<=\s)#.*)*(?:&[^\s,[\]{}]+\s+)?)!(reset|override)(?=[\s,\]}]|$)/y;

/**
 * Moves the tags `!reset` and `!override` of a Compose file into the keys, as in
 * `ports !reset:`, because the YAML parser does not support custom tags. What
 * looks like a tag in strings and comments stays as it is.
 */
export function withTagsInKeys(text: string): string {
  let moved = "";
  let copied = 0;
  let depth = 0;
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  for (let at = 0; at < text.length;) {
    const space = match(SPACE, at);
    if (space !== null) {
      at += space[0].length;
      continue;
    }
    const block = depth === 0 ? match(BLOCK, at) : null;
    if (block !== null) {
      at = endOfBlock(text, at, at + block[0].length);
      continue;
    }
    const letter = text[at]!;
    if (/[[{]/.test(letter)) depth++;
    if (/[\]}]/.test(letter)) depth = Math.max(0, depth - 1);
    const property = match(PROPERTY, at);
    if (property !== null) {
      at += property[0].length;
      continue;
    }
    const quoted = match(QUOTED, at);
    const key = quoted ??
      (/[-?](?=\s)/.test(text.slice(at, at + 2))
        ? null
        : match(depth === 0 ? PLAIN : PLAIN_IN_FLOW, at));
    if (key === null) {
      at++;
      continue;
    }
    at += key[0].length;
    const tagged = match(TAGGED, at);
    if (tagged === null) {
      // Between brackets, no space is needed after a key in quotes.
      if (quoted !== null && depth > 0) {
        at += match(/(?:\s*:)?/y, at)![0].length;
      }
      continue;
    }
    const [whole, before, tag] = tagged;
    const end = quoted === null ? at : at - 1;
    moved += `${text.slice(copied, end)} !${tag}${
      text.slice(end, at)
    }${before}`;
    at = copied = at + whole.length;
  }
  return moved + text.slice(copied);
}

/** The end of a string in several lines: they are indented more than its key. */
function endOfBlock(text: string, at: number, endOfHeader: number): number {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  const [before] = /^ *(?:- +)*/.exec(line)!;
  const indent = before.length < line.trimEnd().length
    ? before.length
    : Math.max(0, before.lastIndexOf("-"));
  const lines = new RegExp(
    `(?:\\n(?: {${indent + 1}}.*|[^\\S\\n]*(?=\\n|$)))*`,
    "y",
  );
  lines.lastIndex = endOfHeader;
  return endOfHeader + lines.exec(text)![0].length;
}

/** A key without its tag, and the tag. */
export function splitTag(
  key: string,
): { readonly key: string; readonly tag?: Tag } {
  const [, plain, tag] = /^(.*) !(reset|override)$/s.exec(key) ?? [];
  return plain === undefined ? { key } : { key: plain, tag: tag as Tag };
}
