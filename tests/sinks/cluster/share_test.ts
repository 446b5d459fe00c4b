import { assert, assertEquals } from "@std/assert";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Counted, lookers, started, transitions } from "./agents.ts";

const IDS = ["a", "b", "c", "d", "e", "f", "__proto__", "nül-."];

/** Checks of a target for all ids. */
function checksOf(
  target: Counted,
  ids: readonly string[] = IDS,
  more: Record<string, unknown> = {},
): Record<string, unknown> {
  return Object.fromEntries(
    ids.map((id) => [id, target.check(encodeURIComponent(id), more)]),
  );
}

testWith(NATS, {
  name:
    "agents share the checks: one of them tries each, and all know the same of it",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = checksOf(target);
    await using a = await started(server, "a", checks, { region: "eu" });
    await using b = await started(server, "b", checks);
    await using c = await started(server, "c", checks);
    const all = [a, b, c];
    const known = () =>
      IDS.map((id) => {
        const seen = all.map(({ agent }) => agent.fleet.get(id)!);
        return JSON.stringify(
          seen.map(({ status, agent, since, failures }) => [
            status,
            agent,
            since,
            failures,
          ]),
        );
      });
    const owners = () =>
      new Set(IDS.map((id) => a.agent.fleet.get(id)!.agent)).size;
    await until("one view of all", () =>
      owners() > 1 && IDS.every((_, i) => {
        const [one, ...others] = JSON.parse(known()[i]!);
        return one[0] === "healthy" && one[1] !== undefined &&
          others.every((other: unknown) =>
            JSON.stringify(other) === JSON.stringify(one)
          );
      }));
    await until(
      "three members",
      () => all.every(({ agent }) => agent.cluster!.members().length === 3),
    );
    // From here on each is tried by its owner only.
    const before = new Map(
      IDS.map((id) => [id, target.count(encodeURIComponent(id))]),
    );
    const begun = all.map(({ steps }) => steps.length);
    await until(
      "more attempts",
      () =>
        IDS.every((id) =>
          target.count(encodeURIComponent(id)) >= before.get(id)! + 4
        ),
    );
    for (const id of IDS) {
      const triers = all.filter(({ steps }, i) =>
        steps.slice(begun[i]).some((step) =>
          step.type === "begin" && step.id === id
        )
      );
      assertEquals(triers.length, 1, id);
      const { agent, region } = b.agent.fleet.get(id)!;
      assertEquals(region, agent === "a" ? "eu" : undefined);
    }
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});

testWith(NATS, {
  name:
    "an agent that ends hands over at once, and what is known of checks goes on",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    target.down.add("b");
    const checks = checksOf(target, ["a", "b", "c", "d"], {
      retries: 3,
      backoff: false,
    });
    await using a = await started(server, "a", checks);
    await using b = await started(server, "b", checks);
    const all = [a, b];
    await until("shares of both", () => {
      const { fleet } = a.agent;
      const owners = fleet.list().map(({ agent }) => agent);
      return owners.includes("a") && owners.includes("b") &&
        fleet.get("b")?.status === "unhealthy" &&
        ["a", "c", "d"].every((id) => fleet.get(id)?.status === "healthy");
    });
    const owned = a.agent.fleet.list().filter(({ agent }) => agent === "b");
    const told = a.steps.length;
    const leftAt = performance.now();
    await b.agent.close();
    for (const { id, since, status, attempts, failures } of owned) {
      await until(`an attempt of ${id} by the other`, () => {
        const now = a.agent.fleet.get(id)!;
        return now.agent === "a" && now.attempts > attempts;
      });
      const now = a.agent.fleet.get(id)!;
      assertEquals([now.status, now.since], [status, since], id);
      assert(now.failures >= failures);
    }
    // Far below what it takes to find that an agent is dead.
    assert(performance.now() - leftAt < 8_000);
    const later = { ...a, steps: a.steps.slice(told) };
    for (const { id } of owned) assertEquals(transitions(later, id), []);
    assertEquals(a.agent.cluster!.takeovers >= owned.length, true);
    await until(
      "it to be gone",
      () => a.agent.cluster!.members().every(({ id }) => id === "a"),
    );
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});

testWith(NATS, {
  name:
    "failures go on with the next agent, and attempts on demand go to who runs a check",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = checksOf(target, ["a", "b", "c", "d", "e"], {
      retries: 3,
      interval: "1h",
    });
    await using a = await started(server, "a", checks);
    await using b = await started(server, "b", checks);
    await until(
      "two members",
      () => [a, b].every(({ agent }) => agent.cluster!.members().length === 2),
    );
    // Each is tried once at first, and by one agent only once the two share.
    const demand = async () => {
      for (const { id } of a.agent.fleet.list()) {
        await a.agent.fleet.attempt(id);
      }
    };
    await until("a share of the other", async () => {
      await demand();
      return lookers([a], "a").length === 1 &&
        a.agent.fleet.list().some(({ agent }) => agent === "b");
    });
    const id = a.agent.fleet.list().find(({ agent }) => agent === "b")!.id;
    // What the other has found within a second is good enough.
    const tryAgain = async () => {
      const { attempts } = a.agent.fleet.get(id)!;
      while (true) {
        const now = await a.agent.fleet.attempt(id);
        if (now.attempts > attempts) return now;
      }
    };
    const count = target.count(id);
    const { attempts } = await tryAgain();
    assertEquals(target.count(id), count + 1);
    assertEquals(b.agent.fleet.get(id)?.attempts, attempts);
    target.down.add(id);
    await tryAgain();
    const second = await tryAgain();
    assertEquals([second.failures, second.status, second.agent], [
      2,
      "healthy",
      "b",
    ]);
    await b.agent.close();
    await until(
      "the other to run it",
      () => a.agent.fleet.isHeld(id) === false,
    );
    const third = await a.agent.fleet.attempt(id);
    assertEquals([third.status, third.agent], ["unhealthy", "a"]);
    assertEquals(third.attempts, attempts + 3);
    assertEquals([...a.errors, ...b.errors], []);
  },
});
