import { assertEquals } from "@std/assert";
import { startAgent } from "../../src/agent/agent.ts";
import { parseConfig } from "../../src/agent/config.ts";
import "../support/no_proxy.ts";

const IDS = ["web", "443", "80", "api", "7"];

/** A config with these checks, which are not attempted before the test ends. */
function configOf(ids: readonly string[]): string {
  const check = "{ type: tcp, port: 1, group: g, initial_delay: 1h }";
  const lines = ids.map((id) => `  ${id}: ${check}\n`).join("");
  return `listen: 127.0.0.1:0\nchecks:\n${lines}`;
}

Deno.test("the fleet, /checks and the page have the checks in the order of the file", async () => {
  await using agent = await startAgent(parseConfig(configOf(IDS)));
  const seen = async (): Promise<readonly string[][]> => {
    const checks = await (await fetch(`${agent.url}checks`)).json();
    const page = await (await fetch(agent.url!)).text();
    return [
      agent.fleet.list().map(({ id }) => id),
      checks.map(({ id }: { readonly id: string }) => id),
      Array.from(page.matchAll(/<li [^>]*data-id="([^"]*)"/g), ([, id]) => id!),
    ];
  };
  assertEquals(await seen(), [IDS, IDS, IDS]);
  const others = ["9", ...IDS.toReversed(), "8"];
  await agent.reload(parseConfig(configOf(others)));
  assertEquals(await seen(), [others, others, others]);
});
