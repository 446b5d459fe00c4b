import { assertEquals } from "@std/assert";
import type { Connection } from "../../../../src/probes/connection/connection.ts";
import { Pool } from "../../../../src/probes/http/wire/pool.ts";

Deno.test("Pool keeps the eight newest connections", async () => {
  const closed: number[] = [];
  const pool = new Pool();
  const held = pool.hold();
  for (let i = 0; i < 20; i++) {
    const close = (): void => void closed.push(i);
    const connection: Connection = {
      read: () => new Promise(() => {}),
      write: () => Promise.resolve(),
      follow() {},
      close,
      [Symbol.dispose]: close,
    };
    await pool.give(`server ${i}`, {
      head: { status: 200, isOld: false, fields: [] },
      body: { async *[Symbol.asyncIterator]() {} },
      close,
      reuse: () => Promise.resolve(connection),
    });
  }
  assertEquals(closed, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
  held[Symbol.dispose]();
  assertEquals(closed.length, 20);
});
