import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  type Config,
  ConfigError,
  loadConfig,
  parseConfig,
} from "../../src/agent/config.ts";
import { verifyChecks } from "../../src/config/verify.ts";
import { lifesign } from "../support/program.ts";
import { folderOf } from "../support/plugins.ts";

type Files = Readonly<Record<string, string>>;

/** Loads `main.yaml` of some files; folders are made. */
async function load(files: Files): Promise<Config> {
  await using folder = await folderOf({});
  await write(folder.path, files);
  return await loadConfig(`${folder.path}/main.yaml`);
}

async function write(folder: string, files: Files): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    const [, parent] = /^(.*)\/[^/]*$/.exec(name) ?? [];
    if (parent !== undefined) {
      await Deno.mkdir(`${folder}/${parent}`, { recursive: true });
    }
    await Deno.writeTextFile(`${folder}/${name}`, text);
  }
}

/** What is said against some files, without the name of their folder. */
async function problemsOf(files: Files): Promise<string> {
  await using folder = await folderOf({});
  await write(folder.path, files);
  const path = `${folder.path}/main.yaml`;
  const { message } = await assertRejects(() => loadConfig(path), ConfigError);
  return message.replaceAll(`${folder.path}/`, "");
}

/** A check in flow style. */
const tcp = (id: string, port = 1): string =>
  `${id}: { type: tcp, port: ${port} }`;

const ids = ({ checks }: Config): string[] => checks.map(({ id }) => id);

Deno.test("included checks come after those of the file, in the order of paths and names", async () => {
  const config = await load({
    "main.yaml":
      `{ include: ["z.d/*.yaml", "a.d/?.yaml", extra.yaml], checks: { ${
        tcp("own")
      } } }`,
    "z.d/b.yaml": `checks: { ${tcp("zb2")}, ${tcp("zb1")} }`,
    "z.d/a.yaml": `checks: { ${tcp("za")} }`,
    "z.d/.hidden.yaml": `checks: { ${tcp("hidden")} }`,
    "z.d/other.yml": `checks: { ${tcp("other")} }`,
    "z.d/sub.yaml/x": "",
    "a.d/1.yaml": `checks: { ${tcp("a1")} }`,
    "a.d/10.yaml": `checks: { ${tcp("a10")} }`,
    "extra.yaml": `checks: { ${tcp("extra")} }`,
  });
  assertEquals(ids(config), ["own", "za", "zb2", "zb1", "a1", "extra"]);
});

Deno.test("files are included by absolute paths, too", async () => {
  await using folder = await folderOf({});
  await write(folder.path, {
    "main.yaml":
      `include: [${folder.path}/conf.d/*.yaml, "${folder.path}/c.yaml"]`,
    "conf.d/a.yaml": `checks: { ${tcp("a")} }`,
    "c.yaml": `checks: { ${tcp("c")} }`,
  });
  assertEquals(ids(await loadConfig(`${folder.path}/main.yaml`)), ["a", "c"]);
});

Deno.test("what is no file is not included by its name", async () => {
  await using folder = await folderOf({});
  await write(folder.path, {
    "main.yaml": "include: [conf.d/*.yaml]",
    "conf.d/a.yaml": `checks: { ${tcp("a")} }`,
    "other/b.yaml": `checks: { ${tcp("b")} }`,
  });
  const conf = `${folder.path}/conf.d`;
  const sh = (script: string) =>
    new Deno.Command("sh", { args: ["-c", script], cwd: conf }).output();
  // Nobody writes to it: reading it would never end.
  await sh("mkfifo fifo.yaml && ln -s fifo.yaml to_fifo.yaml");
  await sh("ln -s ../other to_folder.yaml && ln -s ../other/b.yaml to_b.yaml");
  const path = `${folder.path}/main.yaml`;
  assertEquals(ids(await loadConfig(path)), ["a", "b"]);
  await sh("ln -s none to_nothing.yaml");
  const { issues } = await assertRejects(() => loadConfig(path), ConfigError);
  assertEquals(issues.map(({ message }) => message), ["no such file"]);
});

Deno.test("a problem takes one line, whatever the file and the check are called", async () => {
  const message = await problemsOf({
    "main.yaml": "include: [conf.d/*.yaml]",
    "conf.d/a\n\x1b[31m.yaml": `checks: { "b\\x9b": { type: tcp, port: 0 } }`,
  });
  assertEquals(
    message,
    'main.yaml: 1 problem\n  conf.d/a [31m.yaml: checks["b "].port: expected a port between 1 and 65535, got 0',
  );
});

Deno.test("a file is included once, and never itself", async () => {
  const config = await load({
    "main.yaml": `{ include: ["*.yaml", ./b.yaml, "./?.yaml"], checks: { ${
      tcp("own")
    } } }`,
    "b.yaml": `checks: { ${tcp("b")} }`,
  });
  assertEquals(ids(config), ["own", "b"]);
});

