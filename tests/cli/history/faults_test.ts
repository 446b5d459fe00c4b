import { assert, assertEquals, assertMatch } from "@std/assert";
import { DatabaseSync } from "node:sqlite";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { canMount, disk, fill, run } from "../../support/disk.ts";
import { statesIn } from "../../support/history.ts";
import { end, place, type RunningAgent, startAgent, UP } from "./agents.ts";

const ALL = { from: 0, to: 2 ** 43 };
const OFTEN = '{ type: command, command: ":", interval: 50ms }';

const sleep = (ms: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, ms));

/** Far longer than anything here takes. */
const PATIENCE_MS = 60_000;

/** Waits until something is so, while an agent runs. */
async function until(
  agent: RunningAgent,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (!await isSo()) {
    await sleep(50);
    if (Date.now() < end) continue;
    agent.kill("SIGTERM");
    const { code, stdout, stderr } = await agent.ended;
    throw new Error(`Waited for ${isSo}: ${code}\n${stdout}\n${stderr}`);
  }
}

/** What SQLite says of the soundness of a file. */
function soundness(path: string): unknown {
  using database = new DatabaseSync(path, { readOnly: true });
  return Object.values(
    database.prepare("PRAGMA integrity_check").get()!,
  )[0];
}

/** How many attempts at a check a file has. */
function attemptsIn(path: string, id: string): number {
  using store = new Store(path, { readOnly: true });
  const number = store.checks().get(id);
  return number === undefined ? 0 : store.attempts(number, ALL).length;
}

/** Sees to it that nothing of the storage was taken for a fault of a target. */
async function assertWell(agent: RunningAgent, id = "up"): Promise<void> {
  const { status, verdict, transitions } = await agent.check(id);
  assertEquals([status, verdict, transitions], ["healthy", "pass", 1]);
}

Deno.test({
  name:
    "a full disk is said once, disturbs no check, and loses nothing once there is room",
  ignore: !canMount,
  async fn() {
    await using full = await disk();
    await using at = await place("lifesign.db", full.path);
    await at.configure(`  up: ${OFTEN}\n`);
    await using agent = await startAgent(at);
    await until(agent, () => statesIn(at.db).includes('"id":"up"'));
    const filler = await fill(full.path);
    await agent.line("stderr", /the history cannot be kept: .*full/);
    await sleep(2500);
    await assertWell(agent);
    const { attempts } = await agent.check("up");
    await Deno.remove(filler);
    await agent.line("stderr", /the history is kept again/);
    await until(agent, () => attemptsIn(at.db, "up") >= attempts);
    await assertWell(agent);
    const last = await agent.check("up");
    const { stderr } = await end(agent);
    assertEquals(stderr.match(/cannot be kept/g)?.length, 1, stderr);
    assertEquals(soundness(at.db), "ok");
    const kept = attemptsIn(at.db, "up");
    assert(kept >= last.attempts, `${kept} of ${last.attempts}`);
  },
});

Deno.test({
  name:
    "a disk that becomes read-only is said once, and the history goes on once it is writable",
  ignore: !canMount,
  async fn() {
    await using frozen = await disk();
    await using at = await place("lifesign.db", frozen.path);
    await at.configure(`  up: ${OFTEN}\n`);
    {
      await using agent = await startAgent(at);
      await until(agent, () => statesIn(at.db).includes('"id":"up"'));
      await end(agent);
    }
    await run("mount", "-o", "remount,ro", frozen.path);
    await using agent = await startAgent(at);
    await assertWellSoon(agent);
    await run("mount", "-o", "remount,rw", frozen.path);
    await agent.line("stderr", /the history is kept again/);
    const { stderr } = await end(agent);
    assertMatch(stderr, /the history cannot be kept: Read-only file system/);
    assertEquals(stderr.match(/cannot be kept/g)?.length, 1, stderr);
    assertEquals(soundness(at.db), "ok");
  },
});

async function assertWellSoon(agent: RunningAgent): Promise<void> {
  await until(
    agent,
    async () => (await agent.check("up")).status === "healthy",
  );
  await assertWell(agent);
}

Deno.test("a history whose file is removed while the agent runs begins anew, and says so", async () => {
  await using at = await place();
  await at.configure(`  up: ${OFTEN}\n  slow: ${UP}\n`);
  await using agent = await startAgent(at);
  await until(agent, () => statesIn(at.db).includes('"id":"slow"'));
  await Deno.remove(at.db);
  await agent.line("stderr", /the history is gone, and begins anew/);
  // It knows what the agent knows, though nothing is new of it.
  await until(agent, () => statesIn(at.db).includes('"id":"slow"'));
  await assertWell(agent);
  await end(agent);
  assertEquals(soundness(at.db), "ok");
});

