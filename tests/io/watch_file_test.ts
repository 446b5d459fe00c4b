import { assertEquals, assertLess } from "@std/assert";
import { traceOf, watchFile } from "../../src/io/watch_file.ts";
import { runScript } from "../support/program.ts";

/** Watches a file, and gives what there was to hear of it. */
function watching(path: string, since?: string): {
  readonly changed: () => Promise<void>;
  readonly changes: () => number;
  readonly troubles: readonly Error[];
} & AsyncDisposable {
  const end = new AbortController();
  const troubles: Error[] = [];
  let next = Promise.withResolvers<void>();
  let changes = 0;
  const watched = watchFile(path, {
    since,
    onChange() {
      changes++;
      next.resolve();
    },
    onTrouble: (error) => troubles.push(error),
    signal: end.signal,
  });
  return {
    async changed() {
      await next.promise;
      next = Promise.withResolvers();
    },
    changes: () => changes,
    troubles,
    async [Symbol.asyncDispose]() {
      end.abort();
      await watched;
    },
  };
}

Deno.test("watchFile() calls back once at first, as nobody knows what was before", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${folder}/file`;
  await Deno.writeTextFile(path, "");
  {
    await using watcher = watching(path);
    await watcher.changed();
    const edits: number[] = [];
    while (edits.length < 5 && !edits.some((ms) => ms < 1500)) {
      const startedAt = performance.now();
      await Deno.writeTextFile(path, "x".repeat(edits.length + 1));
      await watcher.changed();
      edits.push(performance.now() - startedAt);
    }
    // Sooner than it would see by itself, once nothing holds us up.
    assertLess(Math.min(...edits), 1500);
    assertEquals(watcher.troubles, []);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("watchFile() calls back at first only if the file is another one than before", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${folder}/file`;
  await Deno.writeTextFile(path, "1");
  const since = await traceOf(path);
  {
    await using watcher = watching(path, since);
    // Longer than it would wait for the file to be quiet.
    await new Promise((resolve) => setTimeout(resolve, 500));
    assertEquals(watcher.changes(), 0);
    await Deno.writeTextFile(path, "22");
    await watcher.changed();
  }
  {
    await using watcher = watching(path, since);
    await watcher.changed();
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("watchFile() goes on to look where the system cannot tell of changes", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${folder}/later/file`;
  {
    await using watcher = watching(path);
    while (watcher.troubles.length === 0) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await Deno.mkdir(`${folder}/later`);
    await Deno.writeTextFile(path, "x");
    await watcher.changed();
    assertEquals(watcher.troubles.length, 1);
  }
  await Deno.remove(folder, { recursive: true });
});

Deno.test("watchFile() has nothing to watch in the place of a pipe", async () => {
  await using watcher = watching("/tmp");
  assertEquals(watcher.troubles, []);
});

Deno.test({
  name: "watchFile() watches the file's folder, and no folder in it",
  // Only Linux tells how many folders are watched.
  ignore: Deno.build.os !== "linux",
  async fn() {
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    await Deno.mkdir(`${folder}/a/b/c`, { recursive: true });
    const path = `${folder}/file`;
    await Deno.writeTextFile(path, "");
    const { stdout, stderr } = await runScript("tests/io/watches_main.ts", {
      flags: ["-A"],
      args: [path],
    });
    assertEquals([stdout, stderr], ["1\n", ""]);
    await Deno.remove(folder, { recursive: true });
  },
});
