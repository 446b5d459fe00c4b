import {
  createInbox,
  type Msg,
  type NatsConnection,
  type Subscription,
} from "@nats-io/transport-node";
import { reportUncaught } from "../../../io/report_uncaught.ts";
import { sleep } from "../../../io/sleep.ts";
import { ask } from "./api.ts";
import type { Connection } from "./connection.ts";
import type { BucketStream } from "./stream.ts";

/** What a stream has, or has got, for a key. */
export interface Stored {
  /** The key, encoded. */
  readonly name: string;
  readonly revision: number;
  /** The value; `null` if the key was deleted. */
  readonly data: Uint8Array | null;
}

/**
 * Who watches. All of it comes in order, and nothing after `lost()`. The newest value
 * of each key always comes; one that was overwritten before it was sent may not, as
 * the bucket has it no more.
 */
export interface Watcher {
  /** All keys, deleted ones included. */
  listed(all: readonly Stored[]): void;
  /** A key has changed since. */
  changed(stored: Stored): void;
  /** Something was missed, or nothing comes any more: it is to be watched anew. */
  lost(): void;
}

/** How often the server says that it has nothing to say, in milliseconds. */
const HEARTBEAT_MS = 2_000;

/** The watch is lost if it was silent at so many looks, one for each heartbeat. */
const MAX_SILENT = 4;

const NANOS = 1e6;

/** Whether a message deletes its key. */
export function isDeletion(operation: string | undefined): boolean {
  return operation === "DEL" || operation === "PURGE";
}

/** Watches all keys of a bucket over one connection, until it is lost or ended. */
export class Watch {
  readonly #connection: Connection;
  readonly #client: NatsConnection;
  readonly #stream: BucketStream;
  readonly #watcher: Watcher;
  readonly #inbox = createInbox();
  readonly #ending = new AbortController();
  readonly #subscription: Subscription;
  /** What has come of the list; `null` once it is whole. */
  #list: Map<string, Stored> | null = new Map();
  /** How many keys there were at the beginning; -1 while that is not known. */
  #total = -1;
  #received = 0;
  #pending = -1;
  #silent = 0;
  #consumer: string | undefined;

  private constructor(
    connection: Connection,
    client: NatsConnection,
    stream: BucketStream,
    watcher: Watcher,
  ) {
    this.#connection = connection;
    this.#client = client;
    this.#stream = stream;
    this.#watcher = watcher;
    this.#subscription = client.subscribe(this.#inbox, {
      callback: (error, message) => {
        try {
          if (error === null) this.#take(message);
          else this.#lose();
        } catch (thrown) {
          // The client would stop to read.
          reportUncaught(thrown);
        }
      },
    });
  }

  /** Begins to watch; `null` if there is no connection. */
  static begin(
    connection: Connection,
    stream: BucketStream,
    watcher: Watcher,
  ): Watch | null {
    const { client } = connection;
    if (client === null) return null;
    const watch = new Watch(connection, client, stream, watcher);
    void watch.#begin();
    return watch;
  }

  /** Ends it: nothing is called any more. */
  end(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    if (this.#connection.client !== this.#client) return;
    this.#subscription.unsubscribe();
    if (this.#consumer === undefined) return;
    this.#client.publish(
      `$JS.API.CONSUMER.DELETE.${this.#stream.name}.${this.#consumer}`,
    );
  }

  async #begin(): Promise<void> {
    const { name } = this.#stream;
    const made = await ask(
      this.#connection,
      `$JS.API.CONSUMER.CREATE.${name}`,
      JSON.stringify({
        stream_name: name,
        config: {
          deliver_subject: this.#inbox,
          deliver_policy: "last_per_subject",
          filter_subject: `${this.#stream.prefix}>`,
          ack_policy: "none",
          replay_policy: "instant",
          max_deliver: 1,
          mem_storage: true,
          num_replicas: 1,
          flow_control: true,
          idle_heartbeat: HEARTBEAT_MS * NANOS,
        },
      }),
    );
    if (made.type === "done") this.#consumer = String(made.body.name);
    if (this.#ending.signal.aborted) {
      // It would be deleted by itself after a while.
      return;
    }
    if (made.type === "refused") {
      this.#connection.report(`${name} cannot be watched: ${made.text}`);
    }
    if (made.type !== "done") return this.#lose();
    this.#total = Number(made.body.num_pending);
    this.#look();
    await this.#listen();
  }

  /** Looks now and then whether anything still comes. */
  async #listen(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted) {
      await sleep(HEARTBEAT_MS, signal);
      if (!signal.aborted && ++this.#silent >= MAX_SILENT) this.#lose();
    }
  }

  #take(message: Msg): void {
    if (this.#ending.signal.aborted) return;
    this.#silent = 0;
    // Messages of the stream come by their own subject, and say where they are.
    const { reply, headers } = message;
    if (reply === undefined || !reply.startsWith("$JS.ACK.")) {
      return this.#obey(message);
    }
    const words = reply.split(".");
    // Newer servers add a domain and an account.
    const at = words.length > 9 ? 2 : 0;
    if (Number(words[6 + at]) !== this.#received + 1) return this.#lose();
    this.#received++;
    this.#pending = Number(words[8 + at]);
    const stored: Stored = {
      name: message.subject.slice(this.#stream.prefix.length),
      revision: Number(words[5 + at]),
      data: headers !== undefined &&
          (isDeletion(headers.get("KV-Operation")) ||
            headers.has("Nats-Marker-Reason"))
        ? null
        : message.data,
    };
    if (this.#list === null) return this.#watcher.changed(stored);
    // One may be written again before all have come.
    this.#list.set(stored.name, stored);
    this.#look();
  }

  /** What the server says of itself. */
  #obey(message: Msg): void {
    const { headers } = message;
    // A heartbeat, or a question whether we keep up.
    if (headers?.code !== 100) return this.#lose();
    const stalled = headers.get("Nats-Consumer-Stalled");
    if (message.reply) message.respond();
    else if (stalled !== "") this.#client.publish(stalled);
    else {
      const last = headers.get("Nats-Last-Consumer");
      if (last !== "" && Number(last) !== this.#received) return this.#lose();
      this.#pending = 0;
      this.#look();
    }
  }

  /** Hands over the list if it is whole. Keys may have been deleted meanwhile. */
  #look(): void {
    const list = this.#list;
    if (list === null || this.#total < 0) return;
    if (this.#received < this.#total && this.#pending !== 0) return;
    this.#list = null;
    this.#watcher.listed([...list.values()]);
  }

  #lose(): void {
    if (this.#ending.signal.aborted) return;
    this.end();
    this.#watcher.lost();
  }
}