Deno.test("a history of a newer lifesign is left alone, and the agent runs on", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  {
    using _store = new Store(at.db);
  }
  {
    using database = new DatabaseSync(at.db);
    database.exec("PRAGMA user_version = 99");
  }
  const before = await Deno.readFile(at.db);
  await using agent = await startAgent(at);
  await agent.line("stdout", /up unknown -> healthy/);
  const { stderr } = await end(agent);
  assertMatch(
    stderr,
    /lifesign\.db: written by a newer lifesign: expected version \d+ or older, got 99: update lifesign, or name another file; the history is not kept\n/,
  );
  assertEquals(await Deno.readFile(at.db), before);
});

Deno.test("a database of another program is set aside, but not over another one", async () => {
  await using at = await place();
  await at.configure(`  up: ${UP}\n`);
  {
    using database = new DatabaseSync(at.db);
    database.exec("CREATE TABLE shopping (milk)");
  }
  const before = await Deno.readFile(at.db);
  await Deno.writeTextFile(`${at.db}.bad`, "dear");
  {
    await using agent = await startAgent(at);
    await agent.line("stdout", /up unknown -> healthy/);
    const { stderr } = await end(agent);
    assertMatch(
      stderr,
      /lifesign\.db: not a valid history: a SQLite database, but not of lifesign; \S+\.bad exists: move it away; the history is not kept\n/,
    );
    assertEquals(await Deno.readFile(at.db), before);
    assertEquals(await Deno.readTextFile(`${at.db}.bad`), "dear");
  }
  await Deno.remove(`${at.db}.bad`);
  await using agent = await startAgent(at);
  await end(agent);
  assertEquals(await Deno.readFile(`${at.db}.bad`), before);
  assertEquals(soundness(at.db), "ok");
});

for (
  const [what, damage] of [
    ["cut short", (bytes: Uint8Array) => bytes.subarray(0, bytes.length / 2)],
    ["overwritten in the middle", (bytes: Uint8Array) => {
      bytes.fill(0xa5, 4096);
      return bytes;
    }],
  ] as const
) {
  Deno.test(`a history that was ${what} is set aside, and a new one begins`, async () => {
    await using at = await place();
    await at.configure(`  up: ${UP}\n`);
    {
      await using agent = await startAgent(at);
      await agent.line("stdout", /up unknown -> healthy/);
      await end(agent);
    }
    const torn = damage(await Deno.readFile(at.db));
    await Deno.writeFile(at.db, torn);
    await using agent = await startAgent(at);
    await agent.line("stdout", /up unknown -> healthy/);
    const { stderr } = await end(agent);
    assertMatch(
      stderr,
      /lifesign\.db: not a valid history, renamed to \S+\.bad: damaged: /,
    );
    assertEquals(await Deno.readFile(`${at.db}.bad`), torn);
    assertEquals(soundness(at.db), "ok");
    assertMatch(statesIn(at.db), /"id":"up"/);
  });
}

Deno.test("a check that is removed or renamed keeps its past, but no state", async () => {
  await using at = await place();
  await at.configure(`  old: ${UP}\n  gone: ${UP}\n`);
  {
    await using agent = await startAgent(at);
    await until(agent, async () => (await agent.check("gone")).attempts > 0);
    await until(agent, async () => (await agent.check("old")).attempts > 0);
    // It is in the file while it runs, too.
    await at.configure(`  old: ${UP}\n  up: ${UP}\n`);
    await agent.line("stderr", /reloaded: 1 added, 1 removed/);
    await end(agent);
  }
  assertEquals(/"id":"gone"/.test(statesIn(at.db)), false);
  await at.configure(`  new: ${UP}\n`);
  {
    await using agent = await startAgent(at);
    await until(agent, async () => (await agent.check("new")).attempts > 0);
    await end(agent);
  }
  assertEquals(
    ["old", "gone", "new"].map((id) => attemptsIn(at.db, id)),
    [1, 1, 1],
  );
  const states = statesIn(at.db);
  assertEquals([/"old"/.test(states), /"new"/.test(states)], [false, true]);
});

