import { EXIT } from "./usage.ts";

/** What is passed on: whatever is meant for the command, and can be caught. */
const SIGNALS: readonly Deno.Signal[] = [
  "SIGINT",
  "SIGTERM",
  "SIGHUP",
  // Others have no more than these.
  ...(Deno.build.os === "windows"
    ? []
    : ["SIGQUIT", "SIGUSR1", "SIGUSR2", "SIGWINCH"] as const),
];

/** What a terminal sends to all that run in it, the command among them. */
const OF_TERMINAL: readonly Deno.Signal[] = ["SIGINT", "SIGQUIT", "SIGWINCH"];

/** A command that runs. */
export interface Successor {
  /** Its exit code, as a shell gives it. */
  readonly code: Promise<number>;
}

/**
 * Starts a command in our place: with our environment and terminal, and with
 * the signals that come for us. Returns once it has these. Nothing more is to
 * be done by us then but to wait for it.
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

/** Says why a command cannot be run, with the code that shells have for it. */
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
