import { assertEquals, assertMatch } from "@std/assert";
import { folderOf, pluginOf } from "../support/plugins.ts";
import { lifesign, ROOT, runScript, startScript } from "../support/program.ts";

const QUEUE = "checks: { q: { type: queue, depth: 3 } }\n";

Deno.test("validate, permissions, check, wait and schema know the kinds of plugins", async (t) => {
  await using folder = await folderOf({
    "queue.js": pluginOf("queue", "env: ['QUEUE_HOST'],"),
    "lifesign.yaml": `plugins: [queue.js]\nlisten: false\n${QUEUE}`,
  });
  const file = `${folder.path}/lifesign.yaml`;
  const flags = [`--allow-read=${file},${folder.path}/queue.js`];

  await t.step("validate", async () => {
    const { code, stdout } = await lifesign(["validate", file], { flags });
    assertEquals([code, stdout], [0, `${file}: 1 check, no problems\n`]);
  });
  await t.step(
    "validate, without the permission that permissions prints",
    async () => {
      const { code, stderr } = await lifesign(["validate", file], {
        flags: [`--allow-read=${file}`],
      });
      assertEquals([code, stderr], [
        2,
        `${file}: 1 problem\n  plugins[0]: "queue.js": not allowed by Deno: run with --allow-read=${folder.path}/queue.js\n`,
      ]);
    },
  );
  await t.step("permissions", async () => {
    const { code, stdout } = await lifesign(["permissions", file], { flags });
    assertEquals([code, stdout], [
      0,
      `--allow-env=QUEUE_HOST ${flags[0]}\n`,
    ]);
  });
  await t.step("check", async () => {
    const { code, stdout } = await lifesign(
      ["check", "--format=json", file],
      { flags },
    );
    const [{ type, target, status, detail }] = JSON.parse(stdout);
    assertEquals([code, type, target, status, detail], [
      0,
      "queue",
      "at 3",
      "healthy",
      { depth: 3 },
    ]);
  });
  await t.step("wait", async () => {
    const { code } = await lifesign(["wait", "--file", file], { flags });
    assertEquals(code, 0);
  });
  await t.step("schema", async () => {
    const { code, stdout } = await lifesign(["schema", file], { flags });
    const { $id, $defs } = JSON.parse(stdout);
    assertEquals([code, $id], [0, undefined]);
    assertEquals($defs.queue_check.properties.depth.title, "a depth");
    assertEquals($defs.check.properties.type.anyOf[0].enum.at(-1), "queue");
  });
});

Deno.test("a plugin may have another copy of the package", async () => {
  await using folder = await folderOf({
    "queue.js": `
import { enterStage, fail, http, probe } from "./copy/mod.ts";
const schema = { properties: {
  step: {},
  user: { type: "string", writeOnly: true },
  password: { type: "string", writeOnly: true },
} };
const make = ({ step, user = "", password = "" }) => {
  if (step === "wrong") return http("http://x", { maxBody: -1 });
  return probe(async (signal) => {
    if (step === "throw") throw new Deno.errors.ConnectionRefused();
    if (step === "fail") return fail({ code: "mine", message: "Too deep" });
    if (step === "tell") {
      return fail({ code: "told", message: user + " has " + password });
    }
    enterStage(signal, "waiting for the broker");
    return await new Promise(() => {});
  }, { type: "queue", target: step, secrets: [password] });
};
export default { queue: { schema, make } };
`,
    "lifesign.yaml": `
plugins: [queue.js]
checks:
  throw: { type: queue, step: throw }
  fail: { type: queue, step: fail }
  hang: { type: queue, step: hang, timeout: 100ms }
  tell: { type: queue, step: tell, user: "\${QUEUE_USER}", password: s3cret }
`,
    "wrong.yaml": `
plugins: [queue.js]
checks: { wrong: { type: queue, step: wrong } }
`,
  });
  await Deno.mkdir(`${folder.path}/copy`);
  await new Deno.Command("cp", {
    args: ["-r", "--parents", "mod.ts", "src", `${folder.path}/copy`],
    cwd: ROOT,
  }).output();
  const run = (...args: string[]) =>
    runScript("src/cli/main.ts", {
      flags: [`--allow-read=${folder.path}`, "--allow-env=QUEUE_USER"],
      env: { QUEUE_USER: "somebody" },
      args,
    });
  const { code, stdout } = await run(
    "check",
    "--format=json",
    `${folder.path}/lifesign.yaml`,
  );
  assertEquals(
    JSON.parse(stdout).map((
      { reason }: { reason: { code: string; message: string } },
    ) => [reason.code, reason.message]),
    [
      ["refused", "throw refused the connection"],
      ["mine", "Too deep"],
      ["timeout", "Timed out after 100ms while waiting for the broker"],
      ["told", "${QUEUE_USER} has ***"],
    ],
  );
  assertEquals(code, 1);
  const wrong = await run("validate", `${folder.path}/wrong.yaml`);
  assertEquals(
    wrong.stderr,
    `${folder.path}/wrong.yaml: 1 problem\n  checks.wrong.max_body: expected a number of bytes, got -1\n`,
  );
});

