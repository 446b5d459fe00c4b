import { assert, assertEquals } from "@std/assert";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Counted, started, transitions } from "./agents.ts";

testWith(NATS, {
  name:
    "an agent that starts later knows all checks, and the whole cluster does after a restart",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    target.down.add("bad");
    const checks = Object.fromEntries(
      ["good", "bad", "x", "y"].map((
        id,
      ) => [id, target.check(id, { interval: "1h", retries: 1 })]),
    );
    await using a = await started(server, "a", checks);
    const statuses = ({ agent }: typeof a) =>
      Object.fromEntries(
        agent.fleet.list().map(({ id, status, since, attempts, stale }) => [
          id,
          [status, since.getTime(), attempts, stale],
        ]),
      );
    await until(
      "all to be tried",
      () =>
        a.agent.fleet.list().every(({ status, id }) =>
          status === (id === "bad" ? "unhealthy" : "healthy")
        ),
    );
    const known = statuses(a);
    // A transition is written at once, but nobody says when the server has it.
    await using b = await startedKnowing(known);
    const count = target.count("bad");
    await until("b to trust a", () => same(statuses(b), known));
    assertEquals(target.count("bad"), count);
    assertEquals(b.steps.filter(({ type }) => type === "end"), []);
    await Promise.all([a.agent.close(), b.agent.close()]);

    await using c = await started(server, "c", checks);
    // Some may have been tried already.
    for (const [id, [status, since]] of Object.entries(known)) {
      const now = c.agent.fleet.get(id)!;
      assertEquals([now.status, now.since.getTime()], [status, since]);
      assert(now.stale === true || now.agent === "c");
    }
    await until(
      "all to be tried again",
      () =>
        c.agent.fleet.list().every(({ stale, attempts, id }) =>
          stale === undefined && attempts === (known[id]![2] as number) + 1
        ),
    );
    for (const id of Object.keys(known)) assertEquals(transitions(c, id), []);
    assertEquals([...a.errors, ...b.errors, ...c.errors], []);

    async function startedKnowing(known: Record<string, unknown[]>) {
      while (true) {
        const b = await started(server, "b", checks);
        const has = Object.entries(known).every(([id, [status]]) =>
          b.agent.fleet.get(id)?.status === status
        );
        if (has) return b;
        await b.agent.close();
      }
    }
  },
});

function same(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

testWith(NATS, {
  name: "agents go on while NATS is away, and agree again when it is back",
  async fn() {
    await using server = await NatsServer.start({ runs: false });
    await using target = new Counted();
    const checks = Object.fromEntries(
      ["p", "q", "r", "s"].map((id) => [
        id,
        target.check(id, { retries: 1, backoff: false }),
      ]),
    );
    await using a = await started(server, "a", checks);
    await using b = await started(server, "b", checks);
    const all = [a, b];
    assertEquals(a.agent.cluster!.isConnected, false);
    await until(
      "each to run all by itself",
      () =>
        all.every(({ agent }) =>
          agent.fleet.list().every((it) =>
            it.status === "healthy" && it.agent === agent.cluster!.self
          )
        ),
    );
    await server.run();
    const agree = () =>
      agreed(all) &&
      new Set(a.agent.fleet.list().map((it) => it.agent)).size > 1;
    await until("one view of both", agree);
    await server.kill();
    await until(
      "it to be noticed",
      () => all.every(({ agent }) => !agent.cluster!.isConnected),
    );
    target.down.add("p");
    const count = target.count("q");
    await until("attempts", () => target.count("q") > count + 3);
    await until(
      "its owner to see it",
      () =>
        all.some(({ agent }) => agent.fleet.get("p")?.status === "unhealthy"),
    );
    await server.run();
    await until(
      "both to know it",
      () =>
        agree() &&
        all.every(({ agent }) => agent.fleet.get("p")?.status === "unhealthy"),
    );
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});

/** Whether all have the same to say of all checks. */
function agreed(
  all: readonly { agent: { fleet: { list(): readonly object[] } } }[],
): boolean {
  const seen = all.map(({ agent }) =>
    JSON.stringify(
      agent.fleet.list().map((it) => {
        const { status, agent, since } = it as Record<string, unknown>;
        return [status, agent, since];
      }),
    )
  );
  return new Set(seen).size === 1;
}

testWith(NATS, {
  name:
    "a check that was removed and comes back goes on from what was known of it",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    target.down.add("x").add("z");
    const options = { interval: "1h", retries: 1 };
    const [x, y, z] = ["x", "y", "z"].map((id) => target.check(id, options));
    const since: Record<string, number> = {};
    {
      await using a = await started(server, "a", { x, y, z });
      await until(
        "both to be down",
        () =>
          ["x", "z"].every((id) =>
            a.agent.fleet.get(id)?.status === "unhealthy"
          ),
      );
      for (const { id, since: at } of a.agent.fleet.list()) {
        since[id] = at.getTime();
      }
      await a.reload({ y });
      await until(
        "it to run the rest",
        () =>
          a.agent.cluster!.standing === "member" &&
          a.agent.fleet.isHeld("y") === false,
      );
    }
    {
      await using b = await started(server, "b", { x, y });
      assertEquals(b.agent.fleet.get("x")?.since.getTime(), since.x);
      await until("it to run", () => b.agent.fleet.isHeld("y") === false);
      await b.reload({ x, y, z });
      await until(
        "it to go on",
        () => b.agent.fleet.get("z")?.since.getTime() === since.z,
      );
      // That is what was known of it, and nothing new.
      assertEquals(transitions(b, "z"), ["unknown unhealthy"]);
      assertEquals(transitions(b, "x"), []);
    }
  },
});

testWith(NATS, {
  name: "a new check goes on where it was as one agent after the other gets it",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const ids = Array.from({ length: 16 }, (_, i) => `c${i}`);
    for (const id of ids) target.down.add(id);
    const options = { interval: "1h", retries: 1 };
    const old = { old: target.check("old", options) };
    const checks = {
      ...old,
      ...Object.fromEntries(ids.map((id) => [id, target.check(id, options)])),
    };
    await using a = await started(server, "a", old);
    await using b = await started(server, "b", old);
    await until(
      "both to be members",
      () => [a, b].every(({ agent }) => agent.cluster!.members().length === 2),
    );
    await a.reload(checks);
    const all = ({ agent }: typeof a) => ids.map((id) => agent.fleet.get(id)!);
    await until(
      "all to be down",
      () => all(a).every(({ status }) => status === "unhealthy"),
    );
    const since = all(a).map(({ since }) => since.getTime());
    await until(
      "the other one to see that",
      () =>
        new Set(b.agent.cluster!.members().map(({ config }) => config)).size >
          1,
    );
    await b.reload(checks);
    await until(
      "both to have a share",
      () =>
        [a, b].every(({ agent }) =>
          ids.some((id) => agent.fleet.isHeld(id) === false)
        ),
    );
    await until(
      "both to know all",
      () => all(b).every(({ status }) => status === "unhealthy"),
    );
    assertEquals(all(b).map(({ since }) => since.getTime()), since);
    assertEquals(all(a).map(({ since }) => since.getTime()), since);
    assertEquals(ids.flatMap((id) => transitions(a, id).slice(1)), []);
    assertEquals([a.errors, b.errors], [[], []]);
  },
});
