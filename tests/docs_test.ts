import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { parse } from "@std/yaml";
import { Fleet, tcp } from "../mod.ts";
import { ConfigError, parseConfig } from "../src/agent/config.ts";
import { builtInKinds } from "../src/probes/built_in.ts";
import { createApp } from "../src/server/mod.ts";
import {
  blocks,
  blocksOf,
  local,
  localScript,
  PAGES,
  pathOf,
  readPage,
} from "./support/docs.ts";
import { has, type Needed, testWith } from "./support/needs.ts";
import {
  type Ended,
  lifesign,
  ROOT,
  startProgram,
  startScript,
  temporaryFile,
} from "./support/program.ts";

/** YAML, as it comes. */
// deno-lint-ignore no-explicit-any
type Any = any;

/** Each kind of block, and which test it has. */
const KINDS = new Set([
  // `deno test --doc`
  "ts ",
  // docs/session_test.ts
  "console ",
  "sh agent",
  "yaml broken",
  "yaml plugin",
  // docs/readme_test.ts
  "text terminal",
  "sh install",
  // docs/wait_test.ts
  "sh wait",
  // docs/heartbeats_test.ts
  "cron ping",
  "sh ping",
  "sh stop",
  "ini ping",
  "yaml cronjob",
  // docs/cluster_status_test.ts
  "text agents",
  // docs/nats_test.ts
  "text nats",
  // docs/report_test.ts
  "text past",
  // docs/notifications_test.ts
  "json webhook",
  // docs/recipes_test.ts
  "sql postgres",
  "sql mariadb",
  "text pg_hba",
  // Here
  "sh tasks",
  "markdown badges",
  "dockerfile healthcheck",
  "yaml lifesign",
  "yaml include",
  "yaml compose",
  "yaml gatus",
  "yaml kubernetes",
  "yaml workflow",
  "yaml prometheus",
  "yaml rules",
  "promql ",
  "json wrangler",
  "ini unit",
  "sh service",
  // None: its page says why.
  "sh skip",
  "dockerfile skip",
]);

Deno.test("every block of the docs is of a kind that is tested", async () => {
  const seen = new Set<string>();
  for (const page of PAGES) {
    for (const { language, what } of await blocksOf(page)) {
      assert(KINDS.has(`${language} ${what}`), `${page}: ${language} ${what}`);
      seen.add(`${language} ${what}`);
    }
  }
  assertEquals(seen, KINDS);
});

Deno.test("the README links to every other page", async () => {
  const readme = await readPage("README");
  for (const page of PAGES) {
    assert(page === "README" || readme.includes(`(./${pathOf(page)})`), page);
  }
});

