// Whether notifications keep their promises while everything goes wrong:
//
//   deno task test:chaos --seconds 600 --checks 200 --kills 20 --reloads 50
//
// A real agent watches checks that flap. Two receivers fail, hang, refuse and put
// off; the agent is killed with SIGKILL, and its config is changed. At the end all
// is well, and what each receiver has taken is counted: every incident that was
// told has exactly one end, no end lacks a beginning, messages about an incident
// have the order of time, and what comes twice has the same id.

import { parseArgs } from "node:util";
import { type RunningScript, startScript } from "../support/program.ts";
import { Receiver } from "./receiver.ts";
import { Targets } from "./targets.ts";
import { type Finding, judge } from "./verdict.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    seconds: { type: "string", default: "600" },
    checks: { type: "string", default: "200" },
    kills: { type: "string", default: "20" },
    reloads: { type: "string", default: "50" },
    // How long targets are up, in seconds, on average.
    up: { type: "string", default: "15" },
    // How long the last messages may take, in seconds.
    patience: { type: "string", default: "900" },
  },
});
const [seconds, checks, kills, reloads, patience] = [
  values.seconds,
  values.checks,
  values.kills,
  values.reloads,
  values.patience,
].map(Number) as [number, number, number, number, number];

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const port = await freePort();
const folder = await Deno.makeTempDir({ dir: "/tmp" });
const file = `${folder}/lifesign.yaml`;

await using targets = new Targets(checks, Number(values.up) * 1000);
await using team = new Receiver("team");
await using pager = new Receiver("pager");
const receivers = [team, pager];

/** A config, which is another one each time. */
function config(turn: number): string {
  const watched = Array.from({ length: checks }, (_, i) => i)
    // Some checks come and go.
    .filter((i) => turn < 0 || i % 20 !== 7 || (i + turn) % 3 !== 0);
  const odd = turn % 2 === 0;
  return JSON.stringify({
    listen: `127.0.0.1:${port}`,
    history: `${folder}/lifesign.db`,
    notify: {
      team: {
        type: "webhook",
        url: team.url,
        gather: odd ? "1s" : "2s",
        remind: "1m",
        limit: 1_000_000,
      },
      pager: {
        type: "webhook",
        url: pager.url,
        gather: 0,
        after: odd ? "2s" : "1s",
        limit: 1_000_000,
      },
    },
    defaults: { interval: "1s", timeout: "900ms", retries: 2 },
    checks: Object.fromEntries(watched.map((i) => [`check-${i}`, {
      type: "http",
      url: `${targets.url}${i}`,
      group: `group-${i % 5}`,
      backoff: false,
      ...(i % 10 === 3 && { depends_on: ["check-0"] }),
      ...(odd && i % 7 === 0 && { interval: "1100ms", retries: 1 }),
    }])),
  });
}

/** The agent notices a new file by itself. */
async function write(turn: number): Promise<void> {
  await Deno.writeTextFile(`${file}.new`, config(turn));
  await Deno.rename(`${file}.new`, file);
}

/** Starts an agent, and says so if it ends by itself. */
function start(): RunningScript {
  const agent = startScript("src/cli/main.ts", {
    flags: ["-A"],
    args: ["run", file],
  });
  void agent.ended.then(({ code, signal, stderr }) => {
    if (signal === null && code !== 0) {
      console.error(`the agent ended with ${code}: ${stderr.slice(-4000)}`);
    }
  });
  return agent;
}

/** Waits until an agent has nothing more to tell, and returns whether it has. */
async function isQuiet(untilMs: number): Promise<boolean> {
  let quietFor = 0;
  while (Date.now() < untilMs) {
    await sleep(1000);
    try {
      const at = (path: string) => `http://127.0.0.1:${port}/${path}`;
      const notifiers = await (await fetch(at("notifications"))).json();
      const list = await (await fetch(at("checks"))).json();
      const isDone = notifiers.every((each: { pending: number }) =>
        each.pending === 0
      ) && list.every((each: { status: string }) => each.status === "healthy");
      quietFor = isDone ? quietFor + 1 : 0;
    } catch {
      quietFor = 0;
    }
    // What was gathered just now is not pending yet.
    if (quietFor >= 8) return true;
  }
  return false;
}

await write(0);
let agent = start();
const began = Date.now();
const endAt = began + seconds * 1000;
const events = [
  ...Array.from({ length: kills }, () => "kill"),
  ...Array.from({ length: reloads }, () => "reload"),
].map((what) => ({ what, at: began + Math.random() * seconds * 1000 }))
  .sort((a, b) => a.at - b.at);
const done = { kill: 0, reload: 0 };
targets.flap();
for (const receiver of receivers) receiver.misbehave();
for (const { what, at } of events) {
  await sleep(Math.max(0, at - Date.now()));
  if (what === "kill") {
    agent.kill("SIGKILL");
    await agent.ended;
    await sleep(Math.random() * 2000);
    agent = start();
    done.kill++;
  } else {
    await write(++done.reload);
  }
}
await sleep(Math.max(0, endAt - Date.now()));
targets.heal();
for (const receiver of receivers) receiver.behave();
await write(-1);
const isDone = await isQuiet(Date.now() + patience * 1000);
agent.kill("SIGTERM");
const { stderr } = await agent.ended;

const findings: Finding[] = receivers.flatMap((receiver) =>
  judge(receiver.name, receiver.taken)
);
console.log(`${done.kill} kills, ${done.reload} reloads, ${checks} checks`);
for (const { name, taken, refused } of receivers) {
  const ids = new Set(taken.map(({ id }) => id));
  const incidents = new Set(taken.flatMap((it) => it.incidents));
  console.log(
    `${name}: ${ids.size} messages about ${incidents.size} incidents, ` +
      `${taken.length - ids.size} of them twice; ` +
      `attempts without success: ${JSON.stringify(refused)}`,
  );
}
if (!isDone) findings.push({ notifier: "all", what: "not done in time" });
for (const { notifier, what } of findings) console.log(`${notifier}: ${what}`);
console.log(findings.length === 0 ? "all promises kept" : "promises broken");
if (findings.length > 0) console.log(stderr.slice(-4000));
await Deno.remove(folder, { recursive: true });
Deno.exit(findings.length === 0 ? 0 : 1);

async function freePort(): Promise<number> {
  const listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  const { port } = listener.addr;
  listener.close();
  await Promise.resolve();
  return port;
}
