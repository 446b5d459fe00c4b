// What a fleet costs beside a loop of one's own that makes the same attempts at
// the same rate:
//
//   deno task bench:scale --monitors 2000 --interval 1s --seconds 10 --kind http
//
// Each is measured in a process of its own, against a target in another one.
//
// With --modes fleet,history, what it costs to keep the history of a fleet.
//
// A loop that cannot keep up gives up on attempts, and so has false verdicts. Then
// the figures are no good: take fewer monitors.
//
// What else the machine does shows in the figures: with --rounds, each is
// measured so often, in turns, and has its medians.

import { parseArgs } from "node:util";
import { parseDuration } from "@lifesign/lifesign";
import { configFlags, script, startTarget, tlsFile } from "./processes.ts";
import type { Figures, Task } from "./task.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    monitors: { type: "string", default: "2000" },
    interval: { type: "string", default: "1s" },
    seconds: { type: "string", default: "10" },
    kind: { type: "string", default: "http" },
    modes: { type: "string", default: "bare,fleet" },
    rounds: { type: "string", default: "1" },
    json: { type: "boolean", default: false },
  },
});

const decoder = new TextDecoder();

/** Somebody who follows the events. */
async function follow(port: number, signal: AbortSignal): Promise<void> {
  try {
    const { body } = await fetch(`http://127.0.0.1:${port}/events`, { signal });
    for await (const _ of body!) { /* as long as there are any */ }
  } catch {
    // The agent has ended, or we have.
  }
}

/** Prometheus, and somebody who looks at the page all the time. */
async function visit(port: number, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    for (const path of ["", "metrics"]) {
      try {
        await (await fetch(`http://127.0.0.1:${port}/${path}`, { signal }))
          .text();
      } catch {
        return;
      }
    }
    await new Promise((resolve) => setTimeout(resolve, 10_000));
  }
}

async function measure(task: Task): Promise<Figures> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      ...flags,
      "--allow-net",
      "--allow-run",
      "--allow-sys",
      // Only for --modes fleet,history.
      "--allow-read",
      "--allow-write",
      script("subject.ts"),
      JSON.stringify(task),
    ],
    stdout: "piped",
    stderr: task.mode === "agent" ? "piped" : "inherit",
  }).spawn();
  const end = new AbortController();
  if (task.mode === "agent") {
    const reader = child.stderr.getReader();
    const { value } = await reader.read();
    const port = Number(decoder.decode(value));
    void visit(port, end.signal);
    void follow(port, end.signal);
    void child.status.then(() => reader.cancel());
  }
  const text = await new Response(child.stdout).text();
  end.abort();
  await child.status;
  return JSON.parse(text);
}

/** The medians of some figures, and all that was wrong in any of them. */
function typical(rounds: readonly Figures[]): Figures {
  const median = (of: (figures: Figures) => number): number =>
    rounds.map(of).sort((a, b) => a - b)[rounds.length >> 1]!;
  const sum = (of: (figures: Figures) => number): number =>
    rounds.map(of).reduce((a, b) => a + b);
  return {
    attemptsPerSecond: median((figures) => figures.attemptsPerSecond),
    cpuMsPerAttempt: median((figures) => figures.cpuMsPerAttempt),
    lagMs: {
      p50: median(({ lagMs }) => lagMs.p50),
      p99: median(({ lagMs }) => lagMs.p99),
      max: Math.max(...rounds.map(({ lagMs }) => lagMs.max)),
    },
    rssMb: median(({ rssMb }) => rssMb),
    falseVerdicts: sum(({ falseVerdicts }) => falseVerdicts),
    falseStatuses: sum(({ falseStatuses }) => falseStatuses),
  };
}

const flags = await configFlags();
await using target = await startTarget();
const modes = values.modes.split(",") as Task["mode"][];
const measured = new Map<Task["mode"], Figures[]>(
  modes.map((mode) => [mode, []]),
);
for (let round = 0; round < Number(values.rounds); round++) {
  // What runs first in a round may be faster.
  for (const mode of round % 2 === 0 ? modes : modes.toReversed()) {
    const figures = await measure({
      mode,
      kind: values.kind as Task["kind"],
      monitors: Number(values.monitors),
      intervalMs: parseDuration(values.interval),
      seconds: Number(values.seconds),
      ports: target.ports,
      ca: Deno.readTextFileSync(tlsFile("ca.pem")),
    });
    measured.get(mode)!.push(figures);
  }
}
const results = Array.from(
  measured,
  ([mode, rounds]) => ({ mode, ...typical(rounds) }),
);

if (values.json) {
  console.log(JSON.stringify(results, null, 2));
} else {
  const base = results[0]!;
  console.log(
    `${values.monitors} ${values.kind} monitors every ${values.interval}, ${values.rounds} times ${values.seconds} s\n`,
  );
  console.table(Object.fromEntries(results.map((figures) => [figures.mode, {
    "attempts/s": Math.round(figures.attemptsPerSecond),
    "CPU ms/attempt": Number(figures.cpuMsPerAttempt.toFixed(4)),
    [`ratio to ${base.mode}`]: Number(
      (figures.cpuMsPerAttempt / base.cpuMsPerAttempt).toFixed(2),
    ),
    "lag p50 ms": figures.lagMs.p50,
    "lag p99 ms": figures.lagMs.p99,
    "lag max ms": figures.lagMs.max,
    "RSS MB": Math.round(figures.rssMb),
    "false verdicts": figures.falseVerdicts,
    "false statuses": figures.falseStatuses,
  }])));
}
