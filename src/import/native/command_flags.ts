/** Known flags: the number of values, or other names of a flag with one value. */
export type FlagSpec = Readonly<Record<string, 0 | 1 | readonly string[]>>;

/** The flags of a command line. */
export interface Flags {
  /** Whether a flag is given. */
  readonly has: (flag: string) => boolean;
  /** The last value of a flag. */
  readonly value: (flag: string) => string | undefined;
  /** All values of a flag. */
  readonly values: (flag: string) => readonly string[];
  /** The arguments that are not flags. */
  readonly rest: readonly string[];
}

/**
 * Parses flags in the style of getopt: `-qO-`, `-p 80`, `-p80`, `--port=80` and
 * `--port 80`. Returns a message if a flag is not known.
 */
export function flagsOf(
  words: readonly string[],
  spec: FlagSpec,
): Flags | string {
  const found: (readonly [flag: string, value: string])[] = [];
  const rest: string[] = [];
  const names = new Map<string, string>();
  for (const [flag, kind] of Object.entries(spec)) {
    names.set(flag, flag);
    if (typeof kind === "object") {
      for (const other of kind) names.set(other, flag);
    }
  }
  const takesValue = (name: string): boolean => spec[name] !== 0;
  const queue = [...words];
  for (let word = queue.shift(); word !== undefined; word = queue.shift()) {
    if (!/^-./.test(word)) {
      rest.push(word);
      continue;
    }
    if (word === "--") {
      rest.push(...queue.splice(0));
      continue;
    }
    const isLong = word.startsWith("--");
    const equals = isLong ? word.indexOf("=") : -1;
    const flag = isLong
      ? (equals < 0 ? word : word.slice(0, equals))
      : word.slice(0, 2);
    const name = names.get(word) ?? names.get(flag);
    if (name === undefined) return `unknown flag ${flag}`;
    const isWhole = names.has(word);
    if (!takesValue(name)) {
      if (equals >= 0) return `the flag ${flag} takes no value`;
      found.push([name, ""]);
      // -sf is -s and -f.
      if (!isLong && !isWhole) queue.unshift(`-${word.slice(2)}`);
      continue;
    }
    const value = equals >= 0
      ? word.slice(equals + 1)
      : isLong || isWhole
      ? queue.shift()
      : word.slice(2);
    if (value === undefined) return `the flag ${flag} needs a value`;
    found.push([name, value]);
  }
  const values = (flag: string): string[] =>
    found.filter(([name]) => name === flag).map(([, value]) => value);
  return {
    has: (flag) => found.some(([name]) => name === flag),
    value: (flag) => values(flag).at(-1),
    values,
    rest,
  };
}
