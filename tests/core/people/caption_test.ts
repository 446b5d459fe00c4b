import { assertEquals, assertThrows } from "@std/assert";
import { Fleet, OptionError } from "../../../mod.ts";
import { PASS, scripted } from "../../support/probes.ts";

Deno.test("a snapshot has the words of its check for people, if there are any", async () => {
  await using fleet = new Fleet({ background: false });
  const words = {
    name: "The shop",
    description: "Where people buy",
    link: "https://shop.example/",
  };
  const joined: unknown[] = [];
  fleet.observe((step) => {
    if (step.type === "join") joined.push(step.check);
  });
  fleet.add(scripted([PASS]), { id: "a", ...words });
  fleet.add(scripted([PASS]), { id: "b" });
  const { name, description, link } = fleet.get("a")!;
  assertEquals({ name, description, link }, words);
  assertEquals(
    Object.keys(words).filter((key) => key in fleet.get("b")!),
    [],
  );
  assertEquals(joined, [
    { id: "a", ...words, group: null, type: "script", target: "script" },
    { id: "b", group: null, type: "script", target: "script" },
  ]);
  fleet.replace(scripted([PASS]), { id: "a", name: "Shop" });
  assertEquals(fleet.get("a")!.name, "Shop");
  assertEquals("link" in fleet.get("a")!, false);
});

Deno.test("a fleet takes no link that runs something", async () => {
  await using fleet = new Fleet({ background: false });
  for (const link of ["javascript:alert(1)", "data:,x", "/x", "http://["]) {
    assertThrows(
      () => fleet.add(scripted([PASS]), { id: "a", link }),
      OptionError,
      `link: expected a link with http:, https: or mailto:, got "${link}"`,
    );
  }
  assertThrows(
    () => fleet.add(scripted([PASS]), { id: "a", name: "" }),
    OptionError,
    'name: expected a non-empty string, got ""',
  );
  assertEquals(fleet.size, 0);
});
