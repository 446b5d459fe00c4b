/** Maintenance that is started by hand at one agent holds at all of them. */

import { assert, assertEquals } from "@std/assert";
import { startAgent } from "../../support/agent.ts";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { folderOf } from "../../support/plugins.ts";
import { Hook } from "../notify/hook.ts";
import { Counted, type Started, started } from "./agents.ts";
import { linked } from "./nats/connected.ts";

const HOUR_MS = 3_600_000;

/** Whether a check is in maintenance, as each of some agents sees it. */
function covered(agents: readonly Started[], id: string): boolean[] {
  return agents.map(({ agent }) => agent.incidents.isInMaintenance(id));
}

/** Waits until all agents say that a check is in maintenance, or that it is not. */
async function untilAll(
  agents: readonly Started[],
  id: string,
  isCovered: boolean,
): Promise<void> {
  await until(
    `${id} ${isCovered ? "" : "not "}to be in maintenance`,
    () => covered(agents, id).every((each) => each === isCovered),
  );
}

testWith(NATS, {
  name:
    "the agent that tells is quiet for maintenance of another agent, and tells once it is stopped",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    await using hook = new Hook();
    const checks = { x: target.check("x"), y: target.check("y") };
    const notify = { team: { type: "webhook", url: hook.url, gather: 0 } };
    await using a = await started(server, "a", checks, { notify });
    await using b = await started(server, "b", checks, { notify });
    await using c = await started(server, "c", checks, { notify });
    const all = [a, b, c];
    await until(
      "a teller that all know",
      () =>
        all.every(({ agent }) =>
          agent.cluster!.teller !== null &&
          agent.fleet.get("x")?.status === "healthy"
        ),
    );
    const teller = a.agent.cluster!.teller;
    const [other, last] = all.filter(({ agent }) =>
      agent.cluster!.self !== teller
    ) as [Started, Started];
    other.agent.maintenance.start(["x"], {
      durationMs: HOUR_MS,
      reason: "Disks",
    });
    const told = other.agent.maintenance.list();
    await untilAll(all, "x", true);
    assertEquals(
      all.map(({ agent }) => agent.maintenance.list()),
      all.map(() => told),
    );
    target.down.add("x");
    await until(
      "muted incidents",
      () =>
        all.every(({ agent }) =>
          agent.incidents.openOf("x")?.muted?.by === "maintenance"
        ),
    );
    // What is not in maintenance is told. Whatever x has made came before that.
    target.down.add("y");
    await until("a message", () => hook.got.length > 0);
    const checksTold = () =>
      hook.got.flatMap(({ incidents }) => incidents.map(({ check }) => check));
    assertEquals(checksTold(), ["y"]);
    last.agent.maintenance.stop(["x"]);
    await until("the other message", () => checksTold().length > 1);
    assertEquals(checksTold(), ["y", "x"]);
    await untilAll(all, "x", false);
    assertEquals(all.flatMap(({ errors }) => errors), []);
  },
});

testWith(NATS, {
  name:
    "agents that start later, or were away, hear of what was started and stopped",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const checks = { x: target.check("x"), y: target.check("y") };
    await using a = await started(server, "a", checks);
    const start = (agent: Started, ...ids: string[]) =>
      agent.agent.maintenance.start(ids, { durationMs: HOUR_MS });
    start(a, "x");
    {
      await using b = await started(server, "b", checks);
      // It knows before it makes its first attempt.
      assertEquals(covered([b], "x"), [true]);
      await server.kill();
      await until(
        "no connection",
        () => [a, b].every(({ agent }) => !agent.cluster!.isConnected),
      );
      a.agent.maintenance.stop(["x"]);
      start(b, "y");
      assertEquals(covered([a, b], "x"), [false, true]);
      assertEquals(covered([a, b], "y"), [false, true]);
      await server.run();
      await untilAll([a, b], "x", false);
      await untilAll([a, b], "y", true);
      // The server loses all it had.
      await server.kill();
      await server.wipe();
      await server.run();
    }
    await using c = await started(server, "c", checks);
    await untilAll([a, c], "y", true);
    assertEquals(covered([a, c], "x"), [false, false]);
  },
});

