import { headers, type MsgHdrs } from "@nats-io/transport-node";
import type {
  Answer,
  Entry,
  Request,
  Write,
} from "../../../core/cluster/register.ts";
import { monotonicTime } from "../../../io/clock.ts";
import { sleep } from "../../../io/sleep.ts";
import { ask, CODE, type Reply } from "./api.ts";
import type { Connection } from "./connection.ts";
import { type BucketSettings, BucketStream } from "./stream.ts";
import { type Parse, Values } from "./values.ts";
import { isDeletion, type Stored, Watch } from "./watch.ts";

/** What a register is made with. */
export interface BucketOptions<V> extends BucketSettings {
  /**
   * Reads a value; `undefined` if it is none. A key whose value is none counts as
   * deleted, and may be written as such.
   */
  readonly parse: Parse<V>;
  /** Watching has begun anew, and these are all keys. */
  listed(entries: readonly Entry<V>[]): void;
  /** A key was seen to change. */
  changed(entry: Entry<V>): void;
  /** Watching has ended: by itself, or with the connection. */
  disconnected(): void;
}

/** How often a write is tried if others write the same key at the same time. */
const MAX_TRIES = 3;

interface Listing {
  readonly ending: AbortController;
  /** Called if it does not come. */
  readonly onAnswer: (answer: Answer<never>) => void;
}

/** A bucket as a register of values that are JSON; see `core/cluster/register.ts`. */
export class Bucket<V> implements Disposable {
  readonly #connection: Connection;
  readonly #options: BucketOptions<V>;
  readonly #stream: BucketStream;
  readonly #values: Values<V>;
  readonly #stop: () => void;
  #watch: Watch | null = null;
  /** The list that was asked for and has not come yet. */
  #listing: Listing | null = null;
  #isConnected: boolean;
  #isClosed = false;

