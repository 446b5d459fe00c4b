// Has many things begin and end before their deadlines, some of them at a time,
// and prints how many bytes each leaves behind until a full collection.

import { Deadlines, type Timed } from "../../src/io/deadlines.ts";

/** What V8 has with `--expose-gc`. */
const { gc } = globalThis as unknown as {
  gc(options: { readonly type: "minor" | "major" }): void;
};

class Timing implements Timed {
  timeoutMs = 10_000;
  startedAt = 0;
  lateMs = 0;
  extendedUntil = 0;
  place = -1;
  readonly what = new Array(256).fill(null);

  onTimeout(): void {}
}

const COUNT = 20_000;
const AT_A_TIME = 10;

const deadlines = new Deadlines();
const current: Timed[] = [];

function run(): void {
  for (let i = 0; i < COUNT; i++) {
    const timed = new Timing();
    deadlines.add(timed);
    current.push(timed);
    if (current.length > AT_A_TIME) deadlines.delete(current.shift()!);
    if (i % 500 === 0) gc({ type: "minor" });
  }
}

run();
gc({ type: "major" });
run();
gc({ type: "minor" });
const { heapUsed } = Deno.memoryUsage();
gc({ type: "major" });
console.log(Math.round((heapUsed - Deno.memoryUsage().heapUsed) / COUNT));
for (const timed of current) deadlines.delete(timed);
