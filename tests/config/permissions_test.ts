import { assertEquals, assertThrows } from "@std/assert";
import { ConfigError, parseConfig } from "../../src/config/mod.ts";
import { permissionsOf } from "../../src/config/permissions.ts";

const CHECKS = "checks: { a: { type: tcp, port: 1 } }";

/** The permissions for the files of an agent, as flags. */
function flagsOf(text: string, file: string): string[] {
  return permissionsOf(parseConfig(text), file).map((permission) =>
    permission.name === "read" || permission.name === "write"
      ? `${permission.name} ${permission.path}`
      : permission.name
  );
}

Deno.test("permissionsOf() is to read a config and its folder", () => {
  assertEquals(flagsOf(CHECKS, "lifesign.yaml"), [
    "read lifesign.yaml",
    "read .",
  ]);
  assertEquals(flagsOf(CHECKS, "/etc/x/a.yaml"), [
    "read /etc/x/a.yaml",
    "read /etc/x",
  ]);
});

Deno.test("permissionsOf() is also to keep a state, where there is one", () => {
  const files = ["s/a.json", "s/a.json.tmp", "s/a.json.bad"];
  assertEquals(flagsOf(`state: s/a.json\n${CHECKS}`, "a.yaml").slice(2), [
    ...files.map((file) => `read ${file}`),
    ...files.map((file) => `write ${file}`),
  ]);
});

Deno.test("parseConfig() takes a path for state", () => {
  const { state } = parseConfig(`state: "\${X}/a"\n${CHECKS}`, {
    env: () => "/var",
  });
  assertEquals(state, "/var/a");
  assertEquals(parseConfig(CHECKS).state, undefined);
  for (const state of ["''", "1", "[a]"]) {
    assertThrows(
      () => parseConfig(`state: ${state}\n${CHECKS}`),
      ConfigError,
      "state: expected a path, got",
    );
  }
});
