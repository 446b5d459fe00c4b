import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import {
  ConfigError,
  type ConfigIssue,
  KINDS,
  loadConfig,
  parseConfig,
} from "../../src/agent/config.ts";
import { loadKinds } from "../../src/config/load.ts";
import {
  importPlugins,
  locatePlugin,
  pluginPermissions,
} from "../../src/config/plugins/plugins.ts";
import { folderOf, pluginOf } from "../support/plugins.ts";
import { A_TYPE } from "../support/kinds.ts";

const QUEUE = "checks: { q: { type: queue, depth: 3 } }\n";

/** What is said of a config beside some files. */
async function told(
  text: string,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  await using folder = await folderOf({ ...files, "lifesign.yaml": text });
  const error = await assertRejects(
    () => loadConfig(`${folder.path}/lifesign.yaml`, { env: () => undefined }),
    ConfigError,
  );
  return error.issues.map(({ path, message }) =>
    `${path}: ${message}`.replaceAll(folder.path, "FOLDER")
  );
}

Deno.test("loadConfig() imports a plugin from its path beside the file", async () => {
  for (const plugin of ["./queue.js", "queue.js", "../queue.js"]) {
    await using folder = await folderOf({ "queue.js": pluginOf("queue") });
    const below = plugin.startsWith("../") ? "/conf.d" : "";
    await Deno.mkdir(`${folder.path}/conf.d`);
    const path = `${folder.path}${below}/lifesign.yaml`;
    await Deno.writeTextFile(path, `plugins: [${plugin}]\n${QUEUE}`);
    const { checks, kinds, plugins } = await loadConfig(path);
    const [queue] = checks;
    assertEquals(queue!.probe.target, "at 3");
    assertEquals(Object.keys(kinds), [...Object.keys(KINDS), "queue"]);
    assertEquals(plugins, [plugin]);
  }
});

Deno.test("loadConfig() imports plugins from absolute paths, file: URLs and variables", async () => {
  await using folder = await folderOf({
    "a b#.js": pluginOf("spaced"),
    "url.js": pluginOf("located"),
    "variable.js": pluginOf("varied"),
  });
  const path = `${folder.path}/lifesign.yaml`;
  await Deno.writeTextFile(
    path,
    `
plugins:
  - ${folder.path}/a b#.js
  - file://${folder.path}/url.js
  - "\${HERE}/variable.js"
checks:
  a: { type: spaced, depth: 1 }
  b: { type: located, depth: 2 }
  c: { type: varied, depth: 3 }
  d: { type: tcp, port: 1 }
`,
  );
  const { checks } = await loadConfig(path, { env: () => folder.path });
  assertEquals(checks.map(({ probe }) => probe.target), [
    "at 1",
    "at 2",
    "at 3",
    "127.0.0.1:1",
  ]);
});

Deno.test("loadConfig() adds the kinds of plugins to those that it is given", async () => {
  await using folder = await folderOf({
    "queue.js": pluginOf("queue"),
    "lifesign.yaml": `plugins: [queue.js]\n${QUEUE}`,
  });
  const path = `${folder.path}/lifesign.yaml`;
  const { kinds } = await loadConfig(path, { kinds: { tcp: KINDS.tcp! } });
  assertEquals(Object.keys(kinds), ["tcp", "queue"]);
});

Deno.test("loadKinds() gives the kinds of a file whose checks are wrong", async () => {
  await using folder = await folderOf({
    "queue.js": pluginOf("queue"),
    "lifesign.yaml": "{ plugins: [queue.js], checks: { a: 7 } }",
  });
  const kinds = await loadKinds(`${folder.path}/lifesign.yaml`);
  assertEquals("queue" in kinds, true);
});

Deno.test("parseConfig() wants the kinds of plugins, which it does not import", () => {
  const text = `plugins: [./queue.js]\n${QUEUE}`;
  const queue = {
    schema: { properties: { depth: {} } },
    make: ({ depth }: { depth: number }) =>
      Object.assign(
        () => Promise.resolve({ verdict: "pass" } as const),
        { type: "queue", target: `at ${depth}`, permissions: [] },
      ),
  };
  const { checks, plugins } = parseConfig(text, {
    kinds: { ...KINDS, queue },
  });
  assertEquals(checks[0]!.probe.target, "at 3");
  assertEquals(plugins, ["./queue.js"]);
  try {
    parseConfig(text);
    throw new Error("It did not throw");
  } catch (error) {
    assertEquals((error as ConfigError).issues, [{
      path: "plugins",
      message:
        "only loadConfig() imports plugins; pass their kinds to parseConfig()",
    }]);
  }
});

