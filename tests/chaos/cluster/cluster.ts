import { NatsServer } from "../../support/nats.ts";
import { closedPort } from "../../support/servers.ts";
import { Receiver } from "../receiver.ts";
import type { Transition } from "./figures.ts";
import { Member } from "./member.ts";
import { Network } from "./network.ts";
import { Target } from "./target.ts";

const PACE_MS = 500;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** A cluster to make. */
export interface ClusterOptions {
  readonly agents: number;
  readonly checks: number;
  readonly intervalMs: number;
  /** Whether one agent is in a network of its own, if that can be. */
  readonly isCut: boolean;
  /** Whether the agents know nothing of each other. */
  readonly isAlone: boolean;
}

/** Agents that share checks, and all that they need. */
export class Cluster implements AsyncDisposable {
  readonly members: Member[] = [];
  readonly transitions: Transition[] = [];
  readonly target: Target;
  readonly nats: NatsServer;
  readonly receiver: Receiver;
  /** The network of the last of the first agents, or why there is none. */
  readonly network: Network | string;
  readonly intervalMs: number;
  readonly #folder: string;
  readonly #isAlone: boolean;
  #extra: string[] = [];

  private constructor(
    { intervalMs, isAlone }: ClusterOptions,
    parts: Pick<Cluster, "target" | "nats" | "receiver" | "network"> & {
      readonly folder: string;
    },
  ) {
    this.intervalMs = intervalMs;
    this.target = parts.target;
    this.nats = parts.nats;
    this.receiver = parts.receiver;
    this.network = parts.network;
    this.#folder = parts.folder;
    this.#isAlone = isAlone;
  }

  /** Starts one, and waits until its agents agree. */
  static async start(options: ClusterOptions): Promise<Cluster> {
    const { agents, checks, isCut } = options;
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    const network = isCut ? await Network.make() : "not asked for";
    const isReal = network instanceof Network;
    const outside = isReal ? network.outside : "127.0.0.1";
    const cluster = new Cluster(options, {
      folder,
      network,
      target: await Target.start(checks, outside),
      receiver: new Receiver("pager", outside),
      nats: await NatsServer.start({ host: isReal ? "0.0.0.0" : "127.0.0.1" }),
    });
    for (let i = 1; i <= agents; i++) {
      await cluster.join(`agent-${i}`, { isCut: isReal && i === agents });
    }
    return cluster;
  }

  /** Starts another agent. */
  async join(
    id: string,
    { name = id, isCut = false }: { name?: string; isCut?: boolean } = {},
  ): Promise<Member> {
    const { network } = this;
    const isInside = isCut && network instanceof Network;
    const member = new Member({
      id,
      name,
      hostname: isInside ? network.agent : "127.0.0.1",
      port: closedPort(),
      folder: this.#folder,
      ...(isInside && { within: network.within }),
      onTransition: (transition) => void this.transitions.push(transition),
    });
    this.members.push(member);
    await member.configure(this.#config(member, isInside));
    await member.start();
    return member;
  }

  /** The agents that run. */
  get running(): Member[] {
    return this.members.filter(({ runs }) => runs);
  }

  /** The ids of all checks. */
  get checks(): readonly string[] {
    return [...this.target.checks, ...this.#extra];
  }

  /** Adds a check to the config of one agent after the other. */
  async reload(pauseMs: number): Promise<void> {
    this.#extra.push(`extra-${this.#extra.length}`);
    for (const member of this.running) {
      const isCut = member.hostname !== "127.0.0.1";
      await member.configure(this.#config(member, isCut));
      member.signal("SIGHUP");
      await sleep(pauseMs);
    }
  }

  /** Waits for the next message, and returns who has sent it. */
  async teller(patienceMs: number): Promise<Member> {
    const { taken } = this.receiver;
    const { length } = taken;
    const until = Date.now() + patienceMs;
    while (taken.length === length) {
      if (Date.now() > until) throw new Error("Nobody tells anything");
      await sleep(PACE_MS);
    }
    const url = taken.at(-1)!.url ?? "";
    const teller = this.members.find((it) => url.startsWith(it.url));
    if (teller === undefined) throw new Error(`Nobody is at ${url}`);
    return teller;
  }

  /** How long it takes until all agents show the same, in milliseconds. */
  async agree(patienceMs: number): Promise<{ ms: number; why: string }> {
    const began = Date.now();
    for (let why = "";;) {
      try {
        why = await this.#difference();
      } catch (error) {
        why = String(error);
      }
      const ms = Date.now() - began;
      if (why === "" || ms > patienceMs) return { ms, why };
      await sleep(PACE_MS);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const member of this.members) await member.kill();
    await this.nats[Symbol.asyncDispose]();
    await this.target[Symbol.asyncDispose]();
    await this.receiver[Symbol.asyncDispose]();
    if (this.network instanceof Network) {
      await this.network[Symbol.asyncDispose]();
    }
    await Deno.remove(this.#folder, { recursive: true });
  }

  /** In what two agents differ; nothing if they agree on all that there is. */
  async #difference(): Promise<string> {
    const [first, ...others] = this.running;
    const shown = await first!.shown();
    for (const check of this.checks) {
      const text = shown.get(check) ?? "unknown";
      if (text.startsWith("unknown")) return `${check}: ${first!.name} ${text}`;
    }
    for (const other of others) {
      const its = await other.shown();
      for (const [check, text] of shown) {
        const there = its.get(check) ?? "missing";
        if (there !== text) {
          return `${check}: ${first!.name} ${text}, ${other.name} ${there}`;
        }
      }
    }
    return "";
  }

  #config({ id, url, hostname, port }: Member, isCut: boolean): object {
    const nats = isCut && this.network instanceof Network
      ? this.network.nats
      : "127.0.0.1";
    return {
      listen: `${hostname}:${port}`,
      // So that messages say who has sent them.
      url,
      ...(!this.#isAlone && {
        cluster: {
          servers: [`nats://${nats}:${this.nats.port}`],
          name: "chaos",
          id,
          region: `region-${id}`,
        },
      }),
      notify: {
        pager: {
          type: "webhook",
          url: this.receiver.url,
          gather: 0,
          limit: 1_000_000,
        },
      },
      defaults: {
        interval: `${this.intervalMs}ms`,
        timeout: `${Math.min(5000, this.intervalMs * 0.9)}ms`,
        retries: 2,
        backoff: false,
      },
      checks: Object.fromEntries(this.checks.map((check) => [check, {
        type: "http",
        url: this.target.urlOf(check),
      }])),
    };
  }
}
