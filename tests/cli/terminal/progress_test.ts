import { assertEquals, assertMatch } from "@std/assert";
import { loadWidths } from "../../../src/cli/terminal/columns.ts";
import { progress } from "../../../src/cli/terminal/progress.ts";
import { startInTerminal, terminalTest } from "../../support/terminal.ts";
import { makeFifo } from "../../support/fifo.ts";
import { snapshot } from "./snapshots.ts";

await loadWidths();

const ids = (...ids: readonly string[]) =>
  ids.map((id) => snapshot({ id, attempts: 0 }));
const done = snapshot({ id: "done" });

const LINES: readonly (readonly [ReturnType<typeof ids>, number, string])[] = [
  [[done], 80, "1 of 1 done"],
  [[done, ...ids("db")], 80, "1 of 2 done, waiting for db"],
  [ids("db", "web"), 80, "0 of 2 done, waiting for db, web"],
  [ids("db", "web"), 30, "0 of 2 done, waiting for db,…"],
  [ids("日本", "語"), 30, "0 of 2 done, waiting for 日本…"],
  [ids("a\x1b[2J\nb"), 80, "0 of 1 done, waiting for a [2J b"],
  [ids("db"), 5, "0 of…"],
  [ids("db"), 0, ""],
];

for (const [snapshots, width, line] of LINES) {
  Deno.test(`progress() says within ${width}: ${line}`, () => {
    assertEquals(progress(snapshots, width), line);
  });
}

terminalTest(
  "check shows its progress on a terminal, and removes it at the end",
  async () => {
    await using fifo = await makeFifo();
    await using terminal = await startInTerminal({
      flags: ["--allow-run=sh"],
      args: ["check", "--timeout=1m", "exec:true", `exec:cat ${fifo.path}`],
      columns: 80,
    });
    await terminal.shows(/1 of 2 done, waiting for exec:cat \S+$/m);
    await fifo.release();
    assertEquals(await terminal.ended, 0);
    const text = terminal.lines.join("\n");
    assertMatch(text, /^CHECK +STATUS +TIME +REASON$/m);
    assertEquals(text.includes("waiting for"), false);
  },
);

terminalTest("check removes its progress on Ctrl-C, too", async () => {
  await using terminal = await startInTerminal({
    flags: ["--allow-run=sh"],
    args: ["check", "exec:exec sleep 60"],
  });
  await terminal.shows(/0 of 1 done, waiting for exec:exec sleep 60$/m);
  await terminal.type("\x03");
  assertEquals(await terminal.ended, 130);
  const text = terminal.lines.join("\n");
  assertMatch(text, /^exec:exec sleep 60 +unknown +not finished$/m);
  assertMatch(
    text,
    /^lifesign: interrupted by SIGINT: 0 of 1 done, 1 not fin/m,
  );
  assertEquals(text.includes("waiting for"), false);
});

terminalTest(
  "check shows no progress if stderr is not a terminal",
  async () => {
    await using terminal = await startInTerminal({
      flags: ["--allow-run=sh"],
      args: ["check", "exec:sleep 0.5"],
      redirect: "2>/dev/null",
    });
    await terminal.shows(/exec:sleep 0\.5 +healthy/);
    assertEquals(await terminal.ended, 0);
    assertEquals(terminal.output.includes("waiting"), false);
  },
);