/** What may be wrong with plugins, and what is said of it. */
const WRONG: readonly (readonly [
  plugins: string,
  files: Readonly<Record<string, string>>,
  said: readonly (string | RegExp)[],
])[] = [
  ["7", {}, ["plugins: expected a list of modules, got 7"]],
  ["./a.js", {}, ['plugins: expected a list of modules, got "./a.js"']],
  ["[7, '']", {}, [
    'plugins[0]: expected a path such as "./redis_kind.ts", or a URL, got 7',
    'plugins[1]: expected a path such as "./redis_kind.ts", or a URL, got ""',
  ]],
  ["['${NONE}/a.js']", {}, [/^plugins\[0\]: the variable NONE is not set; /]],
  ["[./none.js]", {}, ['plugins[0]: "./none.js": no such file']],
  ["['ftp://x/a.js']", {}, [
    'plugins[0]: "ftp://x/a.js": expected a path, or a jsr:, npm: or https: URL',
  ]],
  ["[a.js]", { "a.js": "export const x = 1;" }, [
    'plugins[0]: "a.js": expected export default { NAME: kind, … }, got nothing',
  ]],
  ["[a.js]", { "a.js": "export default {};" }, [
    'plugins[0]: "a.js": expected export default { NAME: kind, … }, got an empty map',
  ]],
  ["[a.js]", { "a.js": "export default () => {};" }, [
    'plugins[0]: "a.js": expected export default { NAME: kind, … }, got a function',
  ]],
  ["[a.js]", { "a.js": "throw new RangeError('No\\nway');" }, [
    'plugins[0]: "a.js": it throws RangeError: No way',
  ]],
  ["[a.js]", { "a.js": "throw undefined;" }, [
    'plugins[0]: "a.js": it throws undefined: undefined',
  ]],
  ["[a.js]", { "a.js": "throw Object.create(null);" }, [
    'plugins[0]: "a.js": it throws object: Object that cannot be made a string',
  ]],
  ["[a.js]", { "a.js": "throw { toString() { throw 1; } }; " }, [
    'plugins[0]: "a.js": it throws object: Object that cannot be made a string',
  ]],
  ["[a.js]", {
    "a.js": "export default { get a() { throw new Error('No'); } };",
  }, [
    'plugins[0]: "a.js": its export throws Error: No',
  ]],
  ["[a.js]", {
    "a.js": "export default new Proxy({}, { ownKeys() { throw 7; } });",
  }, ['plugins[0]: "a.js": its export throws 7']],
  ["[a.js]", {
    "a.js":
      "export default { a: { get schema() { throw new Error('No'); } } };",
  }, ["plugins[0].a: reading it throws Error: No"]],
  ["[a.js]", {
    "a.js": "export default { a: new Proxy({}, { get() { throw 7; } }) };",
  }, ["plugins[0].a: reading it throws 7"]],
  ["[a.js]", {
    "a.js":
      "const schema = { properties: {} }; schema.properties.a = schema; export default { a: { schema, make() {} } };",
  }, ["plugins[0].a.schema: expected a schema that does not contain itself"]],
  ["[a.js]", {
    "a.js":
      "export default { a: { schema: { properties: { b: { default: 1n } } }, make() {} } };",
  }, [
    /^plugins\[0\]\.a\.schema: expected a schema that is JSON, got TypeError: .* BigInt/,
  ]],
  ["[a.ts]", { "a.ts": "export const x: = 1;" }, [
    /^plugins\[0\]: "a\.ts": SyntaxError: Unexpected token.* at a\.ts:1:17$/,
  ]],
  ["[a.js]", { "a.js": "import './b.js';" }, [
    /^plugins\[0\]: "a\.js": Module not found "file:\/\/FOLDER\/b\.js"\. at /,
  ]],
  ["[a.js]", { "a.js": pluginOf("tcp") }, [
    "plugins[0].tcp: expected another name, got that of a kind built in",
  ]],
  ["[a.js, b.js]", { "a.js": pluginOf("queue"), "b.js": pluginOf("queue") }, [
    'plugins[1].queue: expected another name, got that of a kind of "a.js"',
  ]],
  ["[a.js]", { "a.js": pluginOf("'Redis/Q'") }, [
    'plugins[0]["Redis/Q"]: expected a name such as "redis_queue", got "Redis/Q"',
  ]],
  ["[a.js]", { "a.js": "export default { queue: 7 };" }, [
    "plugins[0].queue: expected a kind with a schema and make(), got 7",
  ]],
  ["[a.js]", { "a.js": "export default { queue: {} };" }, [
    "plugins[0].queue.schema: expected a schema, got nothing",
  ]],
  ["[a.js]", { "a.js": "export default { queue: { schema: {} } };" }, [
    "plugins[0].queue.make: expected a function, got nothing",
    "plugins[0].queue.schema.properties: expected a map of schemas, got nothing",
  ]],
  ["[a.js]", {
    "a.js": `export default { queue: { make() {}, schema: {
      properties: { interval: {}, type: {}, x: { oneOf: [] }, y: { pattern: "[" } },
    } } };`,
  }, [
    /^plugins\[0\]\.queue\.schema\.properties\.x\.oneOf: unknown key; /,
    'plugins[0].queue.schema.properties.y.pattern: expected a regular expression, got "["',
  ]],
  ["[a.js]", {
    "a.js": `export default { queue: { make() {}, schema: {
      properties: { interval: {}, type: {} }, required: ["depth"],
    }, defaults: { address: [] }, target: { prefixes: [], forms: [] }, verify: true, load: { x: 1 } } };`,
  }, [
    "plugins[0].queue.verify: expected a function, got true",
    "plugins[0].queue.target.parse: expected a function, got nothing",
    "plugins[0].queue.load.x: expected a function, got 1",
    "plugins[0].queue.schema.properties.interval: every check has this key already",
    "plugins[0].queue.schema.properties.type: every check has this key already",
    'plugins[0].queue.schema.properties: expected an option "address", got none',
    'plugins[0].queue.schema.properties: expected an option "depth", got none',
  ]],
];

