import {
  assert,
  assertEquals,
  assertMatch,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { type Config, parseConfig } from "../../src/agent/config.ts";
import { ListenError, startAgent } from "../../src/agent/mod.ts";
import { tcpServer } from "../support/servers.ts";

/** The config of a text without variables. */
function configOf(text: string): Config {
  return parseConfig(text, { env: () => undefined });
}

Deno.test("startAgent() runs the checks of a config and serves them", async () => {
  await using target = tcpServer(() => {});
  await using agent = await startAgent(configOf(`
listen: 127.0.0.1:0
token: abc
checks: { db: { type: tcp, port: ${target.port} } }
`));
  await agent.fleet.until("healthy");
  const headers = { authorization: "Bearer abc" };
  const response = await fetch(`${agent.url}checks`, { headers });
  const [{ id, status }] = await response.json();
  assertEquals([id, status], ["db", "healthy"]);
  const refused = await fetch(`${agent.url}checks`);
  assertEquals(refused.status, 401);
  await refused.body?.cancel();
});

Deno.test("startAgent() does not listen if the config says so", async () => {
  await using agent = await startAgent(configOf(`
listen: false
checks: { db: { type: tcp, port: 1 } }
`));
  assertEquals(agent.url, null);
  assertEquals(agent.fleet.size, 1);
});

Deno.test("startAgent() rejects if its address is taken, and leaves nothing running", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  const config = configOf(`
listen: 127.0.0.1:${port}
checks: { db: { type: tcp, port: 1 } }
`);
  const error = await assertRejects(() => startAgent(config), ListenError);
  assertStringIncludes(error.message, `Cannot listen on 127.0.0.1:${port}`);
});

Deno.test("reload() says what it applied and which keys need a restart", async () => {
  const messages: string[] = [];
  const text = (top: string, checks: string): string =>
    `${top}\nchecks: { ${checks} }`;
  const one = "a: { type: tcp, port: 1 }, b: { type: tcp, port: 2 }";
  await using agent = await startAgent(
    configOf(text("listen: 127.0.0.1:0\ntoken: one", one)),
    { onMessage: (message) => messages.push(message) },
  );
  const reloaded = await agent.reload(configOf(text(
    "listen: 127.0.0.1:1\ntoken: two\nhistory: /tmp/never.db\nconcurrency: 2\nper_host: 1",
    "c: { type: tcp, port: 3 }, a: { type: tcp, port: 9 }",
  )));
  assertEquals(reloaded, {
    added: 1,
    removed: 1,
    changed: 1,
    isOrderNew: false,
    notes: ["token changed"],
    needRestart: ["history", "listen", "concurrency", "per_host"],
  });
  assertEquals(agent.fleet.list().map(({ id }) => id), ["c", "a"]);
  const headers = { authorization: "Bearer two" };
  const response = await fetch(`${agent.url}readyz`, { headers });
  await response.body?.cancel();
  assert(response.status !== 401);
  // The same again is no news.
  const again = await agent.reload(configOf(text(
    "listen: 127.0.0.1:1\ntoken: two\nhistory: /tmp/never.db\nconcurrency: 2\nper_host: 1",
    "c: { type: tcp, port: 3 }, a: { type: tcp, port: 9 }",
  )));
  assertEquals([again.notes, again.needRestart], [[], []]);
  assertEquals(messages, []);
});

Deno.test("an agent shows the title and the logo of its config, and what they become", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const logo = `${folder}/logo.svg`;
  await Deno.writeTextFile(logo, "<svg/>");
  const messages: string[] = [];
  const check = "checks: { a: { type: tcp, port: 1 } }";
  const top = "listen: 127.0.0.1:0\ntoken: one";
  const about = (logo: string): string =>
    `${top}\ntitle: Shop\ndescription: All of it\nlogo: ${logo}\n${check}`;
  await using agent = await startAgent(configOf(about(logo)), {
    onMessage: (message) => messages.push(message),
  });
  const headers = { authorization: "Bearer one" };
  const page = async (): Promise<string> =>
    await (await fetch(agent.url!, { headers })).text();
  assertMatch(
    await page(),
    /<img src="data:image\/svg\+xml;base64,PHN2Zy8\+" alt="">Shop<[^]*All of it/,
  );
  const { notes } = await agent.reload(configOf(`${top}\n${check}`));
  assertEquals(notes, ["pages changed"]);
  assertMatch(await page(), /<p id="brand">lifesign<\/p>/);
  await Deno.writeFile(`${folder}/large.png`, new Uint8Array(32 * 1024 + 1));
  for (const file of ["large.png", "none.png", "logo.txt"]) {
    await agent.reload(configOf(about(`${folder}/${file}`)));
    assertMatch(await page(), /<p id="brand">Shop<\/p>/);
  }
  await agent.reload(
    configOf(about(`"data:image/png;base64,${"A".repeat(50_000)}"`)),
  );
  assertMatch(await page(), /<p id="brand">Shop<\/p>/);
  await Deno.remove(folder, { recursive: true });
  assertEquals(
    messages.map((message) => message.replaceAll(folder, "")).map((message) =>
      message.replace(/: No such.*/, "")
    ),
    [
      "cannot show the logo /large.png: expected at most 32768 bytes, got 32769",
      "cannot show the logo /none.png",
      "cannot show the logo /logo.txt: expected one of .avif, .gif, .ico, .jpeg, .jpg, .png, .svg, .webp",
      "cannot show the logo: expected at most 50000 characters, got 50022",
    ],
  );
});

Deno.test("an agent warns of an address that others can reach without a token", async () => {
  const messages: string[] = [];
  const onMessage = (message: string): void => void messages.push(message);
  for (
    const top of ["listen: 0.0.0.0:0", "listen: 0.0.0.0:0\ntoken: abc"]
  ) {
    await using _agent = await startAgent(
      configOf(`${top}\nchecks: { a: { type: tcp, port: 1 } }`),
      { onMessage },
    );
  }
  assertEquals(messages.length, 1);
  assertStringIncludes(messages[0]!, "set token or LIFESIGN_TOKEN");
});

Deno.test("startAgent() ends what it started if a check cannot be added", async () => {
  const config = configOf(`
listen: 127.0.0.1:0
checks: { a: { type: tcp, port: 1 } }
`);
  const [check] = config.checks;
  // Sanitizers see a server that is left.
  await assertRejects(
    () => startAgent({ ...config, checks: [check!, check!] }),
    Error,
    'There is a check named "a" already',
  );
});

Deno.test("reload() adds the checks that it can, and the others with the next try", async () => {
  const first = configOf(
    "listen: false\nchecks: { a: { type: tcp, port: 1 } }",
  );
  const second = configOf(`
listen: false
checks: { b: { type: tcp, port: 2 }, c: { type: tcp, port: 3 } }
`);
  await using agent = await startAgent(first);
  const checks = second.checks.map((check) => {
    // Of an option that the config would have refused.
    const options = check.id === "b" ? { retries: 0 } : {};
    return { ...check, options: { ...check.options, ...options } };
  });
  await assertRejects(() => agent.reload({ ...second, checks }), RangeError);
  assertEquals(agent.fleet.list().map(({ id }) => id), ["c"]);
  const { added, removed } = await agent.reload(second);
  assertEquals([added, removed], [1, 0]);
  assertEquals(agent.fleet.list().map(({ id }) => id), ["b", "c"]);
});
