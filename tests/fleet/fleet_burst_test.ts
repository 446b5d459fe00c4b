import { assert, assertEquals } from "@std/assert";
import { Fleet } from "../../src/fleet/fleet.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";

/** Enough for attempts without a pause while the first ones are in flight. */
const CHECKS = 20_000;

// Other systems have no other addresses of their own than 127.0.0.1.
const ignore = Deno.build.os !== "linux";

Deno.test(
  "no attempt waits for those that begin after it",
  { ignore },
  async () => {
    using listener = Deno.listen({
      hostname: "0.0.0.0",
      port: 0,
      tcpBacklog: 4096,
    });
    const { port } = listener.addr;
    const serving = (async () => {
      for await (const conn of listener) conn.close();
    })().catch(() => {});
    await using fleet = new Fleet();
    const order: number[] = [];
    const { promise: firstEnded, resolve } = Promise.withResolvers<void>();
    let left = 256;
    fleet.observe((step) => {
      if (step.type !== "end") return;
      const number = Number(step.id);
      order.push(number);
      if (number < 256 && --left === 0) resolve();
    });
    for (let i = 0; i < CHECKS; i++) {
      const host = `127.0.${i >> 7 & 127}.${(i & 127) + 1}`;
      fleet.add(tcp({ host, port }), {
        id: `${i}`,
        interval: "10m",
        timeout: "1m",
      });
    }
    await firstEnded;
    assertEquals(order.filter((number) => number < 256).length, 256);
    // The first 256 are in flight together: others take the places of these only.
    assert(order.length < CHECKS / 4, `${order.length} had ended`);
    listener.close();
    await serving;
  },
);
