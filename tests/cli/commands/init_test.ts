import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import {
  type Ended,
  lifesign,
  ROOT,
  runScript,
  temporaryFile,
} from "../../support/program.ts";

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

const WRITE = ["--allow-read", "--allow-write", "--allow-run=sh"];

function run(
  cwd: string,
  args: readonly string[],
  flags: readonly string[] = WRITE,
): Promise<Ended> {
  return runScript("src/cli/main.ts", { args, flags, cwd });
}

for (const command of ["run", "check", "validate", "permissions"]) {
  Deno.test(`${command} in an empty folder points to init`, async () => {
    await using folder = await temporaryFolder();
    const { code, stdout, stderr } = await run(folder.path, [command]);
    assertEquals(
      stderr,
      "lifesign.yaml: no such file; write one with lifesign init\n",
    );
    assertEquals([code, stdout], [2, ""]);
  });
}

Deno.test("init writes a file that is valid, and can be tried", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const init = await run(path, ["init"], [
    "--allow-read=.",
    "--allow-write=lifesign.yaml",
  ]);
  assertEquals([init.code, init.stderr], [0, ""]);
  assertEquals(
    init.stdout,
    "Wrote lifesign.yaml. Change its checks, and then try and run them:\n" +
      "\n  lifesign check\n  lifesign run\n",
  );
  const validate = await run(path, ["validate"]);
  assertEquals(validate.stdout, "lifesign.yaml: 3 checks, no problems\n");
  const check = await run(path, ["check", "--check=disk"]);
  assertStringIncludes(check.stdout, "disk   healthy ");
});

Deno.test("init writes a file that is valid with any of its comments removed", async () => {
  await using folder = await temporaryFolder();
  await run(folder.path, ["init"]);
  const text = await Deno.readTextFile(`${folder.path}/lifesign.yaml`);
  const comment = /^( *)# ([a-z_]+: )/gm;
  const options = [...text.matchAll(comment)];
  assert(options.length > 8);
  for (const { index } of options) {
    const one = text.slice(0, index) +
      text.slice(index).replace(/# ([a-z_])/, "$1");
    assertEquals(parseConfig(one, { env: () => undefined }).checks.length, 3);
  }
  const all = text.replaceAll(comment, "$1$2");
  assertEquals(parseConfig(all, { env: () => undefined }).checks.length, 3);
});

Deno.test("init overwrites nothing, and says what it cannot write", async (t) => {
  await using file = await temporaryFile("mine");
  await using folder = await temporaryFolder();
  await new Deno.Command("ln", {
    args: ["-s", "nothing-there", "link.yaml"],
    cwd: folder.path,
  }).output();
  const cases: [args: string[], message: string][] = [
    [[file.path], `${file.path}: the file exists, and is not overwritten (see`],
    [["link.yaml"], "link.yaml: the file exists, and is not overwritten"],
    [["."], ".: "],
    [["no/such/x.yaml"], "no/such/x.yaml: no such folder (see"],
    [["a.yaml", "b.yaml"], "Expected one file, got 2"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await run(folder.path, [
        "init",
        ...args,
      ]);
      assert(stderr.startsWith(`lifesign: ${message}`), stderr);
      assertEquals([code, stdout], [2, ""]);
    });
  }
  assertEquals(await Deno.readTextFile(file.path), "mine");
});

Deno.test("init names the flags that it lacks", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const without = await run(path, ["init"], []);
  assertEquals(
    without.stderr,
    "lifesign: lifesign.yaml: not allowed by Deno: run with --allow-write=lifesign.yaml (see lifesign init --help)\n",
  );
  assertEquals(without.code, 2);
  const unread = await run(path, ["init"], ["--allow-write=lifesign.yaml"]);
  assertEquals(
    unread.stderr,
    "lifesign: did not look for files to import: run with --allow-read=.\n",
  );
  assertEquals(unread.code, 0);
});

Deno.test("init says how to import the files that it finds", async () => {
  await using folder = await temporaryFolder();
  const { path } = folder;
  const copy = async (from: string, to: string): Promise<void> =>
    await Deno.copyFile(new URL(`tests/import/fixtures/${from}`, ROOT), to);
  await Deno.mkdir(`${path}/k8s`);
  await copy("compose/compose.yaml", `${path}/compose.yaml`);
  await copy("compose/base.yaml", `${path}/base.yaml`);
  await copy("compose/compose.override.yaml", `${path}/compose.override.yaml`);
  await copy("kubernetes/shop.yaml", `${path}/k8s/my shop.yaml`);
  await Deno.mkdir(`${path}/config`);
  await copy("gatus/core.yaml", `${path}/config/config.yaml`);
  await copy("blackbox/blackbox.yml", `${path}/blackbox.yml`);
  await copy("blackbox/prometheus.yml", `${path}/prometheus.yml`);
  await copy("zlayer/stack.yaml", `${path}/stack.zlayer.yml`);
  await Deno.writeTextFile(
    `${path}/k8s/config.yaml`,
    "apiVersion: v1\nkind: ConfigMap\n",
  );
  await Deno.writeTextFile(`${path}/other.yaml`, "kind: nothing\n");
  const { code, stdout, stderr } = await run(path, ["init", "a.yaml"]);
  const commands = [...stdout.matchAll(/^ {2}lifesign import (.*) >a.yaml$/gm)]
    .map(([, command]) => command);
  assertEquals(commands, [
    "blackbox blackbox.yml prometheus.yml",
    "compose compose.yaml compose.override.yaml",
    "gatus config/config.yaml",
    "kubernetes 'k8s/my shop.yaml'",
    "zlayer stack.zlayer.yml",
  ]);
  assertEquals([code, stderr], [0, ""]);
  for (const command of commands) {
    const words = command!.match(/'[^']*'|\S+/g)!
      .map((word) => word.replaceAll("'", ""));
    const flags = ["--allow-read", "--allow-env"];
    const imported = await run(path, ["import", ...words], flags);
    assertEquals(imported.code, 0, imported.stderr);
  }
});

Deno.test("init says nothing of files without health checks", async () => {
  await using folder = await temporaryFolder();
  await Deno.writeTextFile(
    `${folder.path}/docker-compose.yml`,
    "services: { web: { image: nginx } }",
  );
  const { code, stdout } = await run(folder.path, ["init"]);
  assertEquals([code, stdout.includes("import")], [0, false]);
});

Deno.test("init is not suggested for another file than lifesign.yaml", async () => {
  const { stderr } = await lifesign(["validate", "/tmp/lifesign.none.yaml"]);
  assertEquals(stderr, "/tmp/lifesign.none.yaml: no such file\n");
});

Deno.test("init writes names so that the commands and messages work", async () => {
  await using folder = await temporaryFolder();
  const dash = await run(folder.path, ["init", "--", "-x.yaml"]);
  assertStringIncludes(dash.stdout, "\n  lifesign check -- -x.yaml\n");
  const broken = await run(folder.path, ["init", "a\nb.yaml"]);
  assertStringIncludes(broken.stdout, "Wrote a b.yaml. ");
  const empty = await run(folder.path, ["init", ""]);
  assertEquals([empty.code, empty.stdout], [2, ""]);
  assertStringIncludes(
    empty.stderr,
    "Expected the name of a file, got an empty",
  );
});
