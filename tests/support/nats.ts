/**
 * A real server of NATS with JetStream, in a process of its own.
 *
 * @module
 */

import type { Needed } from "./needs.ts";
import { type RunningScript, startProgram } from "./program.ts";
import { closedPort } from "./servers.ts";

/** What the tests of NATS need. */
export const NATS: Needed = {
  program: "nats-server",
  demand: "LIFESIGN_TEST_NATS",
};

/** How the server is started. */
export interface NatsOptions {
  /** More lines of its config file. */
  readonly config?: string;
  /** Where it listens. @default {"127.0.0.1"} */
  readonly host?: string;
  /** @default {0} One that is free. */
  readonly port?: number;
  /** Whether it has JetStream. @default {true} */
  readonly jetstream?: boolean;
  /** Whether it runs from the beginning. @default {true} */
  readonly runs?: boolean;
}

/** Far longer than it needs to be ready. */
const PATIENCE_MS = 60_000;

/** A server, which ends with the block. */
export class NatsServer implements AsyncDisposable {
  readonly port: number;
  readonly url: string;
  /** Where it keeps what JetStream has. */
  readonly folder: string;
  #process: RunningScript | null = null;

  private constructor(port: number, folder: string) {
    this.port = port;
    this.url = `nats://127.0.0.1:${port}`;
    this.folder = folder;
  }

  /** Starts one in a folder of its own. */
  static async start(options: NatsOptions = {}): Promise<NatsServer> {
    const { host = "127.0.0.1", port = closedPort() } = options;
    const { config = "", runs = true, jetstream = true } = options;
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    const server = new NatsServer(port, folder);
    await Deno.writeTextFile(
      `${folder}/nats.conf`,
      `host: ${host}\nport: ${port}\n${
        jetstream ? `jetstream { store_dir: "${folder}/store" }` : ""
      }\n${config}\n`,
    );
    if (runs) await server.run();
    return server;
  }

  /** Starts it again, on the same store. */
  async run(): Promise<void> {
    const process = startProgram(
      ["nats-server", "-c", `${this.folder}/nats.conf`],
      {},
      this.folder,
    );
    this.#process = process;
    try {
      await process.line("stderr", /Server is ready/);
      await listening(this.port);
    } catch (error) {
      await this[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Signals it, such as SIGSTOP and SIGCONT. */
  signal(signal: Deno.Signal): void {
    this.#process?.kill(signal);
  }

  /** Kills it as `kill -9` does. */
  async kill(): Promise<void> {
    await this.#process?.[Symbol.asyncDispose]();
    this.#process = null;
  }

  /** Removes all that JetStream has kept. */
  async wipe(): Promise<void> {
    await Deno.remove(`${this.folder}/store`, { recursive: true });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.folder, { recursive: true }).catch(() => {});
  }
}

async function listening(port: number): Promise<void> {
  const until = performance.now() + PATIENCE_MS;
  while (true) {
    try {
      (await Deno.connect({ hostname: "127.0.0.1", port })).close();
      return;
    } catch (error) {
      if (performance.now() > until) throw error;
    }
  }
}

/** Waits until something is so, looking again and again. */
export async function until(
  what: string,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`Expected ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
