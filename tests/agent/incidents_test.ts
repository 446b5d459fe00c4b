import { assertEquals } from "@std/assert";
import { type Config, parseConfig } from "../../src/agent/config.ts";
import { type Agent, type Incident, startAgent } from "../../src/agent/mod.ts";
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
