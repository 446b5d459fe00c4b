import { lowerFirst, oneLine } from "./text.ts";

/**
 * An option is not valid. The message begins with the option's name; whoever
 * knows the option by another name, such as `max_body` in a config file or
 * `--max-body` on a command line, makes a message of
 * {@linkcode OptionError.option} and {@linkcode OptionError.problem}.
 */
export class OptionError extends RangeError {
  /** The name of the class, whichever copy of the package made the error. */
  override readonly name: string = "OptionError";
  /** The option, in the library's words: `"maxBody"` or `"backoff.max"`. */
  readonly option: string;
  /** What was expected and what came: `"expected a number of bytes, got -1"`. */
  readonly problem: string;

  /** Whether a value is such an error, whichever copy of the package made it. */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return value instanceof RangeError && value.name === "OptionError";
  }

  /** Takes the name of the option, and what is wrong with it. */
  constructor(option: string, problem: string, options?: ErrorOptions) {
    super(`${option}: ${problem}`, options);
    this.option = option;
    this.problem = problem;
  }
}

/**
 * Reads an option by a function that does not know the option's name.
 *
 * @throws {OptionError} If the function throws a `TypeError` or `RangeError`,
 * with the same message.
 */
export function readOption<T>(option: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof OptionError) throw error;
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    // The runtime quotes what it was given as it is, line breaks and all.
    const problem = lowerFirst(oneLine(error.message));
    throw new OptionError(option, problem, { cause: error });
  }
}

/**
 * Checks that an option is a boolean, if it is there.
 *
 * @throws {OptionError} If it is something else.
 */
export function mustBeBoolean(option: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new OptionError(option, `expected true or false, got ${typeof value}`);
}
