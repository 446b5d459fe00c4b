import { assertEquals, assertFalse } from "@std/assert";
import { startAgent } from "../../src/agent/agent.ts";
import { parseConfig } from "../../src/agent/config.ts";
import { httpServer } from "../support/servers.ts";

Deno.test("a reload from a literal value to a variable changes the check, and what is known of it shows the variable", async () => {
  await using server = httpServer((request) =>
    new Response(request.headers.get("x-plain"), { status: 500 })
  );
  const configOf = (value: string) =>
    parseConfig(
      `
listen: false
checks:
  a:
    type: http
    url: http://${server.authority}/
    headers: { x-plain: "${value}" }
    status: 500
    contains: other
    retries: 1
    interval: 1h
`,
      { env: () => "hunter22" },
    );
  await using agent = await startAgent(configOf("hunter22"));
  const { fleet } = agent;
  const said = () => fleet.get("a")?.reason?.message.replace(/.*got /, "");
  await fleet.attempt("a");
  assertEquals(said(), '"hunter22"');
  const { changed } = await agent.reload(configOf("${A}"));
  assertEquals(changed, 1);
  // Before the next attempt has a result, too.
  assertEquals(said(), '"${A}"');
  await fleet.attempt("a");
  assertEquals(said(), '"${A}"');
  assertFalse(JSON.stringify(fleet.history("a")).includes("hunter22"));
  assertFalse(JSON.stringify(fleet.record("a")).includes("hunter22"));
  assertEquals((await agent.reload(configOf("${A}"))).changed, 0);
  assertEquals((await agent.reload(configOf("hunter22"))).changed, 1);
  await fleet.attempt("a");
  assertEquals(said(), '"hunter22"');
});
