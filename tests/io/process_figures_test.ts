import { assert, assertEquals } from "@std/assert";
import { processFigures } from "../../src/io/process_figures.ts";

/** What a runtime may have for `process`. */
const RUNTIMES: readonly (readonly [string, unknown])[] = [
  ["no process", undefined],
  ["a process that tells nothing", {}],
  ["a process that throws", {
    cpuUsage: () => {
      throw new Error("Not implemented");
    },
    memoryUsage: () => {
      throw new Error("Not implemented");
    },
  }],
];

Deno.test({
  name: "processFigures() measures this process without any permission",
  permissions: "none",
  fn() {
    const { startedAt, cpuSeconds, residentBytes, heapBytes } =
      processFigures();
    assert(startedAt <= Date.now() && startedAt > Date.now() - 3_600_000);
    assert(cpuSeconds! > 0 && cpuSeconds! < 3600, `${cpuSeconds} s`);
    assert(heapBytes! > 1e6 && residentBytes! > heapBytes!);
  },
});

for (const [what, process] of RUNTIMES) {
  Deno.test(`processFigures() leaves out what it cannot know with ${what}`, () => {
    const real = Object.getOwnPropertyDescriptor(globalThis, "process")!;
    Object.defineProperty(globalThis, "process", {
      value: process,
      configurable: true,
    });
    try {
      assertEquals(Object.keys(processFigures()), ["startedAt"]);
    } finally {
      Object.defineProperty(globalThis, "process", real);
    }
  });
}