Deno.test("a file with checks only in others is valid, if there are any", async () => {
  const config = await load({
    "main.yaml": 'include: ["conf.d/*.yaml"]',
    "conf.d/a.yaml": `checks: { ${tcp("a")} }`,
    "conf.d/empty.yaml": "{}",
  });
  assertEquals(
    await problemsOf({
      "main.yaml": "include: [a.yaml, b.yaml]",
      "a.yaml": "# Nothing yet.\n",
      "b.yaml": "5",
    }),
    "main.yaml: 1 problem\n  b.yaml: expected a map with checks, got 5",
  );
  assertEquals(ids(config), ["a"]);
  assertEquals(
    await problemsOf({
      "main.yaml": 'include: ["conf.d/*.yaml"]',
      "conf.d/x": "",
    }),
    "main.yaml: 1 problem\n  include: expected files with checks, got none",
  );
});

Deno.test("the defaults of an included file go before those of the file itself", async () => {
  const { checks } = await load({
    "main.yaml":
      `{ defaults: { interval: 30s, retries: 5 }, include: [a.yaml], checks: { ${
        tcp("own")
      } } }`,
    "a.yaml": `{ defaults: { interval: 1m, group: team-a }, checks: { ${
      tcp("a")
    }, b: { type: tcp, port: 1, group: other } } }`,
  });
  assertEquals(checks.map(({ options }) => options), [
    { interval: "30s", retries: 5 },
    { group: "team-a", interval: "1m", retries: 5 },
    { group: "other", interval: "1m", retries: 5 },
  ]);
});

Deno.test("every problem of every file has its place", async () => {
  const message = await problemsOf({
    "main.yaml":
      `{ include: [b.yaml, none.yaml, "no.d/*.yaml", broken.yaml, nested.yaml, more.yaml], checks: { ${
        tcp("web")
      }, q: { type: quorum, of: [a, nobody], need: 1 } } }`,
    "b.yaml":
      `{ defaults: { retries: 0 }, checks: { web: { type: tcp, port: 70000 }, ${
        tcp("a")
      } } }`,
    "broken.yaml": "checks: [",
    "nested.yaml": `{ include: [x.yaml], listen: false, checks: {} }`,
    "more.yaml": `checks: { ${
      tcp("a", 2)
    }, r: { type: quorum, of: [s], need: 1 } }`,
  });
  const lines = message.split("\n  ").map((line) =>
    line.replace(/(?<=broken\.yaml: ).*/, "…").replace(
      /expected one of .*/,
      "…",
    )
  );
  assertEquals(lines, [
    "main.yaml: 12 problems",
    'include[2]: "no.d/*.yaml": no such folder',
    "none.yaml: no such file",
    "broken.yaml: …",
    "b.yaml: defaults.retries: expected a whole number of 1 or more, got 0",
    "nested.yaml: include: unknown key; …",
    "nested.yaml: listen: unknown key; …",
    "nested.yaml: checks: expected a map of checks, got an empty map",
    "b.yaml: checks.web.port: expected a port between 1 and 65535, got 70000",
    "b.yaml: checks.web: expected another id, as main.yaml has it, too",
    "more.yaml: checks.a: expected another id, as b.yaml has it, too",
    'checks.q.of[1]: there is no check "nobody"',
    'more.yaml: checks.r.of[0]: there is no check "s"',
  ]);
});

Deno.test("checks of all files may refer to each other", async () => {
  const files = {
    "main.yaml":
      `{ include: [a.yaml], checks: { q: { type: quorum, of: [a], need: 1 } } }`,
    "a.yaml": `checks: { ${tcp("a")} }`,
  };
  assertEquals(ids(await load(files)), ["q", "a"]);
  assertEquals(
    await problemsOf({
      ...files,
      "a.yaml": `checks: { a: { type: quorum, of: [q, nobody], need: 1 } }`,
    }),
    `main.yaml: 2 problems
  a.yaml: checks.a.of[1]: there is no check "nobody"
  a.yaml: checks.a.of[0]: expected no circle, got "q" -> "a" -> "q"`,
  );
});

Deno.test("defaults of a file say what its checks depend on", async () => {
  const files = {
    "main.yaml":
      `{ include: [a.yaml, b.yaml], defaults: { depends_on: [net] }, checks: { ${
        tcp("net")
      } } }`,
    "a.yaml": `checks: { ${tcp("a")} }`,
    "b.yaml": `{ defaults: { depends_on: [a] }, checks: { ${tcp("b")} } }`,
  };
  const { checks } = await load(files);
  assertEquals(
    checks.map(({ id, dependsOn }) => [id, dependsOn]),
    [["net", undefined], ["a", ["net"]], ["b", ["a"]]],
  );
  assertEquals(
    await problemsOf({
      ...files,
      "b.yaml": files["b.yaml"].replace("[a]", "[nobody]"),
    }),
    `main.yaml: 1 problem
  b.yaml: defaults.depends_on[0]: there is no check "nobody"`,
  );
});

