import { parseArgs, type ParseArgsConfig } from "node:util";
import { closest } from "../core/text.ts";
import { UsageError } from "./usage.ts";

/** The options of a command, as `node:util` has them. */
export type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;

/** The value of an option, or the values of one that may come again. */
export type OptionValue =
  | string
  | boolean
  | readonly (string | boolean)[]
  | undefined;

/** A command line, taken apart. */
export interface Arguments {
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly string[];
}

/**
 * Takes a command line apart.
 *
 * @throws {UsageError} If an option is unknown, or lacks its value.
 */
export function parse(
  args: readonly string[],
  options: OptionsConfig,
): Arguments {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options,
      allowPositionals: true,
    });
    return { values: values as Arguments["values"], positionals };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    // Beyond the first sentence it explains how parseArgs itself is used.
    const [message = ""] = error.message.split(". ");
    const [, unknown] = /^Unknown option '--(.*)'$/.exec(message) ?? [];
    const meant = unknown && closest(unknown, Object.keys(options));
    throw new UsageError(
      meant ? `${message}; did you mean --${meant}?` : message,
      { cause: error },
    );
  }
}

/** What is no option of a command line, and no value of one, however wrong. */
export function wordsOf(
  args: readonly string[],
  options: OptionsConfig,
): readonly string[] {
  return parseArgs({
    args: [...args],
    options,
    allowPositionals: true,
    strict: false,
  }).positionals;
}

/**
 * The value of an option that is one of a few.
 *
 * @throws {UsageError} If it is another.
 */
export function oneOf<T extends string>(
  name: string,
  value: OptionValue,
  values: readonly [T, ...T[]],
): T {
  if (value === undefined) return values[0];
  const found = values.find((known) => known === value);
  if (found === undefined) {
    throw new UsageError(
      `--${name}: expected ${values.join(" or ")}, got ${
        JSON.stringify(value)
      }`,
    );
  }
  return found;
}

/**
 * The one file a command takes.
 *
 * @throws {UsageError} If there is more than one.
 */
export function fileOf({ positionals }: Arguments): string {
  if (positionals.length > 1) {
    throw new UsageError(
      `Expected one file, got ${positionals.length}: ${positionals.join(" ")}`,
    );
  }
  return positionals[0] ?? "lifesign.yaml";
}
