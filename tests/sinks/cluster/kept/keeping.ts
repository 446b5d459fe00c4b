/**
 * Agents that keep values in a bucket of a real server.
 *
 * @module
 */

import type { Answer, Request } from "../../../../src/core/cluster/register.ts";
import { Bucket } from "../../../../src/sinks/cluster/nats/bucket.ts";
import { connect } from "../../../../src/sinks/cluster/nats/connection.ts";
import { SharedKept } from "../../../../src/sinks/cluster/kept/kept.ts";
import {
  type KeptValue,
  MAX_VALUE_BYTES,
  parseKept,
} from "../../../../src/sinks/cluster/kept/value.ts";
import type { NatsServer } from "../../../support/nats.ts";

/** The lease of who tells, by hand. */
export class Lease {
  holder: string | null = null;
  revision = 0;

  give(id: string | null): void {
    this.holder = id;
    this.revision++;
  }
}

/** An agent with values in a bucket, which can be cut off. */
export class Keeping implements AsyncDisposable {
  readonly kept: SharedKept;
  /** What was said to be wrong. */
  readonly errors: string[] = [];
  /** How often it heard that others have put something. */
  heard = 0;
  /** While it is set, requests wait, and come out when it is called. */
  #held: (() => void)[] | null = null;
  #isCutOff = false;
  /** The last revision of the lease that it has seen, if it is cut off. */
  #cutAt: number | null = null;
  /** Whether it takes itself for the one that tells, whatever the lease says. */
  isSure = false;
  readonly #close: () => Promise<void>;
  readonly #end = new AbortController();

  readonly #lease: Lease;

  private constructor(
    readonly id: string,
    lease: Lease,
    open: (kept: () => SharedKept, isDeaf: () => boolean) => {
      send: (
        request: Request<KeptValue>,
        onAnswer: (answer: Answer<KeptValue>) => void,
      ) => void;
      close: () => Promise<void>;
    },
  ) {
    const { send, close } = open(() => this.kept, () => this.#isCutOff);
    this.#close = close;
    this.#lease = lease;
    this.kept = new SharedKept({
      send: (request, onAnswer) => {
        if (this.#isCutOff) {
          queueMicrotask(() => onAnswer({ type: "unreachable" }));
        } else if (this.#held !== null) {
          this.#held.push(() => send(request, onAnswer));
        } else send(request, onAnswer);
      },
      teller: {
        revision: () => this.#cutAt ?? lease.revision,
        tells: () => this.isSure || lease.holder === id,
      },
      warn: (message) => this.errors.push(message),
      onError: (error) => this.errors.push(String(error)),
    });
    this.kept.onOthers(() => this.heard++, this.#end.signal);
    this.kept.open();
  }

  /** Connects one to a server. */
  static async open(
    id: string,
    server: NatsServer,
    lease: Lease,
  ): Promise<Keeping> {
    const connection = await connect({ servers: [server.url], name: "shop" });
    return new Keeping(id, lease, (kept, isDeaf) => {
      const bucket = new Bucket<KeptValue>(connection, {
        name: "kept",
        maxValueBytes: MAX_VALUE_BYTES,
        parse: parseKept,
        listed: (entries) => isDeaf() || kept().listed(entries),
        changed: (entry) => isDeaf() || kept().changed(entry),
        disconnected: () => isDeaf() || kept().disconnected(),
      });
      return {
        send: (request, onAnswer) => bucket.send(request, onAnswer),
        close: () => connection.close(),
      };
    });
  }

  /** Has its requests wait, as in a process that is stalled. Returns what ends that. */
  hold(): () => void {
    const held: (() => void)[] = this.#held = [];
    return () => {
      this.#held = null;
      for (const send of held) send();
    };
  }

  /** Parts it from the server, or brings it back. */
  cut(isCutOff: boolean): void {
    this.#isCutOff = isCutOff;
    this.#cutAt = isCutOff ? this.#lease.revision : null;
    this.kept.disconnected();
  }

  /** What it has. */
  get values(): Record<string, string> {
    return Object.fromEntries(this.kept.list(""));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    await this.kept.close();
    await this.#close();
  }
}
