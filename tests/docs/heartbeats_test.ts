import { assert, assertEquals, assertMatch } from "@std/assert";
import { parse } from "@std/yaml";
import { startAgent } from "../support/agent.ts";
import { blocks } from "../support/docs.ts";
import { testWith } from "../support/needs.ts";
import { folderOf } from "../support/plugins.ts";

const TOKEN = "s3cret";
const CURL = { program: "curl", demand: "LIFESIGN_TEST_TOOLS" } as const;

/** YAML, as it comes. */
// deno-lint-ignore no-explicit-any
type Any = any;

/** An agent with the check of the page, and a backup that a variable rules. */
async function agentOf(): Promise<Any> {
  const folder = await folderOf({
    "lifesign.yaml":
      `{ listen: "127.0.0.1:0", checks: { backup: { type: heartbeat, every: 1d, max_runtime: 1h, token: ${TOKEN} } } }`,
    "backup": 'echo "copied 3 files" >&2\necho done\nexit "$CODE"\n',
  });
  const agent = await startAgent(folder.path);
  const run = async (script: string, env: Record<string, string> = {}) => {
    const text = script.replaceAll(
      "/usr/local/bin/backup",
      `sh ${folder.path}/backup`,
    );
    const { code, stderr } = await new Deno.Command("sh", {
      args: ["-c", text, ...env.ARGS?.split(" ") ?? []],
      env: { LIFESIGN: agent.url.replace(/\/$/, ""), TOKEN, ...env },
    }).output();
    return { code, stderr: new TextDecoder().decode(stderr) };
  };
  return {
    run,
    check: () => agent.check("backup"),
    async [Symbol.asyncDispose]() {
      await agent[Symbol.asyncDispose]();
      await folder[Symbol.asyncDispose]();
    },
  };
}

testWith(CURL, {
  name: "the crontab of docs/heartbeats.md tells how a job has ended",
  async fn() {
    const [crontab] = await blocks("heartbeats", "ping");
    const line = crontab!.split("\n").find((line) => line.startsWith("0 3"))!;
    const command = line.split(" ").slice(5).join(" ");
    await using it = await agentOf();
    await it.run(command, { CODE: "0" });
    const { status, detail } = await it.check();
    assertEquals([status, detail.output], ["healthy", "done"]);
    await it.run(command, { CODE: "3" });
    assertEquals(
      (await it.check()).reason.message,
      "Expected exit code 0, got 3: done",
    );
  },
});

testWith(CURL, {
  name: "the script of docs/heartbeats.md pings however it ends",
  async fn() {
    const [, script] = await blocks("heartbeats", "ping");
    await using it = await agentOf();
    assertEquals((await it.run(script, { CODE: "0" })).code, 0);
    const ended = await it.check();
    assertEquals(ended.status, "healthy");
    assert(ended.durationMs !== null);
    assertEquals((await it.run(script, { CODE: "4" })).code, 4);
    assertEquals((await it.check()).detail.exitCode, 4);
    const killed = script!.replace(
      "/usr/local/bin/backup",
      () => "kill -TERM $$",
    );
    assertEquals((await it.run(killed)).code, 143);
    assertEquals((await it.check()).detail.exitCode, 143);
  },
});

testWith(CURL, {
  name: "the service of docs/heartbeats.md tells what systemd says",
  async fn() {
    const [stop] = await blocks("heartbeats", "stop");
    await using it = await agentOf();
    await it.run(stop, { ARGS: "lifesign-ping backup start" });
    assertMatch((await it.check()).nextAt, /^20/);
    for (
      const [result, status, verdict, reason] of [
        ["success", "0", "pass", undefined],
        ["exit-code", "9", "fail", "Expected exit code 0, got 9: exit-code 9"],
        ["signal", "TERM", "fail", "The job said that it failed: signal TERM"],
        ["timeout", "", "fail", "The job said that it failed: timeout"],
      ] as const
    ) {
      const { code, stderr } = await it.run(stop, {
        ARGS: "lifesign-ping backup",
        SERVICE_RESULT: result,
        EXIT_STATUS: status,
      });
      assertEquals(code, 0, stderr);
      const check = await it.check();
      assertEquals([check.verdict, check.reason?.message], [verdict, reason]);
    }
  },
});

testWith({ program: "systemd-analyze", demand: "LIFESIGN_TEST_SYSTEMD" }, {
  name: "systemd-analyze finds nothing wrong with docs/heartbeats.md",
  async fn() {
    const unit = (await blocks("heartbeats", "ping"))[2]!;
    await using folder = await folderOf({
      "backup.service": unit.replaceAll(/\/usr\/local\/bin\/\S+/g, "/bin/true"),
    });
    const { code, stderr } = await new Deno.Command("systemd-analyze", {
      args: ["verify", `${folder.path}/backup.service`],
    }).output();
    const told = new TextDecoder().decode(stderr).split("\n")
      .filter((line) => line.includes("backup.service"));
    assertEquals([code, told], [0, []]);
  },
});

testWith(CURL, {
  name: "the CronJob of docs/heartbeats.md tells how its container has ended",
  async fn() {
    const [text] = await blocks("heartbeats", "cronjob");
    const { spec } = parse(text!) as Any;
    const [{ command }] = spec.jobTemplate.spec.template.spec.containers;
    assertEquals(command.slice(0, 2), ["sh", "-c"]);
    await using it = await agentOf();
    const env = { HOSTNAME: "backup-1-x" };
    assertEquals((await it.run(command[2], { CODE: "0", ...env })).code, 0);
    const { status, durationMs } = await it.check();
    assertEquals(status, "healthy");
    assert(durationMs !== null);
    assertEquals((await it.run(command[2], { CODE: "5", ...env })).code, 5);
    assertEquals((await it.check()).detail.exitCode, 5);
  },
});
