import { assertEquals, assertRejects } from "@std/assert";
import type { AgentContext, AgentSection } from "../../src/agent/context.ts";
import { RunningSections } from "../../src/agent/running_sections.ts";
import type { Kept } from "../../src/fleet/past/kept.ts";

const WAIT_MS = 20;

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
