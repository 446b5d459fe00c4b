import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { Snapshot } from "../mod.ts";
import {
  type RunningScript,
  runScript,
  startScript,
} from "./support/program.ts";

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

Deno.test("examples/notify.ts tells a channel of Slack that a URL fails", async () => {
  const told = Promise.withResolvers<string>();
  await using slack = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    async (request) => {
      const { attachments } = await request.json();
      told.resolve(attachments[0].fallback);
      return new Response("ok");
    },
  );
  await using target = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () => new Response("", { status: 500 }),
  );
  const url = `http://127.0.0.1:${target.addr.port}/`;
  await using script = startScript("examples/notify.ts", {
    flags: ["--allow-net", "--allow-env=SLACK_URL"],
    args: [url],
    env: { SLACK_URL: `http://127.0.0.1:${slack.addr.port}/` },
  });
  assertStringIncludes(await told.promise, "DOWN");
  script.kill("SIGTERM");
  assertEquals((await script.ended).code, 0);
});

/** Runs an example by `deno serve`, until it answers. */
async function serveExample(
  path: string,
): Promise<{ url: string; script: RunningScript } & AsyncDisposable> {
  // A port that was free a moment ago.
  const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = free.addr as Deno.NetAddr;
  free.close();
  const script = startScript(path, {
    how: "serve",
    flags: ["--allow-net", "--host=127.0.0.1", `--port=${port}`],
  });
  const url = `http://127.0.0.1:${port}/`;
  for (let i = 0; i < 200; i++) {
    try {
      await (await fetch(url)).body?.cancel();
      break;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return {
    url,
    script,
    [Symbol.asyncDispose]: () => script[Symbol.asyncDispose](),
  };
}

Deno.test("examples/mount.ts serves an app with the fleet at /status", async () => {
  await using example = await serveExample("examples/mount.ts");
  const { url, script } = example;
  const home = await (await fetch(url)).text();
  assertEquals(home, "Hello from your own app\n", "no answer");
  const page = await (await fetch(`${url}status`)).text();
  assertStringIncludes(page, "Our services");
  assertStringIncludes(page, 'status/checks/postgres"');
  const checks: { id: string }[] = await (await fetch(`${url}status/checks`))
    .json();
  assertEquals(checks.map(({ id }) => id), ["postgres", "web"]);
  script.kill("SIGTERM");
  await script.ended;
});

Deno.test("examples/worker.ts tries what it shows when it is asked, and not before", async () => {
  await using example = await serveExample("examples/worker.ts");
  const { url, script } = example;
  const checksOf = async (): Promise<Snapshot[]> =>
    await (await fetch(`${url}checks`)).json();
  const checks = await checksOf();
  assertEquals(
    checks.map(({ id, attempts, nextAt }) => [id, attempts, nextAt]),
    [["agent", 1, null], ["web", 1, null]],
  );
  // What is fresh is not tried again.
  assertEquals(await checksOf(), checks);
  const health = await fetch(`${url}health`);
  assertEquals(health.status, 503);
  await health.body?.cancel();
  script.kill("SIGTERM");
  // Nothing of ours keeps the process, and Deno has nothing to warn of.
  const { stderr } = await script.ended;
  assertEquals(stderr, "");
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
