import { assertEquals } from "@std/assert";
import { namedSections } from "../../src/agent/named_sections.ts";
import { SECTIONS } from "../../src/agent/sections.ts";

const IN_FILES = SECTIONS.filter(({ schema }) => schema !== undefined);

for (const section of IN_FILES) {
  Deno.test(`namedSections() loads ${section.key} for its key`, async () => {
    assertEquals(await namedSections(["checks", section.key]), [section]);
  });
}

Deno.test("namedSections() loads nothing for the other keys of a file", async () => {
  assertEquals(await namedSections(["title", "defaults", "checks"]), []);
});

Deno.test("namedSections() loads all sections that a misspelt key may mean", async () => {
  assertEquals(await namedSections(["checks", "maintenence"]), IN_FILES);
});
