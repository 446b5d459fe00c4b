import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { Snapshot } from "../../src/core/types.ts";
import { Changes } from "../../src/fleet/watch/changes.ts";
import type { Observer, Step } from "../../src/fleet/step.ts";
import { CountingSignal } from "../support/signals.ts";

/** Checks whose snapshots say how often each has changed. */
class Checks {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #observers = new Set<Observer>();
  #closed = false;
  readonly changes = new Changes({
    observe: (observer, signal) => {
      if (this.#closed) return observer({ type: "close" });
      this.#observers.add(observer);
      signal.addEventListener("abort", () => this.#observers.delete(observer));
    },
    isTold: () => true,
    snapshotOf: (id) => this.#snapshots.get(id),
  });

  /** How many observe. */
  get observers(): number {
    return this.#observers.size;
  }

  change(id: string): void {
    const { attempts } = this.#snapshots.get(id) ?? { attempts: 0 };
    this.#snapshots.set(id, { id, attempts: attempts + 1 } as Snapshot);
    this.#tell({ type: "end", id } as Step);
  }

  forget(id: string): void {
    this.#tell({ type: "leave", id } as Step);
  }

  close(): void {
    this.#closed = true;
    this.#tell({ type: "close" });
    this.#observers.clear();
  }

  /** The name and the count of a check. */
  text(id: string): string {
    return `${id}${this.#snapshots.get(id)?.attempts ?? 0}`;
  }

  snapshot(id: string): Snapshot | undefined {
    return this.#snapshots.get(id);
  }

  #tell(step: Step): void {
    for (const observer of this.#observers) observer(step);
  }
}

/** The names and counts of so many changes. */
async function take(
  watcher: AsyncIterator<Snapshot, void>,
  count: number,
): Promise<string[]> {
  const taken: string[] = [];
  for (let i = 0; i < count; i++) {
    const { value } = await watcher.next();
    taken.push(value ? `${value.id}${value.attempts}` : "end");
  }
  return taken;
}

Deno.test("watch() tells of changes from then on, in their order", async () => {
  const checks = new Checks();
  const { changes } = checks;
  checks.change("a");
  const watcher = changes.watch();
  checks.change("b");
  checks.change("a");
  assertEquals(await take(watcher, 2), ["b1", "a2"]);
  const waiting = take(watcher, 1);
  checks.change("a");
  assertEquals(await waiting, ["a3"]);
});

Deno.test("watch() tells a slow watcher the newest of each", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const watcher = changes.watch();
  for (const id of "abacba") checks.change(id);
  assertEquals(await take(watcher, 3), ["c1", "b2", "a3"]);
});

Deno.test("watch() tells each watcher what it has not been told", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const [quick, slow] = [changes.watch(), changes.watch()];
  checks.change("a");
  assertEquals(await take(quick, 1), ["a1"]);
  checks.change("b");
  checks.change("a");
  assertEquals(await take(quick, 2), ["b1", "a2"]);
  assertEquals(await take(slow, 2), ["b1", "a2"]);
});

Deno.test("watch() does not tell of what is forgotten", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const watcher = changes.watch();
  for (const id of "abc") checks.change(id);
  assertEquals(await take(watcher, 1), ["a1"]);
  // Where the watcher is, what it would be told next, and a stranger.
  checks.forget("a");
  checks.forget("b");
  checks.forget("b");
  assertEquals(await take(watcher, 1), ["c1"]);
});

Deno.test("watch() gives each of two that ask at once another change", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const watcher = changes.watch();
  const both = Promise.all([take(watcher, 1), take(watcher, 1)]);
  checks.change("a");
  checks.change("b");
  assertEquals(await both, [["a1"], ["b1"]]);
});

Deno.test("watch() ends after what there is to tell when there is no more", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const [idle, behind] = [changes.watch(), changes.watch()];
  const waiting = take(idle, 2);
  checks.change("a");
  checks.close();
  assertEquals(await waiting, ["a1", "end"]);
  assertEquals(await take(behind, 2), ["a1", "end"]);
  assertEquals(await take(changes.watch(), 1), ["end"]);
});

Deno.test("watch() ends what waits when there is no more", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const waiting = take(changes.watch(), 1);
  checks.close();
  assertEquals(await waiting, ["end"]);
});

