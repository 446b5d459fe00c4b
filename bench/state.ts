// How long the event loop is held up while the state of many checks is written,
// each with 60 past attempts, and what that costs:
//
//   deno task bench:state --checks 40000
//
// The worst delay without a write shows what else the machine does meanwhile.

import process from "node:process";
import { parseArgs } from "node:util";
import { Fleet, type Outcome, probe } from "@lifesign/lifesign";
import { StateKeeper } from "../src/sinks/state/keeper.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    checks: { type: "string", default: "40000" },
    json: { type: "boolean", default: false },
  },
});
const count = Number(values.checks);
const PASS: Outcome = { verdict: "pass", detail: { httpStatus: 200 } };

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Measures the longest delay of a timer of 1 ms while something runs. */
async function worstDelayMs(run: () => Promise<unknown>): Promise<number> {
  let last = performance.now();
  let worst = 0;
  const note = (): void => {
    const now = performance.now();
    worst = Math.max(worst, now - last - 1);
    last = now;
  };
  const timer = setInterval(note, 1);
  await run();
  note();
  clearInterval(timer);
  return worst;
}

const fleet = new Fleet({ background: false });
for (let i = 0; i < count; i++) {
  const id = `check-${i}`;
  const about = { type: "http", target: `http://127.0.0.1:8080/health/${i}` };
  fleet.add(probe(() => PASS, about), { id });
  for (let j = 0; j < 60; j++) fleet.report(id, PASS, { durationMs: 12 });
}
const folder = await Deno.makeTempDir();
const path = `${folder}/state.json`;
const idleMs = await worstDelayMs(() => sleep(2000));
const before = process.cpuUsage();
const startedAt = performance.now();
let writeMs = 0;
const writingMs = await worstDelayMs(async () => {
  await using _keeper = new StateKeeper(fleet, { path, say: console.error });
  while (writeMs === 0) {
    await sleep(1);
    try {
      await Deno.stat(path);
      writeMs = performance.now() - startedAt;
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
});
const { user, system } = process.cpuUsage(before);
const { size } = await Deno.stat(path);
await Deno.remove(folder, { recursive: true });
await fleet.close();

const figures = {
  checks: count,
  "file, MB": Math.round(size / 1e6),
  "write, ms": Math.round(writeMs),
  "CPU of it, ms": Math.round((user + system) / 1000),
  "worst delay while writing, ms": Math.round(writingMs),
  "worst delay without, ms": Math.round(idleMs),
};
if (values.json) console.log(JSON.stringify(figures, null, 2));
else console.table(figures);
