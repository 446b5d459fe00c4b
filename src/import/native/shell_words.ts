import type { Values } from "./values.ts";

/** Stands for the value of a variable that is not known here. */
export const UNKNOWN = "\0";

/** Stands for a secret, to which nothing can refer. */
export const SECRET = "\x01";

/** How variables are expanded. */
export interface ShellVariables {
  /** Returns the value of a variable, perhaps as a mark. */
  readonly get: (name: string) => string;
  /** What the marks in the line and in values stand for. */
  readonly values: Values;
}

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
  variables: ShellVariables,
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
  variables: ShellVariables,
): Part | undefined {
  const letter = line[at]!;
  if (/\s/.test(letter)) {
    return letter === "\n" ? undefined : { text: null, end: at + 1 };
  }
  switch (letter) {
    case "'": {
      const end = line.indexOf("'", at + 1);
      const text = line.slice(at + 1, end);
      return end < 0 || variables.values.text(text).includes("'")
        ? undefined
        : { text, end: end + 1 };
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
  const value = variables.values.text(letter);
  return /[|&;<>()`*[\]{}~#!]/.test(value) ||
      value !== letter && /[\s"'\\$]/.test(value)
    ? undefined
    : { text: letter, end: at + 1 };
}

function doubleQuoted(
  line: string,
  start: number,
  variables: ShellVariables,
): Part | undefined {
  let text = "";
  for (let at = start; at < line.length;) {
    const letter = line[at]!;
    if (letter === '"') return { text, end: at + 1 };
    if (letter === "`") return undefined;
    const value = variables.values.text(letter);
    if (value !== letter && /["\\$`]/.test(value)) return undefined;
    if (letter === "$") {
      const part = variableAt(line, at, { ...variables, isQuoted: true });
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

/** A variable, which would be several words where it is not quoted. */
interface Expansion extends ShellVariables {
  readonly isQuoted?: boolean;
}

const VARIABLE = /\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})/y;

function variableAt(
  line: string,
  at: number,
  { get, values, isQuoted = false }: Expansion,
): Part | undefined {
  VARIABLE.lastIndex = at;
  const [match, plain, braced] = VARIABLE.exec(line) ?? [];
  if (match === undefined) return undefined;
  const text = get(plain ?? braced!);
  return !isQuoted && /[\s*?[]/.test(values.text(text))
    ? undefined
    : { text, end: at + match.length };
}
