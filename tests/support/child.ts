import type { Outcome, Probe } from "../../src/core/types.ts";

/** An attempt to make in a process of its own. */
export interface ChildAttempt {
  readonly type: "ping" | "tcp" | "http" | "command" | "tls" | "udp" | "fetch";
  /** What the probe is made with. */
  readonly args: readonly unknown[];
  /** Deno's permission flags. */
  readonly flags: readonly string[];
  /** Variables to add to its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

/** An attempt in a process of its own. */
export interface ChildRun extends AsyncDisposable {
  /** What it came to, once the process has ended by itself. */
  readonly outcome: Promise<Outcome>;
  /** Makes its deadline pass. */
  expire(): Promise<void>;
}

const script = new URL("child_main.ts", import.meta.url).href;

/** Starts an attempt with permissions of its own. */
export function startInChild(attempt: ChildAttempt): ChildRun {
  const { type, args, flags, env = {} } = attempt;
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "--no-prompt",
      "--no-config",
      "--no-lock",
      ...flags,
      script,
      JSON.stringify({ type, args }),
    ],
    env,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const stdin = child.stdin.getWriter();
  const ended = child.output();
  const outcome = ended.then(({ code, stdout, stderr }) => {
    const decoder = new TextDecoder();
    if (code !== 0 || stderr.length > 0) {
      throw new Error(`Exit code ${code}: ${decoder.decode(stderr)}`);
    }
    return JSON.parse(decoder.decode(stdout));
  });
  // It may be looked at later, or not at all.
  outcome.catch(() => {});
  return {
    outcome,
    expire: () => stdin.write(new TextEncoder().encode("\n")),
    async [Symbol.asyncDispose]() {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended.
      }
      await ended;
      await stdin.abort().catch(() => {});
    },
  };
}

/** Makes an attempt in a process with its own permissions. */
export async function attemptInChild(attempt: ChildAttempt): Promise<Outcome> {
  await using run = startInChild(attempt);
  return await run.outcome;
}

/** The flags that grant just what a probe says it needs. */
export function flagsOf(probe: Probe): string[] {
  return probe.permissions.map((permission) => {
    switch (permission.name) {
      case "net":
        return `--allow-net=${permission.host}`;
      case "run":
        return `--allow-run=${permission.command}`;
      case "read":
      case "write":
        return `--allow-${permission.name}=${permission.path}`;
      default:
        throw new TypeError(`Expected no ${permission.name} permission`);
    }
  });
}
