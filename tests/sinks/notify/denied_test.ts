import { assertEquals } from "@std/assert";
import { type Config, parseConfig } from "../../../src/agent/config.ts";
import { startAgent } from "../../../src/agent/mod.ts";
import { Target } from "./hook.ts";

Deno.test("an agent says at its start what its notifiers are not allowed", async () => {
  await using target = new Target();
  const checks = { web: target.check("web") };
  const configOf = (notify: Record<string, unknown>): Config =>
    parseConfig(JSON.stringify({ listen: false, checks, notify }));
  const here = { type: "log" };
  const hook = { type: "webhook", url: "https://hooks.example/" };
  const mail = {
    type: "email",
    url: "smtp://mail.example",
    from: "a@a.example",
    to: "b@b.example",
  };
  const comma = { ...mail, ca: "/etc/a,b.pem" };
  const said: string[] = [];
  await using agent = await startAgent(configOf({ here, hook, mail }), {
    onMessage: (message, level) => said.push(`${level} ${message}`),
  });
  const denied = "warn notify.hook: cannot send: not allowed by Deno: " +
    "run with --allow-net=hooks.example:443";
  assertEquals(said, [
    denied,
    "warn notify.mail: cannot send: not allowed by Deno: run with --allow-net=mail.example:587",
  ]);
  await agent.reload(configOf({ here }));
  await agent.reload(configOf({ hook, comma }));
  assertEquals(said.slice(2), [
    denied,
    'warn notify.comma: cannot send: not allowed by Deno: no flag can allow "/etc/a,b.pem": it has a comma',
  ]);
});
