import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Json } from "../../../../src/core/json.ts";
import type { Store } from "../../../../src/sinks/cluster/link.ts";
import type { Weight } from "../../../../src/sinks/cluster/shared/board.ts";
import { Journal } from "../../../../src/sinks/cluster/shared/journal.ts";
import {
  Records,
  type SharedRecord,
} from "../../../../src/sinks/cluster/shared/records.ts";
import { FAIL } from "../../../support/probes.ts";
import { HERE, OtherAgent } from "../../../support/sharing.ts";

/** A store in memory, and how it was written. */
class Memory implements Store {
  readonly values: Map<string, unknown> = new Map();
  log: string[] = [];
  put(key: string, value: Json): void {
    this.log.push(`put ${key}`);
    this.values.set(key, JSON.parse(JSON.stringify(value)));
  }
  putNow(key: string, value: Json): void {
    this.put(key, value);
    this.log.push(`now ${this.log.pop()!.slice(4)}`);
  }
  delete(key: string): void {
    this.values.delete(key);
  }
  async *list(): AsyncIterable<readonly { key: string; value: unknown }[]> {
    await Promise.resolve();
    for (const [key, value] of this.values) yield [{ key, value }];
  }
  /** What was written since it was last asked. */
  take(): string[] {
    return this.log.splice(0);
  }
}

/** Faked time, by both clocks. */
function faked(): { tick(ms: number): void } & Disposable {
  const time = new FakeTime();
  const { now } = performance;
  performance.now = () => Date.now();
  return {
    tick: (ms) => void time.tick(ms),
    [Symbol.dispose]() {
      performance.now = now;
      time.restore();
    },
  };
}

const other = new OtherAgent();

function recordOf(id: string, region: string | null = null): Omit<
  SharedRecord,
  "looker"
> {
  const { state: { checking: _, ...state } } = other.find(FAIL) as never as {
    state: ReturnType<OtherAgent["find"]>["state"] & { checking: boolean };
  };
  const found = { outcome: FAIL, state };
  return { place: [id, region], type: "tcp", target: "x", found };
}

Deno.test("a transition is written at once, news within a second, and the usual every five minutes", () => {
  using time = faked();
  const store = new Memory();
  const journal = new Journal(store, HERE, () => true);
  const note = (id: string, weight: Weight) =>
    journal.note(recordOf(id), weight);
  note("a", "transition");
  assertEquals(store.take(), ['now ["a"]']);
  note("b", "news");
  note("b", "usual");
  assertEquals(store.take(), []);
  time.tick(1_000);
  assertEquals(store.take(), ['put ["b"]']);
  for (let s = 0; s < 298; s++) {
    note("a", "usual");
    time.tick(1_000);
  }
  assertEquals(store.take(), []);
  time.tick(1_000);
  note("a", "usual");
  time.tick(1_000);
  assertEquals(store.take(), ['put ["a"]']);
  // What waits is not written after what is newer.
  note("b", "news");
  note("b", "transition");
  time.tick(1_000);
  assertEquals(store.take(), ['now ["b"]']);
  note("a", "news");
  journal.left(["a", null]);
  assertEquals(store.take(), ['put ["a"]']);
  journal.left(["a", null]);
  note("a", "usual");
  journal.close();
  assertEquals(store.take(), ['put ["a"]']);
  time.tick(100_000);
  assertEquals(store.take(), []);
});

Deno.test("while others may have the checks, nothing is written, and later the last", () => {
  using time = faked();
  const store = new Memory();
  let may = false;
  const journal = new Journal(store, HERE, () => may);
  journal.note(recordOf("a"), "transition");
  journal.note(recordOf("b"), "news");
  journal.left(["b", null]);
  time.tick(5_000);
  assertEquals(store.take(), []);
  may = true;
  time.tick(1_000);
  assertEquals(store.take(), ['put ["a"]']);
  journal.close();
});

Deno.test("records that were written are read, and nothing else that is there", async () => {
  const store = new Memory();
  const journal = new Journal(store, HERE, () => true);
  const ids = ["a", "__proto__", "\0", "\ud800 '\"\n"];
  for (const id of ids) journal.note(recordOf(id), "transition");
  journal.note(recordOf("a", "eu"), "transition");
  journal.close();
  const good = store.values.get('["a"]') as Record<string, Json>;
  for (
    const [key, value] of Object.entries({
      "a": good,
      '"ab"': good,
      "[1]": good,
      '["a",1]': good,
      '["x","y","z"]': good,
      "{}": good,
      "null": good,
      '["c"]': null,
      '["d"]': { ...good, agent: 1 },
      '["e"]': { ...good, found: [] },
      '["f"]': [good],
    })
  ) store.put(key, value);
  const records = new Records(store, {
    onRecord() {},
    onError() {},
    signal: new AbortController().signal,
  });
  await records.read();
  const known = [...records.known.values()];
  assertEquals(known.map(({ place }) => place), [
    ...ids.map((id) => [id, null] as const),
    ["a", "eu"],
  ]);
  assertEquals(known.map(({ looker }) => looker), known.map(() => HERE));
});
