// Whether agents of a cluster keep their promises while everything goes wrong:
//
//   deno task test:chaos:cluster --agents 4 --checks 3000 --faults kill,nats
//
// Real agents share checks over a real nats-server; some targets go down and come
// back by schedule. One fault comes after the other, and after each one all is
// watched for --seconds. The columns are
//
// - gap: the longest time between two attempts of one check, at most its interval
//   and 15 s
// - twice: attempts that came within half an interval of the one before, at most
//   2 % until the --seconds after; after a partition and a rolling change, during
//   which agents do not share what they have
// - false: transitions and incidents, at any agent, that no target explains: none
// - lost, doubled: messages about targets that went down and came back: none;
//   doubled only in a partition, and told again with another key only then
// - agree: until all agents showed the same, at most 15 s after the fault
//
// With --alone, the agents know nothing of each other: then it has to fail.

import { parseArgs } from "node:util";
import { Cluster } from "./cluster/cluster.ts";
import { FAULTS } from "./cluster/faults.ts";
import { Network } from "./cluster/network.ts";
import { allowed, measure, type Row, tell } from "./cluster/rows.ts";
import { judge } from "./verdict.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    agents: { type: "string", default: "4" },
    checks: { type: "string", default: "3000" },
    // The interval of all checks, in seconds.
    interval: { type: "string", default: "10" },
    // How long all is watched after each fault.
    seconds: { type: "string", default: "60" },
    // How long agents are stopped or cut off, and twins live, in seconds.
    long: { type: "string", default: "30" },
    faults: { type: "string", default: Object.keys(FAULTS).join() },
    // By how much limits are multiplied, on a machine that is busy.
    lenient: { type: "string", default: "1" },
    alone: { type: "boolean", default: false },
  },
});
const intervalMs = Number(values.interval) * 1000;
const faults = values.faults.split(",");
for (const name of faults) {
  if (!Object.hasOwn(FAULTS, name)) throw new Error(`No fault ${name}`);
}
const limits = allowed(intervalMs, Number(values.lenient));
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

const rows: Row[] = [];
const notes: string[] = [];
let isBroken = false;
{
  await using cluster = await Cluster.start({
    agents: Number(values.agents),
    checks: Number(values.checks),
    intervalMs,
    isCut: faults.includes("partition"),
    isAlone: values.alone,
  });
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, async () => {
      await cluster[Symbol.asyncDispose]();
      Deno.exit(130);
    });
  }
  const { target, receiver, network } = cluster;
  const seconds = Number(values.seconds);
  const settled = await cluster.agree(60_000 + 2 * intervalMs);
  if (settled.why !== "") notes.push(`at the start: ${settled.why}`);
  target.flap(limits.outageMs);
  await sleep(Math.min(seconds * 1000, 2 * intervalMs));
  const how = { cluster, limits, seconds, notes };
  for (const name of faults) {
    if (name === "partition" && !(network instanceof Network)) {
      notes.push(`partition is left out: ${network}`);
      continue;
    }
    const happening = await FAULTS[name]!(cluster, Number(values.long) * 1000);
    rows.push(await measure({ ...how, name, happening }));
    const { undo } = happening;
    if (undo === undefined || name === faults.at(-1)) continue;
    const back = `${name}, back`;
    rows.push(await measure({ ...how, name: back, happening: { act: undo } }));
  }
  const end = { act: () => target.calm() };
  rows.push(await measure({ ...how, name: "end", happening: end, seconds: 0 }));
  // Who was down last is told of.
  const until = Date.now() + limits.latestMs;
  const isOpen = () =>
    judge("pager", receiver.taken).some(({ what }) => what.includes("end"));
  while (isOpen() && Date.now() < until) await sleep(500);
  await sleep(2000);
  isBroken = tell(rows, { cluster, limits, notes });
  for (const member of cluster.members) await member.end();
  for (const { name, ends } of cluster.members) {
    const code = ends.find((it) => it.code !== 0)?.code;
    if (code !== undefined) notes.push(`${name} ended with ${code}`);
  }
}
for (const note of notes) console.log(note);
console.log(isBroken ? "promises broken" : "all promises kept");
Deno.exit(isBroken ? 1 : 0);
