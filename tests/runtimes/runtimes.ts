/**
 * The library and the HTTP app in real runtimes. Each runs the same bundle, and
 * what it says is compared with one table.
 *
 * @module
 */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { obedientServer } from "../support/faults.ts";
import { startProgram } from "../support/program.ts";
import { closedPort, httpServer } from "../support/servers.ts";
import { expectedIn, type Runtime, RUNTIMES } from "./expected.ts";
import { AUTHORITIES, startTargets } from "./targets.ts";
import { bundle, PROGRAMS, tool } from "./tools.ts";

const work = await Deno.makeTempDir({ dir: "/tmp", prefix: "lifesign_" });
addEventListener("unload", () => Deno.removeSync(work, { recursive: true }));

const authorities = `${work}/authorities.pem`;
await Deno.writeTextFile(authorities, AUTHORITIES);
/** The variables by which runtimes trust more authorities. */
const TRUST = { DENO_CERT: authorities, NODE_EXTRA_CA_CERTS: authorities };

/** Writes a file for one of the runtimes. Returns its path. */
async function write(name: string, text: string): Promise<string> {
  const path = `${work}/${name}`;
  await Deno.writeTextFile(path, text);
  return path;
}

/** The command that runs a file in a runtime other than workerd. */
async function commandOf(
  runtime: Runtime,
  ...args: string[]
): Promise<[string, ...string[]]> {
  switch (runtime) {
    case "deno":
      return [Deno.execPath(), "run", "-A", "--no-config", ...args];
    case "node":
      return [await tool(PROGRAMS.node), ...args];
    default:
      return [await tool(PROGRAMS.bun), ...args];
  }
}

/** A worker that is served by one of the runtimes. */
interface Served extends AsyncDisposable {
  readonly url: string;
}

async function serve(
  command: readonly [string, ...string[]],
): Promise<Served> {
  const program = startProgram(command, TRUST);
  return {
    url: await program.line("stdout", /^http:/),
    async [Symbol.asyncDispose]() {
      program.kill("SIGTERM");
      await program.ended;
    },
  };
}

/** Serves a bundled worker in workerd, with more options for miniflare. */
async function serveInWorkerd(
  runtime: Runtime,
  path: string,
  more: Readonly<Record<string, unknown>> = {},
): Promise<Served> {
  const miniflare = await tool("miniflare/dist/src/index.js");
  const options = {
    compatibilityDate: "2026-04-20",
    compatibilityFlags: runtime === "compat" ? ["nodejs_compat"] : [],
    modules: [{ type: "ESModule", path }],
    modulesRoot: work,
    ...more,
  };
  const driver = new URL("workerd.mjs", import.meta.url).pathname;
  return await serve([
    await tool(PROGRAMS.node),
    driver,
    `file://${miniflare}`,
    JSON.stringify(options),
  ]);
}

function isWorkerd(runtime: Runtime): boolean {
  return runtime === "workerd" || runtime === "compat";
}

let suite: Promise<[main: string, worker: string]> | undefined;

/** Bundles the suite, once. */
function bundledSuite(): Promise<[main: string, worker: string]> {
  return suite ??= Promise.all([
    bundle("tests/runtimes/main.ts").then((text) => write("main.mjs", text)),
    bundle("tests/runtimes/suite_worker.ts").then((text) =>
      write("suite_worker.mjs", text)
    ),
  ]);
}

/** Runs the suite in a runtime. Returns what came of it. */
async function runSuite(
  runtime: Runtime,
  targets: string,
): Promise<Record<string, string>> {
  const [main, worker] = await bundledSuite();
  if (isWorkerd(runtime)) {
    await using served = await serveInWorkerd(runtime, worker);
    const response = await fetch(served.url, { method: "POST", body: targets });
    return await response.json();
  }
  const command = await commandOf(runtime, main, targets);
  await using program = startProgram(command, TRUST);
  const { code, stdout, stderr } = await program.ended;
  assertEquals(code, 0, stderr);
  return JSON.parse(stdout);
}

for (const runtime of RUNTIMES) {
  Deno.test(`the library and the app do in ${runtime} what it can do`, async () => {
    await using targets = await startTargets();
    const results = await runSuite(runtime, JSON.stringify(targets));
    const settled = Object.fromEntries(
      Object.entries(results).map(([name, result]) => [
        name,
        // Messages may differ, and have the ports of the targets.
        result.replace(/^(\w+\/\w+): .+$/, "$1"),
      ]),
    );
    assertEquals(
      settled,
      expectedIn(runtime),
      JSON.stringify(results, null, 2),
    );
  });
}

