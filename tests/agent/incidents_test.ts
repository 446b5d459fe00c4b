import { assertEquals } from "@std/assert";
import { type Config, parseConfig } from "../../src/agent/config.ts";
import { type Agent, type Incident, startAgent } from "../../src/agent/mod.ts";
import { folderOf } from "../support/plugins.ts";
import { tcpServer } from "../support/servers.ts";

function configOf(text: string): Config {
  return parseConfig(`listen: false\n${text}`, { env: () => undefined });
}

/** A port where nothing listens. */
function closedPort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return (listener.addr as Deno.NetAddr).port;
}

/** The next step of an incident of a check. */
function nextStep(
  { incidents }: Agent,
  check: string,
  is: (incident: Incident) => boolean = () => true,
): Promise<Incident> {
  const end = new AbortController();
  return new Promise((resolve) => {
    incidents.observe((step) => {
      if (step.type === "maintenance") return;
      const { incident } = step;
      if (incident.check !== check || !is(incident)) return;
      end.abort();
      resolve(incident);
    }, { signal: end.signal });
  });
}

Deno.test("an agent tries what a check depends on, and a reload keeps its incident", async () => {
  await using target = tcpServer(() => {});
  const [web, net] = [closedPort(), closedPort()];
  const configWith = (of: { net: number; web?: string }): Config =>
    configOf(`
defaults: { interval: 1h, retries: 1 }
checks:
  net: { type: tcp, port: ${of.net} }
  web: { type: tcp, port: ${web}, interval: 50ms, backoff: false ${
      of.web ?? ""
    } }
`);
  await using agent = await startAgent(
    configWith({ net, web: ", depends_on: [net]" }),
  );
  const { fleet, incidents } = agent;
  const { id, muted } = await nextStep(agent, "web");
  assertEquals(muted, { by: "dependency", check: "net" });
  const ids = () => incidents.list().filter(({ check }) => check === "web");

  const next = nextStep(agent, "web");
  await agent.reload(configWith({ net }));
  assertEquals((await next).muted, null);
  assertEquals(ids().map(({ id }) => id), [id]);

  const again = nextStep(agent, "web");
  await agent.reload(configWith({ net, web: ", depends_on: [net]" }));
  assertEquals((await again).muted, { by: "dependency", check: "net" });

  // The cause is another target now, which is up.
  const change = nextStep(agent, "web", ({ muted }) => muted === null);
  await agent.reload(
    configWith({ net: target.port, web: ", depends_on: [net]" }),
  );
  await change;
  assertEquals(fleet.get("net")?.status, "healthy");

  const end = nextStep(agent, "web", ({ ended }) => ended !== null);
  await agent.reload(configOf(`
checks:
  net: { type: tcp, port: ${target.port}, interval: 1h, retries: 1 }
`));
  assertEquals((await end).end, "removed");
  assertEquals(ids().map(({ id }) => id), [id]);
});

Deno.test("an incident that is muted is so until its check is removed with its cause", async () => {
  const [web, net] = [closedPort(), closedPort()];
  const other = `
  other: { type: tcp, port: ${net}, interval: 1h }`;
  await using agent = await startAgent(configOf(`
defaults: { interval: 1h, retries: 1 }
checks:
  net: { type: tcp, port: ${net} }
  web: { type: tcp, port: ${web}, depends_on: [net] }${other}
`));
  const muted = { by: "dependency", check: "net" } as const;
  assertEquals((await nextStep(agent, "web")).muted, muted);
  const next = nextStep(agent, "web");
  await agent.reload(configOf(`checks:${other}`));
  const { end, muted: still } = await next;
  assertEquals([end, still], ["removed", muted]);
});

Deno.test("a reload says that the days of a history keep their time zone", async () => {
  await using folder = await folderOf({});
  for (const history of ["", `history: ${folder.path}/lifesign.db`]) {
    const configIn = (timezone: string): Config =>
      configOf(`
timezone: ${timezone}
${history}
checks: { a: { type: tcp, port: 1, initial_delay: 1h } }
`);
    await using agent = await startAgent(configIn("UTC"));
    const { needRestart } = await agent.reload(configIn("Europe/Berlin"));
    assertEquals(needRestart, history === "" ? [] : ["timezone"]);
  }
});

Deno.test("incidents of the history go on after a restart, or end once", async () => {
  await using folder = await folderOf({});
  const ports = { still: closedPort(), up: closedPort(), gone: closedPort() };
  const configWith = (ids: readonly (keyof typeof ports)[]): Config =>
    configOf(`
history: ${folder.path}/lifesign.db
defaults: { interval: 1h, retries: 1 }
checks:
${ids.map((id) => `  ${id}: { type: tcp, port: ${ports[id]} }`).join("\n")}
`);
  const told: string[] = [];
  /** Runs an agent until some steps were told. */
  async function run(
    ids: readonly (keyof typeof ports)[],
    steps: number,
  ): Promise<readonly Incident[]> {
    await using agent = await startAgent(configWith(ids));
    const { fleet, incidents } = agent;
    const { promise, resolve } = Promise.withResolvers<void>();
    let count = 0;
    incidents.observe((step) => {
      if (step.type === "maintenance") return;
      const { incident: { check, end } } = step;
      told.push(`${check} ${end ?? step.type}`);
      if (++count === steps) resolve();
    });
    await fleet.until(["healthy", "unhealthy"]);
    if (steps > 0) await promise;
    return incidents.list();
  }

  const first = await run(["still", "up", "gone"], 3);
  assertEquals(told.splice(0).sort(), [
    "gone begin",
    "still begin",
    "up begin",
  ]);

  await using server = tcpServer(() => {});
  ports.up = server.port;
  // Its target is another one, which starts afresh; `gone` has ended before this.
  const second = await run(["still", "up"], 1);
  assertEquals(told.splice(0), ["up recovered"]);
  const by = (list: readonly Incident[], id: string) =>
    list.filter(({ check }) => check === id);
  assertEquals(by(second, "still"), by(first, "still"));
  assertEquals(by(second, "up").map(({ id, end }) => [id, end]), [
    [by(first, "up")[0]!.id, "recovered"],
  ]);
  assertEquals(by(second, "gone")[0]!.end, "removed");

  // What was told is kept, and nothing more is to be told.
  assertEquals(await run(["still", "up"], 0), second);
  assertEquals(told, []);
});
