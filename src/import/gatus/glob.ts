/** A pattern of Gatus: what has to be there, and where. */
export interface Glob {
  /** The string to be found anywhere, if the pattern is no more than that. */
  readonly substring?: string;
  /** The same as the source of a regular expression without flags. */
  readonly source: string;
}

/**
 * Reads a pattern of Go's `filepath.Match`: `*`, `?`, `[a-z]`, `[^a]` and `\`.
 * Returns nothing for a pattern that is not valid, which nothing matches.
 *
 * Gatus looks at the text without the white space around it.
 */
export function globOf(pattern: string): Glob | undefined {
  const tokens = tokensOf(pattern);
  if (tokens === undefined) return undefined;
  const opens = tokens[0]?.any === true;
  const closes = tokens.length > 1 && tokens.at(-1)!.any === true;
  const inner = tokens.slice(opens ? 1 : 0, closes ? -1 : undefined);
  const isPlain = opens && closes &&
    inner.every(({ letter }) => letter !== undefined);
  const source = inner.map(({ source }) => source).join("");
  return {
    source: `${opens ? "" : "^\\s*"}${source}${
      closes || tokens.length === 1 && opens ? "" : "\\s*$"
    }`,
    ...(isPlain && { substring: inner.map(({ letter }) => letter).join("") }),
  };
}

/** A string as the source of a regular expression. */
export function regexEscaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

interface Token {
  readonly source: string;
  readonly letter?: string;
  readonly any?: true;
}

const TOKEN = /\*+|\?|\\[\s\S]|\[\^?(?:\\[\s\S]|[^\]\\])+\]|[^[\\]/gu;

function tokensOf(pattern: string): Token[] | undefined {
  const found = pattern.match(TOKEN) ?? [];
  if (found.join("") !== pattern) return undefined;
  const tokens = found.map(tokenOf);
  const isValid = tokens.every((token) => token !== undefined);
  return isValid ? tokens : undefined;
}

function tokenOf(text: string): Token | undefined {
  if (text.startsWith("*")) return { source: "[\\s\\S]*", any: true };
  if (text === "?") return { source: "[\\s\\S]" };
  if (text.startsWith("[")) return classOf(text);
  const letter = text.length > 1 && text.startsWith("\\")
    ? text.slice(1)
    : text;
  return { source: regexEscaped(letter), letter };
}

/** A class of letters: `[a-z]` or `[^a]`. */
function classOf(text: string): Token | undefined {
  const [, not, inner] = /^\[(\^?)([\s\S]*)\]$/.exec(text)!;
  const items = inner!.match(/(?:\\[\s\S]|[^\\-])(?:-(?:\\[\s\S]|[^\\-]))?/gu);
  if (items === null || items.join("") !== inner) return undefined;
  const source = items.map((item) =>
    item.replace(
      /\\?([\s\S])(-?)/gu,
      (_, letter, dash) =>
        (/[\\\]^[-]/.test(letter) ? `\\${letter}` : letter) + dash,
    )
  ).join("");
  return { source: `[${not}${source}]` };
}
