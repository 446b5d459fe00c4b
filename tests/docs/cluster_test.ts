import "../support/no_proxy.ts";
import { assertEquals } from "@std/assert";
import { builtInKinds } from "../../src/agent/config.ts";
import { Counted, started } from "../sinks/cluster/agents.ts";
import { readPage } from "../support/docs.ts";
import { NATS, NatsServer, until } from "../support/nats.ts";
import { testWith } from "../support/needs.ts";

/** The subjects of a row of docs/cluster.md, as the server's config has them. */
async function subjectsOf(permission: string): Promise<string> {
  const row = (await readPage("cluster")).split("\n").find((line) =>
    line.startsWith(`| ${permission} `)
  )!;
  const subjects = [...row.matchAll(/`([^`]+)`/g)].map(([, subject]) =>
    subject!.replace("NAME", "shop")
  );
  return JSON.stringify(subjects);
}

testWith(NATS, {
  name: "agents need no more permissions than docs/cluster.md says",
  async fn() {
    const permissions = `{ publish: ${await subjectsOf("publish")}
      subscribe: ${await subjectsOf("subscribe")} }`;
    await using server = await NatsServer.start({
      config: `authorization { users: [
        { user: lifesign, password: secret, permissions: ${permissions} }
      ] }`,
    });
    const login = { url: server.url.replace("//", "//lifesign:secret@") };
    await using target = new Counted();
    const kinds = await builtInKinds(["http", "heartbeat"]);
    const checks = {
      ...Object.fromEntries(
        ["a", "b", "c", "d", "e", "f"].map((id) => [id, target.check(id)]),
      ),
      job: { type: "heartbeat", every: "1h", token: "a".repeat(32) },
    };
    await using a = await started(login, "a", checks, { kinds });
    await using b = await started(login, "b", checks, { kinds });
    const fleets = [a, b].map(({ agent }) => agent.fleet);
    await until(
      "shares of both",
      () =>
        fleets.every((fleet) =>
          new Set(fleet.list().map(({ agent }) => agent)).size > 1
        ),
    );
    for (const fleet of fleets) fleet.receive("job", { signal: "success" });
    await until(
      "all are up",
      () =>
        fleets.every((fleet) =>
          fleet.list().every(({ status }) => status === "healthy")
        ),
    );
    const messages = [...a.messages, ...b.messages];
    assertEquals(messages.filter((each) => each.includes("not let")), []);
    assertEquals([...a.errors, ...b.errors], []);
  },
});
