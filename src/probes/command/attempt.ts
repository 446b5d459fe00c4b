import { error } from "../../core/outcome.ts";
import {
  type Invocation,
  type ProgramEnd,
  runProgram,
  SpawnError,
} from "../../io/process/program.ts";
import { Failure } from "../failure.ts";

/**
 * Runs a program until it ends, or until the signal aborts.
 *
 * @throws {Failure} If the system cannot start it.
 */
export async function runAttempt(
  program: string,
  invocation: Invocation,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  try {
    return await runProgram(program, invocation, signal);
  } catch (thrown) {
    if (!(thrown instanceof SpawnError)) throw thrown;
    const { message } = thrown;
    throw new Failure(error({ code: "spawn", message }), { cause: thrown });
  }
}
