import { inspect } from "node:util";
import { DEFAULT_FILE } from "./args.ts";
import { EXIT, UsageError } from "./usage.ts";

/** What the user is told about an error that ends a command. */
export interface Explanation {
  /** One line where the user can correct it, and a stack trace otherwise. */
  readonly message: string;
  /** Whether the message names the file that it is about. */
  readonly hasSource: boolean;
  /** The exit code of the program. */
  readonly code: number;
}

/** Explains an error that ends a command. */
export function explain(error: unknown, command: string | null): Explanation {
  // By the errors' names: their classes are loaded only where they are needed.
  const name = error instanceof Error ? error.name : "";
  const { message } = error instanceof Error ? error : { message: "" };
  if (error instanceof UsageError || name === "FlagError") {
    const help = `lifesign${command === null ? "" : ` ${command}`} --help`;
    return {
      message: `${message} (see ${help})`,
      hasSource: false,
      code: EXIT.usage,
    };
  }
  if (name === "ConfigError") {
    return {
      message: isWithoutFile(error as Error)
        ? `${DEFAULT_FILE}: no such file; write one with lifesign init`
        : message,
      hasSource: true,
      code: EXIT.usage,
    };
  }
  const isKnown = name === "ListenError" || name === "ClusterError" ||
    error instanceof Deno.errors.NotCapable;
  return {
    message: isKnown ? message : inspect(error),
    hasSource: false,
    code: EXIT.failure,
  };
}

/** Whether a command was run in a folder without a config file. */
function isWithoutFile(error: Error): boolean {
  return error.cause instanceof Deno.errors.NotFound &&
    (error as Error & { readonly source?: string }).source === DEFAULT_FILE;
}
