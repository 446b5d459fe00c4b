import { assert, assertEquals } from "@std/assert";
import type { Snapshot } from "../../src/core/types.ts";
import {
  type RunningScript,
  startScript,
  temporaryFile,
} from "../support/program.ts";

/** A folder that is gone at the end of the block. */
async function temporaryFolder(): Promise<
  { readonly path: string } & AsyncDisposable
> {
  const path = await Deno.makeTempDir({ dir: "/tmp" });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** A config with a check of each id that passes. */
function configOf(...ids: readonly string[]): string {
  const checks = ids.map((id) => `  ${id}: { type: command, command: ":" }\n`);
  return `listen: 127.0.0.1:0\nchecks:\n${checks.join("")}`;
}

/** An agent on a config file. */
interface RunningAgent extends RunningScript {
  readonly url: string;
  /** The ids of its checks. */
  ids(): Promise<string[]>;
  /** Its checks. */
  checks(): Promise<Snapshot[]>;
  /** A number of its metrics. */
  metric(name: string): Promise<number>;
}

/** Starts the agent on a file that has these contents. */
async function startAgent(
  file: string,
  { args = [], flags = ["--allow-read"] }: {
    readonly args?: readonly string[];
    readonly flags?: readonly string[];
  } = {},
): Promise<RunningAgent> {
  const agent = startScript("src/cli/main.ts", {
    flags: ["--allow-net", "--allow-run", "--allow-env", ...flags],
    args: ["run", ...args, file],
  });
  const line = await agent.line("stderr", /listening on/);
  const url = line.replace(/^.*listening on /, "");
  const checks = async (): Promise<Snapshot[]> =>
    await (await fetch(new URL("checks", url))).json();
  return Object.assign(agent, {
    url,
    checks,
    ids: async () => (await checks()).map(({ id }) => id),
    async metric(name: string) {
      const text = await (await fetch(new URL("metrics", url))).text();
      const [, value] = new RegExp(`^${name} (.*)$`, "m").exec(text) ?? [];
      return Number(value);
    },
  });
}

/** Replaces a file as editors do that keep the old one until all is written. */
async function replaceFile(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}~`, text);
  await Deno.rename(`${path}~`, path);
}

/** Makes a symbolic link, for which Deno would want all permissions. */
async function link(target: string, path: string): Promise<void> {
  await new Deno.Command("ln", { args: ["-s", target, path] }).output();
}

/** Ends an agent in order, and returns its output. */
async function endOf(agent: RunningScript): Promise<string> {
  agent.kill("SIGTERM");
  const { code, stderr } = await agent.ended;
  assertEquals(code, 0, stderr);
  return stderr;
}

Deno.test("run reloads a file that another one was renamed to", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a", "b", "c"));
  await using agent = await startAgent(file);
  for (const _ of "abc") await agent.line("stdout", /unknown -> healthy/);
  const [before] = await agent.checks();
  const text = configOf("d", "a", "b", "e").replace(
    /b: \{/,
    "b: { group: new, ",
  );
  await replaceFile(file, text);
  const line = await agent.line("stderr", /reloaded/);
  assertEquals(line, "lifesign: reloaded: 2 added, 1 removed, 1 changed");
  await agent.line("stdout", /[de] unknown -> healthy/);
  assertEquals(await agent.ids(), ["d", "a", "b", "e"]);
  const [, a, b] = await agent.checks();
  assertEquals(a!.since, before!.since);
  assertEquals([b!.group, b!.status], ["new", "healthy"]);
  assertEquals(await agent.metric("lifesign_config_last_reload_successful"), 1);
  // A check that did not change was not tried again.
  const { stdout } = await endOf(agent).then(() => agent.ended);
  assertEquals(stdout.match(/ [abc] unknown/g)?.length, 3);
});

Deno.test("run reloads a file that is overwritten", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file);
  await Deno.writeTextFile(file, configOf("a", "b"));
  await agent.line("stderr", /reloaded: 1 added$/);
  // Some editors empty the file first, and write it in parts.
  let longestMs = 0;
  {
    using out = await Deno.open(file, { write: true, truncate: true });
    for (const part of configOf("c").matchAll(/.*\n/g)) {
      const startedAt = performance.now();
      await out.write(new TextEncoder().encode(part[0]));
      await new Promise((resolve) => setTimeout(resolve, 10));
      longestMs = Math.max(longestMs, performance.now() - startedAt);
    }
  }
  await agent.line("stderr", /reloaded: 1 added, 2 removed$/);
  assertEquals(await agent.ids(), ["c"]);
  const said = await endOf(agent);
  // A busy machine may have been too slow to see one of the files.
  if (longestMs < 80) assertEquals(said.includes("not reloaded"), false, said);
});

Deno.test("run reloads a file of a ConfigMap of Kubernetes", async () => {
  await using folder = await temporaryFolder();
  const at = (name: string): string => `${folder.path}/${name}`;
  const write = async (version: string, text: string): Promise<void> => {
    await Deno.mkdir(at(version));
    await Deno.writeTextFile(at(`${version}/lifesign.yaml`), text);
    await link(version, at("..data_tmp"));
    await Deno.rename(at("..data_tmp"), at("..data"));
  };
  await write("..2026_1", configOf("a"));
  await link("..data/lifesign.yaml", at("lifesign.yaml"));
  await using agent = await startAgent(at("lifesign.yaml"), {
    flags: [`--allow-read=${folder.path}`],
  });
  for (const [version, id] of [["..2026_2", "b"], ["..2026_3", "c"]] as const) {
    await write(version, configOf(id));
    await agent.line("stderr", /reloaded: 1 added, 1 removed$/);
    assertEquals(await agent.ids(), [id]);
  }
  await endOf(agent);
});

Deno.test("run reloads files that it includes, and those that come and go", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  const included = (...ids: readonly string[]): string =>
    configOf(...ids).replace(/^listen.*\n/, "");
  await Deno.mkdir(`${folder.path}/a.d`);
  await Deno.mkdir(`${folder.path}/b.d`);
  await Deno.writeTextFile(`${folder.path}/a.d/1.yaml`, included("a1"));
  await Deno.writeTextFile(file, `include: ["a.d/*.yaml"]\n${configOf("own")}`);
  await using agent = await startAgent(file);
  assertEquals(await agent.ids(), ["own", "a1"]);
  await Deno.writeTextFile(`${folder.path}/a.d/1.yaml`, included("a1", "a2"));
  await agent.line("stderr", /reloaded: 1 added$/);
  await Deno.writeTextFile(`${folder.path}/a.d/2.yaml`, included("a3"));
  await agent.line("stderr", /reloaded: 1 added$/);
  await Deno.remove(`${folder.path}/a.d/1.yaml`);
  await agent.line("stderr", /reloaded: 2 removed$/);
  // Other paths are followed from then on.
  await Deno.writeTextFile(file, `include: ["b.d/*.yaml"]\n${configOf("own")}`);
  await agent.line("stderr", /reloaded: 1 removed$/);
  await Deno.writeTextFile(`${folder.path}/b.d/1.yaml`, included("b1"));
  await agent.line("stderr", /reloaded: 1 added$/);
  await Deno.writeTextFile(`${folder.path}/b.d/2.yaml`, included("b1"));
  await agent.line(
    "stderr",
    /b\.d\/2\.yaml: checks\.b1: expected another id, as .*b\.d\/1\.yaml has it, too/,
  );
  assertEquals(await agent.ids(), ["own", "b1"]);
});

Deno.test("run continues without its file, and reloads it once it is back", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file);
  await Deno.remove(file);
  await agent.line("stderr", /not reloaded: .*lifesign.yaml: no such file/);
  assertEquals(await agent.ids(), ["a"]);
  await Deno.writeTextFile(file, configOf("a"));
  await agent.line("stderr", /reloaded: nothing changed$/);
  await Deno.remove(file);
  await agent.line("stderr", /not reloaded/);
  await Deno.writeTextFile(file, configOf("b"));
  await agent.line("stderr", /reloaded: 1 added, 1 removed$/);
  await endOf(agent);
});

Deno.test("run has the config of the last of many quick edits", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("first"));
  await using agent = await startAgent(file);
  for (let i = 0; i < 50; i++) {
    const text = configOf(`c${i}`, i % 7 === 3 ? "broken: [" : "same");
    if (i % 2 === 0) await replaceFile(file, text);
    else await Deno.writeTextFile(file, text);
    await new Promise((resolve) => setTimeout(resolve, i % 5 === 4 ? 120 : 5));
  }
  let ids: string[] = [];
  for (let i = 0; ids[0] !== "c49" && i < 200; i++) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    ids = await agent.ids();
  }
  assertEquals(ids, ["c49", "same"]);
  await endOf(agent);
});

Deno.test("run says once what is wrong with a file, and keeps the old config until it is valid", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file);
  const successAt = "lifesign_config_last_reload_success_timestamp_seconds";
  const success = "lifesign_config_last_reload_successful";
  const bad = "checks: { x: { type: tcp }, y: { type: tpc } }\n";
  await replaceFile(file, bad);
  await agent.line("stderr", /not reloaded: .*lifesign.yaml: 2 problems/);
  await agent.line("stderr", /checks\.x\.port/);
  await agent.line("stderr", /checks\.y\.type/);
  assertEquals(await agent.ids(), ["a"]);
  assertEquals(await agent.metric(success), 0);
  const loadedAt = await agent.metric(successAt);
  // Only another problem is printed.
  await replaceFile(file, `# again\n${bad}`);
  await replaceFile(file, "checks: {}\n");
  await agent.line("stderr", /1 problem/);
  assertEquals(await agent.metric(successAt), loadedAt);
  await replaceFile(file, configOf("a", "b"));
  await agent.line("stderr", /reloaded: 1 added$/);
  assertEquals(await agent.metric(success), 1);
  assert(await agent.metric(successAt) > loadedAt);
  const said = await endOf(agent);
  assertEquals(said.match(/not reloaded/g)?.length, 2, said);
});

