import { parseArgs, type ParseArgsConfig } from "node:util";
import { closest, listed } from "../core/text.ts";
import { UsageError } from "./usage.ts";

/** The options of a command, in the format of `parseArgs()` of `node:util`. */
export type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;

/** The value of an option, or the values of one that may be repeated. */
export type OptionValue =
  | string
  | boolean
  | readonly (string | boolean)[]
  | undefined;

/** A parsed command line. */
export interface Arguments {
  readonly values: Readonly<Record<string, OptionValue>>;
  readonly positionals: readonly string[];
}

/**
 * Parses a command line.
 *
 * @throws {UsageError} If an option is unknown or has no value.
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
    // The last line says what to write. What follows a sentence of it explains how
    // to call parseArgs().
    const [message = ""] = error.message.split("\n").at(-1)!.split(/\.(?: |$)/);
    const [, unknown] = /^Unknown option '--(.*)'$/.exec(message) ?? [];
    const meant = unknown && closest(unknown, Object.keys(options));
    throw new UsageError(message, {
      suggestion: meant ? `--${meant}` : undefined,
      cause: error,
    });
  }
}

/** The words of a command line that are not options, even if it is wrong. */
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

/** The value of a string option, even if the rest of a command line is wrong. */
export function valueOf(name: string, args: readonly string[]): OptionValue {
  return parseArgs({
    args: [...args],
    options: { [name]: { type: "string" } },
    allowPositionals: true,
    strict: false,
  }).values[name];
}

/**
 * The value of an option that takes one of some values; the first by default.
 *
 * @throws {UsageError} If it is another value.
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
      `--${name}: expected ${listed(values, "or")}, got ${
        JSON.stringify(value)
      }`,
    );
  }
  return found;
}

/** The config file of a command line that names none. */
export const DEFAULT_FILE = "lifesign.yaml";

/**
 * The file of a command that takes one file.
 *
 * @throws {UsageError} If there is more than one.
 */
export function fileOf({ positionals }: Arguments): string {
  if (positionals.length > 1) {
    throw new UsageError(
      `Expected one file, got ${positionals.length}: ${positionals.join(" ")}`,
    );
  }
  return positionals[0] ?? DEFAULT_FILE;
}
