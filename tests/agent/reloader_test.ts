import { assertEquals } from "@std/assert";
import type { Agent } from "../../src/agent/agent.ts";
import type { Reloaded } from "../../src/agent/reloaded.ts";
import { Reloader } from "../../src/agent/reloader.ts";
import { type Config, parseConfig } from "../../src/agent/config.ts";

const CONFIG = parseConfig("checks: { a: { type: tcp, port: 1 } }");

const SAME: Reloaded = {
  added: 0,
  removed: 0,
  changed: 0,
  isOrderNew: false,
  notes: [],
  needRestart: [],
};

/** A reloader whose files are let go by hand, and what came of it. */
function reloading(): {
  readonly reloader: Reloader;
  /** Those that wait for the file. */
  readonly loads: PromiseWithResolvers<Config>[];
  /** What the agent was told and what was said, in order. */
  readonly seen: string[];
  readonly end: AbortController;
} {
  const loads: PromiseWithResolvers<Config>[] = [];
  const seen: string[] = [];
  const end = new AbortController();
  const agent: Pick<Agent, "reload" | "reloadFailed"> = {
    reload({ concurrency }) {
      seen.push(`agent ${concurrency}`);
      return Promise.resolve({ ...SAME, changed: 1 });
    },
    reloadFailed: () => seen.push("agent failed"),
  };
  const reloader = new Reloader(agent, {
    load() {
      const loading = Promise.withResolvers<Config>();
      loads.push(loading);
      return loading.promise;
    },
    say: (text) => seen.push(text),
    signal: end.signal,
  });
  return { reloader, loads, seen, end };
}

Deno.test("reload() loads the file once more for all that was asked meanwhile", async () => {
  const { reloader, loads, seen } = reloading();
  const done = reloader.reload();
  for (let i = 0; i < 5; i++) void reloader.reload();
  assertEquals(loads.length, 1);
  loads[0]!.resolve({ ...CONFIG, concurrency: 1 });
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(loads.length, 2);
  loads[1]!.resolve({ ...CONFIG, concurrency: 2 });
  await done;
  assertEquals(loads.length, 2);
  const said = "reloaded: 1 changed";
  assertEquals(seen, ["agent 1", said, "agent 2", said]);
});

Deno.test("reload() can be asked at the very end of another one", async () => {
  const { reloader, loads } = reloading();
  for (let i = 0; i < 3; i++) {
    const done = reloader.reload();
    loads[i]!.resolve(CONFIG);
    await done;
  }
  assertEquals(loads.length, 3);
});

Deno.test("reload() does nothing more once it is over", async () => {
  const { reloader, loads, seen, end } = reloading();
  const done = reloader.reload();
  end.abort();
  loads[0]!.resolve(CONFIG);
  await done;
  const failed = reloader.reload();
  loads[1]!.reject(new Error("No file"));
  await failed;
  assertEquals(seen, []);
});

Deno.test("reload() says a problem once, unless it was asked", async () => {
  const { reloader, loads, seen } = reloading();
  for (const how of [undefined, undefined, "asked", undefined] as const) {
    const done = reloader.reload(how);
    loads.at(-1)!.reject(new Error("No file"));
    await done;
  }
  assertEquals(seen.filter((text) => text === "agent failed").length, 4);
  assertEquals(
    seen.filter((text) => text === "not reloaded: No file").length,
    2,
  );
});
