import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { defaultAddress } from "../../support/default_address.ts";
import {
  commandOf,
  type Ended,
  lifesign,
  ROOT,
  startProgram,
  startScript,
  temporaryFile,
} from "../../support/program.ts";

const FIXTURES = "tests/import/fixtures";
const flags = ["--allow-net", "--allow-read", "--allow-run", "--allow-env"];

/** Fixtures of each format, and how many checks they have. */
const COUNTS = [
  [["compose", `${FIXTURES}/compose/wordpress.yaml`], 9],
  [["compose", "--native", `${FIXTURES}/compose/wordpress.yaml`], 9],
  [["kubernetes", `${FIXTURES}/kubernetes/shop.yaml`], 7],
  [["zlayer", `${FIXTURES}/zlayer/stack.yaml`], 6],
] as const;

for (const [args, count] of COUNTS) {
  Deno.test(`import ${args.join(" ")} prints what validate takes`, async () => {
    const { code, stdout, stderr } = await lifesign(["import", ...args]);
    assertEquals(code, 0);
    for (const line of stderr.trimEnd().split("\n")) {
      assert(line.startsWith(`lifesign: ${args.at(-1)}: `), line);
    }
    await using file = await temporaryFile(stdout);
    const validated = await lifesign(["validate", file.path]);
    assertEquals(validated.stderr, "");
    assertEquals(
      validated.stdout,
      `${file.path}: ${count} checks, no problems\n`,
    );
  });
}

/** Runs the program with a file on its stdin. */
async function fromStdin(path: string, args: string[]): Promise<Ended> {
  const command = commandOf("src/cli/main.ts", { args: ["import", ...args] });
  await using program = startProgram([
    "sh",
    "-c",
    'file="$1"; shift; exec "$@" <"$file"',
    "sh",
    new URL(path, ROOT).pathname,
    ...command,
  ]);
  return await program.ended;
}

Deno.test("import reads - from stdin, without any permission", async () => {
  const { code, stdout } = await fromStdin(
    `${FIXTURES}/kubernetes/list.json`,
    ["kubernetes", "-"],
  );
  assertEquals(code, 0);
  assertStringIncludes(stdout, "# Made by lifesign import kubernetes -\n");
  assertStringIncludes(stdout, "# stdin: items[0]");
});

Deno.test("import compose takes variables from the environment, and keeps them", async () => {
  await using file = await temporaryFile(
    "services: { web: { container_name: a, healthcheck: { test: 'a $LIFESIGN_A $LIFESIGN_B' } } }",
  );
  const args = ["import", "compose", file.path];
  const env = { LIFESIGN_A: "value" };
  const both = await lifesign(args, { env });
  assertStringIncludes(both.stdout, '"a ${LIFESIGN_A:-} ${LIFESIGN_B:-}"');
  assertStringIncludes(both.stderr, "the variable LIFESIGN_B is not set");
  const one = await lifesign(args, {
    env,
    flags: [`--allow-read=${file.path}`, "--allow-env=LIFESIGN_B"],
  });
  assertEquals(one.code, 0);
  assertStringIncludes(one.stdout, '"a  ${LIFESIGN_B:-}"');
  assertStringIncludes(one.stderr, "--allow-env=LIFESIGN_A");
});

Deno.test("import compose reads .env beside the file", async () => {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  try {
    const path = `${folder}/compose.yaml`;
    await Deno.writeTextFile(`${folder}/.env`, "COMPOSE_PROJECT_NAME=mine");
    await Deno.writeTextFile(
      path,
      "services: { web: { healthcheck: { test: a } } }",
    );
    const { stdout } = await lifesign(["import", "compose", path]);
    assertStringIncludes(stdout, "container: mine-web-1\n");
    const less = await lifesign(["import", "compose", path], {
      flags: [`--allow-read=${path}`],
    });
    assert(!less.stdout.includes("mine-web-1"), less.stdout);
    assertEquals(less.code, 0);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("import --run runs what it would print, until it is ended", async () => {
  await using file = await temporaryFile(`
services:
  up: { healthcheck: { test: exit 0 } }
  down: { healthcheck: { test: exit 1, retries: 1 } }
`);
  // What is imported does not say where to listen.
  using _address = await defaultAddress();
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["import", "compose", "--exec=none", "--run", file.path],
  });
  // The two checks run at the same time: either may be first.
  const lines = [
    await agent.line("stdout", /unknown -> /),
    await agent.line("stdout", /unknown -> /),
  ].join("\n");
  assertStringIncludes(lines, "up unknown -> healthy");
  assertStringIncludes(
    lines,
    "down unknown -> unhealthy: Expected exit code 0",
  );
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
});

Deno.test("import --run imports its files again on SIGHUP", async () => {
  const up = "services: { up: { healthcheck: { test: exit 0 } }";
  await using file = await temporaryFile(`${up} }`);
  // What is imported does not say where to listen.
  using _address = await defaultAddress();
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["import", "compose", "--exec=none", "--run", file.path],
  });
  await agent.line("stdout", /up unknown -> healthy/);
  const more = `${up}, more: { healthcheck: { test: exit 0 } } }`;
  await Deno.writeTextFile(file.path, more);
  agent.kill("SIGHUP");
  await agent.line("stderr", /^lifesign: reloaded: 1 added$/);
  await agent.line("stdout", /more unknown -> healthy/);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);
});

Deno.test("import prints every problem at once, and exits with 2", async (t) => {
  await using bad = await temporaryFile(`
services:
  web: { healthcheck: { test: a, interval: soon, retris: 2 } }
`);
  await using empty = await temporaryFile("services: { web: { rtype: job } }");
  const mistakes: [args: string[], code: number, message: string][] = [
    [
      [],
      2,
      "Expected blackbox, compose, gatus, kuma, kubernetes, or zlayer, got nothing",
    ],
    [["composer", "x"], 2, 'got "composer"; did you mean compose?'],
    [["compose"], 2, "Expected a FILE"],
    [["compose", "no.yaml"], 2, "no.yaml: no such file"],
    [["compose", "--exec=lxc", "x"], 2, "--exec: expected docker, podman"],
    [["compose", "--address=a/b", "x"], 2, "--address: expected a host"],
    [["compose", "--run", "--log=x", "x"], 2, "--log: expected text or json"],
    [["compose", "--log=text", "x"], 2, "--log goes with --run"],
    [["compose", "-", "-"], 2, "- only once"],
    [["zlayer", empty.path], 1, "nothing to import"],
    [["kubernetes", bad.path], 2, "got a Compose file: use lifesign import"],
    [
      ["compose", bad.path],
      2,
      `${bad.path}: 2 problems
  services.web.healthcheck.retris: unknown key; did you mean "retries"?
  services.web.healthcheck.interval: expected a duration such as 1m30s, got "soon"
`,
    ],
  ];
  for (const [args, expected, message] of mistakes) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await lifesign(["import", ...args]);
      assertStringIncludes(stderr, message);
      assert(!/^\s+at /m.test(stderr), stderr);
      assertEquals([code, stdout], [expected, ""]);
    });
  }
});
