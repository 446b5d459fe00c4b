import { assertEquals } from "@std/assert";
import { Pings } from "../../../../src/sinks/cluster/shared/pings.ts";

Deno.test("pings are kept until who runs the check has heard them, or for half a minute", () => {
  const pings = new Pings();
  const ping = (signal: number) => ({ signal });
  pings.keep("a", ping(1), 1_000);
  pings.keep("a", ping(2), 2_000);
  pings.heard("a", 1_500);
  pings.heard("b", 1_500);
  assertEquals(pings.take("a", 3_000), [ping(2)]);
  assertEquals(pings.take("a", 3_000), []);
  pings.keep("a", ping(3), 1_000);
  pings.keep("a", ping(4), 20_000);
  assertEquals(pings.take("a", 31_001), [ping(4)]);
  pings.keep("__proto__", ping(5), 0);
  pings.forget("__proto__");
  assertEquals(pings.take("__proto__", 1), []);
});

Deno.test("no more than the last twenty pings of a check are kept", () => {
  const pings = new Pings();
  for (let signal = 0; signal < 100; signal++) {
    pings.keep("a", { signal }, signal);
  }
  const kept = pings.take("a", 100).map(({ signal }) => signal);
  assertEquals(kept, Array.from({ length: 20 }, (_, i) => 80 + i));
});