/** How GitHub names the headings of a page, to link to them. */
function anchorsOf(text: string): Set<string> {
  return new Set(
    Array.from(
      text.matchAll(/^#+ (.*)$/gm),
      ([, heading]) =>
        heading!.toLowerCase().replace(/[^\w -]/g, "").replaceAll(" ", "-"),
    ),
  );
}

Deno.test("every link of the docs leads to a file, and to a heading in it", async () => {
  for (const page of PAGES) {
    const text = await readPage(page);
    const url = new URL(pathOf(page), ROOT);
    for (const [, link] of text.matchAll(/\]\(((?:\.|#)[^)]*)\)/g)) {
      const { hash, pathname } = new URL(link!, url);
      const file = new URL(pathname, url);
      await Deno.stat(file);
      if (hash === "") continue;
      const headings = anchorsOf(await Deno.readTextFile(file));
      assert(headings.has(hash.slice(1)), `${page}: ${link}`);
    }
  }
});

/** What variables have that cannot be any string. */
const VALUES: Readonly<Record<string, string>> = {
  NTFY_TOKEN: "tk_AgQdq7mVBoFD37zQVN29RhuMzNIz2",
  TELEGRAM_TOKEN: "123456:ABC-DEF",
  PUSHOVER_TOKEN: "azGDORePK8gMaC0QOYAMyEEuzJnyUi",
  PUSHOVER_USER: "uQiRzpo4DXghDmr9QzzfQu27cmVRsG",
  HOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
};

Deno.test("the config files of the docs are valid", async () => {
  const kinds = await builtInKinds();
  let count = 0;
  for (const page of PAGES) {
    for (const { what, text } of await blocksOf(page)) {
      if (what === "broken") {
        assertThrows(() => parseConfig(text), ConfigError, "", page);
      } else if (what === "include") {
        assert((parse(text) as Any).include.length > 0, page);
      } else if (what === "lifesign") {
        parseConfig(text, {
          source: page,
          env: (name) =>
            VALUES[name] ??
              (name.endsWith("_URL") ? "https://example.com/" : "value"),
          kinds,
        });
        count++;
      }
    }
  }
  assert(count > 3);
});

Deno.test("the tasks that the docs name exist", async () => {
  const { tasks } = JSON.parse(
    await Deno.readTextFile(new URL("deno.json", ROOT)),
  );
  for (const page of PAGES) {
    const commands = (await blocksOf(page))
      .filter(({ what }) => what === "tasks")
      .flatMap(({ text }) => text.trimEnd().split("\n"));
    for (const command of commands) {
      const [, task] = /^deno task ([\w:]+)/.exec(command)!;
      assert(task! in tasks, `${page}: ${command}`);
    }
    const text = await readPage(page);
    for (const [, task] of text.matchAll(/`deno task ([\w:]+)`/g)) {
      assert(task! in tasks, `${page}: ${task}`);
    }
  }
});

Deno.test("docs/edge.md configures what examples/worker.ts uses", async () => {
  const [text] = await blocks("edge", "wrangler");
  const { main, kv_namespaces } = JSON.parse(text!);
  const worker = await Deno.readTextFile(new URL(main, ROOT));
  const [{ binding }] = kv_namespaces;
  assertMatch(worker, new RegExp(`readonly ${binding}\\?: Store`));
});

Deno.test("docs/http.md has badges that the app serves", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(tcp({ port: 1 }), { id: "web" });
  const app = createApp(fleet);
  const [text] = await blocks("http", "badges");
  const urls = [...text!.matchAll(/\((https:.*)\)/g)];
  assertEquals(urls.length, 2);
  for (const [, url] of urls) {
    const { pathname, search } = new URL(url!);
    const answer = await app.request(pathname + search);
    assertEquals(answer.status, 200, url);
    assertMatch(await answer.text(), /^<svg/);
  }
});

const hasWait = (await lifesign(["wait", "--help"])).code === 0;

/** A test of the `wait` command, which is not in every version. */
function testWait(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: hasWait ? name : `${name} (this version has no wait command)`,
    ignore: !hasWait,
    fn,
  });
}

/** A server for what the docs look at. */
function serve(): Deno.HttpServer<Deno.NetAddr> {
  return Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    ({ url }) =>
      new Response(null, { status: url.endsWith("/health") ? 200 : 404 }),
  );
}

async function run(commandLine: [string, ...string[]]): Promise<Ended> {
  await using program = startProgram(commandLine);
  return await program.ended;
}

/** Runs an agent as it is told, on another port, until it listens. */
async function runsAgent(
  args: readonly string[],
  config: string,
): Promise<void> {
  const kinds = await builtInKinds();
  assert(parseConfig(config, { kinds }).checks.length > 0);
  await using file = await temporaryFile(
    config.replace("0.0.0.0:8686", "127.0.0.1:0"),
  );
  const path = args.at(-1)!;
  const mine = args.map((arg) =>
    arg.startsWith("--allow-read=") ? `--allow-read=${file.path}` : arg
  );
  // What it may read has to hold what it reads.
  assert(args.some((arg) => path.startsWith(arg.replace("--allow-read=", ""))));
  await using agent = startProgram(local([...mine.slice(0, -1), file.path]));
  assertMatch(await agent.line("stderr", /./), /, listening on http:/);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
}

