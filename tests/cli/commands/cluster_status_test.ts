import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import type { ClusterLog } from "../../../src/core/cluster/status.ts";
import { createApp } from "../../../src/server/mod.ts";
import { clusterOf, member, sharedFleet } from "../../server/clusters.ts";
import { folderOf } from "../../support/plugins.ts";
import { type Ended, runScript } from "../../support/program.ts";

const SHARED = "cluster: { servers: [nats://127.0.0.1:4222], name: shop }";

/** Serves an agent's app, with the config file that says where. */
async function agentOf(
  cluster: ClusterLog | undefined,
  { token, top = SHARED }: {
    readonly token?: string;
    readonly top?: string;
  } = {},
): Promise<
  { readonly url: string; readonly file: string } & AsyncDisposable
> {
  const fleet = sharedFleet({ web: { agent: "a" } });
  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    createApp(fleet, {
      ...(cluster && { cluster }),
      ...(token !== undefined && { token }),
    }).fetch,
  );
  const { port } = server.addr;
  const folder = await folderOf({
    "lifesign.yaml": `listen: 127.0.0.1:${port}\n${top}\n${
      token === undefined ? "" : `token: ${token}\n`
    }checks:\n  web: { type: tcp, port: 1 }\n`,
  });
  return {
    url: `http://127.0.0.1:${port}/`,
    file: `${folder.path}/lifesign.yaml`,
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      await fleet.close();
      await folder[Symbol.asyncDispose]();
    },
  };
}

function status(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Ended> {
  return runScript("src/cli/main.ts", {
    flags: [
      "--allow-net=127.0.0.1",
      "--allow-env=LIFESIGN_TOKEN",
      "--allow-read=/tmp",
    ],
    args: ["cluster", "status", ...args],
    env: { LIFESIGN_TOKEN: "", ...env },
  });
}

/** Two agents that are well, heard of just now. */
function wellNow(): ClusterLog {
  const now = Date.now();
  return clusterOf({
    standing: "member",
    connectedSince: now - 300_000,
    members: [
      member("a", { region: "eu", owned: 2, seenAt: now, version: "0.2.0" }),
      member("b", { owned: 1, seenAt: now, lagMs: null, version: null }),
    ],
  });
}

Deno.test("cluster status prints the agents of the file's cluster", async () => {
  await using agent = await agentOf(wellNow());
  const { code, stdout, stderr } = await status([agent.file]);
  assertEquals([code, stderr], [0, ""]);
  const [first, ...lines] = stdout.trimEnd().split("\n");
  assertEquals(first, "cluster shop, connected for 5 min, b sends messages");
  assertEquals(
    lines.map((line) => line.replace(/\d+ s ago/, "0 s ago")),
    [
      "",
      "AGENT  STATE  REGION  CHECKS  SHARE  SEEN     LAG  CONFIG  VERSION",
      "a *    live   eu      2       67 %   0 s ago  2ms  c0ffee  0.2.0",
      "b      live           1       33 %   0 s ago       c0ffee",
    ],
  );
});

Deno.test("cluster status says what is wrong, and exits with 1", async () => {
  const well = wellNow();
  for (
    const [cluster, line] of [
      [
        {
          ...well,
          members: () =>
            well.members().map((it) => ({
              ...it,
              ...(it.id === "b" && {
                state: "gone" as const,
                seenAt: Date.now() - 600_000,
              }),
            })),
        },
        "✕ Agent b is gone (for 10 min)",
      ],
      [
        { ...well, uncovered: () => [{ check: "web", region: "us" }] },
        "✕ 1 check is run by nobody: web from us",
      ],
      [
        { ...well, isConnected: false },
        "▲ Cluster shop cannot be reached; this agent goes on with its checks (for 5 min)",
      ],
      [
        { ...well, teller: null, untoldSince: Date.now() - 60_000 },
        "✕ No agent sends messages (for 1 min)",
      ],
      [
        { ...well, fault: "the buckets are on 1 of 3 servers: no place" },
        "▲ Cluster shop is not as its config says: the buckets are on 1 of 3 servers: no place",
      ],
    ] as const
  ) {
    await using agent = await agentOf(cluster);
    const text = await status([agent.file]);
    assertEquals([text.code, text.stderr], [1, ""]);
    assertEquals(text.stdout.split("\n")[1], line);
    const json = await status([agent.file, "--format=json"]);
    assertEquals([json.code, json.stderr], [1, ""]);
    assertEquals(JSON.parse(json.stdout).name, "shop");
  }
});

Deno.test("cluster status warns of different configs, which are no fault", async () => {
  const well = wellNow();
  await using agent = await agentOf({
    ...well,
    members: () => [...well.members(), member("c", { config: "facade" })],
  });
  const { code, stdout } = await status([agent.file]);
  assertEquals(code, 0);
  assertMatch(stdout, /^▲ Agents have 2 different configs; /m);
});

Deno.test("cluster status sends the token of the file, or else of the environment", async () => {
  await using agent = await agentOf(wellNow(), { token: "s3cret" });
  assertEquals((await status([agent.file])).code, 0);
  const { url } = agent;
  const without = await status(["--url", url]);
  assertEquals([without.code, without.stdout, without.stderr], [
    1,
    "",
    "lifesign: the agent asks for another token: set LIFESIGN_TOKEN\n",
  ]);
  const env = { LIFESIGN_TOKEN: "s3cret" };
  assertEquals((await status(["--url", url], env)).code, 0);
});

Deno.test("cluster status says that an agent cannot be asked, or has no cluster", async () => {
  const agent = await agentOf(undefined);
  await using folder = await folderOf({
    "alone.yaml": "checks:\n  web: { type: tcp, port: 1 }\n",
    "quiet.yaml":
      `listen: false\n${SHARED}\nchecks:\n  web: { type: tcp, port: 1 }\n`,
    "lifesign.yaml": await Deno.readTextFile(agent.file),
  });
  const { path } = folder;
  const { host } = new URL(agent.url);
  try {
    for (
      const [args, message] of [
        [[agent.file], `the agent at ${host} has no cluster`],
        [[`${path}/alone.yaml`], `${path}/alone.yaml has no key cluster`],
        [[`${path}/quiet.yaml`], "does not say where its agent listens"],
      ] as const
    ) {
      const { code, stdout, stderr } = await status(args);
      assertEquals([code, stdout], [2, ""]);
      assertStringIncludes(stderr, message);
    }
  } finally {
    await agent[Symbol.asyncDispose]();
  }
  const gone = await status([`${path}/lifesign.yaml`]);
  assertEquals([gone.code, gone.stdout, gone.stderr], [
    1,
    "",
    `lifesign: cannot reach ${agent.url}: Connection refused\n`,
  ]);
});

Deno.test("cluster status prints nothing that an agent's name would do to a terminal", async () => {
  const odd = "a\x1b[31m\nb";
  await using agent = await agentOf(clusterOf({
    name: odd,
    members: [member(odd, { region: odd, config: odd, state: "gone" })],
    uncovered: [{ check: odd, region: odd }],
  }));
  const { code, stdout } = await status([agent.file]);
  assertEquals(code, 1);
  assertEquals(stdout.includes("\x1b"), false);
  assertEquals(stdout.trimEnd().split("\n").length, 6);
});