  constructor(connection: Connection, options: BucketOptions<V>) {
    this.#connection = connection;
    this.#options = options;
    this.#stream = new BucketStream(connection, options);
    this.#values = new Values(connection, this.#stream, options.parse);
    this.#isConnected = connection.client !== null;
    this.#stop = connection.onState((state) => {
      const wasConnected = this.#isConnected;
      this.#isConnected = state === "connected";
      if (wasConnected && !this.#isConnected) this.#lose();
    });
  }

  /**
   * Sends a request. A write is answered once. A list is answered if it does not
   * come: within `requestMs` of the connection, and soon if there is none. Nothing
   * is answered before this returns.
   */
  send(request: Request<V>, onAnswer: (answer: Answer<V>) => void): void {
    if (request.type === "list") void this.#list(onAnswer);
    else void this.#write(request.write).then(onAnswer);
  }

  /** Ends watching. What was sent is still answered. */
  [Symbol.dispose](): void {
    this.#isClosed = true;
    this.#stop();
    this.#endWatch();
  }

  #endWatch(): void {
    this.#listing?.ending.abort();
    this.#listing = null;
    this.#watch?.end();
    this.#watch = null;
  }

  #lose(): void {
    const listing = this.#listing;
    this.#endWatch();
    if (this.#isClosed) return;
    this.#options.disconnected();
    listing?.onAnswer({ type: "unreachable" });
  }

  async #list(onAnswer: (answer: Answer<V>) => void): Promise<void> {
    this.#endWatch();
    const ending = new AbortController();
    const listing: Listing = this.#listing = { ending, onAnswer };
    const fail = (): void => {
      if (this.#listing !== listing) return;
      this.#endWatch();
      onAnswer({ type: "unreachable" });
    };
    // It ends by itself if the list comes, or another one is asked for.
    void sleep(this.#connection.requestMs, ending.signal).then(fail);
    if (!await this.#stream.ready()) return fail();
    if (this.#listing !== listing) return;
    this.#watch = Watch.begin(this.#connection, this.#stream, {
      listed: (all) => {
        this.#listing = null;
        ending.abort();
        const entries = all.map((stored) => this.#entryOf(stored));
        this.#options.listed(
          entries.filter((entry) => entry !== undefined)
            .filter(({ value }) => value !== null),
        );
      },
      changed: (stored) => {
        const entry = this.#entryOf(stored);
        if (entry !== undefined) this.#options.changed(entry);
      },
      lost: () => {
        this.#watch = null;
        if (this.#listing === listing) fail();
        else this.#options.disconnected();
      },
    });
    if (this.#watch === null) fail();
  }

  async #write(write: Write<V>): Promise<Answer<V>> {
    const until = monotonicTime() + this.#connection.requestMs;
    const left = (): number => until - monotonicTime();
    const name = this.#values.nameOf(write.key);
    const payload = write.type === "put" ? JSON.stringify(write.value) : "";
    if (name === undefined || !this.#values.fits(name, payload)) {
      return { type: "unreachable" };
    }
    let { revision } = write;
    for (let tries = 1;; tries++) {
      const operation = write.type === "delete" ? "DEL" : undefined;
      const reply = await ask(
        this.#connection,
        this.#stream.prefix + name,
        payload,
        { headers: comparing(revision ?? 0, operation), timeoutMs: left() },
      );
      if (reply.type === "done") {
        return { type: "done", revision: Number(reply.body.seq) };
      }
      if (!isConflict(reply)) return this.#unreachable(reply);
      const entry = await this.#read(name, left());
      // It must not exist: what is deleted has a revision all the same.
      const isFree = write.revision === null && entry?.value === null;
      if (!isFree || tries === MAX_TRIES) return { type: "conflict", entry };
      ({ revision } = entry);
    }
  }

  /** Reads a key from the leader: `undefined` if that fails. */
  async #read(
    name: string,
    timeoutMs: number,
  ): Promise<Entry<V> | null | undefined> {
    const reply = await ask(
      this.#connection,
      `$JS.API.STREAM.MSG.GET.${this.#stream.name}`,
      JSON.stringify({ last_by_subj: this.#stream.prefix + name }),
      { timeoutMs },
    );
    if (reply.type === "refused" && reply.code === CODE.noMessage) return null;
    if (reply.type !== "done") return undefined;
    const message = reply.body.message as {
      readonly seq: number;
      readonly data?: string;
      readonly hdrs?: string;
    };
    const [, operation] = /^(?:KV-Operation|Nats-Marker-Reason): *(\w+)/mi.exec(
      atob(message.hdrs ?? ""),
    ) ?? [];
    const data = isDeletion(operation) || operation === "MaxAge"
      ? null
      : Uint8Array.from(atob(message.data ?? ""), (it) => it.charCodeAt(0));
    return this.#entryOf({ name, revision: message.seq, data });
  }

  #unreachable(reply: Reply): Answer<V> {
    if (reply.type === "refused") {
      this.#connection.report(`${this.#stream.name}: ${reply.text}`);
    } else if (reply.type === "nobody" && !this.#isClosed) {
      // The bucket is gone, and with it what is watched.
      void this.#stream.ready();
      if (this.#watch !== null && this.#listing === null) this.#lose();
    }
    return { type: "unreachable" };
  }

  /** What is no value counts as deleted. */
  #entryOf(stored: Stored): Entry<V> | undefined {
    const found = this.#values.read(stored);
    return found && { ...found, value: found.value ?? null };
  }
}

function isConflict(reply: Reply): boolean {
  return reply.type === "refused" && (reply.code === CODE.otherRevision ||
    reply.code === CODE.otherRevisionToo);
}

function comparing(revision: number, operation?: "DEL"): MsgHdrs {
  const all = headers();
  all.set("Nats-Expected-Last-Subject-Sequence", String(revision));
  if (operation !== undefined) all.set("KV-Operation", operation);
  return all;
}
