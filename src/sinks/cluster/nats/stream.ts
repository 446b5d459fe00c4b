import { ask, CODE, type Reply } from "./api.ts";
import type { Connection } from "./connection.ts";
import { encodeName } from "./names.ts";

/** What a bucket is like. */
export interface BucketSettings {
  /** What it is for, such as `members`. */
  readonly name: string;
  /** The largest value, in bytes of JSON. */
  readonly maxValueBytes: number;
  /**
   * How long after its last write a key is forgotten, in milliseconds: a minute at
   * least. Nobody is told of that.
   *
   * @default Never.
   */
  readonly maxAgeMs?: number;
}

/** The least age at which keys may be forgotten, in milliseconds. */
export const LEAST_AGE_MS = 60_000;

/** What headers and subject take of a message at most, in bytes. */
const OVERHEAD_BYTES = 4_096;

/** The time within which the server would find messages that are doubled. */
const DUPLICATES_MS = 10_000;

const NANOS = 1e6;

type Config = Readonly<Record<string, unknown>>;

/** A bucket in JetStream: a stream that keeps the last message of each key. */
export class BucketStream {
  /** The name of the stream, as the tools of NATS show it. */
  readonly name: string;
  /** What subjects of keys begin with. */
  readonly prefix: string;
  /** The largest value, in bytes. */
  readonly maxValueBytes: number;
  readonly #connection: Connection;
  readonly #settings: BucketSettings;
  #checking: Promise<boolean> | null = null;

  /** Throws a `RangeError` if keys would be forgotten within a minute. */
  constructor(connection: Connection, settings: BucketSettings) {
    const { name, maxAgeMs = LEAST_AGE_MS } = settings;
    if (!(maxAgeMs >= LEAST_AGE_MS)) {
      throw new RangeError(
        `Expected a maximum age of at least ${LEAST_AGE_MS} ms, got ${maxAgeMs}`,
      );
    }
    const bucket = `lifesign-${encodeName(connection.name)}-${name}`;
    this.name = `KV_${bucket}`;
    this.prefix = `$KV.${bucket}.`;
    this.maxValueBytes = settings.maxValueBytes;
    this.#connection = connection;
    this.#settings = settings;
  }

  /**
   * Makes the bucket if it is missing, and changes one that would not do. Resolves to
   * whether it is there; why not is reported.
   */
  ready(): Promise<boolean> {
    return this.#checking ??= this.#ready().finally(() => {
      this.#checking = null;
    });
  }

  async #ready(): Promise<boolean> {
    const found = await this.#ask("INFO");
    if (found.type === "done") return await this.#adopt(found.body);
    if (found.type !== "refused" || found.code !== CODE.noStream) {
      return this.#fails(found);
    }
    const made = await this.#ask("CREATE", this.#config());
    if (made.type === "done") return this.#isWell();
    // Another agent may have been faster.
    const isThere = made.type === "refused" && made.code === CODE.streamExists;
    if (!isThere) return this.#fails(made);
    const other = await this.#ask("INFO");
    return other.type === "done"
      ? await this.#adopt(other.body)
      : this.#fails(other);
  }

  /** Takes a bucket that is there; what of it would not do is changed. */
  async #adopt({ config }: Config): Promise<boolean> {
    const old = config as Config;
    const wanted = this.#config();
    const changes: Record<string, unknown> = {};
    if (!(Number(old.max_msgs_per_subject) > 0)) {
      changes.max_msgs_per_subject = wanted.max_msgs_per_subject;
    }
    const age = Number(old.max_age);
    if (age !== 0 && age < LEAST_AGE_MS * NANOS) {
      changes.max_age = wanted.max_age;
    }
    const size = Number(old.max_msg_size);
    if (size >= 0 && size < Number(wanted.max_msg_size)) {
      changes.max_msg_size = wanted.max_msg_size;
    }
    const subjects = Array.isArray(old.subjects) ? old.subjects : [];
    if (!subjects.includes(`${this.prefix}>`)) {
      changes.subjects = wanted.subjects;
    }
    const adopted = { ...old, ...changes };
    if (Object.keys(changes).length > 0) {
      const changed = await this.#ask("UPDATE", adopted);
      if (changed.type === "refused") {
        return this.#isWrong(
          `The bucket of ${this.name} has settings that do not do (${
            Object.keys(changes).join(", ")
          }), and the server does not change them: ${changed.text}`,
        );
      }
      if (changed.type !== "done") return this.#fails(changed);
    }
    // A bucket with too few is better than none, so this is not waited for.
    void this.#spread(adopted);
    return true;
  }

  /** Has a bucket kept on more servers. On fewer it is only put by hand. */
  async #spread(config: Config): Promise<void> {
    const { replicas, client } = this.#connection;
    const has = Number(config.num_replicas);
    // A server that is alone may say that it has done it, and has then lost the
    // bucket when it starts again (2.9.10).
    const isClustered = client?.info?.cluster !== undefined;
    const isWrong = (why: string): false =>
      this.#isWrong(
        `the buckets are on ${has} of ${replicas} servers: ${why}`,
      );
    if (has >= replicas) this.#isWell();
    else if (!isClustered) {
      isWrong("the server of NATS is not one of a cluster");
    } else {
      const reply = await this.#ask("UPDATE", {
        ...config,
        num_replicas: replicas,
      });
      if (reply.type === "done") this.#isWell();
      else if (reply.type === "refused") isWrong(reply.text);
    }
  }

  #ask(verb: string, config: Config = {}): Promise<Reply> {
    return ask(
      this.#connection,
      `$JS.API.STREAM.${verb}.${this.name}`,
      JSON.stringify(config),
    );
  }

  #fails(reply: Reply): false {
    if (reply.type === "nobody") {
      return this.#isWrong("the server of NATS has no JetStream");
    }
    if (reply.type !== "refused") return false;
    const isPlace = reply.code === CODE.notClustered ||
      reply.code === CODE.noPeers;
    return this.#isWrong(
      isPlace
        ? `NATS cannot keep buckets on ${this.#connection.replicas} servers: ${reply.text}`
        : `The bucket of ${this.name}: ${reply.text}`,
    );
  }

  #isWell(): true {
    this.#connection.faults.delete(this.name);
    return true;
  }

  #isWrong(fault: string): false {
    this.#connection.faults.set(this.name, fault);
    this.#connection.report(fault);
    return false;
  }

  #config(): Config {
    const { maxValueBytes, maxAgeMs = 0 } = this.#settings;
    return {
      name: this.name,
      subjects: [`${this.prefix}>`],
      retention: "limits",
      storage: "file",
      discard: "new",
      max_consumers: -1,
      max_msgs: -1,
      max_bytes: -1,
      max_msgs_per_subject: 1,
      max_age: maxAgeMs * NANOS,
      max_msg_size: maxValueBytes + OVERHEAD_BYTES,
      num_replicas: this.#connection.replicas,
      duplicate_window: DUPLICATES_MS * NANOS,
      deny_delete: true,
      allow_rollup_hdrs: true,
      // A replica may be behind.
      allow_direct: false,
    };
  }
}
