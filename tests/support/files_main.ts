/**
 * Makes attempts of the probes that its argument tells of, and prints how many
 * files those of each leave open.
 *
 * @module
 */

import { tls } from "../../src/probes/tls/tls.ts";
import { udp } from "../../src/probes/udp/udp.ts";

const makers = { tls, udp };

interface Row {
  readonly type: keyof typeof makers;
  readonly options: never;
  readonly timeoutMs: number;
}

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const rows: readonly Row[] = JSON.parse(Deno.args[0]!);
const leaks: number[] = [];
for (const { type, options, timeoutMs } of rows) {
  const probe = makers[type](options);
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
  leaks.push(left);
}
console.log(JSON.stringify(leaks));
