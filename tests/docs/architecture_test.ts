import { assert, assertEquals } from "@std/assert";

const PAGE = await Deno.readTextFile("ARCHITECTURE.md");

Deno.test("every file that ARCHITECTURE.md names exists", async () => {
  const paths = new Set(
    Array.from(
      PAGE.matchAll(/`((?:src|tools)\/[^`\s]+)`/g),
      ([, path]) => path!,
    ),
  );
  assert(paths.size > 20);
  for (const path of paths) await Deno.stat(path);
});

Deno.test("every function that ARCHITECTURE.md finds in a file is there", async () => {
  const rows = [
    ...PAGE.matchAll(/`(src\/[^`]+\.ts)`: `(\w+)\(\)`/g),
    ...Array.from(
      PAGE.matchAll(
        /`(\w+)(?:\(\))?`(?: and one in `(\w+)`)?\s(?:in|of)\s+`(src\/[^`]+\.ts)`/g,
      ),
      ([all, name, , path]) => [all, path, name] as const,
    ),
  ];
  assert(rows.length > 5, `${rows.length}`);
  for (const [row, path, name] of rows) {
    const text = await Deno.readTextFile(path!);
    assert(new RegExp(`\\b${name}\\b`).test(text), row);
  }
});

Deno.test("the rooms of ARCHITECTURE.md are those that are checked", async () => {
  const tool = await Deno.readTextFile("tools/check_layers.ts");
  const [, table] = /const ROOMS[^=]*= (\{[^]*?\n\});/.exec(tool)!;
  const [, library] = /const LIBRARY = (\[[^]*?\]);/.exec(tool)!;
  const [, agent] = /const AGENT = (\[[^]*?\]);/.exec(tool)!;
  const rooms: Record<string, string[]> = new Function(
    `const LIBRARY = ${library}, AGENT = ${agent}; return ${table}`,
  )();
  const [, text] = /^## Rooms\n([^]*?)^## /m.exec(PAGE)!;
  const rows = Array.from(
    text!.matchAll(/^\| `([^`]+)` +\|[^|]*\| ([^|]+?) +\|$/gm),
    ([, room, may]) => [room!, may!] as const,
  );
  assertEquals(rows.map(([room]) => room).sort(), Object.keys(rooms).sort());
  for (const [room, may] of rows) {
    const expected = may === "nothing"
      ? []
      : may === "every other room"
      ? Object.keys(rooms).filter((name) => name !== "cli" && name !== "mod.ts")
      : may.split(", ");
    assertEquals(rooms[room]!.toSorted(), expected.toSorted(), room);
  }
});
