/** What the user of an agent may do at the server, and what if it is not enough. */

import { assertEquals } from "@std/assert";
import { NATS, NatsServer, until } from "../../support/nats.ts";
import { testWith } from "../../support/needs.ts";
import { Hook } from "../notify/hook.ts";
import { Counted, started } from "./agents.ts";

const HOUR_MS = 3_600_000;

testWith(NATS, {
  name: "the permissions in the documentation are all that agents need",
  async fn() {
    const docs = await Deno.readTextFile(
      new URL("../../../docs/cluster.md", import.meta.url),
    );
    const subjects = (verb: string): string =>
      JSON.stringify(
        [
          ...docs.match(new RegExp(`^\\| ${verb} .*$`, "m"))![0]
            .matchAll(/`([^`]+)`/g),
        ].map(([, subject]) => subject!.replace("NAME", "shop")),
      );
    await using server = await NatsServer.start({
      config:
        `authorization { users: [{ user: u, password: p, permissions: { publish: ${
          subjects("publish")
        }, subscribe: ${subjects("subscribe")} } }] }`,
    });
    const url = server.url.replace("//", "//u:p@");
    await using target = new Counted();
    await using hook = new Hook();
    const notify = { team: { type: "webhook", url: hook.url, gather: 0 } };
    const checks = { x: target.check("x"), y: target.check("y") };
    await using a = await started({ url }, "a", checks, { notify });
    await using b = await started({ url }, "b", checks, { notify });
    b.agent.maintenance.start(["x"], { durationMs: HOUR_MS });
    await until(
      "maintenance at the other agent",
      () => a.agent.incidents.isInMaintenance("x"),
    );
    target.down.add("y");
    await until("a message", () => hook.got.length > 0);
    await until(
      "both as members",
      () => [a, b].every(({ agent }) => agent.cluster!.members().length === 2),
    );
    assertEquals(
      [...a.messages, ...b.messages].filter((it) => !it.includes("connected")),
      [],
    );
  },
});

testWith(NATS, {
  name: "an agent that may not share its maintenance says so once, and goes on",
  async fn() {
    const denied = '["$KV.lifesign-shop-maintenance.>"]';
    await using server = await NatsServer.start({
      config:
        `authorization { users: [{ user: u, password: p, permissions: { publish: { deny: ${denied} } } }] }`,
    });
    const url = server.url.replace("//", "//u:p@");
    await using target = new Counted();
    await using a = await started({ url }, "a", { x: target.check("x") });
    const says = () =>
      a.messages.filter((it) => it.includes("does not let this user"));
    for (const _ of [1, 2, 3]) {
      a.agent.maintenance.start(["x"], { durationMs: HOUR_MS });
      await until("that it is said", () => says().length > 0);
    }
    assertEquals(a.agent.incidents.isInMaintenance("x"), true);
    assertEquals(a.errors, []);
    await until("a member", () => a.agent.cluster!.standing === "member");
    assertEquals(says().length, 1, says().join());
  },
});