for (const runtime of ["deno", "node", "bun"] as const) {
  Deno.test(`notify() tells of a check in ${runtime}`, async () => {
    const text = await bundle("tests/runtimes/notifier.ts");
    const path = await write("notifier.mjs", text);
    const command = await commandOf(runtime, path);
    await using program = startProgram(command);
    const { code, stdout, stderr } = await program.ended;
    assertEquals([code, stderr], [0, ""]);
    const lines = stdout.trim().split("\n").map((line) =>
      line.replace(/ (?:after|\()\b.*/, "")
    );
    const unsupported =
      "notify.command: gave up a message: this runtime cannot run commands: only Deno can";
    assertEquals(lines.sort(), [
      ...(runtime === "deno" ? [] : [unsupported]),
      "notify.log: DOWN orders: no orders",
      "notify.log: UP orders",
    ]);
  });
}

let worker: Promise<[server: string, worker: string]> | undefined;

/** Serves `examples/worker.ts` in a runtime, with other targets. */
async function serveExample(
  runtime: Runtime,
  agent: string,
  web: string,
): Promise<(store: string) => Promise<Served>> {
  worker ??= Promise.all([
    bundle("tests/runtimes/server.ts"),
    bundle("examples/worker.ts"),
  ]);
  const text = (await worker)[isWorkerd(runtime) ? 1 : 0];
  const changed = text.replace("http://127.0.0.1:8686/livez", agent)
    .replace("http://127.0.0.1:3000/health", web);
  assertStringIncludes(changed, agent);
  assertStringIncludes(changed, web);
  const path = await write(`${runtime}_example.mjs`, changed);
  return async (store) =>
    isWorkerd(runtime)
      ? await serveInWorkerd(runtime, path, {
        kvNamespaces: ["RECORDS"],
        kvPersist: store,
      })
      : await serve(await commandOf(runtime, path, store));
}

for (const runtime of ["workerd", "compat"] as const) {
  Deno.test(`requests share the fleet of a Durable Object in ${runtime}`, async () => {
    await using target = await obedientServer();
    const text = await bundle("tests/runtimes/durable_object.ts");
    const path = await write(`${runtime}_object.mjs`, text);
    await using served = await serveInWorkerd(runtime, path, {
      durableObjects: { HEALTH: "Health" },
      bindings: { URL: `http://${target.authority}/hang` },
    });
    const left = fetch(served.url, { signal: AbortSignal.timeout(500) });
    await left.then((response) => response.body?.cancel(), () => {});
    // The attempt that was begun goes on, or is over.
    const check = await checksOf(served, "hang");
    assertEquals(check?.attempts, 1);
  });
}

interface Shown {
  readonly id: string;
  readonly status: string;
  readonly attempts: number;
  readonly stale?: true;
}

async function checksOf(
  { url }: Served,
  id: string,
): Promise<Shown | undefined> {
  // A minute is enough, however slow the machine is.
  const signal = AbortSignal.timeout(60_000);
  const response = await fetch(`${url}checks`, { signal });
  assertEquals(response.status, 200);
  const checks: Shown[] = await response.json();
  return checks.find((check) => check.id === id);
}

for (const runtime of RUNTIMES) {
  Deno.test(`examples/worker.ts goes on with its records in ${runtime}`, async () => {
    await using web = httpServer(() => new Response("ok"));
    const refused = `http://127.0.0.1:${closedPort()}/`;
    const start = await serveExample(
      runtime,
      refused,
      `http://${web.authority}/`,
    );
    const store = await Deno.makeTempDir({ dir: work });
    const folder = isWorkerd(runtime) ? store : `${store}/records.json`;
    {
      await using served = await start(folder);
      assertEquals(web.asked.length, 0);
      const scheduled = await fetch(`${served.url}cdn-cgi/handler/scheduled`);
      await scheduled.body?.cancel();
      assertEquals([scheduled.status, web.asked.length], [200, 1]);
    }
    await using served = await start(folder);
    const check = await checksOf(served, "web");
    // On a slow machine, it may be old enough for another attempt.
    assertEquals(check?.attempts, web.asked.length);
    assertEquals([check?.status, check?.stale], ["healthy", undefined]);
    const health = await fetch(`${served.url}health`);
    assertEquals([health.status, (await health.json()).status], [503, "fail"]);
    const page = await (await fetch(served.url)).text();
    assertStringIncludes(page, "1 of 2 is down");
    const [, script] = /<script[^>]*>([^]*?)<\/script>/.exec(page)!;
    // It is made of the source of functions, which the bundler may change.
    new Function(script!);
    assertEquals(script!.match(/\b__(?!name\b)\w+\(/g), null);
  });

  Deno.test(`examples/worker.ts answers in ${runtime} when another client has left`, async () => {
    await using target = await obedientServer();
    const start = await serveExample(
      runtime,
      `http://${target.authority}/hang`,
      `http://${target.authority}/ok`,
    );
    const store = await Deno.makeTempDir({ dir: work });
    await using served = await start(
      isWorkerd(runtime) ? store : `${store}/records.json`,
    );
    const left = fetch(served.url, { signal: AbortSignal.timeout(500) });
    const stays = checksOf(served, "agent");
    await left.then((response) => response.body?.cancel(), () => {});
    const check = await stays;
    assertEquals(check?.attempts, 1);
    assert(check?.status !== "healthy");
  });
}
