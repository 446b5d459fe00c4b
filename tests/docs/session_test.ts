import { assertEquals } from "@std/assert";
import { blocksOf, PAGES, pathOf } from "../support/docs.ts";
import { commandsOf, isPlayed, play } from "./session.ts";

for (const page of PAGES) {
  const played = (await blocksOf(page)).filter(isPlayed);
  if (played.length === 0) continue;
  Deno.test(`the commands of ${pathOf(page)} print what it shows`, async () => {
    for (const block of played) {
      if (block.language === "console") {
        // What is no command is what a command prints.
        const shown = commandsOf(block).map(({ line, output }) =>
          `$ ${line}\n${output}`
        );
        assertEquals(shown.join(""), block.text);
      }
    }
    await play(page);
  });
}