for (const [plugins, files, said] of WRONG) {
  Deno.test(`loadConfig() says what is wrong with plugins: ${said[0]}`, async () => {
    const issues = await told(`plugins: ${plugins}\n${QUEUE}`, files);
    assertEquals(issues.length, said.length, issues.join("\n"));
    for (const [i, expected] of said.entries()) {
      if (typeof expected === "string") assertEquals(issues[i], expected);
      else assertMatch(issues[i]!, expected);
    }
  });
}

Deno.test("a plugin that never finishes loading is a problem, and others still load", async () => {
  await using folder = await folderOf({
    // The runner of the tests wants every module to finish in the end.
    "hang.js":
      `await new Promise((end) => addEventListener("hang-end", end, { once: true }));
       ${pluginOf("late")}`,
    "queue.js": pluginOf("queue"),
  });
  const file = `${folder.path}/lifesign.yaml`;
  // Another reload of a config does not wait for it again.
  for (
    const [again, limitMs] of [
      ["", 500],
      ["; restart to try again, as a module is imported only once", 86_400_000],
    ] as const
  ) {
    const issues: ConfigIssue[] = [];
    const { kinds, isComplete } = await importPlugins(
      ["./hang.js", "./queue.js"],
      { file, kinds: KINDS, limitMs },
      issues,
    );
    assertEquals(issues, [{
      path: "plugins[0]",
      message: `"./hang.js": it did not finish loading within ${
        limitMs / 1000
      }s${again}`,
    }]);
    assertEquals(isComplete, false);
    assertEquals(Object.keys(kinds), [...Object.keys(KINDS), "queue"]);
  }
  assertEquals(
    (await importPlugins(["./queue.js"], { file, kinds: KINDS }, []))
      .isComplete,
    true,
  );
  dispatchEvent(new Event("hang-end"));
  const late = await importPlugins(["./hang.js"], { file, kinds: KINDS }, []);
  assertEquals("late" in late.kinds, true);
});

Deno.test("loadConfig() finds the problems of the rest of a file whose plugin is wrong", async () => {
  assertEquals(
    await told(
      `
plugins: [./none.js]
concurrency: 0
defaults: { depth: 3, retries: 0 }
checks:
  web: { type: tcp, port: 99999 }
  q: { type: queue, interval: never }
  none: {}
`,
      {},
    ),
    [
      'plugins[0]: "./none.js": no such file',
      "concurrency: expected a whole number of 1 or more, got 0",
      "defaults.retries: expected a whole number of 1 or more, got 0",
      "checks.web.port: expected a port between 1 and 65535, got 99999",
      'checks.q.interval: expected a duration above 0 such as "500ms", "10s" or "1m30s", got "never"',
      `checks.none.type: expected one of ${A_TYPE}, got nothing`,
    ],
  );
});

