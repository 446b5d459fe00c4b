/** Characters that a terminal or a log line cannot show, or that reorder it. */
const UNPRINTABLE =
  // deno-lint-ignore no-control-regex
  /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffd]+/g;

/**
 * Makes one printable line of a string: runs of white space and of unprintable
 * characters become a space, and a line longer than `max` characters is cut and
 * ends in an ellipsis.
 */
export function oneLine(text: string, max = 300): string {
  // A string may be megabytes long: do not clean what is cut anyway.
  const line = text.slice(0, max * 4).replace(UNPRINTABLE, " ")
    .replace(/\s+/g, " ").trim();
  return line.length > max || text.length > max * 4
    ? `${line.slice(0, max - 1).replace(/[\ud800-\udbff]$/, "").trimEnd()}…`
    : line;
}

/** What looks like one character may have hundreds of marks: it is cut inside. */
const MAX_GRAPHEME_LENGTH = 64;

/** Its making takes longer than all else here. */
let graphemes: Intl.Segmenter | undefined;

/**
 * Cuts off what is beyond `max`, which is to have room for an ellipsis, and puts
 * one in its place. What people see as one character is not cut apart. `sizeOf` says
 * what a character takes, such as its bytes: by default its UTF-16 code units.
 */
export function cut(
  text: string,
  max: number,
  sizeOf: (character: string) => number = ({ length }) => length,
): string {
  const room = max - sizeOf("…");
  let [size, length, end] = [0, 0, 0];
  for (const character of text) {
    size += sizeOf(character);
    if (size > max) return `${wholeBefore(text, end).trimEnd()}…`;
    length += character.length;
    if (size <= room) end = length;
  }
  return text;
}

/** The whole characters of a string before an index, as people see them. */
function wholeBefore(text: string, index: number): string {
  graphemes ??= new Intl.Segmenter("en");
  const start = graphemes.segment(text.slice(0, index + MAX_GRAPHEME_LENGTH))
    .containing(index)?.index ?? index;
  return text.slice(0, index - start > MAX_GRAPHEME_LENGTH ? index : start);
}

/** How many bytes a string has as UTF-8. */
export function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** What was thrown, in one line. It may be anything, even without a string. */
export function thrownInWords(thrown: unknown): string {
  try {
    return oneLine(String(thrown));
  } catch {
    return "Object that cannot be made a string";
  }
}

/** A sentence as it stands inside of another one. */
export function lowerFirst(sentence: string): string {
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}

/**
 * A short, quoted excerpt of a string, for messages. It ends in an ellipsis if
 * the string was cut before, too: beginnings of secrets are replaced only there.
 */
export function excerpt(text: string, isCut = false): string {
  const line = oneLine(text, 80);
  return JSON.stringify(isCut && !line.endsWith("…") ? `${line}…` : line);
}

/**
 * Writes a list as a part of a sentence, such as "a, b, or c". The first
 * `Intl.ListFormat` of a process takes more than 10 ms to make.
 */
export function listed(words: readonly string[], word: "and" | "or"): string {
  if (words.length < 3) return words.join(` ${word} `);
  return `${words.slice(0, -1).join(", ")}, ${word} ${words.at(-1)}`;
}

/** A word of a command line, quoted where a shell needs it. */
export function shellQuoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word)
    ? word
    : `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The candidate that a misspelt word likely stands for, if there is one. */
export function closest(
  word: string,
  candidates: Iterable<string>,
): string | undefined {
  let best: string | undefined;
  // At most a third of the word may be wrong.
  let bestDistance = Math.floor(word.length / 3) + 1;
  for (const candidate of candidates) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

/** The number of insertions, deletions, replacements and swaps of neighbours. */
function editDistance(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 3) return Infinity;
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let distance = Math.min(
        above[j]! + 1,
        row[j - 1]! + 1,
        above[j - 1]! + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        distance = Math.min(distance, before[j - 2]! + 1);
      }
      row.push(distance);
    }
    [before, above] = [above, row];
  }
  return above[b.length]!;
}

/** Writes a number of bytes for people, such as `"64 KiB"` or `"1000 bytes"`. */
export function formatBytes(bytes: number): string {
  const units = [["MiB", 2 ** 20], ["KiB", 2 ** 10]] as const;
  for (const [unit, size] of units) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size} ${unit}`;
  }
  return `${bytes} byte${bytes === 1 ? "" : "s"}`;
}

/** A string as a part of a regular expression. Node 20 has no `RegExp.escape()`. */
export function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}

/** Does what `URL.parse()` does, which Node 20 does not have. */
export function parsedUrl(text: string | URL): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

/** Bytes for messages, such as `00 ff`: with an ellipsis behind the first `max`. */
export function inHex(bytes: Uint8Array, max = 24): string {
  const shown = Array.from(
    bytes.subarray(0, max),
    (byte) => byte.toString(16).padStart(2, "0"),
  );
  return shown.join(" ") + (bytes.length > shown.length ? " …" : "");
}
