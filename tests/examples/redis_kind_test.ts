import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Snapshot } from "../../mod.ts";
import { testWith } from "../support/needs.ts";
import {
  lifesign,
  type RunningScript,
  startProgram,
  startScript,
  temporaryFile,
} from "../support/program.ts";
import { closedPort } from "../support/servers.ts";

const REDIS = {
  program: "redis-server",
  demand: "LIFESIGN_TEST_REDIS",
} as const;

const FLAGS = ["--allow-read=examples,mod.ts,src,/tmp", "--allow-net"];

/** Starts a Redis that keeps nothing, and ends with the block. */
async function startRedis(
  port: number,
  ...args: string[]
): Promise<RunningScript> {
  const address = ["--port", String(port), "--bind", "127.0.0.1"];
  const redis = startProgram([
    "redis-server",
    ...address,
    "--save",
    "",
    "--dir",
    "/tmp",
    ...args,
  ]);
  await redis.line("stdout", /Ready to accept connections/);
  return redis;
}

/** The text of a config with checks of the example's kind. */
function configOf(checks: readonly string[]): string {
  const plugin = new URL("../../examples/redis_kind.ts", import.meta.url);
  return `plugins: [${plugin}]\nchecks:\n  ${checks.join("\n  ")}\n`;
}

Deno.test("examples/plugin.yaml is right, as permissions and the schema are", async () => {
  const flags = [FLAGS[0]!];
  const file = "examples/plugin.yaml";
  assertEquals(
    (await lifesign(["validate", file], { flags })).stdout,
    `${file}: 1 check, no problems\n`,
  );
  assertEquals(
    (await lifesign(["permissions", file], { flags })).stdout,
    `--allow-env=LIFESIGN_TOKEN --allow-net=127.0.0.1:6379,127.0.0.1:8686 --allow-read=${file},examples/redis_kind.ts\n`,
  );
});

Deno.test("the redis kind of the example says that nobody listens", async () => {
  await using file = await temporaryFile(
    configOf([`cache: { type: redis, port: ${closedPort()} }`]),
  );
  const { code, stdout } = await lifesign(
    ["check", "--format=json", file.path],
    { flags: FLAGS },
  );
  const [{ status, reason }]: [Snapshot] = JSON.parse(stdout);
  assertEquals([code, status, reason?.code], [1, "unhealthy", "refused"]);
});

testWith(REDIS, {
  name: "the redis kind of the example checks a real Redis",
  async fn() {
    const [open, locked] = [closedPort(), closedPort()];
    await using _open = await startRedis(open);
    await using _locked = await startRedis(
      locked,
      "--requirepass",
      "pässword 1",
    );
    await using file = await temporaryFile(configOf([
      `open: { type: redis, port: ${open} }`,
      `right: { type: redis, port: ${locked}, password: pässword 1 }`,
      `wrong: { type: redis, port: ${locked}, password: pässword 2 }`,
      `none: { type: redis, port: ${locked} }`,
      `too-much: { type: redis, port: ${open}, password: x }`,
    ]));
    const { stdout } = await lifesign(
      ["check", "--format=json", file.path],
      { flags: FLAGS },
    );
    const snapshots: Snapshot[] = JSON.parse(stdout);
    assertEquals(
      snapshots.map(({ id, type, status, reason }) => [
        id,
        type,
        status,
        reason?.code,
        reason?.message.split(" ").slice(0, 4).join(" "),
      ]),
      [
        ["open", "redis", "healthy", undefined, undefined],
        ["right", "redis", "healthy", undefined, undefined],
        ["wrong", "redis", "unhealthy", "auth", "Expected +OK, got -WRONGPASS"],
        ["none", "redis", "unhealthy", "auth", "Expected +PONG, got -NOAUTH"],
        [
          "too-much",
          "redis",
          "unhealthy",
          "mismatch",
          "Expected +OK, got -ERR",
        ],
      ],
    );
    assertEquals(typeof snapshots[0]!.detail?.pingMs, "number");
  },
});

testWith(REDIS, {
  name: "the agent has the metrics of a plugin's kind",
  async fn() {
    const port = closedPort();
    await using _redis = await startRedis(port);
    await using file = await temporaryFile(
      "listen: 127.0.0.1:0\n" +
        configOf([`cache: { type: redis, port: ${port} }`]),
    );
    await using agent = startScript("src/cli/main.ts", {
      flags: FLAGS,
      args: ["run", file.path],
    });
    const line = await agent.line("stderr", /listening on/);
    await agent.line("stdout", /cache unknown -> healthy/);
    const url = line.replace(/^.* on /, "");
    const text = await (await fetch(`${url}metrics`)).text();
    assertStringIncludes(
      text,
      `# HELP probe_redis_ping_seconds How long Redis took to answer PING.
# TYPE probe_redis_ping_seconds gauge
probe_redis_ping_seconds{check="cache",type="redis",group="",instance="127.0.0.1:${port}"} 0`,
    );
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
  },
});
