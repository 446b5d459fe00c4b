import { assertEquals, assertMatch } from "@std/assert";
import { blocks, localScript } from "../support/docs.ts";
import { commandOf, ROOT, startProgram } from "../support/program.ts";
import { startInTerminal, terminalTest } from "../support/terminal.ts";
import { freePort, normalized } from "./session.ts";

/** What is alike in the tables of two runs: their rows, and not their bars. */
function tableOf(text: string): string {
  return normalized(text.trimEnd())
    .replace(/ (?:BARS|[✕○])+(?= )/g, " BARS")
    .replace(/^\n/gm, "")
    // How much there is room for depends on the durations.
    .replace(/ \S*…$/gm, "…")
    .replace(/ \S*$/gm, (last) => last.endsWith("quits") ? " quits" : last);
}

terminalTest("the README shows the table of the example", async () => {
  const [shown] = await blocks("README", "terminal");
  const port = `${freePort()}`;
  const example = await Deno.readTextFile("examples/lifesign.yaml");
  // A folder of its own: the agent watches it.
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${folder}/lifesign.yaml`;
  await Deno.writeTextFile(path, example.replaceAll("8686", port));
  await using terminal = await startInTerminal({
    rows: shown!.trimEnd().split("\n").length,
    flags: ["-A"],
    args: ["run", path],
  });
  const seen = await terminal.shows(/1 of 4 is down[^]*SINCE/);
  assertEquals(tableOf(seen.replaceAll(port, "8686")), tableOf(shown!));
  await terminal.type("q");
  assertEquals(await terminal.ended, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("the README installs a command that works", async () => {
  const [script] = await blocks("README", "install");
  const root = await Deno.makeTempDir({ dir: "/tmp" });
  // A config of links to the stand-ins for JSR cannot be installed.
  const imports = commandOf("", {}).some((word) => word.startsWith("--config"))
    ? `--import-map=${ROOT.pathname}tools/offline/imports.json`
    : `--config=${ROOT.pathname}deno.json`;
  await using installing = startProgram([
    "sh",
    "-c",
    localScript(script!).replace(
      /^deno install/m,
      `${Deno.execPath()} install --root ${root} ${imports}`,
    ),
  ]);
  const installed = await installing.ended;
  assertEquals(installed.code, 0, installed.stderr);
  await using program = startProgram([
    `${root}/bin/lifesign`,
    "check",
    "exec:true",
  ]);
  const { code, stdout, stderr } = await program.ended;
  assertEquals([code, stderr], [0, ""]);
  assertMatch(stdout, /exec:true +healthy/);
  await Deno.remove(root, { recursive: true });
});
