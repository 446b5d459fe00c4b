import { assert, assertEquals, assertLessOrEqual } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { setImmediate } from "node:timers/promises";
import { timers } from "../../../src/io/deadlines.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { fromText } from "../../../src/sinks/state/format.ts";
import { StateKeeper } from "../../../src/sinks/state/keeper.ts";
import { FAIL, hang, PASS, scripted } from "../../support/probes.ts";
import { startScript } from "../../support/program.ts";
import { advance } from "../../support/time.ts";

/** A place for a state, which is gone at the end of the block. */
async function place(): Promise<
  { readonly folder: string; readonly path: string } & AsyncDisposable
> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  return {
    folder,
    path: `${folder}/state.json`,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** Waits for some turns of the event loop, in real time. */
async function realTurns(): Promise<void> {
  for (let i = 0; i < 20; i++) await setImmediate();
  await new Promise((resolve) => {
    timers.setTimeout.call(globalThis, resolve as () => void, 20);
  });
}

/** Waits until something is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!await isSo()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** How many attempts of `a` a file knows of. */
async function checksIn(path: string): Promise<number> {
  try {
    return fromText(await Deno.readTextFile(path))[0]?.attempts ?? 0;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return 0;
    throw error;
  }
}

Deno.test("StateKeeper writes the state at most once a second, and at the end", async () => {
  await using at = await place();
  const said: string[] = [];
  const fleet = new Fleet();
  fleet.add(scripted([PASS]), { id: "a", interval: 10 });
  const files = new Set<number | null>();
  const startedAt = performance.now();
  {
    await using _keeper = new StateKeeper(fleet, {
      path: at.path,
      say: (text) => said.push(text),
    });
    await until(async () => {
      const { ino } = await Deno.stat(at.path).catch(() => ({ ino: null }));
      files.add(ino);
      return await checksIn(at.path) > 50;
    });
    const seconds = (performance.now() - startedAt) / 1000;
    assertLessOrEqual(files.size, 2 + seconds);
    await fleet.close();
  }
  assertEquals(await checksIn(at.path), fleet.get("a")!.attempts);
  assertEquals(said, []);
  const names = Array.from(Deno.readDirSync(at.folder), ({ name }) => name);
  assertEquals(names, ["state.json"]);
  assertEquals((await Deno.stat(at.path)).mode! & 0o777, 0o600);
});

Deno.test("StateKeeper writes again only after a step that changes a saved field", async () => {
  using time = new FakeTime();
  await using at = await place();
  const fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS, hang]), { id: "a" });
  fleet.add(scripted([PASS]), { id: "b" });
  await fleet.attempt("a");
  const keeper = new StateKeeper(fleet, { path: at.path, say() {} });
  /** Removes the file, and says whether it is written after some seconds. */
  const isWrittenAfter = async (act: () => unknown): Promise<boolean> => {
    await Deno.remove(at.path);
    await act();
    for (let i = 0; i < 3; i++) {
      await advance(time, 1500);
      await realTurns();
    }
    return await checksIn(at.path) > 0;
  };
  while (await checksIn(at.path) === 0) await realTurns();
  assertEquals(await isWrittenAfter(() => {}), false);
  await Deno.writeTextFile(at.path, "");
  const begin = (): void => void fleet.attempt("a").catch(() => {});
  assertEquals(await isWrittenAfter(begin), false);
  await Deno.writeTextFile(at.path, "");
  const steps = [
    () => fleet.attempt("b"),
    () => fleet.report("b", FAIL),
    () => fleet.arrange(["b", "a"]),
    () => fleet.replace(scripted([PASS]), { id: "b" }),
    () => fleet.remove("b"),
  ];
  for (const step of steps) assert(await isWrittenAfter(step), String(step));
  await fleet.close();
  await Deno.remove(at.path);
  await keeper[Symbol.asyncDispose]();
  await keeper[Symbol.asyncDispose]();
  assertEquals(await checksIn(at.path), 0);
});

Deno.test("StateKeeper writes many checks in slices, each within its time", async () => {
  await using at = await place();
  await using fleet = new Fleet({ background: false });
  for (let i = 0; i < 100; i++) {
    fleet.add(scripted([PASS]), { id: `c${i}` });
    fleet.report(`c${i}`, PASS);
  }
  const { write } = Deno.FsFile.prototype;
  const { now } = performance;
  let writes = 0;
  Deno.FsFile.prototype.write = function (bytes) {
    writes++;
    return write.call(this, bytes);
  };
  // Each look at the clock is 1 ms after the last one.
  let ms = now.call(performance);
  Object.defineProperty(performance, "now", {
    value: () => ms++,
    configurable: true,
  });
  try {
    await using _keeper = new StateKeeper(fleet, { path: at.path, say() {} });
    await until(async () => {
      try {
        await Deno.stat(at.path);
        return true;
      } catch {
        return false;
      }
    });
  } finally {
    Deno.FsFile.prototype.write = write;
    Object.defineProperty(performance, "now", {
      value: now,
      configurable: true,
    });
  }
  assert(writes >= 10, `${writes} writes`);
  assertEquals((await Deno.readTextFile(at.path)).includes('"c99"'), true);
});

Deno.test("StateKeeper says once that it cannot write, and goes on once it can", async () => {
  await using at = await place();
  const path = `${at.folder}/later/state.json`;
  const said: string[] = [];
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([PASS]), { id: "a" });
  await fleet.attemptAll();
  await using _keeper = new StateKeeper(fleet, {
    path,
    say: (text) => said.push(text),
  });
  await until(() => said.length > 0);
  // Long enough for it to have tried again.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  assertEquals(said.length, 1);
  assert(said[0]!.startsWith(`${path}: the state cannot be kept: No such`));
  await Deno.mkdir(`${at.folder}/later`);
  // Though nothing is new since.
  await until(async () => await checksIn(path) === 1);
  await until(() => said.length === 2);
  assertEquals(said[1], `${path}: the state is kept again`);
});

Deno.test("StateKeeper goes on where the disk is full for a while", async () => {
  await using at = await place();
  // A temporary file that nothing more can be written to.
  await new Deno.Command("ln", {
    args: ["-s", "/dev/full", `${at.path}.tmp`],
  }).output();
  const writer = startScript("tests/sinks/state/writer_main.ts", {
    flags: ["-A"],
    args: [at.path, "1"],
  });
  await using _writer = writer;
  await writer.line("stderr", /cannot be kept: No space left/);
  await writer.line("stderr", /kept again/);
  assertEquals(await checksIn(at.path) > 0, true);
});

Deno.test("a state is never torn, whenever its writer is killed", async () => {
  await using at = await place();
  let last = 0;
  for (let i = 0; i < 15 || last < 2 && i < 60; i++) {
    await using writer = startScript("tests/sinks/state/writer_main.ts", {
      flags: ["-A"],
      args: [at.path, "2000"],
    });
    await writer.line("stdout", /written/);
    await new Promise((resolve) => setTimeout(resolve, i * 11));
    writer.kill("SIGKILL");
    await writer.ended;
    const records = fromText(await Deno.readTextFile(at.path));
    assertEquals(records.length, 2000);
    last = Math.max(last, records[0]!.attempts);
  }
  assert(last > 1, `${last} writings at most`);
});
