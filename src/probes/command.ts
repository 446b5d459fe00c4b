import { error, fail, pass, warn } from "../core/outcome.ts";
import { oneLine, shellQuoted } from "../core/text.ts";
import type { Outcome, Probe } from "../core/types.ts";
import { readCapped } from "../io/read.ts";
import { patience } from "../io/sleep.ts";
import { enterStage } from "../io/stage.ts";
import { classify, internal } from "./classify.ts";
import { define } from "./define.ts";
import {
  BOOLEAN,
  described,
  type Kind,
  NON_EMPTY_TEXT,
  REGEX,
  SCALAR,
  TEXT,
  TEXTS,
  toTexts,
} from "./kind.ts";
import { type TextExpectation, textTest } from "./matching.ts";
import { endProcessGroup } from "./process_group.ts";
import { likelySecrets, redacted, redactor } from "./redact.ts";
import { timedOut } from "./timed_out.ts";

/** How much of each of a command's outputs is kept. */
const MAX_OUTPUT_BYTES = 65536;

/** How long an ended command's output may still be on its way. */
const LATE_OUTPUT_MS = 100;

/** Options for {@linkcode command}. */
export interface CommandOptions extends TextExpectation {
  /** The folder to run in. It defaults to the current one. */
  cwd?: string;
  /** Variables to add to the environment. */
  env?: Readonly<Record<string, string>>;
  /**
   * Whether the command gets only the variables of `env`.
   *
   * @default {false}
   */
  clearEnv?: boolean;
  /**
   * What exit codes mean: 0 passes and others fail, or as Nagios plugins have
   * it, 0 is OK, 1 a warning, 2 critical and 3 unknown.
   *
   * @default {"zero"}
   */
  exit?: "zero" | "nagios";
}

/**
 * Probes by a command: it passes if that exits with 0. A text runs under
 * `sh -c`, a list is a program and its arguments. At the deadline the command
 * and all that it started are ended.
 *
 * @throws {TypeError} If there is no command, or an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { command } from "@lifesign/lifesign";
 *
 * const disk = command(["check_disk", "-w", "20%"], { exit: "nagios" });
 * assertEquals(disk.target, "check_disk -w 20%");
 * assertEquals(disk.permissions[0], { name: "run", command: "check_disk" });
 * ```
 */
export function command(
  command: string | readonly string[],
  options: CommandOptions = {},
): Probe {
  const inShell = typeof command === "string";
  const [program, ...args] = inShell ? ["sh", "-c", command] : command;
  if (
    program === undefined || program === "" ||
    inShell && command.trim() === ""
  ) {
    throw new TypeError("Expected a command, got an empty one");
  }
  const { exit = "zero", cwd, env, clearEnv } = options;
  const texts = [program, ...args, cwd ?? "", ...Object.entries(env ?? {})];
  if (texts.flat().some((text) => text.includes("\0"))) {
    throw new TypeError("Expected a command without NUL characters, got one");
  }
  if (exit !== "zero" && exit !== "nagios") {
    throw new TypeError(
      `Expected exit to be "zero" or "nagios", got ${JSON.stringify(exit)}`,
    );
  }
  const stdoutTest = textTest("the output", options);
  const invocation = new Deno.Command(program, {
    args,
    ...(cwd !== undefined && { cwd }),
    ...(env !== undefined && { env: { ...env } }),
    ...(clearEnv !== undefined && { clearEnv }),
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
    // A process group of its own, so that all of it can be ended.
    detached: true,
  });

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    enterStage(signal, "running");
    const child = invocation.spawn();
    const stdout = new Output(child.stdout);
    const stderr = new Output(child.stderr);
    let ending: Promise<void> | undefined;
    const end = (): void => {
      ending ??= endProcessGroup(child);
    };
    signal.addEventListener("abort", end);
    try {
      const status = await child.status;
      // A child left in the background may hold the pipes for as long as it
      // likes; what the command itself wrote is there, or very nearly.
      await patience(
        Promise.all([stdout.read, stderr.read]),
        signal.aborted ? 0 : LATE_OUTPUT_MS,
      );
      signal.throwIfAborted();
      return judge(status, await stdout.text(), await stderr.text());
    } finally {
      signal.removeEventListener("abort", end);
      await Promise.all([stdout.text(), stderr.text(), ending]);
    }
  }

  function judge(
    { code, signal }: Deno.CommandStatus,
    stdout: string,
    stderr: string,
  ): Outcome {
    if (signal !== null) {
      return fail("signal", withOutput(`Killed by ${signal}`, stderr, stdout));
    }
    const detail = { exitCode: code };
    // What a shell exits with if it cannot find or run a command (POSIX).
    if (inShell && (code === 126 || code === 127)) {
      const why = code === 127 ? "Command not found" : "Command not executable";
      return error("spawn", withOutput(why, stderr, stdout), detail);
    }
    if (exit === "nagios" && code !== 0) {
      const outcome = code === 1 ? warn : code === 2 ? fail : error;
      // Plugins write what they have to say to stdout.
      return outcome(
        "exit",
        withOutput(`Exit code ${code}`, stdout, stderr),
        detail,
      );
    }
    if (code !== 0) {
      const message = `Expected exit code 0, got ${code}`;
      return fail("exit", withOutput(message, stderr, stdout), detail);
    }
    const complaint = stdoutTest?.(stdout);
    return complaint === undefined
      ? pass(detail)
      : fail("body", complaint, detail);
  }

  const probe = define(async (signal) => {
    try {
      return await attempt(signal);
    } catch (thrown) {
      if (signal.aborted) return timedOut(signal);
      return notSpawned(thrown) ?? classify(thrown, program) ??
        internal(thrown);
    }
  }, {
    type: "command",
    target: inShell
      ? oneLine(command)
      : oneLine(command.map(shellQuoted).join(" ")),
    permissions: [{ name: "run", command: program }],
  });
  const secrets = likelySecrets(Object.entries(env ?? {}));
  return secrets.size === 0 ? probe : redacted(probe, redactor(secrets));
}

