import { assertEquals } from "@std/assert";
import { Fleet } from "../../../mod.ts";
import { Lag } from "../../../src/sinks/cluster/lag.ts";

Deno.test("Lag reads the mean of the attempts since it was read last", async () => {
  await using idle = new Fleet({ background: false });
  const { lagMs, ...others } = idle.stats();
  let begun = { count: 0, sum: 0 };
  const busy = { stats: () => ({ ...others, lagMs: { ...lagMs, ...begun } }) };
  const lag = new Lag(busy, idle);

  assertEquals(lag.read(), null);
  begun = { count: 10, sum: 50 };
  assertEquals(lag.read(), 5);
  begun = { count: 12, sum: 80 };
  assertEquals(lag.read(), 15);
  assertEquals(lag.read(), 15);
  assertEquals(new Lag(busy, busy).read(), 80 / 12);
});
