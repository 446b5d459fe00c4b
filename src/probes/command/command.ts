import { error } from "../../core/outcome.ts";
import { OptionError } from "../../core/option_error.ts";
import { likelySecrets, urlPasswords } from "../../core/secrets.ts";
import { oneLine, shellQuoted } from "../../core/text.ts";
import type { Outcome, Probe } from "../../core/types.ts";
import { enterStage } from "../../core/stage.ts";
import type { ProgramEnd } from "../../io/process/program.ts";
import { judgeCommand } from "./judge.ts";
import {
  codeInside,
  type ContainerOptions,
  inContainer,
  notRunInside,
} from "./container.ts";
import { define } from "../define.ts";
import { type TextExpectation, textTest } from "../matching.ts";
import { runAttempt } from "./attempt.ts";
import { withOutcome } from "../with_outcome.ts";

/** Options for {@linkcode command}. */
export interface CommandOptions extends TextExpectation, ContainerOptions {
  /** The folder to run in. It defaults to the current one. */
  cwd?: string;
  /** Variables to add to the environment. */
  env?: Readonly<Record<string, string>>;
  /**
   * Whether the command gets only the variables of `env`, and the
   * `LIFESIGN_ATTEMPT` by which its processes are found.
   *
   * @default {false}
   */
  clearEnv?: boolean;
  /**
   * What exit codes mean: 0 passes and others fail, or as Nagios plugins have
   * it, 0 is OK, 1 a warning, 2 critical and 3 unknown. A plugin's first line
   * is then the reason, and its perfdata is in the details: a value as
   * `perf.LABEL`, and its unit, if it has one, as `perf.LABEL.unit`.
   *
   * @default {"zero"}
   */
  exit?: "zero" | "nagios";
}

/**
 * Makes a probe that runs a command and passes if it exits with 0. A string runs
 * under `sh -c`; a list is a program and its arguments. At the deadline the
 * command and all processes that it started get SIGTERM, and SIGKILL a second
 * later.
 *
 * @throws {OptionError} If there is no command (`command`), or an option is
 * not valid.
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
  if (!inShell && !Array.isArray(command)) {
    throw new OptionError(
      "command",
      `expected a string or a list of strings, got ${typeof command}`,
    );
  }
  const commandLine = inShell ? ["sh", "-c", command] : [...command];
  if (!commandLine[0] || inShell && command.trim() === "") {
    throw new OptionError("command", "expected a command, got an empty one");
  }
  const { exit = "zero", cwd, env, clearEnv } = options;
  const { container, runtime = "docker" } = options;
  for (const option of ["runtime", "user"] as const) {
    if (container === undefined && options[option] !== undefined) {
      throw new OptionError(option, "expected a container with it, got none");
    }
  }
  const [program, ...args] = container === undefined
    ? commandLine as [string, ...string[]]
    : inContainer(commandLine, { ...options, container, runtime });
  mustHaveNoNul({
    command: [program, ...args],
    cwd: [cwd ?? ""],
    env: Object.entries(env ?? {}).flat(),
  });
  if (exit !== "zero" && exit !== "nagios") {
    throw new OptionError(
      "exit",
      `expected "zero" or "nagios", got ${JSON.stringify(exit)}`,
    );
  }
  const stdoutTest = textTest("the output", options);
  const invocation = {
    args,
    env: { ...env },
    // A container has folders of its own.
    ...(cwd !== undefined && container === undefined && { cwd }),
    ...(clearEnv !== undefined && { clearEnv }),
  };

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    signal.throwIfAborted();
    if (!("Deno" in globalThis)) {
      return error({
        code: "unsupported",
        message: "This runtime cannot run commands: only Deno can",
      });
    }
    enterStage(signal, "running");
    return judge(await runAttempt(program, invocation, signal));
  }

  function judge(ended: ProgramEnd): Outcome {
    const expectation = { inShell, exit, stdoutTest };
    if (container === undefined) return judgeCommand(ended, expectation);
    return notRunInside(ended, { container, runtime }) ??
      judgeCommand({ ...ended, code: codeInside(ended) }, expectation);
  }

  const shown = inShell ? command : commandLine.map(shellQuoted).join(" ");
  return define(withOutcome(attempt, program), {
    type: "command",
    target: oneLine(container === undefined ? shown : `${container}: ${shown}`),
    permissions: [{ name: "run", command: program }],
    secrets: likelySecrets(
      Object.entries(env ?? {}),
      commandLine.flatMap(urlPasswords),
    ),
  });
}

/** Checks that the system can be given all of the strings of some options. */
function mustHaveNoNul(options: Readonly<Record<string, string[]>>): void {
  for (const [option, strings] of Object.entries(options)) {
    if (strings.every((string) => !string.includes("\0"))) continue;
    throw new OptionError(option, "expected no NUL characters, got one");
  }
}
