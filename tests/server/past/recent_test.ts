import { assertEquals, assertRejects } from "@std/assert";
import { Recent } from "../../../src/server/past/recent.ts";

Deno.test("Recent asks once in a while", async () => {
  const recent = new Recent<number>({ freshMs: 100, most: 2 });
  let asked = 0;
  const get = (key: string, now: number): Promise<number> =>
    recent.get(key, now, () => Promise.resolve(++asked));
  assertEquals(await get("a", 0), 1);
  assertEquals(await get("a", 99), 1);
  assertEquals(await get("a", 100), 2);
  // A clock that was set back is no reason to keep it.
  assertEquals(await get("a", -1), 3);
  assertEquals(await get("b", 0), 4);
  assertEquals(await get("c", 0), 5);
  assertEquals(await get("a", 0), 6);
});

Deno.test("Recent asks again for what failed", async () => {
  const recent = new Recent<number>({ freshMs: 100, most: 2 });
  await assertRejects(() =>
    recent.get("a", 0, () => Promise.reject(new Error("Gone")))
  );
  assertEquals(await recent.get("a", 1, () => Promise.resolve(1)), 1);
});
