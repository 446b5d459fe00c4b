import "./no_proxy.ts";

/** The folder of the project. */
export const ROOT: URL = new URL("../../", import.meta.url);

/** Far longer than any line needs. */
const PATIENCE_MS = 60_000;

const decoder = new TextDecoder();

/**
 * The flag that finds `@std` on this network, as the tasks have it. Asked for
 * before any test, so that no test is taken to have done it.
 */
const configFlags: readonly string[] = decoder.decode(
  (await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "-A", "tools/deps.ts"],
    cwd: ROOT,
  }).output()).stdout,
).split(/\s+/).filter(Boolean)
  // So that it is found from every folder.
  .map((flag) => flag.replace("--config=", `--config=${ROOT.pathname}`));

/** How to run a script of the project. */
export interface ScriptOptions {
  /** Deno's permission flags. It has none but for what it names. */
  readonly flags?: readonly string[];
  /** Its arguments. */
  readonly args?: readonly string[];
  /** Variables to add to its environment. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * How to run it.
   *
   * @default {"run"}
   */
  readonly how?: "run" | "serve";
  /** How many files it may have open. */
  readonly maxFiles?: number;
  /**
   * The folder that it runs in.
   *
   * @default {ROOT}
   */
  readonly cwd?: string;
  /** A program that runs it, and its arguments. */
  readonly within?: readonly string[];
}

/** A program that runs. */
export interface RunningScript extends AsyncDisposable {
  /** The next line of an output that matches, or what there was instead. */
  line(output: "stdout" | "stderr", pattern: RegExp): Promise<string>;
  /** Signals it. */
  kill(signal: Deno.Signal): void;
  /** What it said and how it ended. */
  readonly ended: Promise<Ended>;
}

/** The end of a program, and its output. */
export interface Ended {
  readonly code: number;
  readonly signal: Deno.Signal | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command that runs a script. */
export function commandOf(
  path: string,
  { flags = [], args = [], how = "run", within = [] }: ScriptOptions,
): string[] {
  return [
    ...within,
    Deno.execPath(),
    how,
    "--quiet",
    "--no-prompt",
    ...configFlags,
    ...flags,
    new URL(path, ROOT).pathname,
    ...args,
  ];
}

/** Starts a script in a process of its own, which ends with the block. */
export function startScript(
  path: string,
  options: ScriptOptions = {},
): RunningScript {
  const { env = {}, maxFiles, cwd } = options;
  const command = commandOf(path, options);
  const limit = maxFiles === undefined ? "" : `ulimit -n ${maxFiles}; `;
  return startProgram(
    ["sh", "-c", `${limit}exec "$@"`, "sh", ...command],
    env,
    cwd,
  );
}

/** Starts any program, which ends with the block. */
export function startProgram(
  [command, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
  cwd: string | URL = ROOT,
): RunningScript {
  const child = new Deno.Command(command, {
    args,
    cwd,
    env: { NO_COLOR: "1", ...env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdout = new Lines(child.stdout);
  const stderr = new Lines(child.stderr);
  const ended = Promise.all([child.status, stdout.ended, stderr.ended])
    .then(([{ code, signal }]) => ({
      code,
      signal,
      stdout: stdout.text,
      stderr: stderr.text,
    }));
  return {
    ended,
    line: (output, pattern) =>
      (output === "stdout" ? stdout : stderr).next(pattern),
    kill: (signal) => child.kill(signal),
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await ended;
    },
  };
}

/** Runs a script until it ends by itself. */
export async function runScript(
  path: string,
  options: ScriptOptions = {},
): Promise<Ended> {
  await using script = startScript(path, options);
  return await script.ended;
}

/** Runs the program with all it may ever need, unless `flags` says less. */
export function lifesign(
  args: readonly string[],
  options: ScriptOptions = {},
): Promise<Ended> {
  const flags = ["--allow-net", "--allow-read", "--allow-run", "--allow-env"];
  return runScript("src/cli/main.ts", { flags, ...options, args });
}

/** Writes a file that is gone at the end of the block. */
export async function temporaryFile(
  text: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempFile({ dir: "/tmp", suffix: ".yaml" });
  await Deno.writeTextFile(path, text);
  return { path, [Symbol.asyncDispose]: () => Deno.remove(path) };
}

/** What is written to an output, to be waited for line by line. */
class Lines {
  text = "";
  readonly ended: Promise<void>;
  #seen = 0;
  #changed = Promise.withResolvers<boolean>();

  constructor(stream: ReadableStream<Uint8Array>) {
    this.ended = this.#read(stream);
  }

  async #read(stream: ReadableStream<Uint8Array>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      this.text += text;
      this.#changed.resolve(true);
      this.#changed = Promise.withResolvers();
    }
    this.#changed.resolve(false);
  }

  async next(pattern: RegExp): Promise<string> {
    const late = Promise.withResolvers<false>();
    const timer = setTimeout(() => late.resolve(false), PATIENCE_MS);
    try {
      return await this.#find(pattern, late.promise);
    } finally {
      clearTimeout(timer);
    }
  }

  async #find(pattern: RegExp, late: Promise<false>): Promise<string> {
    for (let more = true; more;) {
      const { promise } = this.#changed;
      for (
        let end = this.text.indexOf("\n", this.#seen);
        end >= 0;
        end = this.text.indexOf("\n", this.#seen)
      ) {
        const line = this.text.slice(this.#seen, end);
        this.#seen = end + 1;
        if (pattern.test(line)) return line;
      }
      more = await Promise.race([promise, late]);
    }
    throw new Error(`Expected a line with ${pattern}, got ${this.text}`);
  }
}
