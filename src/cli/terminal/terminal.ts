/** The size of a terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** Whether stdin and stdout are a terminal that can show a table. */
export function hasScreen(): boolean {
  return Deno.stdin.isTerminal() && Deno.stdout.isTerminal() && !isDumb();
}

/** Whether the terminal is known to support no escape sequences. */
export function isDumb(): boolean {
  const variable = "TERM";
  // Deno must not ask for it on a terminal: the table works without it.
  const { state } = Deno.permissions.querySync({ name: "env", variable });
  return state === "granted" && Deno.env.get(variable) === "dumb";
}

/** The current size of the terminal. */
export function sizeOfTerminal(): Size {
  try {
    const { columns, rows } = Deno.consoleSize();
    // A terminal on a serial line may not know it.
    return { columns: columns || 80, rows: rows || 24 };
  } catch {
    // It is gone.
    return { columns: 80, rows: 24 };
  }
}
