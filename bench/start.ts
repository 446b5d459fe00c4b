// How long `lifesign check` takes from start to exit, beside `deno run` of an
// empty file:
//
//   deno task bench:start --rounds 15
//
// It also prints the time that check says each of eleven targets took: as these
// answer in less than 1 ms, what is above that is our own start.
//
// All are run once before, so that what Deno compiles is in its cache, and then
// in turns: what else the machine does shows in all of them alike.

import { parseArgs } from "node:util";
import { configFlags, script, startTarget, tlsFile } from "./processes.ts";

const { values } = parseArgs({
  args: Deno.args,
  options: {
    rounds: { type: "string", default: "15" },
    json: { type: "boolean", default: false },
  },
});

await using target = await startTarget();
const flags = await configFlags();
const authority = `127.0.0.1:${target.ports.http}`;
const secure = `https://localhost:${target.ports.https}/`;
const trusted = `--cert=${tlsFile("ca.pem")}`;
/** Deno reads no module before it is imported; it may not without permission. */
const late = [
  "--unstable-lazy-dynamic-imports",
  `--allow-read=${new URL("../", import.meta.url).pathname}`,
];
const check = (urls: string | string[], ...permissions: string[]): string[] => [
  ...flags,
  "--allow-net",
  ...permissions,
  script("../src/cli/main.ts"),
  "check",
  "--format=json",
  ...[urls].flat(),
];
const eleven = (url: string): string[] =>
  Array.from({ length: 11 }, (_, i) => `${url}/${i}`);
const config = await Deno.makeTempFile({ suffix: ".yaml" });
await Deno.writeTextFile(
  config,
  `checks: { web: { type: http, url: "${secure}", ca: ${
    tlsFile("ca.pem")
  } } }\n`,
);
const COMMANDS: Readonly<Record<string, readonly string[]>> = {
  "an empty file": [script("empty.ts")],
  "https:// by node:tls alone": [
    "--allow-net",
    "--allow-read",
    script("handshake.ts"),
    `${target.ports.https}`,
    tlsFile("ca.pem"),
  ],
  "check tcp://": check(`tcp://${authority}`),
  "check http://": check(`http://${authority}/`),
  "check https://": check(secure, trusted),
  "check of a file with https://": check(config, "--allow-read"),
  "check of eleven http://": check(eleven(`http://${authority}`)),
  "check of tcp://, http:// and exec:": check(
    [`tcp://${authority}`, `http://${authority}/`, "exec:true"],
    "--allow-run=sh",
  ),
  "check tcp://, read late": check(`tcp://${authority}`, ...late),
  "check https://, read late": check(secure, trusted, ...late),
};

/** How long one of them took, and the longest that it says a target took. */
interface Run {
  readonly ms: number;
  readonly longestMs: number;
}

async function run(name: string): Promise<Run> {
  const startedAt = performance.now();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-prompt", ...COMMANDS[name]!],
  }).output();
  if (code !== 0) throw new Error(new TextDecoder().decode(stderr));
  const ms = performance.now() - startedAt;
  const text = new TextDecoder().decode(stdout);
  const durations = text.matchAll(/"durationMs": ?([\d.]+)/g);
  const longestMs = Math.max(0, ...durations.map(([, ms]) => Number(ms)));
  return { ms, longestMs };
}

function median(values: readonly number[]): number {
  return Number(
    values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(1),
  );
}

const runs = new Map<string, Run[]>();
for (let round = 0; round <= Number(values.rounds); round++) {
  for (const name of Object.keys(COMMANDS)) {
    const found = await run(name);
    if (round > 0) runs.set(name, [...runs.get(name) ?? [], found]);
  }
}
const medians = Array.from(runs, ([name, them]) => ({
  name,
  ms: median(them.map(({ ms }) => ms)),
  longestMs: median(them.map(({ longestMs }) => longestMs)),
}));
await Deno.remove(config);
const base = medians[0]!.ms;
const results = medians.map(({ name, ms, longestMs }) => ({
  name,
  ms,
  ratio: Number((ms / base).toFixed(2)),
  longestMs,
}));
if (values.json) console.log(JSON.stringify(results, null, 2));
else {
  console.table(
    Object.fromEntries(results.map(({ name, ms, ratio, longestMs }) => [name, {
      ms,
      "ratio to an empty file": ratio,
      "longest attempt, ms": longestMs,
    }])),
  );
}