Deno.test("a running agent imports the plugins that its file names by now", async () => {
  await using folder = await folderOf({
    "queue.js": pluginOf("queue"),
    "lifesign.yaml":
      'listen: false\nchecks: { a: { type: command, command: "true" } }',
  });
  const file = `${folder.path}/lifesign.yaml`;
  await using agent = startScript("src/cli/main.ts", {
    flags: ["--allow-read", "--allow-run"],
    args: ["run", "--no-watch", file],
  });
  await agent.line("stdout", / a unknown -> /);
  await Deno.writeTextFile(file, `listen: false\nplugins: [none.js]\n${QUEUE}`);
  agent.kill("SIGHUP");
  await agent.line("stderr", /not reloaded/);
  await agent.line("stderr", /plugins\[0\]: "none\.js": no such file$/);
  await Deno.writeTextFile(
    file,
    `listen: false\nplugins: [queue.js]\n${QUEUE}`,
  );
  agent.kill("SIGHUP");
  await agent.line("stderr", /reloaded: 1 added, 1 removed/);
  await agent.line("stdout", / q unknown -> healthy$/);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
});

Deno.test("a plugin may come from a host that may be imported from", async () => {
  await using server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen() {} },
    () =>
      new Response(pluginOf("queue"), {
        headers: { "content-type": "text/javascript" },
      }),
  );
  const host = `127.0.0.1:${server.addr.port}`;
  await using folder = await folderOf({
    "lifesign.yaml":
      `listen: false\nplugins: ["http://${host}/queue.js"]\n${QUEUE}`,
  });
  const file = `${folder.path}/lifesign.yaml`;
  const run = (command: string, ...flags: string[]) =>
    lifesign([command, file], {
      // The lockfile of this project has no module of this server.
      flags: ["--no-lock", `--allow-read=${file}`, ...flags],
    });
  const refused = await run("check");
  assertEquals(
    refused.stderr,
    `${file}: 1 problem\n  plugins[0]: "http://${host}/queue.js": not allowed by Deno: run with --allow-import=${host}\n`,
  );
  // Where imports are restricted, we ourselves have to be allowed, too.
  const { stdout } = await run(
    "permissions",
    `--allow-import=${host},jsr.io:443`,
  );
  assertEquals(
    stdout,
    `--allow-import=${host},jsr.io:443 --allow-read=${file}\n`,
  );
  const [imports] = stdout.split(" ");
  const allowed = await run("check", imports!);
  assertMatch(allowed.stdout, /^q +healthy/m);
});

/** The syntax of targets such as `queue:3`. */
const TARGET = `target: {
  prefixes: ["queue:"],
  forms: ["queue:DEPTH"],
  parse(target) {
    const depth = Number(target.slice("queue:".length));
    if (!Number.isInteger(depth)) throw new Error("expected a depth");
    return { depth };
  },
  format: (target) => target.replace("at ", "queue:"),
},`;

Deno.test("check and wait take the targets of a plugin's kind with --plugin", async (t) => {
  await using folder = await folderOf({
    "queue.js": pluginOf("queue", TARGET),
    "odd.js":
      `export default { queue: { schema: { properties: {} }, make: () => 5, ${TARGET} } };`,
  });
  const run = (args: readonly string[], read = "queue.js") =>
    runScript("src/cli/main.ts", {
      args,
      flags: [`--allow-read=${folder.path}/${read}`, "--allow-run=sh"],
      cwd: folder.path,
    });
  const plugin = ["--plugin", "queue.js"];

  await t.step("check", async () => {
    const { code, stdout, stderr } = await run([
      "check",
      ...plugin,
      "QUEUE:3",
      "exec:true",
    ]);
    assertEquals([code, stderr], [0, ""]);
    assertMatch(stdout, /^queue:3 +healthy .*\nexec:true +healthy /m);
  });
  await t.step("wait", async () => {
    const { code, stderr } = await run(["wait", ...plugin, "queue:4"]);
    assertEquals(code, 0);
    assertMatch(stderr, /^lifesign: queue:4 is up after /);
  });
  for (
    const [what, args, message, read] of [
      [
        "a target without the plugin",
        ["check", "queue:x"],
        /^lifesign: queue:x: not a file that Deno may read; as a target, /,
      ],
      [
        "a target that is not right",
        ["check", ...plugin, "queue:x"],
        /^lifesign: queue:x: cannot be read: Error: expected a depth/,
      ],
      [
        "a misspelt target",
        ["wait", ...plugin, "queu:x"],
        /^lifesign: queu:x: expected a target; did you mean queue:x\?/,
      ],
      [
        "a plugin that there is not",
        ["check", "--plugin", "none.js", "queue:3"],
        /^--plugin: "none.js": no such file\n$/,
        "none.js",
      ],
      [
        "a plugin without its permission",
        ["check", "--plugin", "odd.js", "queue:3"],
        /^--plugin: "odd.js": not allowed by Deno: run with --allow-read=\S+\/odd.js\n$/,
      ],
      [
        "a plugin that makes no probe",
        ["check", "--plugin", "odd.js", "queue:3"],
        /^lifesign: queue:3: expected the kind "queue" to make a probe, got 5/,
        "odd.js",
      ],
    ] as const
  ) {
    await t.step(what, async () => {
      const { code, stdout, stderr } = await run(args, read);
      assertMatch(stderr, message);
      assertEquals([code, stdout], [2, ""]);
    });
  }
});
