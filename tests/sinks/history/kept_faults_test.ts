import { assert, assertEquals, assertMatch } from "@std/assert";
import { Fleet } from "../../../src/fleet/fleet.ts";
import type { Kept } from "../../../src/fleet/past/kept.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { openHistory } from "../../../src/sinks/history/open.ts";
import { Store } from "../../../src/sinks/history/store/store.ts";
import { canMount, disk, fill, run } from "../../support/disk.ts";
import { SOURCES } from "../../support/agent.ts";
import { runScript, startScript } from "../../support/program.ts";
import { keptIn } from "./keeping.ts";
import { place } from "./store/place.ts";

const DAY = 86_400_000;

/** How often a process is killed. */
const KILLS = Number(Deno.env.get("LIFESIGN_TEST_KILLS") ?? 5);

/** Far longer than anything here takes. */
const PATIENCE_MS = 60_000;

interface Keeping extends AsyncDisposable {
  readonly kept: Kept;
  readonly said: readonly string[];
}

/** Keeps a history in a worker, until the end of the block. */
async function keep(path: string): Promise<Keeping> {
  const fleet = new Fleet();
  const incidents = new Incidents(fleet, reportError);
  const said: string[] = [];
  const opened = await openHistory(
    { path, timeZone: "UTC", detailMs: 7 * DAY, keepMs: 730 * DAY },
    {
      fleet,
      incidents,
      maintenance: incidents.maintenance,
      say: (message) => said.push(message),
    },
  );
  opened!.begin!();
  return {
    kept: opened!.kept!,
    said,
    [Symbol.asyncDispose]: () => opened!.close!(),
  };
}

/** Waits until values are written, or cannot be. */
async function until(kept: Kept, isWritten: boolean): Promise<void> {
  const end = Date.now() + PATIENCE_MS;
  while (await kept.written() !== isWritten) {
    assert(Date.now() < end, `Waited for ${isWritten}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function startKeeping(path: string): ReturnType<typeof startScript> {
  const folder = path.slice(0, path.lastIndexOf("/"));
  return startScript("tests/support/keeping_main.ts", {
    flags: [`--allow-read=${folder},${SOURCES}`, `--allow-write=${folder}`],
    args: [path],
  });
}

Deno.test("a value and its incident are both there or both not, whenever the agent is killed", async () => {
  await using at = await place();
  let count = 0;
  for (let i = 0; i < KILLS; i++) {
    await using agent = startKeeping(at.path);
    await agent.line("stdout", /began/);
    if (i === 0) await agent.line("stdout", /written [1-9]/);
    await new Promise((resolve) => setTimeout(resolve, i * 337 % 1500));
    agent.kill("SIGKILL");
    const { stdout, stderr } = await agent.ended;
    assertEquals(stderr, "");
    using store = new Store(at.path, { readOnly: true });
    const incidents = store.incidents({ limit: 1e6 }).map(({ id, ended }) =>
      [`incident/${id}`, JSON.stringify(ended)] as const
    );
    const values = store.kept();
    const known = Number(values.get("count"));
    values.delete("count");
    assertEquals(values, new Map(incidents));
    // What was said to be written is.
    const written = Number(/written (\d+)\n(?!.*written)/s.exec(stdout)?.[1]);
    assert(known >= (written || count), `${known} of ${written}`);
    count = known;
  }
  assert(count > 0);
});

/** Whether this machine lets us watch the calls of a program to the system. */
const canTrace = await run("strace", "-e", "trace=none", "true");

Deno.test({
  name:
    "values are on the disk once they are written, and nothing else costs that",
  ignore: !canTrace,
  async fn() {
    await using at = await place();
    const syncs: number[] = [];
    for (const args of [["other.db"], ["kept.db", "kept"]]) {
      const trace = `${at.folder}/trace`;
      const { code, stderr } = await runScript(
        "tests/support/writing_main.ts",
        {
          flags: [
            `--allow-read=${at.folder},${SOURCES}`,
            `--allow-write=${at.folder}`,
          ],
          args: [`${at.folder}/${args[0]}`, ...args.slice(1)],
          within: [
            ..."strace -f -y -e trace=fsync,fdatasync -o".split(" "),
            trace,
          ],
        },
      );
      assertEquals([code, stderr], [0, ""]);
      // Deno itself writes to the disk, too.
      const ours = (await Deno.readTextFile(trace)).split("\n").filter((line) =>
        /\b(?:fsync|fdatasync)\(/.test(line) && line.includes(at.folder)
      );
      syncs.push(ours.length);
    }
    assertEquals(syncs[1]! - syncs[0]!, 20);
  },
});

Deno.test("values of a history that another agent keeps are not kept", async () => {
  await using at = await place();
  await using keeping = await keep(at.path);
  keeping.kept.put("a", "1");
  await using other = startKeeping(at.path);
  const { code, stdout, stderr } = await other.ended;
  assertEquals([code, stdout], [0, "nothing is kept\n"]);
  assertMatch(stderr, /another agent keeps its history there/);
  await until(keeping.kept, true);
  assertEquals([...keptIn(at.path)], [["a", "1"]]);
});

Deno.test("values can be kept again in the file that takes the place of a removed one", async () => {
  await using at = await place();
  await using keeping = await keep(at.path);
  keeping.kept.put("a", "1");
  await until(keeping.kept, true);
  await Deno.remove(at.path);
  keeping.kept.put("b", "2");
  await until(keeping.kept, true);
  assertEquals([...keptIn(at.path)], [["a", "1"], ["b", "2"]]);
  assertEquals(keeping.said.length, 1);
});

Deno.test({
  name: "values that a full disk has no room for are written once there is",
  ignore: !canMount,
  async fn() {
    await using full = await disk();
    const path = `${full.path}/lifesign.db`;
    {
      await using keeping = await keep(path);
      const { kept } = keeping;
      for (let i = 0; i < 100; i++) kept.put(`before/${i}`, "1");
      await until(kept, true);
      const filler = await fill(full.path);
      for (let i = 0; i < 100; i++) {
        kept.put(`before/${i}`, null);
        kept.put(`after/${i}`, "x".repeat(1000));
      }
      await until(kept, false);
      assertEquals(await kept.written(), false);
      await Deno.remove(filler);
      await until(kept, true);
      assertMatch(keeping.said.join("\n"), /full.*\n.*kept again$/);
    }
    const values = keptIn(path);
    assertEquals(values.size, 100);
    assertEquals(values.get("after/99"), "x".repeat(1000));
  },
});

Deno.test({
  name: "values that a read-only disk does not take are written once it does",
  ignore: !canMount,
  async fn() {
    await using frozen = await disk();
    const path = `${frozen.path}/lifesign.db`;
    {
      await using keeping = await keep(path);
      for (const name of ["a", "b"]) keeping.kept.put(name, "1");
      await until(keeping.kept, true);
    }
    await run("mount", "-o", "remount,ro", frozen.path);
    {
      await using keeping = await keep(path);
      const { kept } = keeping;
      kept.put("b", "2");
      kept.put("c", "2");
      assertEquals(await kept.written(), false);
      await run("mount", "-o", "remount,rw", frozen.path);
      await until(kept, true);
      assertEquals(keptIn(path).get("a"), "1");
      kept.put("b", null);
    }
    assertEquals([...keptIn(path)], [["a", "1"], ["c", "2"]]);
  },
});
