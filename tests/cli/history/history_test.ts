import { assert, assertEquals, assertMatch } from "@std/assert";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { SOURCES } from "../../support/agent.ts";
import { statesIn } from "../../support/history.ts";
import { DOWN, end, place, startAgent, UP } from "./agents.ts";

Deno.test("run shows what it knew before a restart as stale, and is not ready", async () => {
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

Deno.test("run does not take over the state of a check with another target, but keeps its past", async () => {
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
  using store = new Store(at.db, { readOnly: true });
  const number = store.checks().get("a")!;
  assertEquals(store.attempts(number, { from: 0, to: 9e12 }).length, 1);
});

for (
  const [what, text, why] of [
    ["foreign", "# Shopping\n\n- milk\n", "not a SQLite database"],
    [
      "a state of an earlier version",
      '{"version":2,"checks":[]}',
      "not a SQLite database",
    ],
  ] as const
) {
  Deno.test(`run sets a file aside that is ${what}, says so, and starts without it`, async () => {
    await using at = await place();
    await at.configure(`  up: ${UP}\n`);
    await Deno.writeTextFile(at.db, text);
    await using agent = await startAgent(at);
    await agent.line("stdout", /up unknown -> healthy/);
    const { stderr } = await end(agent);
    assertEquals(
      stderr.split("\n")[0],
      `lifesign: warning: ${at.db}: not a valid history, renamed to ${at.db}.bad: ${why}`,
    );
    assertEquals(await Deno.readTextFile(`${at.db}.bad`), text);
    assertMatch(statesIn(at.db), /"id":"up"/);
  });
}

Deno.test("run makes a history of an empty file, that only its owner may read", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  await using agent = await startAgent(at);
  await agent.line("stdout", /up unknown -> healthy/);
  await end(agent);
  assertEquals((await Deno.stat(at.db)).mode! & 0o777, 0o600);
  const names = Array.from(Deno.readDirSync(at.folder), ({ name }) => name);
  assertEquals(names.sort(), [
    "lifesign.db",
    "lifesign.db.lock",
    "lifesign.yaml",
  ]);
});

Deno.test("run needs access to some files for its history, and runs without it", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  const files = ["", "-wal", "-shm", ".lock", ".bad", ".bad-wal"]
    .map((end) => at.db + end).join(",");
  const read = `--allow-read=${at.file}`;
  {
    await using agent = await startAgent(at, [read]);
    await agent.line("stdout", /up unknown -> healthy/);
    const { stderr } = await end(agent);
    const said =
      `lifesign: warning: ${at.db}: the history is not kept without ` +
      `--allow-read=${files} --allow-write=${files}\n`;
    assert(stderr.includes(said), stderr);
  }
  await Deno.writeTextFile(at.db, "torn");
  await using agent = await startAgent(at, [
    `${read},${files},${SOURCES}`,
    `--allow-write=${files}`,
  ]);
  await agent.line("stdout", /up unknown -> healthy/);
  const { stderr } = await end(agent);
  assertMatch(stderr, /^lifesign: warning: .* renamed to /);
  assertEquals(stderr.match(/warning/g)?.length, 1, stderr);
  assertMatch(statesIn(at.db), /"id":"up"/);
});

Deno.test("run keeps its history in its own thread if a worker may not load its modules", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  await using agent = await startAgent(at, [
    `--allow-read=${at.folder}`,
    `--allow-write=${at.folder}`,
  ]);
  await agent.line("stdout", /up unknown -> healthy/);
  const { stderr } = await end(agent);
  assertMatch(
    stderr,
    /lifesign\.db: slow disks hold up the checks without --allow-read=\S+\/src\/\n/,
  );
  assertMatch(statesIn(at.db), /"id":"up"/);
});

Deno.test("run does not touch a folder in the place of its history", async () => {
  await using at = await place("folder");
  await Deno.mkdir(at.db);
  await at.configure(`  up: ${UP}\n`);
  await using agent = await startAgent(at);
  await agent.line("stdout", /up unknown -> healthy/);
  const { stderr } = await end(agent);
  assertMatch(stderr, /folder: the history cannot be kept: Is a directory/);
  assertEquals([...Deno.readDirSync(at.db)], []);
});

Deno.test("run writes its history while it runs, and says once if it cannot", async () => {
  await using at = await place("later/lifesign.db");
  await at.configure(`  up: { type: command, command: ":", interval: 50ms }\n`);
  await using agent = await startAgent(at);
  await Deno.mkdir(`${at.folder}/later`);
  await agent.line("stderr", /the history is kept again/);
  while (!statesIn(at.db).includes('"id":"up"')) {
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  // As if the machine had gone.
  agent.kill("SIGKILL");
  const { stderr } = await agent.ended;
  assertEquals(stderr.match(/cannot be kept/g)?.length, 1);
  assertMatch(stderr, /the history cannot be kept: No such file or directory/);
});

Deno.test("a second agent keeps no history in the file of the first, and says so", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  await using first = await startAgent(at);
  await first.line("stdout", /up unknown -> healthy/);
  await using second = await startAgent(at);
  // It knows nothing of what the other one has found.
  await second.line("stdout", /up unknown -> healthy/);
  const { stderr } = await end(second);
  assertMatch(
    stderr,
    /lifesign\.db: another agent keeps its history there: give each agent a file of its own; the history is not kept\n/,
  );
  // A crash leaves no lock behind.
  first.kill("SIGKILL");
  await first.ended;
  await using third = await startAgent(at);
  const ended = await end(third);
  assertEquals(/another agent/.test(ended.stderr), false, ended.stderr);
});
