import { byteLength } from "../../../core/text.ts";
import type { Looker } from "../../../fleet/sharing.ts";
import { type Found, toJson } from "./found.ts";
import type { Place } from "./place.ts";

/** How long results wait for others to be sent with. */
const GATHER_MS = 250;

/** How long a result waits that matters. */
const SOON_MS = 10;

/** The most bytes of one batch, if the server allows them. */
const MAX_BYTES = 256 * 1024;

/** What a batch has beside its results, in bytes at most. */
const HEAD_BYTES = 2048;

/** What an {@linkcode Outbox} needs. */
export interface OutboxOptions {
  /** Who this agent is. */
  readonly self: Looker;
  /** Another text for each run of the program. */
  readonly instance: string;
  /** The most bytes that the server takes. */
  readonly maxBytes: () => number;
  /** Sends a batch. */
  readonly publish: (batch: string) => void;
}

/** Sends what this agent has found to the others, in batches. */
export class Outbox {
  readonly #options: OutboxOptions;
  readonly #found: string[] = [];
  #bytes = 0;
  #number = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isSoon = false;
  #config: string;

  /** Takes the hash of the config that this agent has. */
  constructor(options: OutboxOptions, config: string) {
    this.#options = options;
    this.#config = config;
  }

  /** Has another config from now on. */
  set config(config: string) {
    this.flush();
    this.#config = config;
  }

  /** Sends a result soon. */
  add([id, region]: Place, found: Found, isSoon: boolean): void {
    const { maxBytes } = this.#options;
    const text = JSON.stringify([id, region, toJson(found)]);
    const limit = Math.min(MAX_BYTES, maxBytes()) - HEAD_BYTES;
    // A character has at most three bytes here.
    const most = text.length * 3;
    const bytes = most > limit ? byteLength(text) : most;
    if (this.#bytes + bytes > limit) this.flush();
    if (bytes > limit) {
      // Who misses a number reads the records.
      this.#number++;
      return;
    }
    this.#found.push(text);
    this.#bytes += bytes;
    if (this.#timer !== undefined && (this.#isSoon || !isSoon)) return;
    clearTimeout(this.#timer);
    this.#isSoon = isSoon;
    this.#timer = setTimeout(
      () => this.flush(),
      isSoon ? SOON_MS : GATHER_MS,
    );
  }

  /** Sends now what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#found.length === 0) return;
    const { self: { agent, region }, instance, publish } = this.#options;
    const head = JSON.stringify({
      agent,
      ...(region !== undefined && { region }),
      instance,
      config: this.#config,
      number: ++this.#number,
    });
    const found = this.#found.splice(0).join();
    this.#bytes = 0;
    publish(`${head.slice(0, -1)},"found":[${found}]}`);
  }
}
