import { assertEquals, assertRejects } from "@std/assert";
import type { AgentContext, AgentSection } from "../../src/agent/context.ts";
import { RunningSections } from "../../src/agent/running_sections.ts";
import { parseConfig } from "../../src/agent/config.ts";
import { AppliedChecks } from "../../src/agent/applied_checks.ts";
import { SECTIONS } from "../../src/agent/sections.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import type { Kept } from "../../src/fleet/past/kept.ts";
import type { CheckRecord } from "../../src/fleet/record.ts";
import type { RunningSection } from "../../src/sinks/section.ts";
import { FAIL, scripted } from "../support/probes.ts";

const WAIT_MS = 20;

/** Sections that have started, and are these. */
async function started(
  ...running: readonly (RunningSection | undefined)[]
): Promise<RunningSections> {
  const sections = new RunningSections();
  await sections.start(
    running.map((each, i) => ({
      key: `${i}`,
      start: () => Promise.resolve(each),
    })),
    { config: { sections: {} } } as unknown as AgentContext,
  );
  return sections;
}

/** A section that knows when a check was last tried. */
function knowing(
  section: string,
  checkedAt: number | null,
  id = "a",
): RunningSection {
  const record = { id, target: section, checkedAt };
  return { records: new Map([[id, record as CheckRecord]]) };
}

Deno.test("what is known of a check is the newest that a section knows", async () => {
  const knownOf = async (
    ...running: readonly (RunningSection | undefined)[]
  ): Promise<string | undefined> =>
    (await started(...running)).recordOf("a")?.target;
  assertEquals(await knownOf(), undefined);
  assertEquals(await knownOf(undefined, {}, knowing("b", 9, "b")), undefined);
  const [old, never] = [knowing("old", 1), knowing("never", null)];
  const recent = knowing("recent", 2);
  assertEquals(await knownOf(undefined, old), "old");
  assertEquals(await knownOf(old, recent), "recent");
  assertEquals(await knownOf(recent, {}, old), "recent");
  assertEquals(await knownOf(never, old), "old");
  assertEquals(await knownOf(never), "never");
  assertEquals(await knownOf(old, knowing("same", 1)), "old");
});

Deno.test("the first section that keeps values is where the others keep theirs", async () => {
  const kept = (): Kept => ({
    list: () => [],
    put() {},
    written: () => Promise.resolve(true),
  });
  const [cluster, history] = [kept(), kept()];
  const sections = await started({}, { kept: cluster }, { kept: history });
  assertEquals(sections.kept === cluster, true);
  const keeping = SECTIONS.map(({ key }) => key)
    .filter((key) => ["history", "cluster"].includes(key));
  assertEquals(keeping, ["cluster", "history"]);
});

Deno.test("sections change the probe and the policy of a check, one after the other", async () => {
  const { checks } = parseConfig(
    "checks: { a: { type: tcp, port: 1, retries: 5, initial_delay: 1h } }",
  );
  const sections = await started(
    { wrap: (check) => ({ ...check, probe: scripted([FAIL]) }) },
    undefined,
    {
      wrap: ({ probe, ...check }) => ({
        ...check,
        probe: Object.assign(probe, { target: `${probe.type} of ${check.id}` }),
        options: { ...check.options, retries: 1 },
      }),
    },
  );
  await using fleet = new Fleet();
  const applied = new AppliedChecks(fleet, (check) => sections.wrap(check));
  applied.add(checks[0]!);
  const seen = async (): Promise<unknown> => {
    const { target, status, group } = await fleet.attempt("a");
    return { target, status, group };
  };
  const target = "script of a";
  assertEquals(await seen(), { target, status: "unhealthy", group: null });
  // What a file says is compared, and not what sections made of it.
  const { changed } = await applied.apply(checks);
  assertEquals(changed, 0);
  const next = parseConfig(
    "checks: { a: { type: tcp, port: 1, retries: 9, group: edge, initial_delay: 1h } }",
  );
  assertEquals((await applied.apply(next.checks)).changed, 1);
  assertEquals(await seen(), { target, status: "unhealthy", group: "edge" });
  assertEquals(fleet.policy("a")?.retries, 1);
});

Deno.test("what a section puts as it ends is there when its values are written", async () => {
  const put: string[] = [];
  let written: string[] | undefined;
  const kept: Kept = {
    list: () => [],
    put: (name) => void put.push(name),
    written: () => Promise.resolve(true),
  };
  const sections: AgentSection[] = [{
    key: "keeping",
    start: () =>
      Promise.resolve({
        kept,
        close: () => Promise.resolve(void (written = [...put])),
      }),
  }, {
    key: "sending",
    start: (_, context) =>
      Promise.resolve({
        async close() {
          await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
          context.kept()!.put("sent", "1");
        },
      }),
  }, {
    key: "off",
    start: () => Promise.resolve(undefined),
  }];
  const running = new RunningSections();
  const context = { config: { sections: {} }, kept: () => running.kept };
  await running.start(sections, context as unknown as AgentContext);
  await running.close();
  assertEquals(written, ["sent"]);
});

Deno.test("a section that fails to end does not keep the others from it", async () => {
  const ended: string[] = [];
  const kept: Kept = {
    list: () => [],
    put() {},
    written: () => Promise.resolve(true),
  };
  const sections: AgentSection[] = [{
    key: "failing",
    start: () =>
      Promise.resolve({
        close() {
          throw new Error("no end");
        },
      }),
  }, {
    key: "slow",
    start: () =>
      Promise.resolve({
        async close() {
          await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
          ended.push("slow");
        },
      }),
  }, {
    key: "keeping",
    start: () =>
      Promise.resolve({
        kept,
        close: () => Promise.resolve(void ended.push("keeping")),
      }),
  }];
  const running = new RunningSections();
  const context = { config: { sections: {} } };
  await running.start(sections, context as unknown as AgentContext);
  await assertRejects(() => running.close(), Error, "no end");
  assertEquals(ended, ["slow", "keeping"]);
});
