/**
 * Tries targets whose names cannot be resolved as the name server is silent,
 * and prints what came of it. It is run within `SILENT_DNS`.
 *
 * @module
 */

import { createSocket } from "node:dgram";
import type { Outcome, Probe } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { http } from "../../src/probes/http/http.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";
import { unstalled } from "./busy.ts";
import { obedientServer, probeOf, type Way, WAYS } from "./faults.ts";
import { type Ended, lifesign } from "./program.ts";

/** What it prints. */
export interface Report {
  /** What one attempt at a name came to, each way. */
  readonly alone: Readonly<Record<Way, Outcome>>;
  /** What `check` said and how it ended, each way to ask by HTTP. */
  readonly programs: readonly Ended[];
  /** Why very many checks of names became unhealthy, each reason once. */
  readonly names: readonly string[];
  /** The same of healthy checks by address, and their changes of status. */
  readonly addresses: readonly string[];
  /** The attempts that the healthy checks had while the others hung. */
  readonly attempts: readonly number[];
  /** How many threads there were at the end. */
  readonly threads: number;
  /** How many files were left open. */
  readonly leaked: number;
}

const NAMES = 600;

/** A probe of a name that nobody can resolve. */
function named(way: Way, name: string): Probe {
  switch (way) {
    case "tcp":
      return tcp({ host: name, port: 80 });
    case "http":
      return http(`http://${name}/`);
    case "address":
      return http("http://shop.invalid/", { address: `${name}:80` });
    default:
      return way satisfies never;
  }
}

function threads(): number {
  const status = Deno.readTextFileSync("/proc/self/status");
  return Number(/Threads:\s+(\d+)/.exec(status)![1]);
}

function openFiles(): number {
  return [...Deno.readDirSync("/proc/self/fd")].length;
}

const silent = createSocket("udp4");
await new Promise<void>((resolve) => silent.bind(53, "127.0.0.1", resolve));
await using server = await obedientServer();

const alone: Partial<Record<Way, Outcome>> = {};
for (const way of WAYS) {
  alone[way] = await named(way, "db.example")(AbortSignal.timeout(1000));
}

const targets = ["tcp://db.example:80", "http://db.example/"];
const programs = await Promise.all([
  ["--allow-net", "--allow-env"],
  ["--allow-net"],
].map((flags) =>
  unstalled(() => lifesign(["check", "--timeout=1s", ...targets], { flags }))
));

await Promise.all(
  WAYS.map((way) => probeOf(way, server.port)(AbortSignal.timeout(10_000))),
);
const before = openFiles();
const found = new Set<string>();
const fleet = new Fleet({
  onChange({ id, status, reason }) {
    if (!id.startsWith("name") || status !== "unhealthy") return;
    found.add(`${reason!.code}: ${reason!.message}`);
  },
});
const often = { interval: 200, retries: 1, backoff: false } as const;
for (const way of WAYS) {
  fleet.add(probeOf(way, server.port), { id: way, timeout: "10s", ...often });
}
const names = Array.from({ length: NAMES }, (_, i) => `name-${i}.example`);
for (const [i, id] of names.entries()) {
  fleet.add(named(WAYS[i % WAYS.length]!, id), { id, timeout: "1s", ...often });
}
await fleet.until("unhealthy", { ids: names });
const first = WAYS.map((way) => fleet.get(way)!.attempts);
// By now every thread that resolves names is taken.
for (let i = 0; i < 3; i++) {
  await Promise.all(WAYS.map((way) => fleet.attempt(way)));
}
const addresses = WAYS.map((way) => {
  const { status, transitions } = fleet.get(way)!;
  return `${way} ${status} ${transitions}`;
});
const attempts = WAYS.map((way, i) => fleet.get(way)!.attempts - first[i]!);
await fleet.close();
const report: Report = {
  alone: alone as Report["alone"],
  programs,
  names: [...found].sort(),
  addresses,
  attempts,
  threads: threads(),
  leaked: openFiles() - before,
};
console.log(JSON.stringify(report));
// The system's resolver holds on to names that `node:http` asked for.
Deno.exit();
