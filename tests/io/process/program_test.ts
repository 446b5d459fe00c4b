import { assertEquals } from "@std/assert";
import { runProgram } from "../../../src/io/process/program.ts";

/** What a script makes of its input. */
async function outputOf(script: string, input?: string): Promise<string> {
  const { code, stdout } = await runProgram("sh", {
    args: ["-c", script],
    env: {},
    ...(input !== undefined && { input }),
  }, new AbortController().signal);
  assertEquals(code, 0);
  return stdout;
}

Deno.test("a program reads its input to the end", async () => {
  const input = "ä\n".repeat(100_000);
  assertEquals(await outputOf("wc -c", input), "300000\n");
  assertEquals(await outputOf("wc -c", ""), "0\n");
  assertEquals(await outputOf("wc -c"), "0\n");
});

Deno.test("a program need not read its input", async () => {
  const input = "x".repeat(1_000_000);
  assertEquals(await outputOf("head -c 3", input), "xxx");
  assertEquals(await outputOf("exec 0<&-; echo no", input), "no\n");
});