Deno.test("loadKinds() refuses a file whose plugin is wrong", async () => {
  await using folder = await folderOf({
    "lifesign.yaml": "{ plugins: [none.js], checks: { a: 7 } }",
  });
  await assertRejects(
    () => loadKinds(`${folder.path}/lifesign.yaml`),
    ConfigError,
    '"none.js": no such file',
  );
});

Deno.test("loadConfig() shows no variable in a complaint about a plugin", async () => {
  await using folder = await folderOf({
    "lifesign.yaml": `plugins: ["\${X}/a.js"]\n${QUEUE}`,
  });
  const error = await assertRejects(
    () =>
      loadConfig(`${folder.path}/lifesign.yaml`, {
        env: () => "http://127.0.0.1:1/s3cret",
      }),
    ConfigError,
  );
  assertMatch(error.message, /plugins\[0\]: "\$\{X\}\/a\.js": not allowed by/);
  assertEquals(error.message.includes("s3cret"), false, error.message);
});

Deno.test("loadConfig() says that a module is imported only once", async () => {
  await using folder = await folderOf({
    "a.js": "throw new Error('Not yet');",
    "lifesign.yaml": `plugins: [a.js]\n${QUEUE}`,
  });
  const load = () =>
    assertRejects(
      () => loadConfig(`${folder.path}/lifesign.yaml`),
      ConfigError,
    );
  assertMatch((await load()).message, /it throws Error: Not yet$/);
  await Deno.writeTextFile(`${folder.path}/a.js`, pluginOf("queue"));
  assertMatch(
    (await load()).message,
    /Not yet; restart to try again, as a module is imported only once$/,
  );
});

Deno.test("pluginPermissions() are what the import takes", () => {
  const permissionsOf = (plugin: string) =>
    pluginPermissions(locatePlugin(plugin, "conf/lifesign.yaml"));
  assertEquals(permissionsOf("./a.ts"), [{ name: "read", path: "conf/a.ts" }]);
  assertEquals(permissionsOf("/a.ts"), [{ name: "read", path: "/a.ts" }]);
  assertEquals(permissionsOf("file:///a%20b.ts"), [
    { name: "read", path: "/a b.ts" },
  ]);
  assertEquals(permissionsOf("jsr:@me/kinds@1"), []);
  assertEquals(permissionsOf("npm:my-kinds"), []);
  const jsr = { name: "import", host: "jsr.io:443" } as const;
  assertEquals(permissionsOf("https://example.com/a.ts"), [
    { name: "import", host: "example.com:443" },
    jsr,
  ]);
  assertEquals(permissionsOf("http://[::1]:8080/a.ts"), [
    { name: "import", host: "[::1]:8080" },
    jsr,
  ]);
});

/** A kind that remembers what was loaded for it before it made a probe. */
const LOADING = `
import { probe } from ${JSON.stringify(import.meta.resolve("../../mod.ts"))};
const loaded = [];
export default { queue: {
  schema: { properties: { depth: {}, other: {}, bad: {} } },
  load: {
    depth: async () => { await null; loaded.push("depth"); },
    other: async () => { loaded.push("other"); },
    bad: async () => { throw new Error("no such module"); },
  },
  make: () => probe(() => ({ verdict: "pass" }), {
    type: "queue",
    target: loaded.join(),
  }),
} };
`;

Deno.test("loadConfig() loads what the options of a check need, and nothing else", async () => {
  await using folder = await folderOf({
    "queue.js": LOADING,
    "lifesign.yaml":
      "plugins: [queue.js]\nchecks: { a: { type: queue }, b: { type: queue, depth: 1 }, c: { type: queue, depth: 2 } }",
  });
  const { checks } = await loadConfig(`${folder.path}/lifesign.yaml`);
  assertEquals(checks.map(({ probe }) => probe.target), Array(3).fill("depth"));
});

Deno.test("loadConfig() says what cannot be loaded for an option", async () => {
  const issues = await told(
    "plugins: [queue.js]\nchecks: { a: { type: queue, bad: 1 } }",
    { "queue.js": LOADING },
  );
  assertEquals(issues, [
    "checks.a.bad: cannot load what it needs: Error: no such module",
  ]);
});
