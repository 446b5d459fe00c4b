import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError, parseConfig } from "../../../src/agent/config.ts";
import { statePermissions } from "../../../src/sinks/state/files.ts";

const CHECKS = "checks: { a: { type: tcp, port: 1 } }";

Deno.test("statePermissions() is to read and write a state and what goes with it", () => {
  const files = ["s/a.json", "s/a.json.tmp", "s/a.json.bad"];
  assertEquals(statePermissions("s/a.json"), [
    ...files.map((path) => ({ name: "read" as const, path })),
    ...files.map((path) => ({ name: "write" as const, path })),
  ]);
});

Deno.test("parseConfig() takes a path for state", () => {
  const { sections } = parseConfig(`state: "\${X}/a"\n${CHECKS}`, {
    env: () => "/var",
  });
  assertEquals(sections.state, "/var/a");
  assertEquals(parseConfig(CHECKS).sections.state, undefined);
  for (const state of ["''", "1", "[a]"]) {
    assertThrows(
      () => parseConfig(`state: ${state}\n${CHECKS}`),
      ConfigError,
      "state: expected a path, got",
    );
  }
});
