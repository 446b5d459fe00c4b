import { EXIT } from "./usage.ts";

/** The signals that are passed on: those that can be caught. */
const SIGNALS: readonly Deno.Signal[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  // Windows has no more than these.
  ...(Deno.build.os === "windows"
    ? []
    : ["SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const),
];

/** The signals that a terminal sends to the command by itself. */
const OF_TERMINAL: readonly Deno.Signal[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

/** A running command. */
export interface Successor {
  /** Its exit code, as shells number it. */
  readonly code: Promise<number>;
}

/**
 * Starts a command in place of this program: it gets the environment, the
 * terminal and the signals. Returns once signals are passed on; the program only
 * has to wait for the exit code then.
 */
export function become([program, ...args]: readonly string[]): Successor {
  let child: Deno.ChildProcess;
  try {
    child = new Deno.Command(program!, {
      args,
      stdin: "inherit",
      stdout: "inherit",
      stderr: "inherit",
    }).spawn();
  } catch (error) {
    return { code: Promise.resolve(explain(error, program!)) };
  }
  const signals = Deno.stdin.isTerminal()
    ? SIGNALS.filter((signal) => !OF_TERMINAL.includes(signal))
    : SIGNALS;
  for (const signal of SIGNALS) {
    const passOn = (): void => {
      if (signals.includes(signal)) send(child, signal);
    };
    Deno.addSignalListener(signal, passOn);
  }
  return { code: child.status.then(({ code }) => code) };
}

function send(child: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    child.kill(signal);
  } catch {
    // It has ended.
  }
}

/** Says why a command cannot run, and returns the exit code of shells for it. */
function explain(error: unknown, program: string): number {
  // "Failed to spawn '/app/serve': Permission denied (os error 13)"
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.NotFound) {
    console.error(`lifesign: ${program}: command not found`);
    return EXIT.notFound;
  }
  console.error(`lifesign: ${program}: ${message.replace(/^.*?': /, "")}`);
  return EXIT.notExecutable;
}
