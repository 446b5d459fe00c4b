import { error, fail, pass, warn } from "../../core/outcome.ts";
import { oneLine } from "../../core/text.ts";
import type { Detail, Outcome } from "../../core/types.ts";
import type { ProgramEnd } from "../../io/process/program.ts";
import type { TextTest } from "../matching.ts";
import { parsePluginOutput } from "./perfdata.ts";

/** How to judge it. */
export interface CommandExpectation {
  /** Whether a shell ran it. */
  readonly inShell: boolean;
  /** What exit codes mean. */
  readonly exit: "zero" | "nagios";
  /** Returns what is wrong with the output, if anything. */
  readonly stdoutTest: TextTest | undefined;
}

/** Makes the outcome of a command that ended. */
export function judgeCommand(
  { code, signal, stdout, stderr, beginning }: ProgramEnd,
  { inShell, exit, stdoutTest }: CommandExpectation,
): Outcome {
  if (signal !== null) {
    return fail({
      code: "signal",
      message: withOutput(`Killed by ${signal}`, stderr, stdout),
    });
  }
  // The exit codes of a shell that cannot find or run a command (POSIX).
  if (inShell && (code === 126 || code === 127)) {
    const why = code === 127 ? "Command not found" : "Command not executable";
    return error({ code: "spawn", message: withOutput(why, stderr, stdout) }, {
      exitCode: code,
    });
  }
  const { text, perfdata } = exit === "nagios"
    ? parsePluginOutput(stdout)
    : { text: "", perfdata: {} };
  const detail: Detail = { exitCode: code, ...perfdata };
  if (code === 0) {
    const complaint = stdoutTest?.(stdout, beginning);
    return complaint === undefined
      ? pass(detail)
      : fail({ code: "body", message: complaint }, detail);
  }
  if (exit === "nagios") {
    const outcome = code === 1 ? warn : code === 2 ? fail : error;
    // Plugins print their message on stdout, and exit with 3 at most.
    const message = code <= 3 && text !== ""
      ? text
      : withOutput(`Exit code ${code}`, text, stderr);
    return outcome({ code: "exit", message }, detail);
  }
  const message = `Expected exit code 0, got ${code}`;
  return fail(
    { code: "exit", message: withOutput(message, stderr, stdout) },
    detail,
  );
}

function withOutput(message: string, ...outputs: string[]): string {
  const line = outputs.join("\n").split("\n").find((line) =>
    line.trim() !== ""
  );
  return line === undefined ? message : `${message}: ${oneLine(line, 120)}`;
}
