import { assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import type { Snapshot } from "../../src/core/types.ts";
import { Changes } from "../../src/fleet/changes.ts";
import { CountingSignal } from "../support/signals.ts";

/** Something whose snapshot says how often it changed. */
class Source {
  snapshot: Snapshot;

  constructor(id: string) {
    this.snapshot = { id, attempts: 0 } as Snapshot;
  }

  change(): this {
    this.snapshot = { ...this.snapshot, attempts: this.snapshot.attempts + 1 };
    return this;
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
  const changes = new Changes<Source>();
  const [a, b] = [new Source("a"), new Source("b")];
  changes.note(a.change());
  const watcher = changes.watch();
  changes.note(b.change());
  changes.note(a.change());
  assertEquals(await take(watcher, 2), ["b1", "a2"]);
  const waiting = take(watcher, 1);
  changes.note(a.change());
  assertEquals(await waiting, ["a3"]);
});

Deno.test("watch() tells a slow watcher the newest of each", async () => {
  const changes = new Changes<Source>();
  const [a, b, c] = [new Source("a"), new Source("b"), new Source("c")];
  const watcher = changes.watch();
  for (const source of [a, b, a, c, b, a]) changes.note(source.change());
  assertEquals(await take(watcher, 3), ["c1", "b2", "a3"]);
});

Deno.test("watch() tells each watcher what it has not been told", async () => {
  const changes = new Changes<Source>();
  const [a, b] = [new Source("a"), new Source("b")];
  const [quick, slow] = [changes.watch(), changes.watch()];
  changes.note(a.change());
  assertEquals(await take(quick, 1), ["a1"]);
  changes.note(b.change());
  changes.note(a.change());
  assertEquals(await take(quick, 2), ["b1", "a2"]);
  assertEquals(await take(slow, 2), ["b1", "a2"]);
});

Deno.test("watch() does not tell of what is forgotten", async () => {
  const changes = new Changes<Source>();
  const [a, b, c] = [new Source("a"), new Source("b"), new Source("c")];
  const watcher = changes.watch();
  for (const source of [a, b, c]) changes.note(source.change());
  assertEquals(await take(watcher, 1), ["a1"]);
  // Where the watcher is, what it would be told next, and a stranger.
  changes.forget(a);
  changes.forget(b);
  changes.forget(b);
  assertEquals(await take(watcher, 1), ["c1"]);
});

Deno.test("watch() gives each of two that ask at once another change", async () => {
  const changes = new Changes<Source>();
  const watcher = changes.watch();
  const both = Promise.all([take(watcher, 1), take(watcher, 1)]);
  changes.note(new Source("a").change());
  changes.note(new Source("b").change());
  assertEquals(await both, [["a1"], ["b1"]]);
});

Deno.test("watch() ends after what there is to tell when there is no more", async () => {
  const changes = new Changes<Source>();
  const [idle, behind] = [changes.watch(), changes.watch()];
  const waiting = take(idle, 2);
  changes.note(new Source("a").change());
  changes.close();
  assertEquals(await waiting, ["a1", "end"]);
  assertEquals(await take(behind, 2), ["a1", "end"]);
  assertEquals(await take(changes.watch(), 1), ["end"]);
});

Deno.test("watch() ends what waits when there is no more", async () => {
  const changes = new Changes<Source>();
  const waiting = take(changes.watch(), 1);
  changes.close();
  assertEquals(await waiting, ["end"]);
});

Deno.test("watch() ends when its signal aborts", async (t) => {
  await t.step("before it began", async () => {
    const changes = new Changes<Source>();
    const watcher = changes.watch(AbortSignal.abort());
    changes.note(new Source("a"));
    assertEquals(await take(watcher, 1), ["end"]);
  });
  await t.step("while it waits", async () => {
    const changes = new Changes<Source>();
    const controller = new AbortController();
    const waiting = take(changes.watch(controller.signal), 1);
    controller.abort();
    assertEquals(await waiting, ["end"]);
  });
  await t.step("with something left to tell", async () => {
    const changes = new Changes<Source>();
    const controller = new AbortController();
    const watcher = changes.watch(controller.signal);
    changes.note(new Source("a"));
    controller.abort();
    assertEquals(await take(watcher, 1), ["end"]);
  });
});

Deno.test("watch() ends when its loop is left, and no longer listens", async () => {
  const changes = new Changes<Source>();
  const counted = new CountingSignal();
  const watcher = changes.watch(counted.signal);
  assertStrictEquals(watcher[Symbol.asyncIterator](), watcher);
  changes.note(new Source("a"));
  for await (const _ of watcher) break;
  assertEquals(counted.listeners, 0);
  changes.note(new Source("b"));
  assertEquals(await take(watcher, 1), ["end"]);
});

Deno.test("watch() ends what waits when it is left", async () => {
  const changes = new Changes<Source>();
  const watcher = changes.watch();
  const waiting = take(watcher, 1);
  await watcher.return!();
  assertEquals(await waiting, ["end"]);
});

Deno.test("note() keeps nothing while nobody watches", async () => {
  const changes = new Changes<Source>();
  const [a, b] = [new Source("a"), new Source("b")];
  changes.note(a);
  const { signal, abort } = new class {
    readonly #controller = new AbortController();
    readonly signal = this.#controller.signal;
    readonly abort = (): void => this.#controller.abort();
  }();
  changes.watch(signal);
  changes.note(a);
  changes.note(b);
  abort();
  const watcher = changes.watch();
  assertEquals(changes.after(null, 0), null);
  changes.note(b.change());
  assertEquals(await take(watcher, 1), ["b1"]);
});

Deno.test("next() listens to its signal no longer than it waits", async () => {
  const changes = new Changes<Source>();
  changes.watch();
  const counted = new CountingSignal();
  const changed = changes.next(counted.signal);
  assertEquals(counted.listeners, 1);
  changes.note(new Source("a"));
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
    const changes = new Changes<Source>();
    const sources = [..."abcdef"].map((id) => new Source(id));
    const watchers: AsyncIterator<Snapshot, void>[] = [];
    const queues: Set<Source>[] = [];
    for (const move of moves) {
      if (move === "watch") {
        watchers.push(changes.watch());
        queues.push(new Set());
      } else if ("note" in move) {
        const source = sources[move.note]!.change();
        changes.note(source);
        for (const queue of queues) {
          queue.delete(source);
          queue.add(source);
        }
      } else if ("forget" in move) {
        const source = sources[move.forget]!;
        changes.forget(source);
        for (const queue of queues) queue.delete(source);
      } else if (queues.length > 0) {
        const nth = move.read % queues.length;
        const [source] = queues[nth]!;
        if (source === undefined) continue;
        queues[nth]!.delete(source);
        const { value } = await watchers[nth]!.next();
        assertStrictEquals(value, source.snapshot);
      }
    }
    for (const [nth, queue] of queues.entries()) {
      const rest = await take(watchers[nth]!, queue.size);
      const expected = [...queue].map(({ snapshot }) =>
        `${snapshot.id}${snapshot.attempts}`
      );
      assertEquals(rest, expected);
    }
    changes.close();
    for (const watcher of watchers) {
      assertEquals(await take(watcher, 1), ["end"]);
    }
  }));
});
