import { assert, assertEquals, assertMatch } from "@std/assert";
import { type RunningAgent, startAgent } from "../../support/agent.ts";
import { folderOf } from "../../support/plugins.ts";
import { keptIn } from "../history/keeping.ts";
import { aWhile, Hook, Target, until } from "./hook.ts";

/** A folder with a config of checks and notifiers that keeps a history. */
async function folderWith(
  checks: Record<string, unknown>,
  notify: Record<string, unknown>,
): Promise<
  { readonly path: string; write: typeof write } & AsyncDisposable
> {
  const folder = await folderOf({});
  async function write(
    checks: Record<string, unknown>,
    notify: Record<string, unknown>,
  ): Promise<void> {
    const { path } = folder;
    await Deno.writeTextFile(
      `${path}/lifesign.yaml`,
      JSON.stringify({
        listen: "127.0.0.1:0",
        history: `${path}/lifesign.db`,
        checks,
        notify,
      }),
    );
  }
  await write(checks, notify);
  const { path } = folder;
  return {
    path,
    write,
    [Symbol.asyncDispose]: () => folder[Symbol.asyncDispose](),
  };
}

/** Kills an agent as the kernel does. */
async function killed(agent: RunningAgent): Promise<void> {
  agent.kill("SIGKILL");
  await agent.ended;
}

/** Waits until it is written that an agent has sent all that it had to. */
async function sent(folder: string): Promise<void> {
  await until(() => {
    const names = [...keptIn(`${folder}/lifesign.db`).keys()];
    return !names.some((name) => name.startsWith("notify/team/message/"));
  });
}

function team(hook: Hook, more: Record<string, unknown> = {}): {
  team: unknown;
} {
  return { team: { type: "webhook", url: hook.url, gather: 0, ...more } };
}

Deno.test("an agent that was killed repeats nothing, and tells what ended meanwhile", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const checks = {
    web: target.check("web"),
    api: target.check("api"),
    old: target.check("old"),
  };
  await using folder = await folderWith(checks, team(hook));
  {
    await using agent = await startAgent(folder.path);
    await agent.until("web", ({ status }) => status === "healthy");
    for (const id of Object.keys(checks)) target.down.add(id);
    await until(() => hook.got.flatMap((it) => it.incidents).length === 3);
    await sent(folder.path);
    await killed(agent);
  }
  const before = hook.got.splice(0).flatMap(({ incidents }) => incidents);
  target.down.delete("web");
  await folder.write({ web: checks.web, api: checks.api }, team(hook));
  {
    await using agent = await startAgent(folder.path);
    await until(() => hook.got.flatMap((it) => it.incidents).length === 2);
    await aWhile();
    await sent(folder.path);
    await killed(agent);
  }
  const ended = hook.got.splice(0).flatMap(({ event, incidents }) => {
    assertEquals(event, "up");
    return incidents;
  });
  const idsOf = (list: typeof ended, check: string) =>
    list.filter((it) => it.check === check).map(({ id }) => id);
  assertEquals(ended.map(({ check }) => check).sort(), ["old", "web"]);
  for (const check of ["old", "web"]) {
    assertEquals(idsOf(ended, check), idsOf(before, check));
  }
  // What lasts is told to end, even after more restarts.
  {
    await using agent = await startAgent(folder.path);
    await agent.until("api", ({ stale }) => stale === undefined);
    await aWhile();
    assertEquals(hook.got, []);
    target.down.clear();
    await until(() => hook.got.length === 1);
  }
  assertEquals(hook.got[0]!.incidents[0]!.id, idsOf(before, "api")[0]);
});

Deno.test("a message that was under way when the agent was killed is sent again with its id", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const { promise, resolve } = Promise.withResolvers<void>();
  hook.answer = () => promise.then(() => new Response("ok"));
  await using folder = await folderWith(
    { web: target.check("web") },
    team(hook),
  );
  {
    await using agent = await startAgent(folder.path);
    await agent.until("web", ({ status }) => status === "healthy");
    target.down.add("web");
    await until(() => hook.got.length === 1);
    await killed(agent);
  }
  resolve();
  hook.answer = () => new Response("ok");
  // It may have arrived: so its end is told, although it is over by now.
  target.down.clear();
  {
    await using _agent = await startAgent(folder.path);
    await until(() => hook.got.some(({ event }) => event === "up"));
    await sent(folder.path);
  }
  const ids = new Set(
    hook.got.flatMap(({ incidents }) => incidents.map(({ id }) => id)),
  );
  assertEquals(ids.size, 1);
  const downs = hook.got.filter(({ event }) => event === "down");
  assertEquals(new Set(downs.map(({ webhookId }) => webhookId)).size, 1);
  assertEquals(hook.got.at(-1)!.event, "up");
});

Deno.test("messages wait for their receiver through a restart, in their order", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const checks = { web: target.check("web"), api: target.check("api") };
  await using folder = await folderWith(checks, team(hook));
  {
    await using agent = await startAgent(folder.path);
    await agent.until("web", ({ status }) => status === "healthy");
    target.down.add("web");
    await until(() => hook.got.length === 1);
    await sent(folder.path);
    await hook.refuse();
    target.down.clear();
    await agent.until("web", ({ status }) => status === "healthy");
    target.down.add("api");
    await agent.until("api", ({ status }) => status === "unhealthy");
    await until(async () =>
      (await (await agent.ask("notifications")).json())[0].pending > 0
    );
    const { stderr } = await (async () => {
      agent.kill("SIGTERM");
      return await agent.ended;
    })();
    assertMatch(stderr, /notify\.team: cannot send, trying again: .* refused/);
    assertEquals(stderr.match(/cannot send/g)?.length, 1);
    assertEquals(stderr.includes("/secret/path"), false);
  }
  hook.got.length = 0;
  hook.open();
  {
    await using _agent = await startAgent(folder.path);
    await until(() => hook.got.flatMap((it) => it.incidents).length >= 2);
    await sent(folder.path);
  }
  const told = hook.got.flatMap(({ event, incidents }) =>
    incidents.map(({ check }) => `${event} ${check}`)
  );
  assertEquals(told.sort(), ["down api", "up web"]);
});

Deno.test("an agent without a history ends what it has told, and forgets with its end", async () => {
  await using hook = new Hook();
  await using target = new Target();
  await using folder = await folderWith({ web: target.check("web") }, {});
  const file = `${folder.path}/lifesign.yaml`;
  const config = JSON.parse(await Deno.readTextFile(file));
  delete config.history;
  await Deno.writeTextFile(
    file,
    JSON.stringify({ ...config, notify: team(hook) }),
  );
  target.down.add("web");
  for (let i = 1; i <= 2; i++) {
    await using _agent = await startAgent(folder.path);
    // It may repeat what another run has told.
    await until(() => hook.got.length === i);
  }
  assert(hook.got.every(({ event }) => event === "down"));
});
