import type { OptionError } from "../core/option_error.ts";

/** The command line is not right. Its message is for the user. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** What the program says when it ends; those from 124 on are what shells say. */
export const EXIT = {
  ok: 0,
  failure: 1,
  usage: 2,
  /** What `timeout` of the coreutils says. */
  timeout: 124,
  notExecutable: 126,
  notFound: 127,
  /** Of SIGINT. */
  interrupted: 130,
} as const;

/** Says of an option of the library what is wrong with the flag of its name. */
export function flagError(error: OptionError): UsageError {
  const flag = error.option.replace(/[A-Z]/g, "-$&").toLowerCase();
  return new UsageError(`--${flag}: ${error.problem}`, { cause: error });
}
