// What it costs to share checks:
//
//   deno task bench:cluster --checks 100000 --agents 5 --interval 60s --seconds 60
//
// Agents share checks over a real nats-server. What all of them need for an attempt
// is compared with what one agent needs that has its share of the checks and no
// `cluster:`, at the same rate; and with as many of these beside each other, which
// shows what the machine itself adds. Each figure is of --seconds after all checks
// were tried, and one interval more. No attempt may fail.

import { parseArgs } from "node:util";
import { parseDuration } from "@lifesign/lifesign";
import { NatsServer } from "../tests/support/nats.ts";
import { closedPort } from "../tests/support/servers.ts";
import { configFlags, script } from "./processes.ts";
import { host } from "./task.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    checks: { type: "string", default: "100000" },
    agents: { type: "string", default: "5" },
    interval: { type: "string", default: "60s" },
    seconds: { type: "string", default: "60" },
    kind: { type: "string", default: "tcp" },
    // How long the start may take, in seconds.
    patience: { type: "string", default: "300" },
  },
});
const [checks, agents, seconds, patience] = [
  values.checks,
  values.agents,
  values.seconds,
  values.patience,
].map(Number) as [number, number, number, number];
const intervalMs = parseDuration(values.interval);

/** The unit of CPU times in `/proc`. */
const TICKS_PER_SECOND = 100;

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const flags = await configFlags();
const folder = await Deno.makeTempDir({ dir: "/tmp" });
const decoder = new TextDecoder();

/** What some agents have cost. */
interface Figures {
  readonly attemptsPerSecond: number;
  readonly cpuMsPerAttempt: number;
  readonly rssMb: readonly number[];
  readonly targetCpu: number;
  readonly nats: Readonly<Record<string, number>>;
  /** What is wrong with the figures. */
  readonly blamed: readonly string[];
}

/** Counts what NATS has done. */
interface NatsCounts {
  readonly in: number;
  readonly out: number;
  readonly bytes: number;
  readonly stored: number;
}

/** The CPU time of a process, all its threads included, in milliseconds. */
async function cpuMs(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/stat`);
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS_PER_SECOND;
}

async function rssMb(pid: number): Promise<number> {
  const text = await Deno.readTextFile(`/proc/${pid}/status`);
  return Math.round(Number(/VmRSS:\s+(\d+)/.exec(text)![1]) / 1024);
}

async function natsCounts(port: number): Promise<NatsCounts> {
  const at = async (path: string) =>
    await (await fetch(`http://127.0.0.1:${port}/${path}`)).json();
  const { in_msgs, out_msgs, out_bytes } = await at("varz");
  const { account_details = [] } = await at("jsz?accounts=1&streams=1");
  const stored = account_details
    .flatMap((it: { stream_detail?: unknown[] }) => it.stream_detail ?? [])
    .reduce(
      (sum: number, it: { state: { last_seq: number } }) =>
        sum + it.state.last_seq,
      0,
    );
  return { in: in_msgs, out: out_msgs, bytes: out_bytes, stored };
}

/** Starts an agent that has the first so many checks. */
async function startAgent(
  name: string,
  { count, targetPort, servers }: {
    readonly count: number;
    readonly targetPort: number;
    readonly servers?: readonly string[];
  },
): Promise<{ child: Deno.ChildProcess; url: string }> {
  const listen = `127.0.0.1:${closedPort()}`;
  const file = `${folder}/${name}.yaml`;
  const { kind } = values;
  const config = {
    listen,
    ...(servers && { cluster: { servers, name: "bench", id: name } }),
    defaults: { interval: values.interval, timeout: "10s" },
    checks: Object.fromEntries(
      Array.from({ length: count }, (_, i) => [
        `check-${i}`,
        kind === "tcp"
          ? { type: "tcp", host: host(i), port: targetPort }
          : { type: "http", url: `http://${host(i)}:${targetPort}/` },
      ]),
    ),
  };
  await Deno.writeTextFile(file, JSON.stringify(config));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-q", "--no-prompt", ...flags, "-A"],
      script("../src/cli/main.ts"),
      ...["run", file],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  return { child, url: `http://${listen}/` };
}

