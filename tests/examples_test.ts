import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { runScript, startScript } from "./support/program.ts";

function serveOk(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("ok"),
  );
}

Deno.test("examples/watch.ts prints a line for each attempt", async () => {
  await using server = serveOk();
  await using script = startScript("examples/watch.ts", {
    flags: ["--allow-net"],
    args: [`http://127.0.0.1:${server.addr.port}/`],
  });
  assertMatch(
    await script.line("stdout", /./),
    /^\d{4}-\d\d-\d\dT\S+Z healthy [\d.]+m?s/,
  );
});

Deno.test("examples/mount.ts serves an app with the fleet at /status", async () => {
  // A port that was free a moment ago.
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  await using script = startScript("examples/mount.ts", {
    how: "serve",
    flags: ["--allow-net", "--host=127.0.0.1", `--port=${port}`],
  });
  const url = `http://127.0.0.1:${port}/`;
  let home: string | undefined;
  for (let i = 0; home === undefined && i < 200; i++) {
    try {
      home = await (await fetch(url)).text();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  assertEquals(home, "Hello, I am somebody's app\n", "no answer");
  const page = await (await fetch(`${url}status`)).text();
  assertStringIncludes(page, "Our services");
  assertStringIncludes(page, 'status/checks/postgres"');
  const checks: { id: string }[] = await (await fetch(`${url}status/checks`))
    .json();
  assertEquals(checks.map(({ id }) => id), ["postgres", "web"]);
  script.kill("SIGTERM");
  await script.ended;
});

Deno.test("examples/custom_probe.ts says how much memory is free", async () => {
  const { code, stdout } = await runScript("examples/custom_probe.ts", {
    flags: ["--allow-sys=systemMemoryInfo"],
  });
  assertMatch(stdout, /verdict: "(?:pass|warn|fail)"/);
  assertMatch(stdout, /freePercent: \d+/);
  assertEquals(code, 0);
});

Deno.test("examples/wait_until.ts waits until its targets are up", async () => {
  await using server = serveOk();
  const { code, stdout } = await runScript("examples/wait_until.ts", {
    flags: ["--allow-net"],
    args: [`127.0.0.1:${server.addr.port}`],
  });
  assertEquals([code, stdout], [0, "Everything is up\n"]);
});

Deno.test("examples/lifesign.yaml runs as it is, with one check down on purpose", async () => {
  await using agent = startScript("src/cli/main.ts", {
    flags: [
      "--allow-net=127.0.0.1",
      "--allow-read=examples",
      "--allow-run=sh",
    ],
    args: ["run", "examples/lifesign.yaml"],
  });
  const seen = new Set<string>();
  while (seen.size < 4) {
    const line = await agent.line("stdout", / -> /);
    seen.add(line.split(" ").slice(1, 5).join(" "));
  }
  assertEquals([...seen].map((line) => line.replace(/:$/, "")).sort(), [
    "agent-http unknown -> healthy",
    "agent-port unknown -> healthy",
    "nothing-there unknown -> unhealthy",
    "shell unknown -> healthy",
  ]);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
});
