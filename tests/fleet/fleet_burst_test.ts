import { assert, assertEquals } from "@std/assert";
import { pass } from "../../src/core/outcome.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { nextTurn } from "../../src/io/turn.ts";
import { probe } from "../../src/probes/probe.ts";
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

/** Adds checks whose attempts last for one turn of the event loop. */
function addShort(fleet: Fleet, checks: number): Set<string> {
  const tried = new Set<string>();
  for (let i = 0; i < checks; i++) {
    const id = `${i}`;
    const short = probe(async () => {
      tried.add(id);
      await nextTurn();
      return pass();
    });
    fleet.add(short, { id, interval: "10m" });
  }
  return tried;
}

/** How many attempts are in flight, once none is or many turns have passed. */
async function inFlightAtRest(fleet: Fleet): Promise<number> {
  for (let i = 0; i < 5000 && fleet.stats().inFlight > 0; i++) await nextTurn();
  return fleet.stats().inFlight;
}

Deno.test("checks that are removed while they wait for their turn give up their places", async () => {
  await using fleet = new Fleet({ background: false, concurrency: 300 });
  const tried = addShort(fleet, 1000);
  const results = fleet.ids().map((id) => fleet.attempt(id).catch(() => {}));
  // The first 300 have places; not all of them have begun.
  assert(tried.size < 200, `${tried.size} began at once`);
  for (let i = 200; i < 300; i++) void fleet.remove(`${i}`);
  await Promise.all(results);
  assertEquals(tried.size, 900);
  assertEquals(await inFlightAtRest(fleet), 0);
});

Deno.test("a fleet that is closed while attempts wait for their turn begins none of them", async () => {
  const fleet = new Fleet({ background: false });
  const tried = addShort(fleet, 1000);
  const results = fleet.ids().map((id) => fleet.attempt(id).catch(() => {}));
  const begun = tried.size;
  assert(begun < 200, `${begun} began at once`);
  await fleet.close();
  await Promise.all(results);
  assertEquals(await inFlightAtRest(fleet), 0);
  assertEquals(tried.size, begun);
});
