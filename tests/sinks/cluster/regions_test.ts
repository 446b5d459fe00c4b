import { assertEquals } from "@std/assert";
import type { Kinds } from "../../../src/probes/kind.ts";
import { fail, pass } from "../../../src/core/outcome.ts";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { started } from "./agents.ts";

/** A kind of probes that see another thing from each region. */
function seenFrom(
  region: string,
  down: ReadonlySet<string>,
  onAttempt: () => void = () => {},
): Kinds {
  return {
    seen: {
      schema: {
        properties: { name: { title: "a name", type: "string" } },
        required: ["name"],
      },
      make: ({ name }: { name: string }) =>
        Object.assign(() => {
          onAttempt();
          return Promise.resolve(
            down.has(`${name} ${region}`)
              ? fail({ code: "status", message: "HTTP 500" })
              : pass(),
          );
        }, { type: "seen", target: name, permissions: [] }),
    },
  } as unknown as Kinds;
}

testWith(NATS, {
  name: "a check of three regions is judged by what each of them sees",
  async fn() {
    await using server = await NatsServer.start();
    const fast = {
      type: "seen",
      interval: "200ms",
      retries: 1,
      backoff: false,
    };
    const checks = {
      most: { ...fast, name: "most", from: ["eu", "us", "ap"] },
      any: {
        ...fast,
        name: "any",
        from: { regions: ["eu", "us", "ap"], need: 1 },
      },
      far: { ...fast, name: "far", from: ["eu", "mars"] },
      away: { ...fast, name: "away", from: ["mars"] },
      plain: { ...fast, name: "plain" },
    };
    const down = new Set<string>();
    const start = (id: string, region: string) =>
      started(server, id, checks, { region, kinds: seenFrom(region, down) });
    await using a = await start("a", "eu");
    await using b = await start("b", "us");
    await using c = await start("c", "ap");
    const all = [a, b, c];
    const is = (id: string, status: string, agents = all) => () =>
      agents.every(({ agent }) => agent.fleet.get(id)?.status === status);
    const looks = (id: string, { agent } = a) =>
      agent.cluster!.regionsOf(id).map(({ region, status, agent }) => [
        region,
        status,
        agent,
      ]);
    for (const id of ["most", "any", "plain", "far"]) {
      await until(`${id} to be healthy`, is(id, "healthy"));
    }
    for (const each of all) {
      await until(
        "all regions to be seen",
        () =>
          JSON.stringify(looks("most", each)) ===
            JSON.stringify([
              ["eu", "healthy", "a"],
              ["us", "healthy", "b"],
              ["ap", "healthy", "c"],
            ]),
      );
      assertEquals(looks("plain", each), []);
      // Nobody is there.
      await until(
        "one region of two",
        () =>
          JSON.stringify(looks("far", each)) ===
            JSON.stringify([["eu", "healthy", "a"], ["mars", "unknown", null]]),
      );
      assertEquals(looks("away", each), [["mars", "unknown", null]]);
      assertEquals(each.agent.fleet.get("away")?.status, "unknown");
      assertEquals(each.agent.cluster!.uncovered(9), [
        { check: "far", region: "mars" },
        { check: "away", region: "mars" },
      ]);
    }
    down.add("most us").add("any us");
    await until("a part to be down", is("most", "degraded"));
    await until("one to be enough", is("any", "unhealthy"));
    assertEquals(
      a.agent.fleet.get("most")?.reason?.message,
      "Fails from us: HTTP 500",
    );
    down.add("most ap");
    await until("most to be down", is("most", "unhealthy"));
    down.clear();
    await until("most to be up", is("most", "healthy"));
    await until("any to be up", is("any", "healthy"));
    // The last agent of a region ends: that is no reason to be down.
    await c.agent.close();
    const rest = [a, b];
    for (const each of rest) {
      await until(
        "a region to be lost",
        () =>
          JSON.stringify(looks("most", each)[2]) ===
            JSON.stringify(["ap", "unknown", null]),
      );
    }
    down.add("any us");
    await until("it to be judged still", is("any", "unhealthy", rest));
    assertEquals(is("most", "healthy", rest)(), true);
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});

testWith(NATS, {
  name:
    "each agent counts the attempts that it makes, also those of its region",
  async fn() {
    await using server = await NatsServer.start();
    const fast = { type: "seen", interval: "300ms" };
    const checks = {
      both: { ...fast, name: "both", from: ["eu", "us"] },
      us: { ...fast, name: "us", from: ["us"] },
      plain: { ...fast, name: "plain" },
    };
    const made = { eu: 0, us: 0 };
    const start = (id: string, region: "eu" | "us") =>
      started(server, id, checks, {
        region,
        listen: "127.0.0.1:0",
        kinds: seenFrom(region, new Set(), () => made[region]++),
      });
    await using a = await start("a", "eu");
    await using b = await start("b", "us");
    /** Whether the metrics of an agent have the attempts that it has made. */
    async function counts({ agent }: typeof a, region: "eu" | "us") {
      const response = await fetch(new URL("/metrics", agent.url!));
      const text = await response.text();
      const valueOf = (sample: string) =>
        Number(
          text.split("\n").find((it) => it.startsWith(`${sample} `))
            ?.slice(sample.length),
        );
      return made[region] > 8 &&
        valueOf('lifesign_attempts_total{verdict="pass"}') === made[region] &&
        valueOf("lifesign_attempt_duration_seconds_count") === made[region];
    }
    await until(
      "all attempts to be counted",
      async () => await counts(a, "eu") && await counts(b, "us"),
    );
  },
});