Deno.test("run says nothing of edits that change nothing", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file);
  await replaceFile(file, `# a comment\n${configOf("a")}`);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await replaceFile(file, configOf("a", "b"));
  await agent.line("stderr", /reloaded: 1 added$/);
  assertEquals((await endOf(agent)).match(/reloaded/g)?.length, 1);
});

Deno.test("SIGHUP makes run reload its file, and print the result each time", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file, { args: ["--no-watch"] });
  agent.kill("SIGHUP");
  await agent.line("stderr", /reloaded: nothing changed$/);
  await replaceFile(file, configOf("b", "a"));
  agent.kill("SIGHUP");
  await agent.line("stderr", /reloaded: 1 added$/);
  await replaceFile(file, configOf("a", "b"));
  agent.kill("SIGHUP");
  await agent.line("stderr", /reloaded: order changed$/);
  assertEquals(await agent.ids(), ["a", "b"]);
  await replaceFile(file, "checks:");
  for (let i = 0; i < 2; i++) {
    agent.kill("SIGHUP");
    await agent.line("stderr", /not reloaded/);
  }
  await endOf(agent);
});

Deno.test("run --no-watch does not watch its file", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file, { args: ["--no-watch"] });
  await replaceFile(file, configOf("b"));
  // Longer than it would take.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assertEquals(await agent.ids(), ["a"]);
  assertEquals((await endOf(agent)).includes("reloaded"), false);
});

