/** The command line is not right. Its message is for the user. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** What the program says when it ends; 130 is what shells say of SIGINT. */
export const EXIT = { ok: 0, failure: 1, usage: 2, interrupted: 130 } as const;
