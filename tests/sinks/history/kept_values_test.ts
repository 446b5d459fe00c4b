import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { KeptChange } from "../../../src/sinks/history/batch.ts";
import { KeptValues } from "../../../src/sinks/history/kept_values.ts";

/** A file, as far as values are concerned. */
class TestFile {
  values = new Map<string, string>();

  write(change: KeptChange | undefined): void {
    if (change?.isAll) this.values.clear();
    for (const [name, value] of change?.values ?? []) {
      if (value === null) this.values.delete(name);
      else this.values.set(name, value);
    }
  }
}

/** Writes what there is, and returns how many values that was. */
function write(kept: KeptValues, file: TestFile): number {
  const change = kept.take();
  file.write(change);
  kept.done(change);
  return change?.values.length ?? 0;
}

function sorted(values: Iterable<readonly [string, string]>): unknown[] {
  return [...values].map(([name, value]) => `${name} ${value}`).sort();
}

/** Lets everybody know what has been settled. */
async function settled(): Promise<void> {
  for (let i = 0; i < 8; i++) await Promise.resolve();
}

const NAME = fc.constantFrom("a/1", "a/2", "b/1", "__proto__", "");

const ACT = fc.oneof(
  fc.record({
    type: fc.constant("put" as const),
    name: NAME,
    value: fc.option(fc.constantFrom("x", "y"), { freq: 1 }),
  }),
  fc.record({
    type: fc.constantFrom(
      ...["take", "written", "failed", "replaced", "wait"] as const,
    ),
  }),
);

Deno.test("a file has the values that were put last, whatever fails in between", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(ACT, { maxLength: 40 }),
      fc.boolean(),
      async (acts, isReadable) => {
        let file = new TestFile();
        file.values.set("a/1", "old").set("b/1", "old");
        const kept = new KeptValues({
          stored: isReadable ? file.values : null,
        });
        const model = new Map(isReadable ? file.values : []);
        let isFirst = !isReadable;
        let taken: { readonly change: KeptChange | undefined } | null = null;
        let waiting = 0;
        const results: boolean[] = [];
        const wrong: string[] = [];
        const end = (how: string): void => {
          const { change } = taken!;
          taken = null;
          if (how === "written" && !isFirst) {
            file.write(change);
            return kept.done(change);
          }
          if (how === "failed") return kept.failed(change);
          if (!isFirst) {
            file = new TestFile();
            file.values.set("a/1", "of another").set("c", "of another");
          }
          for (const [name, value] of isFirst ? file.values : []) {
            if (!model.has(name)) model.set(name, value);
          }
          isFirst = false;
          kept.restart(new Map(file.values));
        };
        for (const act of acts) {
          if (act.type === "put") {
            const { name, value } = act;
            kept.put(name, value);
            if (value === null) model.delete(name);
            else model.set(name, value);
          } else if (act.type === "wait") {
            waiting++;
            const before = new Map(model);
            kept.written().then((isWritten) => {
              results.push(isWritten);
              // All that was put before is there, unless it was put anew.
              for (const [name, value] of isWritten ? before : []) {
                if (model.get(name) !== value) continue;
                if (file.values.get(name) !== value) wrong.push(name);
              }
            });
          } else if (act.type === "take") {
            taken ??= { change: kept.take() };
          } else if (taken !== null) {
            end(act.type);
          }
          await settled();
          assertEquals(sorted(kept.list("")), sorted(model));
        }
        if (taken !== null) end("failed");
        if (isFirst) {
          taken = { change: kept.take() };
          end("replaced");
        }
        write(kept, file);
        write(kept, file);
        assertEquals(sorted(file.values), sorted(model));
        await settled();
        assertEquals([results.length, wrong], [waiting, []]);
        assertEquals(write(kept, file), 0);
      },
    ),
    { numRuns: 1000 },
  );
});

Deno.test("list() has the values whose names begin so, and no others", () => {
  const kept = new KeptValues({ stored: new Map([["a/1", "x"], ["ab", "y"]]) });
  kept.put("a/2", "z");
  kept.put("__proto__", "p");
  assertEquals(kept.list("a/"), [["a/1", "x"], ["a/2", "z"]]);
  assertEquals(kept.list("__"), [["__proto__", "p"]]);
  // What is put in a loop over it does not go on for ever.
  for (const [name, value] of kept.list("")) kept.put(`${name}+`, value);
  assertEquals(kept.list("").length, 8);
});

Deno.test("written() tells when the values are written, and when they cannot be", async () => {
  let awaited = 0;
  const file = new TestFile();
  const kept = new KeptValues({
    stored: file.values,
    onAwaited: () => awaited++,
  });
  assertEquals([await kept.written(), awaited], [true, 0]);
  kept.put("a", "1");
  const first = kept.written();
  const second = kept.written();
  assertEquals([awaited, kept.isAwaited], [1, true]);
  const change = kept.take();
  assertEquals(kept.isAwaited, false);
  // Nothing new was put: the write of now is meant.
  const third = kept.written();
  kept.put("a", "2");
  const fourth = kept.written();
  kept.done(change);
  assertEquals(await Promise.all([first, second, third]), [true, true, true]);
  assertEquals(kept.isAwaited, true);
  kept.failed(kept.take());
  assertEquals(await fourth, false);
  // It is known that it cannot be written now.
  assertEquals(await kept.written(), false);
  write(kept, file);
  assertEquals([await kept.written(), file.values.get("a")], [true, "2"]);
});

Deno.test("a file that begins anew lets those wait who wait for a write", async () => {
  const kept = new KeptValues({ stored: new Map() });
  kept.put("a", "1");
  const first = kept.written();
  kept.take();
  kept.put("b", "1");
  const second = kept.written();
  kept.restart(new Map());
  assertEquals(kept.isAwaited, true);
  let isSettled = false;
  void Promise.race([first, second]).then(() => isSettled = true);
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(isSettled, false);
  const file = new TestFile();
  write(kept, file);
  assertEquals(await Promise.all([first, second]), [true, true]);
  assertEquals(sorted(file.values), ["a 1", "b 1"]);
});

Deno.test("values that come and go while nothing can be written leave nothing behind", () => {
  const kept = new KeptValues({ stored: new Map([["stays", "1"]]) });
  kept.failed(kept.take());
  for (let i = 0; i < 100_000; i++) {
    kept.put(`name/${i}`, "value");
    // Every other one is in an entry that cannot be written.
    if (i % 1000 === 0) kept.failed(kept.take());
    kept.put(`name/${i}`, null);
    kept.put("stays", `${i}`);
  }
  const change = kept.take()!;
  assertEquals(change.values, [["stays", "99999"]]);
  assert(!change.isAll);
});
