import { assertEquals } from "@std/assert";
import { Shelf } from "../../../src/sinks/notify/shelf.ts";
import { KeptMap } from "./told.ts";

const DAY_MS = 86_400_000;

/** Counts how often all values are looked through. */
class CountedKept extends KeptMap {
  lists = 0;

  override list(prefix: string): [name: string, value: string][] {
    this.lists++;
    return super.list(prefix);
  }
}

const NAMES = ["a", "a/b", "a%2Fb", "", "__proto__", "😀", "a/", "b/../a"];

function shelfOf(kept: KeptMap): Shelf {
  return new Shelf(kept, (error) => {
    throw error;
  });
}

Deno.test("a shelf has the values of each notifier, whatever its name is", () => {
  const kept = new CountedKept();
  const before = shelfOf(kept);
  for (const name of NAMES) {
    before.save(name, "problem/x/y", `1 of ${name}`);
    before.save(name, "state", `2 of ${name}`);
  }
  const after = shelfOf(kept);
  for (const name of NAMES) {
    assertEquals(after.saved(name), [
      ["problem/x/y", `1 of ${name}`],
      ["state", `2 of ${name}`],
    ]);
  }
  assertEquals(after.saved("c"), []);
  assertEquals(kept.lists, 1);
});

Deno.test("a shelf has what a notifier saved before it left", () => {
  const kept = new CountedKept();
  const shelf = shelfOf(kept);
  assertEquals(shelf.saved("a"), []);
  shelf.tidy(["a"], 0);
  shelf.save("a", "state", "1");
  shelf.tidy([], 0);
  assertEquals(shelf.saved("a"), [["state", "1"]]);
  shelf.tidy(["a"], DAY_MS);
  shelf.tidy([], 2 * DAY_MS);
  shelf.tidy([], 31 * DAY_MS);
  assertEquals(shelf.saved("a"), [["state", "1"]]);
  shelf.tidy([], 32 * DAY_MS);
  assertEquals(kept.list(""), []);
});
