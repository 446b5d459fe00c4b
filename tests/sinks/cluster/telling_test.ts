import { assertEquals, assertNotEquals } from "@std/assert";
import { type RunningAgent, startAgent } from "../../support/agent.ts";
import { NATS, NatsServer } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { folderOf } from "../../support/plugins.ts";
import { aWhile, Hook, Target, until } from "../notify/hook.ts";

/** What `/notifications` says. */
interface Said {
  readonly waiting: string | null;
  readonly sent: number;
}

async function notifierOf(agent: RunningAgent): Promise<Said> {
  const [said] = await (await agent.ask("notifications")).json();
  return said;
}

/** The agents that tell. */
async function tellers(
  agents: ReadonlyMap<string, RunningAgent>,
): Promise<string[]> {
  const all = await Promise.all(
    Array.from(
      agents,
      async ([id, agent]) => [id, (await notifierOf(agent)).waiting] as const,
    ),
  );
  return all.flatMap(([id, waiting]) => waiting === "teller" ? [] : [id]);
}

testWith(NATS, {
  name:
    "of many agents one tells, and when it is killed the next one tells the end",
  async fn() {
    await using server = await NatsServer.start();
    await using hook = new Hook();
    await using target = new Target();
    await using folder = await folderOf({});
    const { path } = folder;
    await using stack = new AsyncDisposableStack();
    const agents = new Map<string, RunningAgent>();
    for (const id of ["a", "b", "c"]) {
      await Deno.mkdir(`${path}/${id}`);
      await Deno.writeTextFile(
        `${path}/${id}/lifesign.yaml`,
        JSON.stringify({
          listen: "127.0.0.1:0",
          cluster: { servers: [server.url], name: "shop", id },
          notify: { team: { type: "webhook", url: hook.url, gather: 0 } },
          checks: { web: target.check("web"), api: target.check("api") },
        }),
      );
      agents.set(id, stack.use(await startAgent(`${path}/${id}`)));
    }
    await until(async () => (await tellers(agents)).length === 1);
    const [first] = await tellers(agents) as [string];
    target.down.add("web").add("api");
    const told = () =>
      hook.got.flatMap(({ event, incidents }) =>
        incidents.map(({ check }) => `${event} ${check}`)
      ).sort();
    await until(() => hook.got.flatMap((it) => it.incidents).length === 2);
    assertEquals(told(), ["down api", "down web"]);
    const { sent } = await notifierOf(agents.get(first)!);
    // All show what it has sent; its metrics are its own.
    for (const [id, agent] of agents) {
      await until(async () => (await notifierOf(agent)).sent === sent);
      const metrics = await (await agent.ask("metrics")).text();
      assertEquals(metrics.includes("lifesign_notifications_"), id === first);
    }
    const killed = agents.get(first)!;
    killed.kill("SIGKILL");
    await killed.ended;
    agents.delete(first);
    target.down.delete("web");
    await until(async () => (await tellers(agents)).length === 1);
    const [second] = await tellers(agents) as [string];
    assertNotEquals(second, first);
    await until(() => told().includes("up web"));
    await aWhile();
    assertEquals(told(), ["down api", "down web", "up web"]);
    // One that ends gives the lease back, and what lasts goes on.
    const ended = agents.get(second)!;
    ended.kill("SIGTERM");
    await ended.ended;
    agents.delete(second);
    target.down.clear();
    await until(() => told().includes("up api"));
    await aWhile();
    assertEquals(told(), ["down api", "down web", "up api", "up web"]);
    const ids = new Set(
      hook.got.flatMap(({ incidents }) => incidents.map(({ id }) => id)),
    );
    assertEquals(ids.size, 2);
  },
});
