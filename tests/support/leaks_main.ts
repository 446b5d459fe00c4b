/**
 * Makes attempts at a server that behaves as it is asked to, and prints how
 * many files each way and behaviour leave open.
 *
 * @module
 */

import { ALL_BEHAVIOURS, isEndless, probeOf, WAYS } from "./faults.ts";

const port = Number(Deno.args[0]);

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const leaks: Record<string, number> = {};
for (const way of WAYS) {
  for (const behaviour of ALL_BEHAVIOURS) {
    const probe = probeOf(way, port, behaviour);
    const timeoutMs = isEndless(behaviour) ? 80 : 10_000;
    const attempt = () => probe(AbortSignal.timeout(timeoutMs));
    // The runtime keeps a few files from the first use of a thing on.
    await attempt();
    const before = openFiles();
    await Promise.all(Array.from({ length: 30 }, attempt));
    let left = openFiles() - before;
    // What is closed is closed in the background.
    for (let i = 0; left > 0 && i < 100; i++) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      left = openFiles() - before;
    }
    leaks[`${way} ${behaviour}`] = left;
  }
}
console.log(JSON.stringify(leaks));
