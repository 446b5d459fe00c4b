/**
 * Real servers in processes of their own, and what they log.
 *
 * @module
 */

import { type Needed, testWith } from "./needs.ts";
import { startProgram } from "./program.ts";
import { closedPort, pemFiles } from "./servers.ts";

/** Far longer than any server needs. */
const PATIENCE_MS = 60_000;

/** How often to look whether a server is ready. */
const PACE_MS = 20;

/** How a server is started. */
export interface Startable {
  /** The program, or where it is. */
  readonly program: string;
  /** Whether only root can start it. */
  readonly needsRoot?: boolean;
  /**
   * A script that makes the files that the server needs in the current folder,
   * which is temporary, and then becomes the server. `$PORT` and `$PORT2`, which
   * are free, `$CA`, `$CERT` and `$KEY` are set. What it prints, and appends to
   * the file `log`, is its log.
   */
  readonly script: string;
  /** What is in the log when it is ready, if that tells. */
  readonly ready?: RegExp;
}

/** A server that runs, until the end of the block. */
export interface RealServer extends AsyncDisposable {
  readonly port: number;
  readonly port2: number;
  readonly folder: string;
  /** The lines that it has logged since it was ready. */
  log(): Promise<string[]>;
  /** Ends it. */
  stop(): Promise<void>;
}

const isRoot = new TextDecoder().decode(
  new Deno.Command("id", { args: ["-u"] }).outputSync().stdout,
).trim() === "0";

/** A test with a server. */
export interface ServerTest extends Pick<Needed, "demand"> {
  readonly name: string;
  /** Variables of its script. */
  readonly env?: Readonly<Record<string, string>>;
  fn(server: RealServer): Promise<void>;
}

/** A test with a server, which is not everywhere. */
export function testServer(
  startable: Startable,
  { demand, name, env, fn }: ServerTest,
): void {
  const { program, needsRoot = false } = startable;
  if (needsRoot && !isRoot) {
    const fn = (): void => {};
    Deno.test({ name: `${name} (${program} needs root)`, ignore: true, fn });
    return;
  }
  testWith({ program, demand }, {
    name,
    async fn() {
      const folder = await Deno.makeTempDir({ dir: "/tmp" });
      try {
        await using server = await startServer(startable, folder, env);
        await fn(server);
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}

/** Starts a server in a folder, and waits until it is ready. */
export async function startServer(
  { script, ready }: Startable,
  folder: string,
  env: Readonly<Record<string, string>> = {},
): Promise<RealServer> {
  const [port, port2] = [closedPort(), closedPort()];
  const path = `${folder}/log`;
  // Some servers become another user.
  await Deno.chmod(folder, 0o755);
  await Deno.writeTextFile(path, "");
  const log = (): Promise<string> => Deno.readTextFile(path);
  const program = startProgram(["sh", "-ec", `exec >>log 2>&1\n${script}`], {
    PORT: String(port),
    PORT2: String(port2),
    CA: pemFiles.ca,
    CERT: pemFiles.cert,
    KEY: pemFiles.key,
    ...env,
  }, folder);
  let hasEnded = false;
  const ended = program.ended.then(() => {
    hasEnded = true;
  });
  const until = performance.now() + PATIENCE_MS;
  while (!(ready?.test(await log()) ?? true) || !await listens(port)) {
    if (hasEnded || performance.now() > until) {
      await program[Symbol.asyncDispose]();
      throw new Error(`Expected a server to be ready, got ${await log()}`);
    }
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
  const { length } = await log();
  const stop = async (): Promise<void> => {
    if (!hasEnded) program.kill("SIGTERM");
    await ended;
  };
  return {
    port,
    port2,
    folder,
    log: async () => (await log()).slice(length).split("\n").filter(Boolean),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

/**
 * Whether a port is listened on, which may be after it was said. To connect
 * would leave a line in the log.
 */
async function listens(port: number): Promise<boolean> {
  const suffix = port.toString(16).toUpperCase().padStart(4, "0");
  const { success } = await new Deno.Command("grep", {
    args: ["-qsE", `:${suffix} 0+:0000 0A`, "/proc/net/tcp", "/proc/net/tcp6"],
  }).output();
  return success;
}
