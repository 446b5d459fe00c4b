import { assertEquals } from "@std/assert";
import type {
  Answer,
  Entry,
  Request,
} from "../../../../src/core/cluster/register.ts";
import { Bucket } from "../../../../src/sinks/cluster/nats/bucket.ts";
import type { Connection } from "../../../../src/sinks/cluster/nats/connection.ts";
import type { BucketSettings } from "../../../../src/sinks/cluster/nats/stream.ts";
import { until } from "../../../support/nats.ts";

/** A value of the tests. */
export interface Value {
  readonly n: number;
}

/** A register, and all that it has said. */
export class SeenRegister implements Disposable {
  readonly bucket: Bucket<Value>;
  /** What was called, in order. */
  readonly events: string[] = [];
  readonly changes: Entry<Value>[] = [];
  /** The last list, unless the watch has ended since. */
  list: readonly Entry<Value>[] | null = null;

  constructor(
    connection: Connection,
    settings: Partial<BucketSettings> = {},
  ) {
    this.bucket = new Bucket<Value>(connection, {
      name: "members",
      maxValueBytes: 1_000,
      maxAgeMs: 3_600_000,
      ...settings,
      parse: (value) => {
        const { n } = value as Partial<Value>;
        return typeof n === "number" ? { n } : undefined;
      },
      listed: (entries) => {
        this.events.push("listed");
        this.list = entries;
      },
      changed: (entry) => this.changes.push(entry),
      disconnected: () => {
        const { type } = connection.state;
        this.events.push(type === "connected" ? "deaf" : type);
        this.list = null;
      },
    });
  }

  /** Resolves to the first answer. */
  send(request: Request<Value>): Promise<Answer<Value>> {
    return new Promise((resolve) => this.bucket.send(request, resolve));
  }

  put(key: string, revision: number | null, n: number): Promise<Answer<Value>> {
    const write = { type: "put", key, revision, value: { n } } as const;
    return this.send({ type: "write", write });
  }

  delete(key: string, revision: number): Promise<Answer<Value>> {
    const write = { type: "delete", key, revision } as const;
    return this.send({ type: "write", write });
  }

  /** Asks for lists until one comes. */
  async listed(): Promise<readonly Entry<Value>[]> {
    let isAsked = false;
    await until("a list", () => {
      if (this.list !== null) return true;
      if (!isAsked) {
        isAsked = true;
        this.bucket.send({ type: "list" }, () => isAsked = false);
      }
      return false;
    });
    return this.list!;
  }

  /**
   * Waits for a revision, and expects what was seen since the list to be of these
   * changes, in order. A bucket keeps one value of each key: what was overwritten
   * before the server has sent it may be left out.
   */
  async saw(all: readonly Entry<Value>[]): Promise<void> {
    const last = all.at(-1)!.revision;
    await until("a change", () => this.changes.at(-1)?.revision === last);
    const seen = new Set(this.changes.map(({ revision }) => revision));
    const newest = new Map(all.map((entry) => [entry.key, entry]));
    assertEquals(
      this.changes,
      all.filter((entry) =>
        seen.has(entry.revision) || newest.get(entry.key) === entry
      ),
    );
  }

  [Symbol.dispose](): void {
    this.bucket[Symbol.dispose]();
  }
}
