import { assert, assertEquals } from "@std/assert";
import { startScript, temporaryFile } from "../support/program.ts";

Deno.test("no secret of a file comes out of the agent anywhere", async () => {
  const canary = "canary-8152-";
  // A target that repeats whatever it is told.
  await using echo = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen() {},
  }, async (request) =>
    new Response(
      JSON.stringify([...request.headers, request.url, await request.text()]),
      { status: 500, headers: { location: request.url } },
    ));
  const at = `127.0.0.1:${echo.addr.port}`;
  await using file = await temporaryFile(`
listen: 127.0.0.1:0
token: ${canary}token
defaults: { interval: 200ms, retries: 1, backoff: false }
checks:
  header: { type: http, url: "http://${at}/", headers: { authorization: "Bearer ${canary}header" } }
  key: { type: http, url: "http://${at}/", status: 500, contains: no, headers: { x-api-key: ${canary}key } }
  variable: { type: http, url: "http://${at}/\${LIFESIGN_A}", status: 500, contains: no }
  query: { type: http, url: "http://${at}/?token=${canary}query", status: 500, contains: no }
  user: { type: http, url: "http://user:${canary}user@${at}/", status: 500, matches: "^$" }
  body: { type: http, url: "http://${at}/", method: POST, body: "\${LIFESIGN_B}", status: 500, contains: no }
  env: { type: command, command: "echo $PASSWORD $OTHER; exit 1", env: { PASSWORD: ${canary}env, OTHER: "\${LIFESIGN_C}" } }
  line: { type: command, command: "echo \${LIFESIGN_A} >&2; exit 2" }
  refused: { type: http, url: "http://user:${canary}gone@127.0.0.1:1024/\${LIFESIGN_A}" }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags: ["--allow-net", "--allow-read", "--allow-run", "--allow-env"],
    args: ["run", file.path],
    env: {
      LIFESIGN_A: `${canary}a`,
      LIFESIGN_B: `${canary}b`,
      LIFESIGN_C: `${canary}c`,
    },
  });
  const line = await agent.line("stderr", /listening on/);
  const url = line.replace(/^.*listening on /, "");
  const ids = new Set<string>();
  while (ids.size < 9) {
    const [, id] = (await agent.line("stdout", / -> unhealthy/)).split(" ");
    ids.add(id!);
  }
  let seen = "";
  const headers = { authorization: `Bearer ${canary}token` };
  const paths = ["", "checks", "health", "readyz?verbose", "nope"];
  for (const path of [...paths, ...[...ids].map((id) => `checks/${id}`)]) {
    const response = await fetch(new URL(path, url), { headers });
    seen += JSON.stringify([...response.headers]) + await response.text();
    const refused = await fetch(new URL(path, url));
    seen += JSON.stringify([...refused.headers]) + await refused.text();
    assertEquals(refused.status, 401);
  }
  agent.kill("SIGTERM");
  const { stdout, stderr } = await agent.ended;
  seen += stdout + stderr;
  assert(seen.includes("refused the connection"));
  assert(seen.includes("***") && seen.includes("${LIFESIGN_A}"));
  assertEquals(seen.match(new RegExp(`.{60}${canary}.{20}`, "s")), null);
});
