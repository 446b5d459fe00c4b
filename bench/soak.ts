// Many attempts of all kinds for a while: does memory stay where it is, does
// anything leak, is anybody blamed who should not be?
//
//   deno task bench:soak --minutes 10 --rate 2000

import { parseArgs } from "node:util";
import { command, Fleet, http, type Probe, tcp } from "@lifesign/lifesign";
import { collect } from "./collect.ts";
import { startTarget } from "./processes.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    minutes: { type: "string", default: "10" },
    rate: { type: "string", default: "2000" },
  },
});
const minutes = Number(values.minutes);
const rate = Number(values.rate);
const intervalMs = 5000;

const target = await startTarget();
const port = target.ports.http;

/** What is asked, and what must come of it. */
function probeOf(i: number): { probe: Probe; expected: string } {
  const host = `127.0.${1 + (i >> 7) % 4}.${1 + i % 128}`;
  // A command costs ten times what the others do: few of them.
  if (i % 400 === 0) return { probe: command("exit 0"), expected: "healthy" };
  switch (i % 4) {
    case 0:
      return { probe: tcp({ host, port }), expected: "healthy" };
    case 1:
      return { probe: http(`http://${host}:${port}/`), expected: "healthy" };
    case 2:
      return {
        probe: http(`http://${host}:${port}/`, { status: 204 }),
        expected: "unhealthy",
      };
    default:
      return { probe: tcp({ host, port: 1 }), expected: "unhealthy" };
  }
}

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));
const openFiles = async (): Promise<number> => {
  // Deno itself reads /proc only with all permissions.
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", "ls /proc/$PPID/fd | wc -l"],
  }).output();
  return Number(new TextDecoder().decode(stdout));
};
/** What is in use: how much garbage has piled up on top of it is chance. */
async function rssMb(): Promise<number> {
  for (let i = 0; i < 3; i++) {
    collect();
    await sleep(50);
  }
  return Math.round(Deno.memoryUsage().rss / 1e6);
}

/** All checks go to a few servers. */
const LIMITS = { perHost: 256 };

// The runtime keeps a few files from the first use of a thing on: use it all.
await using warmUp = new Fleet(LIMITS);
for (let i = 0; i < 400; i++) {
  warmUp.add(probeOf(i).probe, { id: `check-${i}`, interval: 500 });
}
await sleep(2000);
await warmUp.close();
await sleep(500);
await openFiles();
const filesBefore = await openFiles();
const fleet = new Fleet(LIMITS);
const expected = new Map<string, string>();
for (let i = 0; i < rate * intervalMs / 1000; i++) {
  const id = `check-${i}`;
  const { probe, expected: status } = probeOf(i);
  expected.set(id, status);
  fleet.add(probe, { id, interval: intervalMs, retries: 1, backoff: false });
}
// Watchers that never read, and one that does.
const idle = Array.from({ length: 1000 }, () => fleet.watch());
let seen = 0;
const reading = (async () => {
  for await (const _ of fleet) seen++;
})();

const rss: number[] = [];
for (let minute = 1; minute <= minutes; minute++) {
  // What is in use shows in the lowest: the rest goes up and down by itself.
  let lowestMb = Infinity;
  for (let i = 0; i < 10; i++) {
    await sleep(6000);
    lowestMb = Math.min(lowestMb, await rssMb());
  }
  rss.push(lowestMb);
  const attempts = fleet.list().reduce(
    (sum, { attempts }) => sum + attempts,
    0,
  );
  console.log(
    `minute ${minute}: ${attempts} attempts, ${seen} seen, RSS ${
      rss.at(-1)
    } MB, ${await openFiles()} files`,
  );
}
const wrong = fleet.list().filter(({ id, status }) =>
  status !== expected.get(id)
);
await fleet.close();
await reading;
await Promise.all(idle.map((watcher) => watcher.return?.()));
await sleep(500);
const grownPercent = Math.round((rss.at(-1)! / rss[0]! - 1) * 100);
const leaked = await openFiles() - filesBefore;
console.log(
  `RSS ${grownPercent} % after the first minute, ${leaked} files left open, ${wrong.length} wrong statuses`,
);
await target[Symbol.asyncDispose]();
Deno.exit(grownPercent <= 10 && leaked <= 0 && wrong.length === 0 ? 0 : 1);
