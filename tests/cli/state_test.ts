import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Snapshot } from "../../src/core/types.ts";
import {
  type Ended,
  type RunningScript,
  startScript,
} from "../support/program.ts";

/** A folder with a config whose state is kept beside it. */
interface Place extends AsyncDisposable {
  readonly folder: string;
  readonly file: string;
  readonly state: string;
  /** Writes the config. */
  configure(checks: string): Promise<void>;
}

async function place(state = "state.json"): Promise<Place> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const at = {
    folder,
    file: `${folder}/lifesign.yaml`,
    state: `${folder}/${state}`,
  };
  return {
    ...at,
    configure: (checks) =>
      Deno.writeTextFile(
        at.file,
        `listen: 127.0.0.1:0\nstate: ${at.state}\nchecks:\n${checks}`,
      ),
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/** An agent that runs. */
interface RunningAgent extends RunningScript {
  /** What one of its paths answers. */
  get(
    path: string,
  ): Promise<{ readonly status: number; readonly text: string }>;
  /** One of its checks. */
  check(id: string): Promise<Snapshot>;
}

async function startAgent(
  { file, folder }: Place,
  flags: readonly string[] = [
    `--allow-read=${folder}`,
    `--allow-write=${folder}`,
  ],
): Promise<RunningAgent> {
  const agent = startScript("src/cli/main.ts", {
    flags: [
      "--allow-net=127.0.0.1",
      "--allow-run=sh",
      "--allow-env=LIFESIGN_TOKEN",
      ...flags,
    ],
    args: ["run", file],
  });
  const line = await agent.line("stderr", /listening on/);
  const url = line.replace(/^.*listening on /, "");
  const get = async (path: string) => {
    const response = await fetch(new URL(path, url));
    return { status: response.status, text: await response.text() };
  };
  return Object.assign(agent, {
    get,
    check: async (id: string) => JSON.parse((await get(`checks/${id}`)).text),
  });
}

async function end(agent: RunningScript): Promise<Ended> {
  agent.kill("SIGTERM");
  const ended = await agent.ended;
  assertEquals(ended.code, 0, ended.stderr);
  return ended;
}

// Tried once, and then not again as long as anybody looks.
const UP = '{ type: command, command: "exit 0", interval: 1d }';
const DOWN = "{ type: tcp, port: 1, retries: 1, interval: 1d }";

Deno.test("run shows the state of before a restart as stale, and is not ready", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n  down: ${DOWN}\n  gone: ${UP}\n`);
  const before = await (async () => {
    await using agent = await startAgent(at);
    for (const id of ["up", "down", "gone"]) {
      while ((await agent.check(id)).attempts === 0);
    }
    const snapshots = [await agent.check("up"), await agent.check("down")];
    await end(agent);
    return snapshots;
  })();
  // Nothing is tried for a while.
  const slow = (check: string): string =>
    check.replace("}", ", initial_delay: 1h }");
  await at.configure(
    `  up: ${slow(UP)}\n  down: ${slow(DOWN)}\n  new: ${slow(UP)}\n`,
  );
  await using agent = await startAgent(at);
  for (const was of before) {
    const { stale, nextAt: _, ...now } = await agent.check(was.id);
    const { nextAt: __, ...then } = was;
    assertEquals(stale, true);
    assertEquals(now, then);
  }
  assertEquals((await agent.check("new")).stale, undefined);
  assertEquals((await agent.get("checks/gone")).status, 404);
  const { status, text } = await agent.get("readyz?verbose");
  assertEquals(status, 503);
  assertMatch(text, /^\[-\]up healthy before the restart$/m);
  assertMatch((await agent.get("")).text, /No attempt since the restart/);
  const { stdout } = await end(agent);
  assertEquals(stdout, "");
});

Deno.test("run is ready after a restart once every check was tried", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  for (let i = 1; i <= 2; i++) {
    await using agent = await startAgent(at);
    while ((await agent.check("up")).attempts < i);
    assertEquals((await agent.get("readyz")).status, 200);
    const { stdout } = await end(agent);
    // The status is what it was.
    assertEquals(stdout === "", i === 2, stdout);
  }
});

Deno.test("run does not take over the state of a check with another target", async () => {
  await using at = await place();
  await at.configure(`  a: ${DOWN}\n`);
  {
    await using agent = await startAgent(at);
    await agent.line("stdout", /a unknown -> unhealthy/);
    await end(agent);
  }
  await at.configure(
    "  a: { type: tcp, port: 2, retries: 1, initial_delay: 1h }\n",
  );
  await using agent = await startAgent(at);
  const { status, stale } = await agent.check("a");
  assertEquals([status, stale], ["unknown", undefined]);
  await end(agent);
});

for (
  const [what, text] of [
    ["torn", '{"version":2,"checks":[\n{"id":"up","ty'],
    ["of another version", '{"version":1,"checks":[]}'],
    ["foreign", "# Shopping\n\n- milk\n"],
    ["empty", ""],
  ] as const
) {
  Deno.test(`run sets a state file aside that is ${what}, says so, and starts without it`, async () => {
    await using at = await place();
    await at.configure(`  up: ${UP}\n`);
    await Deno.writeTextFile(at.state, text);
    await using agent = await startAgent(at);
    await agent.line("stdout", /up unknown -> healthy/);
    const { stderr } = await end(agent);
    const [first] = stderr.split("\n");
    assert(
      first!.startsWith(
        `lifesign: warning: ${at.state}: not a valid state file, renamed to ${at.state}.bad: `,
      ),
      stderr,
    );
    assertEquals(await Deno.readTextFile(`${at.state}.bad`), text);
    assertMatch(await Deno.readTextFile(at.state), /"id":"up"/);
  });
}

Deno.test("run needs access to three files for its state, and runs without it", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  const files = [at.state, `${at.state}.tmp`, `${at.state}.bad`].join(",");
  const read = `--allow-read=${at.file}`;
  {
    await using agent = await startAgent(at, [read]);
    await agent.line("stdout", /up unknown -> healthy/);
    const { stderr } = await end(agent);
    const said =
      `lifesign: warning: ${at.state}: the state is not kept without ` +
      `--allow-read=${files} --allow-write=${files}\n`;
    assert(stderr.includes(said), stderr);
  }
  await Deno.writeTextFile(at.state, "torn");
  await using agent = await startAgent(at, [
    `${read},${files}`,
    `--allow-write=${files}`,
  ]);
  await agent.line("stdout", /up unknown -> healthy/);
  await end(agent);
  assertMatch(await Deno.readTextFile(at.state), /"id":"up"/);
});

Deno.test("run does not touch a folder in the place of its state file", async () => {
  await using at = await place("folder");
  await Deno.mkdir(at.state);
  await at.configure(`  up: ${UP}\n`);
  await using agent = await startAgent(at);
  await agent.line("stdout", /up unknown -> healthy/);
  const { stderr } = await end(agent);
  assertMatch(stderr, /folder: the state is not kept: not a regular file/);
  assertEquals([...Deno.readDirSync(at.state)], []);
});

Deno.test("run writes its state while it runs, and says once if it cannot", async () => {
  await using at = await place("later/state.json");
  await at.configure(`  up: { type: command, command: ":", interval: 50ms }\n`);
  await using agent = await startAgent(at);
  await agent.line("stderr", /the state cannot be kept: No such file/);
  await Deno.mkdir(`${at.folder}/later`);
  await agent.line("stderr", /the state is kept again/);
  // As if the machine had gone.
  agent.kill("SIGKILL");
  const { stderr } = await agent.ended;
  assertEquals(stderr.match(/cannot be kept/g)?.length, 1);
  assertMatch(await Deno.readTextFile(at.state), /"id":"up"/);
});
