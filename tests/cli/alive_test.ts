import { assert, assertEquals, assertMatch } from "@std/assert";
import { parseConfig } from "../../src/agent/config.ts";
import { startAgent } from "../../src/agent/mod.ts";
import { builtInKinds } from "../../src/probes/built_in.ts";
import { call } from "../../src/sinks/alive/call.ts";
import { runScript, startScript, temporaryFile } from "../support/program.ts";
import { httpServer } from "../support/servers.ts";

const MAIN = "src/cli/main.ts";
const TOKEN = "3f7b9c1e-secret";

/** A config whose agent calls a URL as often as it may. */
function configOf(place: string | null): string {
  const alive = place === null
    ? ""
    : `alive: { url: "http://${place}/${TOKEN}", every: 5s }\n`;
  return `listen: 127.0.0.1:0\n${alive}checks:\n  up: { type: command, command: ":", interval: 1s }\n`;
}

async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!await isSo()) {
    assert(Date.now() < end, `Waited for ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

Deno.test("run calls the URL of alive, tells what fails without the token, and follows the file", async () => {
  let status = 200;
  await using server = httpServer(() => new Response(TOKEN, { status }));
  await using file = await temporaryFile(configOf(null));
  await using agent = startScript(MAIN, {
    flags: [
      "--allow-net=127.0.0.1",
      "--allow-run=sh",
      "--allow-read",
      "--allow-env=LIFESIGN_TOKEN",
    ],
    args: ["run", file.path],
  });
  const listening = await agent.line("stderr", /listening on/);
  const url = listening.replace(/^.*listening on /, "");
  const lastSuccess = async (): Promise<number> => {
    const text = await (await fetch(`${url}metrics`)).text();
    const name = "lifesign_alive_last_success_timestamp_seconds";
    return Number(new RegExp(`^${name} (.*)$`, "m").exec(text)?.[1] ?? 0);
  };
  assertEquals(await lastSuccess(), 0);
  await Deno.writeTextFile(file.path, configOf(server.authority));
  await agent.line("stderr", /reloaded: .*alive changed/);
  await until(async () => await lastSuccess() > 0);
  assert(Math.abs(Date.now() / 1000 - await lastSuccess()) < 60);
  const [first] = server.asked;
  assertEquals([first?.method, first?.path], ["GET", `/${TOKEN}`]);
  status = 500;
  const failed = await agent.line("stderr", /alive/);
  assertMatch(
    failed,
    /alive: the call failed: expected 2xx, got 500$/,
  );
  await Deno.writeTextFile(file.path, configOf(null));
  await agent.line("stderr", /reloaded: .*alive changed/);
  agent.kill("SIGTERM");
  const { code, stdout, stderr } = await agent.ended;
  assertEquals(code, 0);
  assertEquals((stdout + stderr).includes("secret"), false, stderr);
});

Deno.test("an agent can watch another one by a heartbeat", async () => {
  const config = parseConfig(
    `
listen: 127.0.0.1:0
checks: { lifesign: { type: heartbeat, every: 1m, token: ${TOKEN} } }
`,
    { kinds: await builtInKinds() },
  );
  await using agent = await startAgent(config);
  const { signal } = new AbortController();
  const url = `${agent.url}ping/lifesign?token=`;
  const refused = await call({ url: `${url}x`, method: "GET" }, { signal });
  assertEquals(refused, "expected 2xx, got 401");
  for (const method of ["GET", "HEAD", "POST"]) {
    assertEquals(await call({ url: url + TOKEN, method }, { signal }), null);
  }
  assertEquals(agent.fleet.get("lifesign")?.status, "healthy");
});

Deno.test("permissions prints the host of alive, and validate says what is wrong without the URL", async () => {
  await using file = await temporaryFile(configOf("hc-ping.com"));
  const printed = await runScript(MAIN, {
    flags: [`--allow-read=${file.path}`],
    args: ["permissions", file.path],
  });
  assertMatch(printed.stdout, /--allow-net=127\.0\.0\.1:0,hc-ping\.com:80 /);
  await Deno.writeTextFile(
    file.path,
    configOf("x").replace("http", "htp").replace("5s", "1s"),
  );
  const { code, stderr, stdout } = await runScript(MAIN, {
    flags: [`--allow-read=${file.path}`],
    args: ["validate", file.path],
  });
  assertEquals(code, 2);
  const text = stdout + stderr;
  assertMatch(
    text,
    /alive\.url: expected an absolute URL with http: or https:/,
  );
  assertMatch(text, /alive\.every: expected at least 5s, got "1s"/);
  assertEquals(text.includes("secret"), false, text);
});
