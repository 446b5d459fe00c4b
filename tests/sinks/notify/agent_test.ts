import { assert, assertEquals, assertMatch } from "@std/assert";
import { type Config, parseConfig } from "../../../src/agent/config.ts";
import { type Agent, startAgent } from "../../../src/agent/mod.ts";
import { aWhile, Hook, Target, until } from "./hook.ts";

/** A config of checks and notifiers. */
function configOf(
  checks: Record<string, unknown>,
  notify: Record<string, unknown>,
  more: Record<string, unknown> = {},
): Config {
  const config = { listen: "127.0.0.1:0", checks, notify, ...more };
  return parseConfig(JSON.stringify(config), { env: () => undefined });
}

/** A notifier that tells at once. */
function hookOf(hook: Hook, more: Record<string, unknown> = {}): unknown {
  return { type: "webhook", url: hook.url, gather: 0, ...more };
}

/** An agent, and what it says. */
async function start(
  config: Config,
): Promise<
  { readonly agent: Agent; readonly said: string[] } & AsyncDisposable
> {
  const said: string[] = [];
  const agent = await startAgent(config, {
    onMessage: (message, level = "info") => said.push(`${level} ${message}`),
  });
  return { agent, said, [Symbol.asyncDispose]: () => agent.close() };
}

Deno.test("an agent tells a webhook that a check is down, and that it is up", async () => {
  await using hook = new Hook();
  await using target = new Target();
  await using running = await start(
    configOf({ web: target.check("web") }, { team: hookOf(hook) }),
  );
  target.down.add("web");
  await until(() => hook.got.length === 1);
  target.down.clear();
  await until(() => hook.got.length === 2);
  assertMatch(hook.got[0]!.title, /^DOWN web: .*500/);
  assertMatch(hook.got[1]!.title, /^UP web after /);
  const [down, up] = hook.got;
  assertEquals([down!.event, up!.event], ["down", "up"]);
  assertEquals(down!.incidents[0]!.id, up!.incidents[0]!.id);
  const { agent } = running;
  const url = new URL("notifications", agent.url!);
  await until(async () => (await (await fetch(url)).json())[0].sent === 2);
  assertEquals(
    agent.incidents.list().map(({ id }) => id),
    [down!.incidents[0]!.id],
  );
  assertEquals(running.said, []);
});

Deno.test("a message that fails is sent again, and those after it wait for it", async () => {
  await using hook = new Hook();
  await using target = new Target();
  hook.answer = (_, count) =>
    new Response("no", { status: count < 3 ? 503 : 200 });
  await using running = await start(
    configOf({ web: target.check("web") }, { team: hookOf(hook) }),
  );
  target.down.add("web");
  await until(() => hook.got.length === 1);
  target.down.clear();
  await until(() => hook.got.length === 4);
  assertEquals(hook.got.map(({ event }) => event), [
    "down",
    "down",
    "down",
    "up",
  ]);
  const ids = hook.got.map(({ webhookId }) => webhookId);
  assertEquals(new Set(ids.slice(0, 3)).size, 1);
  // It is said once, and once that it is over.
  await until(() => running.said.length === 2);
  assertEquals(running.said, [
    'warn notify.team: cannot send, trying again: expected 2xx, got 503: "no"',
    "info notify.team: sends again",
  ]);
});

Deno.test("what is over before it could be sent is not sent", async () => {
  await using hook = new Hook();
  await using target = new Target();
  await hook.refuse();
  await using running = await start(
    configOf(
      { web: target.check("web"), api: target.check("api") },
      { team: hookOf(hook) },
    ),
  );
  const { fleet, incidents } = running.agent;
  target.down.add("web");
  await until(() => running.said.length === 1);
  assertMatch(
    running.said[0]!,
    /^warn notify\.team: cannot send, trying again: 127\.0\.0\.1:\d+ refused the connection$/,
  );
  target.down.clear();
  await fleet.until("healthy");
  await until(() => incidents.list()[0]?.ended !== null);
  hook.open();
  target.down.add("api");
  await until(() => hook.got.length > 0);
  assertMatch(hook.got.map(({ title }) => title).join(), /^DOWN api/);
});

Deno.test("a receiver that hangs delays neither attempts nor another notifier", async () => {
  await using dead = new Hook();
  await using hook = new Hook();
  await using target = new Target();
  const { promise, resolve } = Promise.withResolvers<void>();
  dead.answer = () => promise.then(() => new Response("ok"));
  await using _running = await start(
    configOf({ web: target.check("web"), api: target.check("api") }, {
      dead: hookOf(dead),
      team: hookOf(hook),
    }),
  );
  target.down.add("web");
  await until(() => hook.got.length === 1 && dead.got.length === 1);
  const before = target.requests;
  target.down.clear();
  await until(() => hook.got.length === 2);
  await until(() => target.requests > before + 10);
  assertEquals(dead.got.length, 1);
  resolve();
  await until(() => dead.got.length === 2);
  assertEquals(dead.got.map(({ event }) => event), ["down", "up"]);
});

Deno.test("a receiver that asks for a pause gets it", async () => {
  await using hook = new Hook();
  await using target = new Target();
  hook.answer = (_, count) =>
    count === 1
      ? new Response("", { status: 429, headers: { "retry-after": "3" } })
      : new Response("ok");
  await using _running = await start(
    configOf({ web: target.check("web") }, { team: hookOf(hook) }),
  );
  target.down.add("web");
  await until(() => hook.got.length === 2);
  const [first, second] = hook.got;
  assert(second!.at - first!.at >= 2900, `${second!.at - first!.at}`);
});

