import { assertEquals, assertLessOrEqual, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { OptionError } from "../../src/core/option_error.ts";
import { pass } from "../../src/core/outcome.ts";
import type { Probe } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { FleetOptions } from "../../src/fleet/fleet_options.ts";
import { http } from "../../src/probes/http/http.ts";
import { probe } from "../../src/probes/probe.ts";
import { tcp } from "../../src/probes/tcp/tcp.ts";
import { say } from "../support/servers.ts";
import { advance, START } from "../support/time.ts";

/** A probe of a host that takes some time. */
function slow(host: string | undefined, ms: number): Probe {
  return probe(async () => {
    await new Promise((resolve) => setTimeout(resolve, ms));
    return pass();
  }, {
    permissions: host === undefined
      ? [{ name: "net" }]
      : [{ name: "read", path: "/x" }, { name: "net", host }],
  });
}

/** The ids of the checks that are being tried. */
function triedIn(fleet: Fleet): string[] {
  return fleet.list().filter(({ checking }) => checking).map(({ id }) => id);
}

function countIn(fleet: Fleet, prefix: string): number {
  return triedIn(fleet).filter((id) => id.startsWith(prefix)).length;
}

for (const option of ["concurrency", "perHost"] as const) {
  for (const limit of [0, -1, 1.5, NaN, Infinity]) {
    Deno.test(`Fleet refuses ${limit} as ${option}`, () => {
      const options: FleetOptions = { [option]: limit };
      assertThrows(
        () => new Fleet(options),
        OptionError,
        `${option}: expected`,
      );
    });
  }
}

Deno.test("a Fleet makes 16 attempts at a time to one host, and starts their time when they start", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet();
  for (let i = 0; i < 40; i++) {
    // All of them together take longer than the timeout.
    fleet.add(slow("a:80", 1000), {
      id: `a${i}`,
      interval: "1h",
      timeout: "1500ms",
    });
    fleet.add(slow("b:80", 1000), {
      id: `b${i}`,
      interval: "1h",
      timeout: "1500ms",
    });
    fleet.add(slow(undefined, 1000), {
      id: `other${i}`,
      interval: "1h",
      timeout: "1500ms",
    });
  }
  const counts: number[][] = [];
  for (let i = 0; i < 4; i++) {
    await advance(time, i === 0 ? 500 : 1000);
    counts.push(
      ["a", "b", "other"].map((prefix) => countIn(fleet, prefix)),
    );
  }
  assertEquals(counts, [[16, 16, 40], [16, 16, 0], [8, 8, 0], [0, 0, 0]]);
  assertEquals(fleet.rollup().counts.healthy, 120);
});

Deno.test("a Fleet does not hold up the checks of other hosts by those of a slow one", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ concurrency: 8, perHost: 4 });
  for (let i = 0; i < 100; i++) {
    fleet.add(slow("slow:80", 60_000), { id: `slow${i}`, timeout: "1h" });
  }
  for (let i = 0; i < 20; i++) {
    fleet.add(slow(`fast${i}:80`, 1000), { id: `fast${i}`, interval: "1h" });
  }
  await advance(time, 500);
  assertEquals([countIn(fleet, "slow"), countIn(fleet, "fast")], [4, 4]);
  await advance(time, 5000);
  const fast = Array.from({ length: 20 }, (_, i) => `fast${i}`);
  assertEquals(fleet.rollup(fast).status, "healthy");
  assertEquals(countIn(fleet, "slow"), 4);
});

Deno.test("a Fleet limits attempts on demand as well, and forgets who was removed", async () => {
  using time = new FakeTime(START);
  await using fleet = new Fleet({ background: false, perHost: 2 });
  for (let i = 0; i < 6; i++) {
    fleet.add(slow("a:80", 1000), { id: `a${i}` });
  }
  const all = fleet.attemptAll();
  await advance(time, 500);
  assertEquals(triedIn(fleet), ["a0", "a1"]);
  void fleet.remove("a2");
  void fleet.remove("a0");
  await advance(time, 100);
  assertEquals(triedIn(fleet), ["a1", "a3"]);
  await advance(time, 3000);
  assertEquals((await all).length, 6);
  assertEquals(
    fleet.list().map(({ status }) => status),
    Array(4).fill("healthy"),
  );
});

Deno.test("a Fleet lets no burst of its own overflow the short queue of a server", async () => {
  // The system completes 16 connections that nobody has accepted yet, and drops
  // what others send.
  using listener = Deno.listen({
    hostname: "127.0.0.1",
    port: 0,
    tcpBacklog: 15,
  });
  const { port } = listener.addr as Deno.NetAddr;
  await using fleet = new Fleet();
  let [inFlight, peak] = [0, 0];
  const failed: string[] = [];
  fleet.observe((step) => {
    if (step.type === "begin") peak = Math.max(peak, ++inFlight);
    if (step.type !== "end") return;
    inFlight--;
    if (step.result.outcome.verdict !== "pass") failed.push(step.id);
  });
  for (let i = 0; i < 100; i++) {
    const options = { id: `check-${i}`, interval: "1h", timeout: "1m" };
    fleet.add(
      i % 2 === 0
        ? tcp({ port, expect: "HTTP" })
        : http(`http://127.0.0.1:${port}/`),
      options,
    );
  }
  for (let i = 0; i < 100; i++) {
    using conn = await listener.accept();
    assertLessOrEqual(peak, 16);
    await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
    await conn.closeWrite();
    // What is unread would reset the connection.
    while (await conn.read(new Uint8Array(4096)) !== null);
  }
  await fleet.until("healthy");
  assertEquals([peak, failed], [16, []]);
});
