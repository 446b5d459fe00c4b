import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Status } from "../../../../src/core/types.ts";
import { Fleet } from "../../../../src/fleet/fleet.ts";
import { judged } from "../../../../src/sinks/cluster/shared/judged.ts";
import { Looks } from "../../../../src/sinks/cluster/shared/looks.ts";
import { Regions } from "../../../../src/sinks/cluster/shared/regions.ts";
import { PASS, scripted } from "../../../support/probes.ts";
import { OtherAgent } from "../../../support/sharing.ts";

const probe = scripted([PASS]);

/** Notes what a region sees. */
function see(looks: Looks, check: string, region: string, status: Status) {
  const { state } = new OtherAgent().find(PASS);
  const found = { outcome: PASS, state: { ...state, status } };
  looks.note(check, region, found, { agent: `of ${region}` });
}

Deno.test("looks are of the regions that a check has, and of no others", () => {
  const looks = new Looks();
  const of = (check: string) =>
    looks.of(check).map(({ region, status, agent }) => [region, status, agent]);
  looks.set("__proto__", ["eu", "us"]);
  see(looks, "__proto__", "us", "healthy");
  see(looks, "__proto__", "mars", "healthy");
  see(looks, "other", "us", "healthy");
  assertEquals(of("__proto__"), [["eu", "unknown", null], [
    "us",
    "healthy",
    "of us",
  ]]);
  assertEquals(of("other"), []);
  looks.set("__proto__", ["us", "ap"]);
  assertEquals(of("__proto__")[0], ["us", "healthy", "of us"]);
  looks.lose("__proto__", "us");
  looks.lose("__proto__", "us");
  looks.lose("other", "us");
  assertEquals(of("__proto__")[0], ["us", "unknown", null]);
  looks.delete("__proto__");
  assertEquals([of("__proto__"), [...looks.checks()]], [[], []]);
});

Deno.test("what regions see is judged once all are known, or at once if it is down anyhow", async () => {
  using time = new FakeTime();
  const looks = new Looks();
  const regions = ["eu", "us", "ap"];
  await using fleet = new Fleet();
  const add = (id: string) => {
    looks.set(id, regions);
    fleet.add(judged(id, probe, looks, null), { id, retries: 1, rise: 1 });
    return () => fleet.get(id)?.status;
  };
  const waits = add("waits");
  see(looks, "waits", "eu", "healthy");
  see(looks, "waits", "us", "unhealthy");
  assertEquals(waits(), "unknown");
  see(looks, "waits", "ap", "healthy");
  assertEquals(waits(), "degraded");
  const down = add("down");
  see(looks, "down", "eu", "unhealthy");
  see(looks, "down", "us", "unhealthy");
  assertEquals(down(), "unhealthy");
  looks.lose("down", "us");
  assertEquals(down(), "unhealthy");
  const late = add("late");
  see(looks, "late", "eu", "healthy");
  time.tick(14_999);
  assertEquals(late(), "unknown");
  time.tick(1);
  assertEquals(late(), "healthy");
  // Nothing is said where nobody looks.
  const never = add("never");
  time.tick(15_000);
  assertEquals([never(), fleet.get("never")?.attempts], ["unknown", 0]);
  await fleet.remove("late");
  see(looks, "late", "us", "unhealthy");
});

Deno.test("what was seen of another target is forgotten, and removed checks are", async () => {
  const end = new AbortController();
  const regions = new Regions({
    self: { agent: "a", region: "eu" },
    peers: {
      acts: () => true,
      tell() {},
      attempt: () => Promise.resolve(),
      ping() {},
    },
    limits: {},
    recordOf: () => undefined,
    signal: end.signal,
    onError() {},
  });
  const from = { regions: ["eu", "us"], labels: {} };
  const wrap = (id: string, target: string, more: object = { from }) =>
    regions.wrap({
      id,
      probe: scripted([PASS], { target }),
      options: { retries: 3 },
      ...more,
    });
  assertEquals(wrap("x", "1").options, { retries: 1, rise: 1 });
  see(regions.looks, "x", "us", "unhealthy");
  wrap("x", "1");
  assertEquals(regions.looks.of("x")[1]?.status, "unhealthy");
  wrap("x", "2");
  assertEquals(regions.looks.of("x")[1]?.status, "unknown");
  assertEquals(regions.fleet.probe("x")?.target, "2");
  wrap("far", "1", { from: { regions: ["us"], labels: {} } });
  wrap("plain", "1", {});
  assertEquals(regions.fleet.list().map(({ id }) => id), ["x"]);
  wrap("x", "2", {});
  assertEquals([regions.fleet.size, regions.looks.of("x")], [0, []]);
  wrap("y", "1");
  regions.keep(new Set());
  assertEquals([regions.fleet.size, [...regions.looks.checks()]], [0, []]);
  await regions.close();
});