Deno.test("docs/docker.md has a HEALTHCHECK that tells well from not", async () => {
  const [text] = await blocks("docker", "healthcheck");
  const [, json] = /^HEALTHCHECK(?:[^\n]|\\\n)* CMD (\[.*\])$/m.exec(text!)!;
  const check = (port: number) =>
    run(local(
      JSON.parse(json!).map((arg: string) => arg.replace("8000", `${port}`)),
    ));
  await using server = serve();
  const up = await check(server.addr.port);
  assertEquals([up.code, up.stderr], [0, ""]);
  assertMatch(up.stdout, /healthy/);
  const down = await check(1);
  assertEquals(down.code, 1);
  assertMatch(down.stdout, /127\.0\.0\.1:1 refused the connection/);
});

Deno.test("docs/docker.md has an agent for Compose", async () => {
  const [config] = await blocks("docker", "lifesign");
  const files = (await blocks("docker", "compose")).map((text) => parse(text));
  for (const { services, volumes = {} } of files as Any[]) {
    for (const service of Object.values<Any>(services)) {
      assert(service.image ?? service.build);
      for (const name of service.depends_on ?? []) assert(name in services);
      for (const mount of service.volumes ?? []) {
        const [from] = mount.split(":");
        assert(from.startsWith("./") || from in volumes, mount);
      }
    }
  }
  const { services } = files[0] as Any;
  for (const host of config!.matchAll(/(?:host: |\/\/)(\w+)/g)) {
    assert(host[1]! in services, host[1]);
  }
  await runsAgent(services.lifesign.command, config!);
});

testWait(
  "docs/docker.md has a command that waits for another service",
  async () => {
    const { services } = parse((await blocks("docker", "compose"))[1]!) as Any;
    await using server = serve();
    await using script = await temporaryFile("console.log('started')");
    const ended = await run(local(
      services.web.command.map((arg: string) =>
        arg.replace("db:5432", `127.0.0.1:${server.addr.port}`)
          .replace("--allow-run=deno", `--allow-run=${Deno.execPath()}`)
          .replace(/^deno$/, Deno.execPath()).replace("main.ts", script.path)
      ),
    ));
    assertEquals([ended.code, ended.stdout], [0, "started\n"], ended.stderr);
  },
);

const API_VERSIONS = new Map([
  ["ConfigMap", "v1"],
  ["Deployment", "apps/v1"],
  ["Service", "v1"],
]);

Deno.test("docs/kubernetes.md has manifests whose parts find each other", async () => {
  const manifests = await blocks("kubernetes", "kubernetes");
  const paths: string[] = [];
  for (const manifest of manifests) {
    const objects = manifest.split(/^---$/m).map((text) => parse(text) as Any);
    const named = (kind: string, name: string) => {
      const found = objects.find((object) =>
        object.kind === kind && object.metadata.name === name
      );
      assert(found, `${kind} ${name}`);
      return found;
    };
    const labels = new Map<string, Any>();
    for (const { apiVersion, kind, metadata, spec, data } of objects) {
      assertEquals(
        apiVersion,
        API_VERSIONS.get(kind),
      );
      assertMatch(metadata.name, /^[a-z][a-z\d-]*$/);
      if (kind === "ConfigMap") {
        parseConfig(data["lifesign.yaml"], { kinds: await builtInKinds() });
        continue;
      }
      if (kind === "Service") {
        const template = labels.get(spec.selector.app);
        for (const { targetPort } of spec.ports) {
          assert(portsOf(template).has(targetPort), targetPort);
        }
        continue;
      }
      const { template, selector } = spec;
      assertEquals(template.metadata.labels, selector.matchLabels);
      labels.set(template.metadata.labels.app, template.spec);
      const port = template.metadata.annotations?.["prometheus.io/port"];
      if (port) {
        assert([...portsOf(template.spec).values()].includes(Number(port)));
      }
      const volumes = new Map(
        template.spec.volumes.map((volume: Any) => [volume.name, volume]),
      );
      for (const container of containersOf(template.spec)) {
        for (const { name } of container.volumeMounts ?? []) {
          assert(volumes.has(name), name);
        }
        for (const [key, probe] of Object.entries<Any>(container)) {
          if (!key.endsWith("Probe")) continue;
          assert(portsOf(template.spec).has(probe.httpGet.port), key);
          paths.push(probe.httpGet.path);
        }
        if (container.args === undefined) continue;
        const [mount] = container.volumeMounts;
        const volume = volumes.get(mount.name) as Any;
        const config = named("ConfigMap", volume.configMap.name);
        assert(
          container.args.at(-1) === `${mount.mountPath}/lifesign.yaml`,
          "the mounted file",
        );
        await runsAgent(container.args, config.data["lifesign.yaml"]);
      }
    }
  }
  assertEquals(new Set(paths), new Set(["/livez", "/readyz"]));
});