/** The beginning of what a command writes, to be had at any time. */
class Output {
  readonly #abort = new AbortController();
  /** Resolves at the end of the output. */
  readonly read: Promise<string>;

  constructor(stream: ReadableStream<Uint8Array>) {
    this.read = readCapped(stream, {
      maxBytes: MAX_OUTPUT_BYTES,
      beyond: "drain",
      signal: this.#abort.signal,
    }).then(({ bytes }) => new TextDecoder().decode(bytes), () => "");
  }

  /** What there is by now; no more is read. */
  text(): Promise<string> {
    this.#abort.abort();
    return this.read;
  }
}

function withOutput(message: string, ...outputs: string[]): string {
  const line = outputs.join("\n").split("\n").find((line) =>
    line.trim() !== ""
  );
  return line === undefined ? message : `${message}: ${oneLine(line, 120)}`;
}

function notSpawned(thrown: unknown): Outcome | undefined {
  const known = thrown instanceof Deno.errors.NotFound ||
    thrown instanceof Deno.errors.PermissionDenied ||
    thrown instanceof Deno.errors.NotADirectory;
  if (!known) return undefined;
  // "Failed to spawn 'x': entity not found", or what is wrong with the cwd.
  return error(
    "spawn",
    thrown.message.replace(/entity not found/, "not found"),
  );
}

/** Options as a config has them: numbers may stand for texts. */
type ConfiguredCommand = Omit<CommandOptions, "env"> & {
  readonly command: string | readonly unknown[];
  readonly env?: Readonly<Record<string, unknown>>;
};

/** The `command` checks of a config file. */
export const commandKind: Kind = {
  make: ({ command: invocation, env, ...options }: ConfiguredCommand) =>
    command(
      typeof invocation === "string" ? invocation : invocation.map(String),
      env === undefined ? options : { ...options, env: toTexts(env) },
    ),
  schema: {
    properties: {
      command: {
        title: "a command, or a list of a program and its arguments",
        description: "A text runs under sh -c, a list as it is",
        examples: ["pg_isready -q", ["check_disk", "-w", "20%"]],
        anyOf: [
          NON_EMPTY_TEXT,
          { type: "array", items: SCALAR, minItems: 1 },
        ],
      },
      exit: {
        title: '"zero" or "nagios"',
        description: "What exit codes mean",
        enum: ["zero", "nagios"],
        default: "zero",
      },
      cwd: described(NON_EMPTY_TEXT, "The folder to run in"),
      env: described(TEXTS, "Variables to add to the environment"),
      clear_env: described(BOOLEAN, "Whether to give it only these", false),
      contains: described(TEXT, "What its output should contain"),
      matches: described(REGEX, "What its output should match"),
    },
    required: ["command"],
  },
};
