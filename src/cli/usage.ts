/** The command line is not right. Its message is for the user. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** What a program says when it ends. */
export const EXIT = { ok: 0, failure: 1, usage: 2 } as const;