function containersOf(spec: Any): Any[] {
  return [...(spec.initContainers ?? []), ...spec.containers];
}

function portsOf(spec: Any): Map<string, number> {
  return new Map(
    containersOf(spec).flatMap(({ ports = [] }) =>
      ports.map(({ name, containerPort }: Any) => [name, containerPort])
    ),
  );
}

/** The `run` steps of a workflow that use lifesign, for this machine. */
async function stepsOf(index: number): Promise<string[]> {
  const workflow = parse((await blocks("github-actions", "workflow"))[index]!);
  const steps = Object.values<Any>((workflow as Any).jobs)
    .flatMap((job) => job.steps);
  for (const step of steps) assert(step.uses ?? step.run);
  return steps.map(({ run = "" }) => run).filter((run) => run.includes("jsr:"))
    .map(localScript);
}

testWait(
  "docs/github-actions.md waits for its services, then runs the tests",
  async () => {
    const [step] = await stepsOf(0);
    await using server = serve();
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    const npm = '#!/bin/sh\necho "npm $@"; exit 7\n';
    await Deno.writeTextFile(`${folder}/npm`, npm, { mode: 0o755 });
    const script = step!.replace(/5432|3000/g, `${server.addr.port}`);
    const ended = await run(
      ["sh", "-c", `PATH=${folder}:$PATH; export PATH; ${script}`],
    );
    await Deno.remove(folder, { recursive: true });
    assertEquals([ended.code, ended.stdout], [7, "npm test\n"], ended.stderr);
  },
);

Deno.test("docs/github-actions.md looks at a deployment once", async () => {
  const [step] = await stepsOf(1);
  await using server = serve();
  const host = `127.0.0.1:${server.addr.port}`;
  const script = step!.replace("https://www.example.com", `http://${host}`)
    .replace("db.example.com:5432", host);
  const { code, stdout } = await run(["sh", "-c", script]);
  assertEquals([code, stdout.match(/ healthy /g)?.length], [0, 2], stdout);
});

/** Runs promtool on a file. */
async function promtool(args: string[], text: string): Promise<void> {
  await using file = await temporaryFile(text);
  const ended = await run(["promtool", ...args, file.path]);
  assertEquals(ended.code, 0, ended.stdout + ended.stderr);
}

const PROMTOOL: Needed = {
  program: "promtool",
  demand: "LIFESIGN_TEST_PROMETHEUS",
};

testWith(PROMTOOL, {
  name: "promtool finds nothing wrong with docs/prometheus.md",
  async fn() {
    const [rules] = await blocks("prometheus", "rules");
    await using file = await temporaryFile(rules!);
    const [config] = await blocks("prometheus", "prometheus");
    await promtool(
      ["check", "config", "--syntax-only"],
      config!.replace("lifesign.rules.yml", file.path),
    );
    await promtool(["check", "rules"], rules!);
    const queries = (await blocks("prometheus", "")).map((expr, i) => ({
      record: `query${i}`,
      expr,
    }));
    await promtool(
      ["check", "rules"],
      JSON.stringify({ groups: [{ name: "queries", rules: queries }] }),
    );
  },
});

