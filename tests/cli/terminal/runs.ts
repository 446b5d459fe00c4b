import { assert, assertEquals } from "@std/assert";
import {
  type RunningTerminal,
  startInTerminal,
} from "../../support/terminal.ts";

/** The flags of the docs: the table needs none. */
export const FLAGS: readonly string[] = [
  "--allow-net=127.0.0.1",
  "--allow-read=/tmp",
  "--allow-run=sh",
  "--allow-env=LIFESIGN_TOKEN",
];

/** The last escape sequences: they restore the terminal. */
export const RESTORED = "\x1b[?7h\x1b[?2004l\x1b[?1049l\x1b[?25h";

/** Starts the agent of a file in a terminal. */
export async function startRun(
  file: { readonly path: string },
  { args = [], ...options }: Partial<Parameters<typeof startInTerminal>[0]> =
    {},
): Promise<RunningTerminal> {
  return await startInTerminal({
    flags: FLAGS,
    ...options,
    args: ["run", ...args, file.path],
  });
}

/** Asserts that a terminal was restored, before the last messages. */
export function assertRestored(terminal: RunningTerminal): void {
  const { output } = terminal;
  const end = output.lastIndexOf(RESTORED);
  assert(end > 0, JSON.stringify(output.slice(-200)));
  assertEquals(output.slice(end + RESTORED.length).includes("\x1b"), false);
  assertEquals(output.split("\x1b[?1049h").length, 2);
  assertEquals(output.split("\x1b[?1049l").length, 2);
  assertEquals(terminal.screen, "normal");
}

/** A file with one check. */
export const ONE = `
listen: 127.0.0.1:0
checks: { up: { type: command, command: "exit 0" } }
`;