for (
  const [what, answer, why] of [
    [
      "refuses a message",
      () => new Response("no_service", { status: 404 }),
      'expected 2xx, got 404: "no_service"',
    ],
    [
      "redirects",
      () =>
        new Response("", {
          status: 308,
          headers: { location: "https://new.example/hook?key=abc" },
        }),
      "expected 2xx, got 308, a redirect to https://new.example/hook",
    ],
  ] as const
) {
  Deno.test(`a receiver that ${what} is told nothing more of it, and people are`, async () => {
    await using hook = new Hook();
    await using target = new Target();
    hook.answer = answer;
    await using running = await start(
      configOf({ web: target.check("web") }, { team: hookOf(hook) }),
    );
    target.down.add("web");
    await until(() => running.said.length > 0);
    assertEquals(running.said, [
      `error notify.team: gave up a message: ${why}`,
    ]);
    target.down.clear();
    await running.agent.fleet.until("healthy");
    await aWhile();
    assertEquals(hook.got.length, 1);
  });
}

Deno.test("an agent that ends sends what is due, and does not wait for long", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const { promise, resolve } = Promise.withResolvers<Response>();
  {
    await using _running = await start(
      configOf({ web: target.check("web") }, { team: hookOf(hook) }),
    );
    target.down.add("web");
    await until(() => hook.got.length === 1);
    hook.answer = () => promise;
    target.down.clear();
    await until(() => hook.got.length === 2);
  }
  assertEquals(hook.got.length, 2);
  resolve(new Response());
});

Deno.test("a reload says which notifiers changed, and goes on with what they know", async () => {
  await using hook = new Hook();
  await using other = new Hook();
  await using target = new Target();
  const checks = { web: target.check("web") };
  // There was none when it started.
  await using running = await start(configOf(checks, {}));
  const { agent } = running;
  const reload = async (notify: Record<string, unknown>) =>
    (await agent.reload(configOf(checks, notify))).notes;
  target.down.add("web");
  await agent.fleet.until("unhealthy");
  assertEquals(await reload({ team: hookOf(hook) }), ["notify.team added"]);
  await until(() => hook.got.length === 1);
  assertEquals(await reload({ team: hookOf(hook) }), []);
  assertEquals(
    await reload({ team: hookOf(other, { after: "1ms" }) }),
    ["notify.team changed"],
  );
  target.down.clear();
  await until(() => other.got.length === 1);
  assertMatch(other.got.map(({ title }) => title).join(), /^UP web/);
  assertEquals(other.got[0]!.incidents[0]!.id, hook.got[0]!.incidents[0]!.id);
  assertEquals(
    await reload({ "x y": hookOf(hook), team: hookOf(other) }),
    ['notify["x y"] added', "notify.team changed"],
  );
  assertEquals(await reload({ team: hookOf(other) }), [
    'notify["x y"] removed',
  ]);
  await aWhile();
  assertEquals([hook.got.length, other.got.length], [1, 1]);
});

Deno.test("a check that a reload removes is told of as removed", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const notify = { team: hookOf(hook) };
  const api = target.check("api");
  await using running = await start(
    configOf({ web: target.check("web"), api }, notify),
  );
  target.down.add("web");
  await until(() => hook.got.length === 1);
  await running.agent.reload(configOf({ api }, notify));
  await until(() => hook.got.length === 2);
  assertMatch(hook.got[1]!.title, /^REMOVED web, /);
  assertEquals(hook.got[1]!.event, "up");
});

Deno.test("an agent tells of a cause alone, and of what is still down when that is up", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const web = target.check("web", { depends_on: ["net"] });
  await using _running = await start(
    configOf({ net: target.check("net", { interval: "1h" }), web }, {
      team: hookOf(hook),
    }),
  );
  await until(() => target.requests >= 2);
  target.down.add("net").add("web");
  await until(() => hook.got.length === 1);
  assertMatch(hook.got[0]!.title, /^DOWN net: /);
  await aWhile();
  assertEquals(hook.got.length, 1);
  target.down.delete("net");
  await _running.agent.fleet.attempt("net");
  await until(() => hook.got.length === 3);
  assertEquals(
    hook.got.slice(1).map(({ title }) => title.slice(0, 8)).sort(),
    ["DOWN web", "UP net a"],
  );
});

Deno.test("an agent tells nobody of what is in maintenance, and of its end in any case", async () => {
  await using hook = new Hook();
  await using target = new Target();
  const checks = { web: target.check("web"), api: target.check("api") };
  await using running = await start(configOf(checks, { team: hookOf(hook) }));
  const { fleet, maintenance } = running.agent;
  await fleet.until("healthy");
  target.down.add("web");
  await until(() => hook.got.length === 1);
  maintenance.start(["web", "api"], { durationMs: 3_600_000 });
  target.down.add("api");
  await fleet.until("unhealthy", { ids: ["api"] });
  target.down.delete("web");
  await until(() => hook.got.length === 2);
  assertMatch(hook.got[1]!.title, /^UP web /);
  await aWhile();
  assertEquals(hook.got.length, 2);
  maintenance.stop(["api"]);
  await until(() => hook.got.length === 3);
  assertMatch(hook.got[2]!.title, /^DOWN api: /);
});
