// What it costs to tell that everything is down:
//
//   deno task bench:storm --checks 2000 --interval 10s --notifiers 3 --rounds 3
//
// An agent watches checks of one target, which is then closed. Each notifier is to
// get one message. How late the attempts of the next minute begin is compared with
// an agent whose notifiers tell nothing of these checks.
//
// With --dead, all receivers refuse, and what that costs in memory is shown.

import { parseArgs } from "node:util";
import { configFlags, script, startTarget } from "./processes.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    checks: { type: "string", default: "2000" },
    interval: { type: "string", default: "10s" },
    notifiers: { type: "string", default: "3" },
    seconds: { type: "string", default: "60" },
    rounds: { type: "string", default: "3" },
    dead: { type: "boolean", default: false },
  },
});

/** What the agent says at the end. */
interface Figures {
  readonly lagMs: {
    readonly p50: number;
    readonly p99: number;
    readonly max: number;
  };
  readonly rssMb: number;
  readonly unhealthy: number;
  readonly attempts: number;
}

const flags = await configFlags();
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes webhooks, and notes how many incidents each is about. */
function receiver(): {
  readonly url: string;
  readonly taken: Map<string, number[]>;
} & AsyncDisposable {
  const taken = new Map<string, number[]>();
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { pathname } = new URL(request.url);
      const { incidents } = await request.json();
      taken.set(pathname, [...taken.get(pathname) ?? [], incidents.length]);
      return new Response();
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}/`,
    taken,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function measure(
  isIdle: boolean,
): Promise<Figures & { taken: Map<string, number[]> }> {
  await using told = receiver();
  const target = await startTarget();
  const folder = await Deno.makeTempDir();
  const config = {
    listen: false,
    history: `${folder}/lifesign.db`,
    concurrency: 1000,
    per_host: 1000,
    notify: Object.fromEntries(
      Array.from({ length: Number(values.notifiers) }, (_, i) => [`n${i}`, {
        type: "webhook",
        url: values.dead ? "http://127.0.0.1:1/" : `${told.url}${i}`,
        gather: "30s",
        ...(isIdle && { groups: ["other"] }),
      }]),
    ),
    defaults: { interval: values.interval, retries: 2, backoff: false },
    checks: {
      ...Object.fromEntries(
        Array.from({ length: Number(values.checks) }, (_, i) => [`c${i}`, {
          type: "http",
          url: `http://127.0.0.1:${target.ports.http}/${i}`,
        }]),
      ),
      other: { type: "command", command: ":", group: "other" },
    },
  };
  await Deno.writeTextFile(`${folder}/lifesign.yaml`, JSON.stringify(config));
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "-q",
      ...flags,
      "-A",
      script("storm_agent.ts"),
      `${folder}/lifesign.yaml`,
    ],
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const writer = child.stdin.getWriter();
  const say = (word: string) => writer.write(new TextEncoder().encode(word));
  await sleep(15_000);
  await target[Symbol.asyncDispose]();
  await say("start\n");
  await sleep(Number(values.seconds) * 1000);
  await say("end\n");
  const { stdout } = await child.output();
  await Deno.remove(folder, { recursive: true });
  const figures = JSON.parse(new TextDecoder().decode(stdout)) as Figures;
  return { ...figures, taken: told.taken };
}

for (let round = 0; round < Number(values.rounds); round++) {
  for (const isIdle of [true, false]) {
    const { lagMs, rssMb, unhealthy, attempts, taken } = await measure(isIdle);
    const lags = [lagMs.p50, lagMs.p99, lagMs.max]
      .map((ms) => ms.toFixed(1)).join(" / ");
    const messages = [...taken].map(([path, counts]) =>
      `${path} ${counts.join("+")}`
    ).join(", ");
    console.log(
      `${isIdle ? "idle   " : "telling"}  lag p50/p99/max ${lags} ms  ` +
        `rss ${
          rssMb.toFixed(0)
        } MB  ${unhealthy} down, ${attempts} attempts  ` +
        `incidents in each message: ${messages || "none"}`,
    );
  }
}
