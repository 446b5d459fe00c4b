/**
 * The Alertmanager of Debian, alone or with others in a cluster, and what it tells.
 *
 * @module
 */

import type { Needed } from "./needs.ts";
import { type RunningScript, startProgram } from "./program.ts";
import { closedPort, type HttpServer, httpServer } from "./servers.ts";

/** What tests with it need. */
export const ALERTMANAGER: Needed = {
  program: "prometheus-alertmanager",
  demand: "LIFESIGN_TEST_ALERTMANAGER",
};

/** Far longer than anything needs. */
const PATIENCE_MS = 60_000;

const PACE_MS = 50;

/** It groups alerts by their name, and waits as little as it may. */
function configOf(hook: string): string {
  return `route:
  receiver: hook
  group_by: [alertname]
  group_wait: 100ms
  group_interval: 200ms
  repeat_interval: 1h
receivers:
  - name: hook
    webhook_configs: [{ url: "${hook}" }]
`;
}

/** An alert as it is listed. */
export interface ListedAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL: string;
  readonly fingerprint: string;
}

/** What it sends to a webhook. */
export interface ToldGroup {
  readonly status: "firing" | "resolved";
  readonly groupKey: string;
  readonly alerts: readonly (ListedAlert & {
    readonly status: "firing" | "resolved";
  })[];
}

/** A member of a cluster. */
export class Member implements AsyncDisposable {
  readonly #config: string;
  readonly #folder: string;
  readonly #port: number = closedPort();
  #clusterPort = 0;
  #running: RunningScript | undefined;

  constructor(config: string, folder: string) {
    this.#config = config;
    this.#folder = folder;
  }

  /** Where it is. */
  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Starts it, as a member of the cluster of another one if there is one. */
  async start(peer?: Member): Promise<void> {
    await until(() => this.#listens(peer));
    // It tells nothing before it knows its cluster.
    await until(async () => {
      const { cluster } = await this.#get("status") as {
        cluster: { status: string; peers: unknown[] };
      };
      return cluster.status === "ready" &&
        cluster.peers.length === (peer === undefined ? 1 : 2);
    });
  }

  /** Starts it. Returns whether it listens: another one may have taken a port. */
  async #listens(peer: Member | undefined): Promise<boolean> {
    this.#clusterPort = closedPort();
    const running = startProgram([
      ALERTMANAGER.program,
      `--config.file=${this.#config}`,
      `--storage.path=${this.#folder}/${this.#port}`,
      `--web.listen-address=127.0.0.1:${this.#port}`,
      `--cluster.listen-address=127.0.0.1:${this.#clusterPort}`,
      "--cluster.settle-timeout=500ms",
      // How long each waits for those before it to tell.
      "--cluster.peer-timeout=5s",
      ...(peer === undefined
        ? []
        : [`--cluster.peer=127.0.0.1:${peer.#clusterPort}`]),
    ]);
    this.#running = running;
    const isListening = await running.line("stderr", /Listening on/)
      .then(() => true, () => false);
    if (isListening) return true;
    const { stderr } = await running.ended;
    if (!stderr.includes("address already in use")) throw new Error(stderr);
    return false;
  }

  /** Ends it at once: what it has not written is lost. */
  async kill(): Promise<void> {
    await this.#running?.[Symbol.asyncDispose]();
  }

  /** The alerts that it knows to be firing. */
  async alerts(): Promise<readonly ListedAlert[]> {
    return await this.#get("alerts") as ListedAlert[];
  }

  async #get(path: string): Promise<unknown> {
    return await (await fetch(`${this.url}/api/v2/${path}`)).json();
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.kill();
  }
}

/** Where the members of a cluster tell what they are told. */
export interface Cluster extends AsyncDisposable {
  readonly members: readonly Member[];
  /** What was told, oldest first. */
  readonly told: () => readonly ToldGroup[];
}

/** Makes members that are still to be started. */
export async function cluster(size: number): Promise<Cluster> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const hook: HttpServer = httpServer(() => new Response());
  const config = `${folder}/alertmanager.yml`;
  await Deno.writeTextFile(config, configOf(`http://${hook.authority}/`));
  const members = Array.from(
    { length: size },
    () => new Member(config, folder),
  );
  return {
    members,
    told: () => hook.asked.map(({ body }) => JSON.parse(body)),
    async [Symbol.asyncDispose]() {
      for (const member of members) await member.kill();
      await hook[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Waits until something is so. */
export async function until(
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = performance.now() + PATIENCE_MS;
  while (!await isSo()) {
    if (performance.now() > end) throw new Error(`Expected ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, PACE_MS));
  }
}
