import { formatBytes } from "../../core/text.ts";
import { readCapped } from "../read.ts";
import { patience } from "../sleep.ts";
import { ProcessTree } from "./tree.ts";

/** How much of each of a command's outputs is kept. */
const MAX_OUTPUT_BYTES = 65536;

/** What the output is called in messages if there was more. */
const BEGINNING = `the first ${formatBytes(MAX_OUTPUT_BYTES)} of the output`;

/** How long an ended command's output may still be on its way. */
const LATE_OUTPUT_MS = 100;

/** The system cannot start a program. */
export class SpawnError extends Error {
  override readonly name = "SpawnError";
}

/** The end of a program and its output. */
export interface ProgramEnd {
  readonly code: number;
  readonly signal: string | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What `stdout` is called if it was cut, such as "the first 64 KiB". */
  readonly beginning?: string | undefined;
}

/** How to run a program. */
export interface Invocation {
  readonly args: string[];
  /** Variables to add to the environment. */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly clearEnv?: boolean;
  /** What it can read from its standard input; nothing by default. */
  readonly input?: string;
  /** Is called with each part of the output, as it comes. */
  readonly onOutput?: (part: Uint8Array) => void;
}

/**
 * Runs a program until it ends. When the signal aborts, the program and all
 * processes that it started get SIGTERM, and SIGKILL a second later; it rejects
 * with the reason of the signal when they have ended.
 *
 * Rejects with a {@linkcode SpawnError} if the system cannot start the program.
 */
export async function runProgram(
  program: string,
  { env, input, onOutput, ...invocation }: Invocation,
  signal: AbortSignal,
): Promise<ProgramEnd> {
  const tree = new ProcessTree();
  const child = spawned(program, {
    ...invocation,
    env: { ...env, ...tree.env },
    stdin: input === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
    // A session of its own, so that all of it can be ended.
    detached: true,
  });
  if (input !== undefined) void feed(child.stdin, input);
  const stdout = new Output(child.stdout, onOutput);
  const stderr = new Output(child.stderr);
  let ending: Promise<void> | undefined;
  const end = (): void => {
    ending ??= tree.end(child);
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
    return {
      code: status.code,
      signal: status.signal,
      stdout: await stdout.text(),
      stderr: await stderr.text(),
      beginning: stdout.isCut ? BEGINNING : undefined,
    };
  } finally {
    signal.removeEventListener("abort", end);
    await Promise.all([stdout.text(), stderr.text(), ending]);
  }
}

/** Lets a program read something, as much of it as it likes. */
async function feed(
  stdin: WritableStream<Uint8Array>,
  input: string,
): Promise<void> {
  const writer = stdin.getWriter();
  try {
    await writer.write(new TextEncoder().encode(input));
    await writer.close();
  } catch {
    // It has ended, or closed its input.
  }
}

/** The beginning of what a command writes, to be had at any time. */
class Output {
  readonly #abort = new AbortController();
  /** Whether there was more than what is kept. */
  isCut = false;
  /** Resolves at the end of the output. */
  readonly read: Promise<string>;

  constructor(
    stream: ReadableStream<Uint8Array>,
    onPart?: (part: Uint8Array) => void,
  ) {
    this.read = readCapped(stream, {
      maxBytes: MAX_OUTPUT_BYTES,
      beyond: "drain",
      signal: this.#abort.signal,
      isEnough(part) {
        onPart?.(part);
        return false;
      },
    }).then(({ bytes, truncated }) => {
      this.isCut = truncated;
      return new TextDecoder().decode(bytes, { stream: truncated });
    }, () => "");
  }

  /** What there is by now; no more is read. */
  text(): Promise<string> {
    this.#abort.abort();
    return this.read;
  }
}

/**
 * Starts a program.
 *
 * @throws {SpawnError} If the system cannot start it.
 */
function spawned(
  program: string,
  options: Deno.CommandOptions,
): Deno.ChildProcess {
  try {
    return new Deno.Command(program, options).spawn();
  } catch (thrown) {
    const known = thrown instanceof Deno.errors.NotFound ||
      thrown instanceof Deno.errors.PermissionDenied ||
      thrown instanceof Deno.errors.NotADirectory;
    if (!known) throw thrown;
    // "Failed to spawn 'x': entity not found", or what is wrong with the cwd.
    const message = thrown.message.replace(
      /^Failed to spawn '(.*)': entity not found$/s,
      "Program not found: $1",
    );
    throw new SpawnError(message, { cause: thrown });
  }
}
