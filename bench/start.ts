// How long `lifesign check` takes from start to exit, beside `deno run` of an
// empty file:
//
//   deno task bench:start --rounds 15
//
// All are run once before, so that what Deno compiles is in its cache, and then
// in turns: what else the machine does shows in all of them alike.

import { parseArgs } from "node:util";
import { PROXY_VARIABLES } from "../src/probes/http/proxy_env.ts";
import { configFlags, script, startTarget } from "./processes.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "15" },
    json: { type: "boolean", default: false },
  },
});

await using target = await startTarget();
const flags = await configFlags();
const authority = `127.0.0.1:${target.port}`;
const check = (url: string, ...permissions: string[]): string[] => [
  ...flags,
  "--allow-net",
  ...permissions,
  script("../src/cli/main.ts"),
  "check",
  url,
];
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "an empty file": [script("empty.ts")],
  "check tcp://": check(`tcp://${authority}`),
  "check http://": check(
    `http://${authority}/`,
    `--allow-env=${PROXY_VARIABLES.join()}`,
  ),
  // It has to go by `node:http`, as there may be a proxy.
  "check http://, without --allow-env": check(`http://${authority}/`),
};

/** Runs one of them, and gives how long it takes. */
async function timeMs(name: string): Promise<number> {
  const startedAt = performance.now();
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...COMMANDS[name]!],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  return performance.now() - startedAt;
}

const times = new Map<string, number[]>();
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const name of Object.keys(COMMANDS)) {
    const ms = await timeMs(name);
    if (round > 0) times.set(name, [...times.get(name) ?? [], ms]);
  }
}
const medians = Array.from(
  times,
  ([name, ms]) => ({ name, ms: ms.sort((a, b) => a - b)[ms.length >> 1]! }),
);
const base = medians[0]!.ms;
const results = medians.map(({ name, ms }) => ({
  name,
  ms: Number(ms.toFixed(1)),
  ratio: Number((ms / base).toFixed(2)),
}));
if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  console.table(
    Object.fromEntries(results.map(({ name, ms, ratio }) => [name, {
      ms,
      "ratio to an empty file": ratio,
    }])),
  );
}
