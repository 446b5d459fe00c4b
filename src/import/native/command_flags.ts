/** Which flags there are: with how many values, or other names with one. */
export type FlagSpec = Readonly<Record<string, 0 | 1 | readonly string[]>>;

/** A command line's flags. */
export interface Flags {
  /** Whether a flag is there. */
  readonly has: (flag: string) => boolean;
  /** The last value of a flag. */
  readonly value: (flag: string) => string | undefined;
  /** All values of a flag. */
  readonly values: (flag: string) => readonly string[];
  /** What is no flag. */
  readonly rest: readonly string[];
}

/**
 * Reads flags as programs of old do: `-qO-`, `-p 80`, `-p80`, `--port=80` and
 * `--port 80`. A flag that is not known is why the words cannot be told.
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
    if (name === undefined) return `the flag ${flag} is not known`;
    const isWhole = names.has(word);
    if (!takesValue(name)) {
      if (equals >= 0) return `the flag ${flag} is not known with a value`;
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
    if (value === undefined) return `the flag ${flag} lacks its value`;
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
