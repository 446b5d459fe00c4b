import { assert, assertEquals } from "@std/assert";
import { blocks } from "../support/docs.ts";
import { commandOf, startProgram, temporaryFile } from "../support/program.ts";
import { closedPort, httpServer } from "../support/servers.ts";

/** What each command of the page writes to stdout and exits with, in order. */
const EXPECTED: readonly (readonly [stdout: string, code: number])[] = [
  ["ready to serve\n", 0],
  ["", 0],
  ["", 0],
  ["it answers\n", 0],
  ["the database is up\n", 0],
  ["", 0],
];

Deno.test("every command of docs/wait.md does what it says", async (t) => {
  await using server = httpServer(() => new Response("ok"));
  await using file = await temporaryFile(
    `checks: { postgres: { type: tcp, port: ${server.port} } }`,
  );
  const commands = (await blocks("wait", "wait"))
    .flatMap((block) => block.split("\n"))
    .filter((line) => line !== "" && !line.startsWith("#"));
  assertEquals(commands.length, EXPECTED.length);
  const flags = ["--allow-net", "--allow-run", "--allow-read"];
  const program = commandOf("src/cli/main.ts", { flags })
    .map((word) => `'${word}'`).join(" ");
  for (const [i, command] of commands.entries()) {
    await t.step(command, async () => {
      assert(command.startsWith("lifesign wait "));
      const line = command
        .replaceAll("db:5432", server.authority)
        .replaceAll("http://api:8080", `http://${server.authority}`)
        .replaceAll(/(?:gone|replica):\d+/g, `127.0.0.1:${closedPort()}`)
        .replaceAll("lifesign.yaml", file.path);
      await using script = startProgram([
        "sh",
        "-c",
        `lifesign() { ${program} "$@"; }; ${line}`,
      ]);
      const { stdout, stderr, code } = await script.ended;
      assertEquals([stdout, code], EXPECTED[i], stderr);
    });
  }
});
