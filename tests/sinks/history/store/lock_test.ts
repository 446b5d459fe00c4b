import { assertThrows } from "@std/assert";
import { InUseError, lock } from "../../../../src/sinks/history/store/place.ts";
import { place } from "./place.ts";

Deno.test("lock() keeps others out until it is disposed of", async () => {
  await using at = await place();
  {
    using _lock = lock(at.path);
    assertThrows(() => lock(at.path), InUseError);
  }
  lock(at.path)[Symbol.dispose]();
});

Deno.test("a lock ends when it is disposed of, also while a process is being started", async () => {
  await using at = await place();
  const source = `for (let i = 0; i < 200; i++) {
    new Deno.Command("sh", { args: ["-c", ":"] }).outputSync();
  }
  postMessage("ended");`;
  const worker = new Worker(
    `data:text/javascript,${encodeURIComponent(source)}`,
    { type: "module" },
  );
  let ended = false;
  worker.onmessage = () => ended = true;
  while (!ended) {
    for (let i = 0; i < 1000; i++) lock(at.path)[Symbol.dispose]();
    await new Promise((resolve) => setTimeout(resolve));
  }
  worker.terminate();
});
