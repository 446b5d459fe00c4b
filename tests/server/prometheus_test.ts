import { assertEquals } from "@std/assert";
import { createApp } from "../../src/server/mod.ts";
import { type Needed, testWith } from "../support/needs.ts";
import {
  type RunningScript,
  startProgram,
  startScript,
  temporaryFile,
} from "../support/program.ts";
import { AT, clusterOf, sharedFleet } from "./clusters.ts";
import { EACH, fleetOf } from "./fleets.ts";

function needing(program: string): Needed {
  return { program, demand: "LIFESIGN_TEST_PROMETHEUS" };
}

/** Fails if promtool has anything to say of an app's metrics. */
async function assertMetrics(app: ReturnType<typeof createApp>): Promise<void> {
  const response = await app.request("/metrics");
  const child = new Deno.Command("promtool", {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const [{ code, stdout, stderr }] = await Promise.all([
    child.output(),
    response.body!.pipeTo(child.stdin),
  ]);
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stdout) + decoder.decode(stderr), "");
  assertEquals(code, 0);
}

testWith(needing("promtool"), {
  name: "promtool finds nothing wrong with the metrics",
  async fn() {
    await using fleet = await fleetOf(EACH);
    await assertMetrics(createApp(fleet, {
      configLoad: () => ({ successful: true, succeededAt: new Date() }),
    }));
  },
});

testWith(needing("promtool"), {
  name: "promtool finds nothing wrong with the metrics of a cluster",
  async fn() {
    await using fleet = sharedFleet({
      web: { agent: "a", region: "eu" },
      down: { agent: "b" },
    });
    const looks = ["eu", "us"].map((region) => ({
      region,
      status: "healthy" as const,
      reason: null,
      agent: "a",
      checkedAt: AT,
      durationMs: 12,
    }));
    await assertMetrics(
      createApp(fleet, { cluster: clusterOf({ regions: { web: looks } }) }),
    );
  },
});

/** A Prometheus that scrapes one agent, with its token and without. */
function scraping(target: string, token: string): string {
  const common = `
    scrape_interval: 500ms
    scrape_timeout: 500ms
    honor_labels: true
    static_configs: [{ targets: ["${target}"] }]`;
  return `scrape_configs:
  - job_name: lifesign
    authorization: { credentials: ${token} }${common}
  - job_name: stranger${common}
`;
}

interface Result {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** Asks a Prometheus until it has so many results. */
async function query(
  url: string,
  expression: string,
  count: number,
): Promise<readonly Result[]> {
  const path = `/api/v1/query?query=${encodeURIComponent(expression)}`;
  let body = "";
  // Half a minute, where half a second should do.
  for (let i = 0; i < 300; i++) {
    const response = await fetch(new URL(path, url));
    body = await response.text();
    const result: readonly Result[] = JSON.parse(body).data?.result ?? [];
    if (result.length === count) return result;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`Expected ${count} of ${expression}, got ${body}`);
}

/** The labels and the value of each check, by name. */
function toRows(results: readonly Result[]): (string | undefined)[][] {
  return results
    .map(({ metric: { check, type, group, instance }, value: [, value] }) => [
      check,
      type,
      group,
      instance,
      value,
    ])
    .sort(([a], [b]) => a! < b! ? -1 : 1);
}

async function startPrometheus(
  config: string,
  folder: string,
): Promise<readonly [RunningScript, url: string]> {
  const prometheus = startProgram([
    "prometheus",
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}`,
    "--web.listen-address=127.0.0.1:0",
  ]);
  const line = await prometheus.line("stderr", /msg="Listening on"/);
  const [, address] = /address=(\S+)/.exec(line) ?? [];
  const url = `http://${address}/`;
  // It says that it listens and that it is ready in either order.
  for (let i = 0; i < 300; i++) {
    const response = await fetch(new URL("/-/ready", url));
    await response.body?.cancel();
    if (response.ok) return [prometheus, url];
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${url} does not get ready`);
}

testWith(needing("prometheus"), {
  name: "Prometheus scrapes the agent, if it has the token",
  async fn() {
    const token = "scrape-with-this";
    await using file = await temporaryFile(String.raw`
listen: 127.0.0.1:0
token: ${token}
checks:
  up: { type: command, command: "exit 0", group: edge }
  down: { type: tcp, port: 1, retries: 1 }
  "odd \"\\\n\r\t {été}=1, 🙂": { type: command, command: "echo \"\\\\\"" }
`);
    await using agent = startScript("src/cli/main.ts", {
      flags: ["--allow-net", "--allow-read", "--allow-run"],
      args: ["run", file.path],
    });
    const listening = await agent.line("stderr", /listening on/);
    for (let settled = 0; settled < 3; settled++) {
      await agent.line("stdout", / unknown -> /);
    }
    const { host } = new URL(listening.replace(/^.* on /, ""));
    await using config = await temporaryFile(scraping(host, token));
    const folder = await Deno.makeTempDir({ dir: "/tmp" });
    try {
      const [prometheus, url] = await startPrometheus(config.path, folder);
      await using _ = prometheus;
      const [up] = await query(url, "up == 1", 1);
      assertEquals(up!.metric.job, "lifesign");
      const [down] = await query(url, "up == 0", 1);
      assertEquals(down!.metric.job, "stranger");
      const success = await query(url, "probe_success", 3);
      // To Prometheus, an empty label is none.
      assertEquals(toRows(success), [
        ["down", "tcp", undefined, "127.0.0.1:1", "0"],
        ['odd "\\\n\r\t {été}=1, 🙂', "command", undefined, 'echo "\\\\"', "1"],
        ["up", "command", "edge", "exit 0", "1"],
      ]);
      for (
        const [expression, value] of [
          ["sum(lifesign_check_status)", "3"],
          ['sum(lifesign_attempts_total{verdict="fail"}) >= bool 1', "1"],
          [
            "histogram_quantile(1, lifesign_attempt_duration_seconds_bucket) > bool 0",
            "1",
          ],
          ["lifesign_config_last_reload_successful", "1"],
          ["time() - process_start_time_seconds < bool 3600", "1"],
        ] as const
      ) {
        const [result] = await query(url, expression, 1);
        assertEquals(result!.value[1], value, expression);
      }
      prometheus.kill("SIGTERM");
      assertEquals((await prometheus.ended).code, 0);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
  },
});