Deno.test("checks of an included file are run from where the defaults say", async () => {
  const cluster = "cluster: { servers: nats://a }";
  const files = {
    "main.yaml": `{ include: [a.yaml, b.yaml], ${cluster}, defaults: ` +
      `{ from: [eu] }, checks: { ${tcp("net")} } }`,
    "a.yaml": `checks: { ${tcp("a")} }`,
    "b.yaml": `{ defaults: { from: [us, ap] }, checks: { ${tcp("b")} } }`,
  };
  const { checks } = await load(files);
  assertEquals(
    checks.map(({ id, from }) => [id, from?.regions]),
    [["net", ["eu"]], ["a", ["eu"]], ["b", ["us", "ap"]]],
  );
  assertEquals(
    await problemsOf({
      ...files,
      "main.yaml": files["main.yaml"].replace(`${cluster}, `, ""),
      "b.yaml": files["b.yaml"].replace("[us, ap]", "{ need: 2 }"),
    }),
    `main.yaml: 3 problems
  defaults.from: needs "cluster": without it, one agent runs all checks
  b.yaml: defaults.from: needs "cluster": without it, one agent runs all checks
  b.yaml: defaults.from.need: expected regions with it`,
  );
});

for (
  const [include, problem] of [
    ["conf.d", 'include: expected a list of files, got "conf.d"'],
    [
      '["*/x.yaml"]',
      'include[0]: expected a path such as "conf.d/*.yaml", got "*/x.yaml"',
    ],
    ['[""]', 'include[0]: expected a path such as "conf.d/*.yaml", got ""'],
    ["[1]", 'include[0]: expected a path such as "conf.d/*.yaml", got 1'],
  ]
) {
  Deno.test(`include: ${include} is refused`, async () => {
    assertEquals(
      await problemsOf({
        "main.yaml": `{ include: ${include}, checks: { ${tcp("a")} } }`,
      }),
      `main.yaml: 1 problem\n  ${problem}`,
    );
  });
}

Deno.test("variables of included files are expanded, and stay secret", async () => {
  await using folder = await folderOf({});
  await write(folder.path, {
    "main.yaml": "include: [a.yaml]",
    "a.yaml":
      `checks: { a: { type: http, url: "http://localhost/", headers: { x: "\${X_KEY}" }, method: "\${X_KEY}" } }`,
  });
  const env = (): string => "geh eim";
  const { message } = await assertRejects(
    () => loadConfig(`${folder.path}/main.yaml`, { env }),
    ConfigError,
  );
  assertEquals(message.includes("geh eim"), false, message);
  assertEquals(message.includes("a.yaml: checks.a.method"), true, message);
});

Deno.test("validate names the included file of a missing certificate", async () => {
  const { checks } = await load({
    "main.yaml": "include: [a.yaml]",
    "a.yaml":
      `checks: { a: { type: tcp, port: 1, tls: true, ca: /tmp/no-such-ca.pem } }`,
  });
  const { issues } = await verifyChecks(checks);
  assertEquals(
    issues.map(({ file, path }) => [file?.replace(/.*\//, ""), path]),
    [
      ["a.yaml", "checks.a.ca"],
    ],
  );
});

Deno.test("parseConfig() reads no other files", () => {
  const { message } = assertThrows(
    () => parseConfig(`{ include: [a.yaml], checks: { ${tcp("a")} } }`),
    ConfigError,
  );
  assertEquals(
    message,
    "config: 1 problem\n  include: only loadConfig() reads other files",
  );
});

Deno.test("permissions prints the folders and files that are included", async () => {
  await using folder = await folderOf({});
  await write(folder.path, {
    "main.yaml": `{ listen: false, include: ["conf.d/*.yaml", one.yaml] }`,
    "one.yaml": `checks: { ${tcp("a")} }`,
    "conf.d/b.yaml": "{}",
  });
  const at = folder.path;
  const { stdout, stderr } = await lifesign(
    ["permissions", `${at}/main.yaml`],
    {
      flags: ["--allow-read"],
    },
  );
  assertEquals(stderr, "");
  assertEquals(
    stdout,
    `--allow-net=127.0.0.1:1 --allow-read=${at}/conf.d,${at}/main.yaml,${at}/one.yaml\n`,
  );
  const flags = [`--allow-read=${at}/conf.d,${at}/main.yaml,${at}/one.yaml`];
  const { code } = await lifesign(["validate", `${at}/main.yaml`], { flags });
  assertEquals(code, 0);
  const denied = await lifesign(["validate", `${at}/main.yaml`], {
    flags: [`--allow-read=${at}/main.yaml,${at}/one.yaml`],
  });
  assertEquals(denied.code, 2);
  assertEquals(
    denied.stderr.includes(
      `not allowed by Deno: run with --allow-read=${at}/conf.d`,
    ),
    true,
    denied.stderr,
  );
});
