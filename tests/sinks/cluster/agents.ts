/**
 * Agents of one cluster in this process, and a target that counts.
 *
 * @module
 */

import "../../support/no_proxy.ts";
import { parseConfig } from "../../../src/agent/config.ts";
import type { Kinds } from "../../../src/probes/kind.ts";
import { type Agent, startAgent } from "../../../src/agent/mod.ts";
import type { Step } from "../../../src/fleet/step.ts";
import type { NatsServer } from "../../support/nats.ts";

/** A target of many checks: a path that is down answers 500. */
export class Counted implements AsyncDisposable {
  readonly down: Set<string> = new Set();
  /** When each path was asked for, by a steady clock. */
  readonly asked: Map<string, number[]> = new Map();
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { hostname: "127.0.0.1", port: 0, onListen() {} };
    this.#server = Deno.serve(options, (request) => {
      const path = new URL(request.url).pathname.slice(1);
      const asked = this.asked.get(path) ?? [];
      asked.push(performance.now());
      this.asked.set(path, asked);
      const status = this.down.has(path) ? 500 : 200;
      return new Response("", { status });
    });
  }

  /** A check of a path, as a config file has it. */
  check(path: string, more: Record<string, unknown> = {}): unknown {
    return {
      type: "http",
      url: `http://127.0.0.1:${this.#server.addr.port}/${path}`,
      interval: "500ms",
      ...more,
    };
  }

  /** How often a path was asked for. */
  count(path: string): number {
    return this.asked.get(path)?.length ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/** An agent, and what it has seen. */
export interface Started extends AsyncDisposable {
  readonly agent: Agent;
  readonly steps: Step[];
  readonly errors: unknown[];
  readonly messages: string[];
  /** Takes over other checks. */
  reload(checks: Record<string, unknown>): Promise<void>;
}

/** Starts an agent of a cluster with some checks. */
export async function started(
  server: Pick<NatsServer, "url">,
  id: string,
  checks: Record<string, unknown>,
  { kinds, notify, history, listen = false, ...more }: {
    /** The key `listen`. */
    readonly listen?: string | false;
    /** The kinds of probes, if they are not the usual ones. */
    readonly kinds?: Kinds;
    /** The key `notify`. */
    readonly notify?: unknown;
    /** The key `history`. */
    readonly history?: string;
    /** More of the key `cluster`. */
    readonly region?: string;
    readonly replicas?: number;
    readonly servers?: readonly string[];
  } = {},
): Promise<Started> {
  const configOf = (checks: Record<string, unknown>) =>
    parseConfig(
      JSON.stringify({
        listen,
        cluster: { servers: [server.url], name: "shop", id, ...more },
        checks,
        ...(notify !== undefined && { notify }),
        ...(history !== undefined && { history }),
      }),
      { env: () => undefined, ...(kinds && { kinds }) },
    );
  const errors: unknown[] = [];
  const messages: string[] = [];
  const agent = await startAgent(configOf(checks), {
    onError: (error) => void errors.push(error),
    onMessage: (message) => void messages.push(message),
  });
  const steps: Step[] = [];
  agent.fleet.observe((step) => void steps.push(step));
  return {
    agent,
    steps,
    errors,
    messages,
    reload: async (checks) => void await agent.reload(configOf(checks)),
    [Symbol.asyncDispose]: () => agent.close(),
  };
}

/** The statuses that an agent has seen a check change from and to. */
export function transitions({ steps }: Started, id: string): string[] {
  return steps.flatMap((step) =>
    step.type === "end" && step.id === id &&
      step.before.status !== step.after.status
      ? [`${step.before.status} ${step.after.status}`]
      : []
  );
}

/** The agent that runs a check, as each of some sees it. */
export function lookers(agents: readonly Started[], id: string): unknown[] {
  return agents.map(({ agent }) => agent.fleet.get(id)?.agent);
}
