/** Stands for the value of a variable that is not known here. */
export const UNKNOWN = "\0";

/** `|| exit 1` and its like at the end: the exit code is not 0 anyway. */
const EXCUSE = /\s*\|\|\s*(?:exit(?:\s+[1-9]\d*)?|false)\s*;?\s*$/;

/** A redirection of output to nowhere. */
const SILENCE = /\s*(?:(?:[12]|&)?>>?\s*\/dev\/null|[12]>&[12])\s*$/;

/**
 * Splits a shell command line into words, if it is one simple command: without
 * pipes, lists and command substitution. `|| exit 1` and redirections to nowhere
 * at its end are ignored.
 */
export function shellWords(
  line: string,
  variables: (name: string) => string | undefined,
): string[] | undefined {
  let rest = line.trim().replace(EXCUSE, "");
  while (SILENCE.test(rest)) rest = rest.replace(SILENCE, "");
  const words: string[] = [];
  let word: string | undefined;
  for (let at = 0; at < rest.length;) {
    const part = partAt(rest, at, variables);
    if (part === undefined) return undefined;
    if (part.text === null) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + part.text;
    at = part.end;
  }
  if (word !== undefined) words.push(word);
  // Probes never use the environment's proxy.
  while (/^[a-z]+_proxy=/i.test(words[0] ?? "")) words.shift();
  return words;
}

/** A part of a word, or a space between words (`null`). */
interface Part {
  readonly text: string | null;
  readonly end: number;
}

function partAt(
  line: string,
  at: number,
  variables: (name: string) => string | undefined,
): Part | undefined {
  const letter = line[at]!;
  if (/\s/.test(letter)) {
    return letter === "\n" ? undefined : { text: null, end: at + 1 };
  }
  switch (letter) {
    case "'": {
      const end = line.indexOf("'", at + 1);
      return end < 0
        ? undefined
        : { text: line.slice(at + 1, end), end: end + 1 };
    }
    case '"':
      return doubleQuoted(line, at + 1, variables);
    case "\\":
      return at + 1 < line.length
        ? { text: line[at + 1]!, end: at + 2 }
        : undefined;
    case "$":
      return variableAt(line, at, variables);
  }
  return /[|&;<>()`*[\]{}~#!]/.test(letter)
    ? undefined
    : { text: letter, end: at + 1 };
}

function doubleQuoted(
  line: string,
  start: number,
  variables: (name: string) => string | undefined,
): Part | undefined {
  let text = "";
  for (let at = start; at < line.length;) {
    const letter = line[at]!;
    if (letter === '"') return { text, end: at + 1 };
    if (letter === "`") return undefined;
    if (letter === "$") {
      const part = variableAt(line, at, variables);
      if (part === undefined) return undefined;
      text += part.text;
      at = part.end;
    } else if (letter === "\\" && /["\\$`]/.test(line[at + 1] ?? "")) {
      text += line[at + 1];
      at += 2;
    } else {
      text += letter;
      at++;
    }
  }
  return undefined;
}

const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/y;

function variableAt(
  line: string,
  at: number,
  variables: (name: string) => string | undefined,
): Part | undefined {
  VARIABLE.lastIndex = at;
  const [match, plain, braced] = VARIABLE.exec(line) ?? [];
  if (match === undefined) return undefined;
  const text = variables(plain ?? braced!) ?? UNKNOWN;
  // Without quotes, a value with spaces would be several words.
  return /[\s*?[]/.test(text) ? undefined : { text, end: at + match.length };
}
