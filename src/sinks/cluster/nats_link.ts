import type { Entry } from "../../core/cluster/register.ts";
import type { Json } from "../../core/json.ts";
import type { Say } from "../../core/say.ts";
import { wallTime } from "../../io/clock.ts";
import type { Link, Store as LinkStore, StoreEvents } from "./link.ts";
import type { Register, RegisterEvents } from "./loop.ts";
import { Bucket } from "./nats/bucket.ts";
import { Channel } from "./nats/channel.ts";
import {
  connect,
  type Connection,
  type LinkOptions,
} from "./nats/connection.ts";
import { listAll } from "./nats/listing.ts";
import { encodeName } from "./nats/names.ts";
import { Store } from "./nats/store.ts";
import type { BucketSettings } from "./nats/stream.ts";
import type { Parse } from "./nats/values.ts";

/** What a value may have of bytes. */
const MAX_VALUE_BYTES = 64 * 1024;

/** How long values are kept that nobody writes any more, in milliseconds. */
const STORE_AGE_MS = 30 * 86_400_000;

/** How long the keys of registers are kept, in milliseconds. */
const REGISTER_AGE_MS = 10 * 60_000;

/** Connects to a server of NATS; it does not wait for that. */
export async function openLink(
  options: LinkOptions,
  say: Say,
): Promise<NatsLink> {
  return new NatsLink(await connect(options), say);
}

/** The connection of an agent to the cluster's server, which is NATS. */
export class NatsLink implements Link {
  readonly #connection: Connection;
  readonly #channel: Channel;
  readonly #open: Disposable[] = [];
  readonly #connected = Promise.withResolvers<void>();
  #since: number = wallTime();
  #isConnected = false;
  #isClosing = false;

  /** Takes over a connection. What it says is told by `say`. */
  constructor(connection: Connection, say: Say) {
    this.#connection = connection;
    this.#channel = new Channel(connection);
    let last = "";
    connection.onState((state, detail) => {
      if (this.#isClosing) return;
      const isConnected = state === "connected";
      if (isConnected !== this.#isConnected) this.#since = wallTime();
      this.#isConnected = isConnected;
      if (isConnected) this.#connected.resolve();
      const text = isConnected
        ? `cluster: connected to ${detail}`
        : `cluster: not connected: ${detail}`;
      if (text === last) return;
      last = text;
      say(text, isConnected ? "info" : "warn");
    });
    connection.onProblem((problem) => say(`cluster: ${problem}`, "warn"));
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  get since(): number {
    return this.#since;
  }

  get fault(): string | null {
    const [fault = null] = this.#connection.faults.values();
    return fault;
  }

  get maxBytes(): number {
    return this.#connection.maxPayload;
  }

  /** The connection, for what needs more of it. */
  get connection(): Connection {
    return this.#connection;
  }

  /** Resolves once there is a connection for the first time. */
  get connected(): Promise<void> {
    return this.#connected.promise;
  }

  register<V>(
    name: string,
    parse: (value: unknown) => V | undefined,
    events: RegisterEvents<V>,
  ): Register<V> {
    return this.#keep(
      new Bucket(this.#connection, {
        name,
        maxValueBytes: MAX_VALUE_BYTES,
        maxAgeMs: REGISTER_AGE_MS,
        parse,
        ...events,
      }),
    );
  }

  store(
    name: string,
    events?: StoreEvents,
    { maxAgeMs = STORE_AGE_MS }: { readonly maxAgeMs?: number } = {},
  ): LinkStore {
    const settings = { name, maxValueBytes: MAX_VALUE_BYTES, maxAgeMs };
    const parse = (value: unknown) => value as Json;
    const store = this.#keep(
      new Store<Json>(this.#connection, {
        ...settings,
        parse,
        ...(events !== undefined && {
          listed: (entries: readonly Entry<Json>[]) =>
            events.listed(
              new Map(entries.map(({ key, value }) => [key, value])),
            ),
          changed: ({ key, value }: Entry<Json>) =>
            events.changed(key, value ?? undefined),
        }),
      }),
    );
    return {
      put: (key, value) => store.put(key, value),
      putNow: (key, value) => void store.putNow(key, value),
      delete: (key) => void store.delete(key),
      list: () => this.#list(settings, parse),
    };
  }

  publish(what: string, text: string): boolean {
    return this.#channel.publishText(what, text);
  }

  onConnected(listener: () => void): void {
    this.#connection.onState((state) => {
      if (state === "connected") listener();
    });
  }

  subscribe(what: string, listener: (value: unknown) => void): void {
    this.#channel.subscribe(what, listener);
  }

  async request(
    what: readonly string[],
    value: Json,
    timeoutMs: number,
  ): Promise<unknown> {
    const response = await this.#channel.request(
      what.map(encodeName).join("."),
      value,
      timeoutMs,
    );
    return response.type === "answer" ? response.value : undefined;
  }

  answer(
    what: readonly string[],
    answer: (value: unknown) => Promise<Json | undefined>,
  ): void {
    this.#channel.respond(what.map(encodeName).join("."), answer);
  }

  async close(): Promise<void> {
    this.#isClosing = true;
    this.#channel[Symbol.dispose]();
    for (const open of this.#open) open[Symbol.dispose]();
    await this.#connection.close();
  }

  async *#list(
    settings: BucketSettings,
    parse: Parse<Json>,
  ): AsyncGenerator<Entry<Json>[], void, void> {
    try {
      yield* listAll(this.#connection, settings, parse);
    } catch (error) {
      // That is nothing to be surprised of: it is said like all else that is wrong.
      this.#connection.report((error as Error).message);
    }
  }

  #keep<T extends Disposable>(open: T): T {
    this.#open.push(open);
    return open;
  }
}
