// Makes many attempts with each of the options on stdin, and prints how many
// files each leaves open, and how much memory all take at most.

import { dns } from "../../src/probes/dns/dns.ts";

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const rows = await new Response(Deno.stdin.readable).json();
const left: number[] = [];
for (const { options, timeoutMs } of rows) {
  const probe = dns(options);
  const attempt = async () => {
    const signal = AbortSignal.timeout(timeoutMs);
    await probe.prepare?.(signal);
    await probe(signal);
  };
  // The runtime keeps a few files from the first use of a thing on.
  await attempt();
  const before = openFiles();
  await Promise.all(Array.from({ length: 30 }, attempt));
  let more = openFiles() - before;
  // What is closed is closed in the background.
  for (let i = 0; more > 0 && i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    more = openFiles() - before;
  }
  left.push(more);
}
console.log(JSON.stringify({ left, rss: Deno.memoryUsage().rss }));