testWith(NATS, {
  name:
    "an agent with a history takes what is newer there or at the others, also a stop",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    await using folder = await folderOf({});
    const checks = { x: target.check("x"), y: target.check("y") };
    const history = `${folder.path}/a.db`;
    const on = { durationMs: HOUR_MS };
    await using b = await started(server, "b", checks);
    {
      await using a = await started(server, "a", checks, { history });
      a.agent.maintenance.start(["x", "y"], on);
      await untilAll([b], "y", true);
    }
    b.agent.maintenance.stop(["x"]);
    {
      await using a = await started(server, "a", checks, { history });
      await untilAll([a], "x", false);
      assertEquals(covered([a, b], "y"), [true, true]);
      // It is stopped while nobody can hear of that, and the agent ends.
      await server.kill();
      await until("no connection", () => !a.agent.cluster!.isConnected);
      a.agent.maintenance.stop(["y"]);
    }
    await server.run();
    assertEquals(covered([b], "y"), [true]);
    await using a = await started(server, "a", checks, { history });
    await untilAll([a, b], "y", false);
    assertEquals(covered([a, b], "x"), [false, false]);
  },
});

testWith(NATS, {
  name:
    "maintenance holds at agents with other checks, and for those that come with a reload",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    const x = target.check("x");
    await using a = await started(server, "a", { x, y: target.check("y") });
    await using b = await started(server, "b", { x });
    a.agent.maintenance.start(["x", "y"], { durationMs: HOUR_MS });
    await untilAll([a, b], "x", true);
    assertEquals(b.agent.maintenance.list().map(({ check }) => check), ["x"]);
    await b.reload({ x, y: target.check("y") });
    assertEquals(covered([b], "y"), [true]);
  },
});

testWith(NATS, {
  name: "whatever others write of maintenance, an agent goes on",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    await using a = await started(server, "a", { x: target.check("x") });
    await using other = await linked(server);
    const client = other.connection.client!;
    const write = (key: string, text: string) =>
      client.publish(`$KV.lifesign-shop-maintenance.${key}`, text);
    for (const text of ["{", "null", "[]", "7", '{"at":1}', '"x"']) {
      write("x", text);
      write("nobody", text);
    }
    const now = Date.now();
    const value = {
      from: now,
      to: now + HOUR_MS,
      reason: null,
      isStopped: false,
      at: now,
    };
    write("nobody", JSON.stringify(value));
    write("x", JSON.stringify(value));
    await untilAll([a], "x", true);
    // A clock that is far ahead blocks nobody.
    const ahead = { ...value, at: now + 1e12, from: now + 1e12 };
    write("x", JSON.stringify({ ...ahead, to: now + 1e12 + 2 * HOUR_MS }));
    const of = () => a.agent.maintenance.list()[0];
    await until("the later one", () => of()!.to - of()!.from === 2 * HOUR_MS);
    assert(of()!.from <= Date.now());
    await using b = await started(server, "b", { x: target.check("x") });
    b.agent.maintenance.stop(["x"]);
    await untilAll([a, b], "x", false);
    assertEquals([...a.errors, ...b.errors], []);
  },
});

testWith(NATS, {
  name: "maintenance that the HTTP app of one agent starts is shown by another",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    await using folder = await folderOf({});
    await using stack = new AsyncDisposableStack();
    const agents = [];
    for (const id of ["a", "b"]) {
      const path = `${folder.path}/${id}`;
      await Deno.mkdir(path);
      await Deno.writeTextFile(
        `${path}/lifesign.yaml`,
        JSON.stringify({
          listen: "127.0.0.1:0",
          cluster: { servers: [server.url], name: "shop", id },
          checks: { x: target.check("x") },
        }),
      );
      agents.push(stack.use(await startAgent(path)));
    }
    const [a, b] = agents as [typeof agents[0], typeof agents[0]];
    const isShown = async () =>
      (await (await b.ask("maintenance")).json()).active.length === 1 &&
      (await (await b.ask("")).text()).includes("in maintenance");
    assertEquals(await isShown(), false);
    const started = await a.ask("maintenance", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ checks: ["x"], for: "1h" }),
    });
    assertEquals((await started.json()).active.length, 1);
    await until("it at the other agent", isShown);
    await (await b.ask("maintenance?all", { method: "DELETE" })).body?.cancel();
    await until(
      "its end",
      async () =>
        (await (await a.ask("maintenance")).json()).active.length === 0,
    );
  },
});

testWith(NATS, {
  name: "what an agent hears as it starts is kept by its history",
  async fn() {
    await using server = await NatsServer.start();
    await using target = new Counted();
    await using folder = await folderOf({});
    const checks = { x: target.check("x") };
    const history = `${folder.path}/a.db`;
    {
      await using b = await started(server, "b", checks);
      b.agent.maintenance.start(["x"], { durationMs: HOUR_MS });
      await using a = await started(server, "a", checks, { history });
      assertEquals(covered([a], "x"), [true]);
    }
    await server.kill();
    await using a = await started(server, "a", checks, { history });
    assertEquals(covered([a], "x"), [true]);
  },
});
