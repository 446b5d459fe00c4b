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
  /**
   * On how many servers it is.
   *
   * @default {1}
   */
  readonly replicas?: number;
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
    if (made.type === "done") return true;
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
    if (Object.keys(changes).length === 0) return true;
    const changed = await this.#ask("UPDATE", { ...old, ...changes });
    if (changed.type === "done") return true;
    if (changed.type !== "refused") return this.#fails(changed);
    this.#connection.report(
      `The bucket of ${this.name} has settings that do not do (${
        Object.keys(changes).join(", ")
      }), and the server does not change them: ${changed.text}`,
    );
    return false;
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
      this.#connection.report("the server of NATS has no JetStream");
    } else if (reply.type === "refused") {
      this.#connection.report(`The bucket of ${this.name}: ${reply.text}`);
    }
    return false;
  }

  #config(): Config {
    const { maxValueBytes, maxAgeMs = 0, replicas = 1 } = this.#settings;
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
      num_replicas: replicas,
      duplicate_window: DUPLICATES_MS * NANOS,
      deny_delete: true,
      allow_rollup_hdrs: true,
      // A replica may be behind.
      allow_direct: false,
    };
  }
}
