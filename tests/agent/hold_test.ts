import { assertEquals } from "@std/assert";
import { startAgent } from "../../src/agent/agent.ts";
import { type Config, parseConfig } from "../../src/agent/config.ts";
import { PASS, scripted } from "../support/probes.ts";

/** A config whose check `a` has a probe with a `hold` that throws. */
function configWith(target: string): Config {
  const check = "{ type: tcp, port: 1, initial_delay: 1h }";
  const config = parseConfig(
    `listen: false\nchecks: { a: ${check}, b: ${check} }\n`,
  );
  const hold = (): Disposable => {
    throw new Error("no client");
  };
  const [a, b] = config.checks;
  const broken = Object.assign(scripted([PASS], { target }), { hold });
  const sound = scripted([PASS], { target });
  return {
    ...config,
    checks: [{ ...a!, probe: broken }, { ...b!, probe: sound }],
  };
}

Deno.test("a hold that throws is an error of its check alone, at the start and in a reload", async () => {
  await using agent = await startAgent(configWith("old"));
  const verdicts = async (): Promise<unknown[]> =>
    (await agent.fleet.attemptAll()).map(({ target, verdict }) => [
      target,
      verdict,
    ]);
  assertEquals(await verdicts(), [["old", "error"], ["old", "pass"]]);
  await agent.reload(configWith("new"));
  assertEquals(await verdicts(), [["new", "error"], ["new", "pass"]]);
});
