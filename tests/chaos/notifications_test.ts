import { assertEquals } from "@std/assert";
import { runScript } from "../support/program.ts";

Deno.test("notifications keep their promises while everything goes wrong, for a while", async () => {
  const { code, stdout, stderr } = await runScript(
    "tests/chaos/notifications.ts",
    {
      flags: ["-A"],
      args: [
        ["--seconds", "20"],
        ["--up", "6"],
        ["--checks", "20"],
        ["--kills", "2"],
        ["--reloads", "3"],
        ["--patience", "300"],
      ].flat(),
    },
  );
  assertEquals(code, 0, `${stdout}\n${stderr}`);
});