Deno.test("watch() ends when its signal aborts", async (t) => {
  await t.step("before it began", async () => {
    const checks = new Checks();
    const { changes } = checks;
    const watcher = changes.watch(AbortSignal.abort());
    checks.change("a");
    assertEquals(await take(watcher, 1), ["end"]);
  });
  await t.step("while it waits", async () => {
    const checks = new Checks();
    const { changes } = checks;
    const controller = new AbortController();
    const waiting = take(changes.watch(controller.signal), 1);
    controller.abort();
    assertEquals(await waiting, ["end"]);
  });
  await t.step("with something left to tell", async () => {
    const checks = new Checks();
    const { changes } = checks;
    const controller = new AbortController();
    const watcher = changes.watch(controller.signal);
    checks.change("a");
    controller.abort();
    assertEquals(await take(watcher, 1), ["end"]);
  });
});

Deno.test("watch() ends when its loop is left, and no longer listens", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const counted = new CountingSignal();
  const watcher = changes.watch(counted.signal);
  assertStrictEquals(watcher[Symbol.asyncIterator](), watcher);
  checks.change("a");
  for await (const _ of watcher) break;
  assertEquals(counted.listeners, 0);
  checks.change("b");
  assertEquals(await take(watcher, 1), ["end"]);
});

Deno.test("watch() ends what waits when it is left", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const watcher = changes.watch();
  const waiting = take(watcher, 1);
  await watcher.return!();
  assertEquals(await waiting, ["end"]);
});

Deno.test("Changes neither observes nor remembers steps without a watcher", async () => {
  const checks = new Checks();
  const { changes } = checks;
  const controller = new AbortController();
  assertEquals(checks.observers, 0);
  changes.watch(controller.signal);
  changes.watch(controller.signal);
  assertEquals(checks.observers, 1);
  checks.change("a");
  checks.change("b");
  controller.abort();
  assertEquals(checks.observers, 0);
  const watcher = changes.watch();
  assertEquals(changes.after(null, 0), null);
  checks.change("b");
  assertEquals(await take(watcher, 1), ["b2"]);
});

Deno.test("next() listens to its signal no longer than it waits", async () => {
  const checks = new Checks();
  const { changes } = checks;
  changes.watch();
  const counted = new CountingSignal();
  const changed = changes.next(counted.signal);
  assertEquals(counted.listeners, 1);
  checks.change("a");
  assertEquals(await changed, true);
  assertEquals(counted.listeners, 0);
});

Deno.test("watch() agrees with a queue of its own for each watcher", async () => {
  const nth = fc.nat(5);
  const moves = fc.array(
    fc.oneof(
      { weight: 5, arbitrary: fc.record({ note: nth }) },
      { weight: 1, arbitrary: fc.record({ forget: nth }) },
      { weight: 4, arbitrary: fc.record({ read: nth }) },
      { weight: 1, arbitrary: fc.constant("watch" as const) },
    ),
    { maxLength: 100 },
  );
  await fc.assert(fc.asyncProperty(moves, async (moves) => {
    const checks = new Checks();
    const { changes } = checks;
    const watchers: AsyncIterator<Snapshot, void>[] = [];
    const queues: Set<string>[] = [];
    for (const move of moves) {
      if (move === "watch") {
        watchers.push(changes.watch());
        queues.push(new Set());
      } else if ("note" in move) {
        const id = "abcdef"[move.note]!;
        checks.change(id);
        for (const queue of queues) {
          queue.delete(id);
          queue.add(id);
        }
      } else if ("forget" in move) {
        const id = "abcdef"[move.forget]!;
        checks.forget(id);
        for (const queue of queues) queue.delete(id);
      } else if (queues.length > 0) {
        const nth = move.read % queues.length;
        const [id] = queues[nth]!;
        if (id === undefined) continue;
        queues[nth]!.delete(id);
        const { value } = await watchers[nth]!.next();
        assertStrictEquals(value, checks.snapshot(id));
      }
    }
    for (const [nth, queue] of queues.entries()) {
      const rest = await take(watchers[nth]!, queue.size);
      assertEquals(rest, [...queue].map((id) => checks.text(id)));
    }
    checks.close();
    for (const watcher of watchers) {
      assertEquals(await take(watcher, 1), ["end"]);
    }
  }));
});