Deno.test("a copy of a history that is made while the agent runs is whole", async () => {
  await using at = await place();
  await at.configure(`  up: ${OFTEN}\n`);
  await using agent = await startAgent(at);
  await until(agent, () => attemptsIn(at.db, "up") > 20);
  const copy = `${at.folder}/copy.db`;
  await Deno.copyFile(at.db, copy);
  await Deno.copyFile(`${at.db}-wal`, `${copy}-wal`);
  assertEquals(soundness(copy), "ok");
  assert(attemptsIn(copy, "up") > 20);
  const backup = `${at.folder}/backup.db`;
  if (await run("sqlite3", at.db, `.backup ${backup}`)) {
    assertEquals(soundness(backup), "ok");
    assert(attemptsIn(backup, "up") > 20);
  }
  const vacuumed = `${at.folder}/vacuumed.db`;
  if (await run("sqlite3", at.db, `VACUUM INTO '${vacuumed}'`)) {
    assertEquals(soundness(vacuumed), "ok");
    // An agent goes on with it.
    await Deno.rename(vacuumed, at.db);
    await agent.line("stderr", /the history is another file/);
    const before = attemptsIn(at.db, "up");
    await until(agent, () => attemptsIn(at.db, "up") > before);
  }
  await assertWell(agent);
  await end(agent);
});

/** Until when a file knows that the agent ran. */
function lastWriteIn(path: string): number {
  using database = new DatabaseSync(path, { readOnly: true });
  const { until } = database.prepare("SELECT max(until) AS until FROM watched")
    .get()!;
  return Number(until);
}

/** How many locks there are on a file, or `null` where that cannot be seen. */
async function locksOn(path: string): Promise<number | null> {
  const { stdout } = await new Deno.Command("cat", { args: ["/proc/locks"] })
    .output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  const { ino } = await Deno.stat(path);
  const locks = lines.filter((line) => line.includes(`:${ino} `)).length;
  return lines.length < 2 ? null : locks;
}

Deno.test("an agent keeps its locks on a history beside the file that it watches", async () => {
  await using at = await place();
  await at.configure(`  up: ${OFTEN}\n`);
  await using agent = await startAgent(at);
  await until(agent, () => statesIn(at.db).includes('"id":"up"'));
  // It writes again and again, and notices that its config changes.
  await at.configure(`  up: ${OFTEN}\n  slow: ${UP}\n`);
  await agent.line("stderr", /reloaded: 1 added/);
  await until(agent, () => statesIn(at.db).includes('"id":"slow"'));
  const locks = await locksOn(`${at.db}-shm`);
  assert(locks === null || locks > 0, "SQLite's locks are gone");
  await end(agent);
});

/** How often the agent is killed. */
const KILLS = Number(Deno.env.get("LIFESIGN_TEST_KILLS") ?? 5);

/** How much may be lost, with time for a machine that is very busy. */
const MOST_LOST_MS = Number(Deno.env.get("LIFESIGN_TEST_LOST_MS") ?? 10_000);

Deno.test("a history is sound whenever its agent is killed, and no status flips", async () => {
  await using at = await place();
  await at.configure(
    `  up: ${OFTEN}\n  down: { type: tcp, port: 1, retries: 1, interval: 50ms, backoff: false }\n`,
  );
  let most = 0;
  let attempts = 0;
  for (let i = 0; i < KILLS; i++) {
    await using agent = await startAgent(at);
    await until(
      agent,
      async () => (await agent.check("up")).stale === undefined,
    );
    await until(
      agent,
      async () => (await agent.check("down")).stale === undefined,
    );
    if (i === 0) {
      await until(agent, () => /"up"[^]*"down"/.test(statesIn(at.db)));
    }
    await sleep(i * 337 % 2500);
    const seen = await agent.check("up");
    const since = (await agent.check("down")).since;
    agent.kill("SIGKILL");
    const { stdout, stderr } = await agent.ended;
    // Only the first one finds a status.
    assertEquals(stdout === "", i > 0, stdout);
    assertEquals(/warning|error/.test(stderr), false, stderr);
    assertEquals(soundness(at.db), "ok");
    using store = new Store(at.db, { readOnly: true });
    const { state } = store.records().get("up")!;
    const lostMs = Date.parse(`${seen.checkedAt}`) - lastWriteIn(at.db);
    most = Math.max(most, lostMs);
    assert(lostMs <= MOST_LOST_MS, `${lostMs} ms were lost`);
    assert(state.attempts >= attempts);
    attempts = state.attempts;
    const down = store.records().get("down")!.state;
    assertEquals([down.status, down.transitions], ["unhealthy", 1]);
    assertEquals(down.since, Date.parse(`${since}`));
    assertEquals(store.incidents().length, 1);
  }
  console.log(`lost at most ${most} ms`);
});