Deno.test("run that may read only its file notices when it is written to or replaced", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(file, configOf("a"));
  await using agent = await startAgent(file, {
    flags: [`--allow-read=${file}`],
  });
  await Deno.writeTextFile(file, configOf("b"));
  await agent.line("stderr", /reloaded: 1 added, 1 removed$/);
  await replaceFile(file, configOf("c"));
  await agent.line("stderr", /reloaded: 1 added, 1 removed$/);
  assertEquals(await agent.ids(), ["c"]);
  assertEquals((await endOf(agent)).includes("not watched"), false);
});

Deno.test("run asks for the new token of a file that changed", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  const text = configOf("a");
  await Deno.writeTextFile(file, text);
  await using agent = await startAgent(file);
  const status = async (token: string): Promise<number> => {
    const headers = { authorization: `Bearer ${token}` };
    const response = await fetch(new URL("checks", agent.url), { headers });
    await response.body?.cancel();
    return response.status;
  };
  for (const token of ["first-of-all", "second-one"]) {
    await replaceFile(file, `token: ${token}\n${text}`);
    await agent.line("stderr", /reloaded: token changed$/);
    assertEquals([await status(token), await status("none")], [200, 401]);
  }
  assertEquals(await status("first-of-all"), 401);
  await replaceFile(file, text);
  await agent.line("stderr", /reloaded: token removed$/);
  assertEquals(await status("none"), 200);
  await endOf(agent);
});

Deno.test("run says which settings need a restart", async () => {
  await using folder = await temporaryFolder();
  const file = `${folder.path}/lifesign.yaml`;
  const text = configOf("a");
  await Deno.writeTextFile(file, text);
  await using agent = await startAgent(file);
  await replaceFile(
    file,
    `concurrency: 3\n${text.replace("127.0.0.1:0", "127.0.0.1:1")}`,
  );
  await agent.line(
    "stderr",
    /reloaded: listen changed: restart to apply it; concurrency changed: restart to apply it$/,
  );
  await replaceFile(file, text.replace("a:", "b:"));
  await agent.line("stderr", /reloaded: 1 added, 1 removed$/);
  await endOf(agent);
});

Deno.test("run watches a file that a link leads to, in another folder", async () => {
  await using folder = await temporaryFolder();
  await using elsewhere = await temporaryFile(configOf("a"));
  const file = `${folder.path}/lifesign.yaml`;
  await link(elsewhere.path, file);
  await using agent = await startAgent(file);
  // What it looks at when it begins to watch is not what is meant here.
  await new Promise((resolve) => setTimeout(resolve, 500));
  await Deno.writeTextFile(elsewhere.path, configOf("b"));
  await agent.line("stderr", /reloaded: 1 added, 1 removed$/);
  await endOf(agent);
});
