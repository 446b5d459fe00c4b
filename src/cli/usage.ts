import type { OptionError } from "../core/option_error.ts";

/** The command line is wrong. The message is for the user. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
  /** Whether the message already says what was likely meant. */
  readonly hasSuggestion: boolean;

  constructor(
    message: string,
    options: ErrorOptions & { readonly suggestion?: string | undefined } = {},
  ) {
    const { suggestion, ...others } = options;
    super(
      suggestion === undefined
        ? message
        : `${message}; did you mean ${suggestion}?`,
      others,
    );
    this.hasSuggestion = suggestion !== undefined;
  }
}

/** The exit codes of the program; those from 124 on are the ones of shells. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** As `timeout` of the coreutils. */
  timeout: 124,
  notExecutable: 126,
  notFound: 127,
  /** As for SIGINT. */
  interrupted: 130,
} as const;

/** Says of an option of the library what is wrong with the flag of its name. */
export function flagError(error: OptionError): UsageError {
  const flag = error.option.replace(/[A-Z]/g, "-$&").toLowerCase();
  return new UsageError(`--${flag}: ${error.problem}`, { cause: error });
}
