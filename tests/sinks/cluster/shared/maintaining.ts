/**
 * Agents that share maintenance in a bucket, each step of which a test makes.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { FakeTime } from "@std/testing/time";
import { ByHand, type HandChange } from "../../../../src/core/past/by_hand.ts";
import type { Json } from "../../../../src/core/json.ts";
import type { MaintenanceLog } from "../../../../src/fleet/past/maintenance_log.ts";
import type { Link, StoreEvents } from "../../../../src/sinks/cluster/link.ts";
import { SharedMaintenance } from "../../../../src/sinks/cluster/shared/maintenance.ts";
import { advance } from "../../../support/time.ts";

/** A bucket, as all agents reach it. */
export class Bucket {
  readonly values: Map<string, string> = new Map();
  readonly views: Set<View> = new Set();
  writes = 0;

  write(check: string, text: string): void {
    this.writes++;
    this.values.set(check, text);
    for (const view of this.views) view.hear(check, text);
  }
}

/** The bucket, as one agent reaches it; not at once. */
export class View {
  readonly #bucket: Bucket;
  readonly #writes = new Map<string, string>();
  readonly #heard: [string, string][] = [];
  #events: StoreEvents | undefined;
  #isConnected = true;
  #isListed = false;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
    bucket.views.add(this);
  }

  readonly link: Pick<Link, "store"> = {
    store: (_name, events) => {
      this.#events = events;
      const put = (check: string, value: Json) => {
        this.#writes.set(check, JSON.stringify(value));
      };
      return {
        put,
        putNow: put,
        delete() {},
        async *list() {},
      };
    },
  };

  get isQuiet(): boolean {
    return this.#isConnected && this.#isListed && this.#heard.length === 0 &&
      this.#writes.size === 0;
  }

  set isConnected(isConnected: boolean) {
    this.#isConnected = isConnected;
    this.#heard.length = 0;
    this.#isListed = false;
  }

  hear(check: string, text: string): void {
    if (this.#isConnected && this.#isListed) this.#heard.push([check, text]);
  }

  /** Lists, or hears of one change. */
  read(): void {
    if (!this.#isConnected) return;
    if (!this.#isListed) {
      this.#isListed = true;
      this.#events!.listed(
        new Map(
          Array.from(
            this.#bucket.values,
            ([check, text]) => [check, JSON.parse(text)] as const,
          ),
        ),
      );
      return;
    }
    const [check, text] = this.#heard.shift() ?? [];
    if (check === undefined) return;
    this.#events!.changed(check, JSON.parse(text!));
  }

  /** Writes one of the values that wait, or loses it on its way. */
  write(isLost = false): void {
    if (!this.#isConnected) return;
    const [first] = this.#writes;
    if (first === undefined) return;
    this.#writes.delete(first[0]);
    if (!isLost) this.#bucket.write(...first);
  }

  end(): void {
    this.#bucket.views.delete(this);
  }
}

/** An agent: its clock, what it knows, and what it shares. */
export class Agent implements Disposable {
  readonly view: View;
  readonly #byHand = new ByHand();
  readonly #aheadMs: number;
  readonly #shared: SharedMaintenance;
  #observer: (byHand: readonly HandChange[]) => void = () => {};

  constructor(
    bucket: Bucket,
    aheadMs: number,
    kept: readonly HandChange[] = [],
  ) {
    this.#aheadMs = aheadMs;
    this.view = new View(bucket);
    const log: Pick<MaintenanceLog, "byHand" | "take" | "observe"> = {
      byHand: () => this.list(),
      observe: (observer) => void (this.#observer = observer),
      take: (changes) => {
        if (this.#byHand.take(changes, this.now).length > 0) this.#tell();
      },
    };
    this.#shared = new SharedMaintenance(this.view.link, log);
    log.take(kept);
  }

  get now(): number {
    return Date.now() + this.#aheadMs;
  }

  list(): HandChange[] {
    return this.#byHand.list();
  }

  of(check: string): HandChange | undefined {
    this.#byHand.expire(this.now);
    return this.#byHand.of(check);
  }

  start(check: string, durationMs: number): void {
    this.#byHand.start([check], { durationMs, reason: null }, this.now);
    this.#tell();
  }

  stop(check: string): void {
    if (this.#byHand.stop([check], this.now).length > 0) this.#tell();
  }

  #tell(): void {
    this.#observer(this.list());
  }

  [Symbol.dispose](): void {
    this.#shared[Symbol.dispose]();
    this.view.end();
  }
}

/** Lets all that is under way arrive. */
export async function settle(
  time: FakeTime,
  bucket: Bucket,
  agents: readonly Agent[],
): Promise<void> {
  const before = bucket.writes;
  const areQuiet = () => agents.every(({ view }) => view.isQuiet);
  do {
    do {
      for (const { view } of agents) {
        view.read();
        view.write();
      }
      await advance(time, 25);
      // An agent that writes what another one writes again would never end.
      assert(bucket.writes - before < 300, "Expected an end of writing");
    } while (!areQuiet());
    // What was lost on its way is written again.
    await advance(time, 5_100);
  } while (!areQuiet());
}
