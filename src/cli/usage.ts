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