testWith(PROMTOOL, {
  name: "the alerts of docs/prometheus.md go off when they should",
  async fn() {
    const [rules] = await blocks("prometheus", "rules");
    await using file = await temporaryFile(rules!);
    const status = (is: string, check: string) => ({
      series: `lifesign_check_status{status="${is}",check="${check}"}`,
      values: "1+0x60",
    });
    const up = { series: 'up{job="lifesign",instance="a"}', values: "0x60" };
    const flaps = {
      series: 'lifesign_check_transitions_total{check="f"}',
      values: "0+1x60",
    };
    const old = {
      series: "lifesign_config_last_reload_successful",
      values: "0x60",
    };
    const states = ["unhealthy", "degraded", "unknown", "healthy"];
    const input_series = [
      ...states.map((is) => status(is, is)),
      ...[up, flaps, old],
    ];
    const firing = (at: string) => ({
      expr: "count by (alertname) (ALERTS{alertstate='firing'})",
      eval_time: at,
    });
    const samples = (names: string[]) =>
      names.map((name) => ({ labels: `{alertname="${name}"}`, value: 1 }));
    await promtool(
      ["test", "rules"],
      JSON.stringify({
        rule_files: [file.path],
        evaluation_interval: "1m",
        tests: [{
          interval: "1m",
          input_series,
          promql_expr_test: [
            { ...firing("0m"), exp_samples: [] },
            {
              ...firing("3m"),
              exp_samples: samples(["CheckUnhealthy", "LifesignDown"]),
            },
            {
              ...firing("40m"),
              exp_samples: samples([
                ...["CheckDegraded", "CheckFlapping", "CheckUnhealthy"],
                ...["CheckUnknown", "LifesignConfig", "LifesignDown"],
              ]),
            },
          ],
        }],
      }),
    );
  },
});

testWith(
  { program: "systemd-analyze", demand: "LIFESIGN_TEST_SYSTEMD" },
  {
    name: "systemd-analyze finds nothing wrong with docs/systemd.md",
    async fn() {
      const [unit] = await blocks("systemd", "unit");
      const folder = await Deno.makeTempDir({ dir: "/tmp" });
      const path = `${folder}/lifesign.service`;
      const service = "/usr/local/bin/lifesign-service";
      assert(unit!.includes(service));
      await Deno.writeTextFile(path, unit!.replace(service, "/bin/true"));
      const { code, stdout, stderr } = await run(
        ["systemd-analyze", "verify", path],
      );
      await Deno.remove(folder, { recursive: true });
      const told = `${stdout}${stderr}`.split("\n").filter((line) =>
        line.includes("lifesign")
      );
      assertEquals([code, told], [0, []]);
    },
  },
);

testWith(
  { program: "systemd-notify", demand: "LIFESIGN_TEST_SYSTEMD" },
  {
    name:
      "docs/systemd.md tells systemd when the agent answers, and that it lives",
    async fn() {
      assert(has("curl"), "curl");
      const [text] = await blocks("systemd", "service");
      // A port that was free a moment ago.
      const free = Deno.listen({ hostname: "127.0.0.1", port: 0 });
      const { port } = free.addr as Deno.NetAddr;
      free.close();
      await using config = await temporaryFile(
        `listen: 127.0.0.1:${port}\nchecks: { x: { type: tcp, port: ${port} } }\n`,
      );
      await using script = await temporaryFile(
        localScript(text!.replaceAll("8686", `${port}`)),
      );
      const socket = `/tmp/lifesign_notify_${crypto.randomUUID()}`;
      await using systemd = startScript("tests/support/notify_main.ts", {
        flags: ["--unstable-net", "-A"],
        args: [socket],
      });
      await systemd.line("stdout", /^listening$/);
      await using service = startProgram(
        [
          ...["setsid", "sh", "-c", 'echo $$; exec sh "$@"', "sh"],
          ...[script.path, config.path],
        ] as [string, ...string[]],
        { NOTIFY_SOCKET: socket, WATCHDOG_USEC: "2000000" },
      );
      const group = Number(await service.line("stdout", /^\d+$/));
      try {
        await systemd.line("stdout", /^READY=1$/);
        // Logs are JSON, and the agent is the process itself.
        const line = await service.line("stdout", /./);
        assertEquals(JSON.parse(line).to, "healthy");
        await systemd.line("stdout", /^WATCHDOG=1$/);
        await systemd.line("stdout", /^WATCHDOG=1$/);
      } finally {
        // As systemd ends a service: all of it.
        Deno.kill(-group, "SIGTERM");
      }
      assertEquals((await service.ended).code, 0);
      systemd.kill("SIGTERM");
      await systemd.ended;
      await Deno.remove(socket);
    },
  },
);
