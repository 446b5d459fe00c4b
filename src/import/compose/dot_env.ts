import { interpolate } from "./interpolate.ts";

/** A name, and what is before its value. */
const NAME = /(?:export[^\S\n]+)?([A-Za-z_][\w.-]*)[^\S\n]*[=:][^\S\n]*/y;

/** A value in quotes, which may have several lines. */
const QUOTED = /'((?:[^'\\]|\\[^])*)'|"((?:[^"\\]|\\[^])*)"/y;

/**
 * Reads the variables of a `.env` file as Compose does: with quotes and comments,
 * and with variables, except in single quotes. Lines that are not assignments are
 * ignored.
 */
export function parseDotEnv(
  text: string,
  environment: (name: string) => string | undefined,
): Map<string, string> {
  const found = new Map<string, string>();
  const variables = (name: string) => ({
    value: environment(name) ?? found.get(name),
    isShared: false,
  });
  const content = text.replace(/^\uFEFF/, "");
  const match = (pattern: RegExp, at: number): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(content);
  };
  for (let at = 0; at < content.length;) {
    at += match(/\s*/y, at)![0].length;
    const assignment = match(NAME, at);
    const start = at + (assignment?.[0].length ?? 0);
    const quoted = assignment && match(QUOTED, start);
    const line = match(/[^\n]*/y, start)![0];
    at = start + (quoted?.[0] ?? line).length;
    // A quote without its end makes the file invalid.
    if (assignment === null || quoted === null && /^["']/.test(line)) continue;
    const [, single, double] = quoted ?? [];
    const bare = line.replace(/ #.*$/s, "").trimEnd();
    found.set(
      assignment[1]!,
      single?.replaceAll("\\'", "'") ??
        expanded(double === undefined ? bare : unescaped(double), variables),
    );
  }
  return found;
}

function expanded(
  value: string,
  variables: Parameters<typeof interpolate>[1],
): string {
  try {
    return interpolate(value, variables).text;
  } catch (error) {
    // A dollar sign without a variable is itself.
    if (!(error instanceof SyntaxError)) throw error;
    return value;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  // Variables are expanded afterwards.
  $: "$$",
};

function unescaped(text: string): string {
  return text.replace(
    /\\(?:([abfnrtv$"\\])|0([0-7]{3}))/g,
    (_, letter?: string, octal?: string) =>
      letter === undefined
        ? String.fromCharCode(parseInt(octal!, 8))
        : ESCAPES[letter] ?? letter,
  );
}