/** Measures agents that have so many checks, with a target of their own. */
async function measure(
  count: number,
  names: readonly string[],
  nats?: { readonly url: string; readonly port: number },
): Promise<Figures> {
  const tries = nats === undefined ? count * names.length : count;
  const target = new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", "--allow-net", script("cluster_target.ts")],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const reader = target.stdout.getReader();
  const targetPort = Number(decoder.decode((await reader.read()).value));
  const tried = async () =>
    Number(
      await (await fetch(`http://127.0.0.1:${targetPort}/count`)).text(),
    );
  const started = [];
  try {
    for (const name of names) {
      started.push(
        await startAgent(name, {
          count,
          targetPort,
          ...(nats && { servers: [nats.url] }),
        }),
      );
    }
    const until = Date.now() + patience * 1000;
    while (await tried() < tries) {
      if (Date.now() > until) throw new Error("The start takes too long");
      await sleep(500);
    }
    // What was tried first comes again, and each check finds its place.
    await sleep(intervalMs);
    const pids = started.map(({ child }) => child.pid);
    const sum = async () =>
      (await Promise.all(pids.map(cpuMs))).reduce((a, b) => a + b);
    const counts = async () => ({
      at: performance.now(),
      cpu: await sum(),
      targetCpu: await cpuMs(target.pid),
      attempts: await tried(),
      ...(nats && await natsCounts(nats.port)),
    });
    const before = await counts();
    await sleep(seconds * 1000);
    const after = await counts();
    const passed = (after.at - before.at) / 1000;
    const attempts = after.attempts - before.attempts;
    const rate = (name: keyof NatsCounts) =>
      Math.round(((after[name] ?? 0) - (before[name] ?? 0)) / passed);
    const rss = await Promise.all(pids.map(rssMb));
    const blamed: string[] = [];
    for (const { url } of started) blamed.push(...await blame(url));
    return {
      attemptsPerSecond: attempts / passed,
      cpuMsPerAttempt: (after.cpu - before.cpu) / attempts,
      rssMb: rss,
      targetCpu: (after.targetCpu - before.targetCpu) / passed / 10,
      nats: nats === undefined ? {} : {
        "messages in/s": rate("in"),
        "messages out/s": rate("out"),
        "kB out/s": Math.round(rate("bytes") / 1000),
        "KV writes/s": rate("stored"),
      },
      blamed,
    };
  } finally {
    for (const { child } of started) {
      child.kill("SIGTERM");
      const killing = setTimeout(() => child.kill("SIGKILL"), 20_000);
      await child.status;
      clearTimeout(killing);
    }
    await target.stdin.close();
    await reader.cancel();
    await target.status;
  }
}

/** What an agent blames on others, or on itself. */
async function blame(url: string): Promise<string[]> {
  const blamed: string[] = [];
  const metrics = await (await fetch(`${url}metrics`)).text();
  for (
    const [line, verdict, count] of metrics.matchAll(
      /^lifesign_attempts_total\{.*verdict="(\w+)".*\} (\d+)$/gm,
    )
  ) {
    if (verdict !== "pass" && count !== "0") blamed.push(line);
  }
  const incidents = await (await fetch(`${url}incidents`)).json();
  if (incidents.length > 0) blamed.push(`${incidents.length} incidents`);
  return blamed;
}

const monitor = closedPort();
const own = Math.round(checks / agents);
const names = Array.from({ length: agents }, (_, i) => `agent-${i + 1}`);
const alone = await measure(own, ["alone"]);
const beside = await measure(own, names);
let all: Figures;
{
  await using nats = await NatsServer.start({
    config: `http: 127.0.0.1:${monitor}`,
  });
  all = await measure(checks, names, { url: nats.url, port: monitor });
}
await Deno.remove(folder, { recursive: true });
const ratioTo = (other: Figures) => all.cpuMsPerAttempt / other.cpuMsPerAttempt;
const ratio = ratioTo(alone);
console.log(
  `${checks} ${values.kind} checks every ${values.interval}, ` +
    `${agents} agents, for ${seconds} s; load ${Deno.loadavg()[0]!.toFixed(1)}`,
);
console.table(
  Object.fromEntries(
    ([
      ["alone", alone],
      [`${agents} of them`, beside],
      ["cluster", all],
    ] as const).map(([name, it]) => [name, {
      "attempts/s": Math.round(it.attemptsPerSecond),
      "CPU ms/attempt": Number(it.cpuMsPerAttempt.toFixed(4)),
      "RSS MB": it.rssMb.join(" "),
      "target CPU %": Math.round(it.targetCpu),
      ...it.nats,
    }]),
  ),
);
console.log(
  `ratio ${ratio.toFixed(2)}, at most 1.25; ` +
    `${ratioTo(beside).toFixed(2)} to ${agents} without a cluster`,
);
const blamed = [alone, beside, all].flatMap((it) => it.blamed);
for (const line of blamed) console.log(line);
const isBroken = ratio > 1.25 || blamed.length > 0;
Deno.exit(isBroken ? 1 : 0);
