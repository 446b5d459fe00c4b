// Makes many attempts at servers that are at fault, on the ports of stdin, and
// prints how many files each leaves open, and how much memory all take at most.

import { websocket } from "../../src/probes/websocket/websocket.ts";
import { FAULTS, OPTIONS } from "./websocket_faults.ts";

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const ports: Record<string, number> = await new Response(Deno.stdin.readable)
  .json();
const left: Record<string, number> = {};
for (const { name, isEndless } of FAULTS) {
  const probe = websocket(`ws://127.0.0.1:${ports[name]}`, OPTIONS);
  const attempt = () => probe(AbortSignal.timeout(isEndless ? 80 : 10_000));
  // The runtime keeps a few files from the first use of a thing on.
  await attempt();
  const before = openFiles();
  await Promise.all(Array.from({ length: 12 }, attempt));
  let more = openFiles() - before;
  // What is closed is closed in the background; the runtime opens one or two
  // files of its own at any time.
  for (let i = 0; more >= 6 && i < 100; i++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    more = openFiles() - before;
  }
  if (more >= 6) left[name] = more;
}
console.log(JSON.stringify({ left, rss: Deno.memoryUsage().rss }));
