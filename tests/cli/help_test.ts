import { assert, assertEquals } from "@std/assert";

const COMMANDS = new URL("../../src/cli/commands/", import.meta.url);

Deno.test("the help of each command fits a terminal of 80 columns", async () => {
  let count = 0;
  for await (const { name } of Deno.readDir(COMMANDS)) {
    if (!name.endsWith(".ts")) continue;
    const { help } = await import(new URL(name, COMMANDS).href);
    if (help === undefined) continue;
    count++;
    const wide = (help as string).split("\n").filter(({ length }) =>
      length > 80
    );
    assertEquals(wide, [], name);
  }
  assert(count > 10, `${count}`);
});
