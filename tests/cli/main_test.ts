import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import manifest from "../../deno.json" with { type: "json" };
import { lifesign, runScript, temporaryFile } from "../support/program.ts";
import { pemFiles } from "../support/servers.ts";

Deno.test("a user's mistake gets exit code 2 and one line without a stack trace", async (t) => {
  const mistakes: [args: string[], message: string][] = [
    [["check", "tcp://nope"], "tcp://nope: expected tcp://HOST:PORT"],
    [["check", "tcp://h:70000"], "expected a port between 1 and 65535"],
    [
      ["check", "htp://x"],
      "htp://x: expected a target; did you mean http://x?",
    ],
    [["check", "http://"], "http://: expected an absolute URL"],
    [["check", "exec:"], "exec:: expected a command, got an empty one"],
    [["check", "http://127.0.0.1/", "a.yaml"], "a.yaml: no such file"],
    [["check", "a.yaml", "b.yaml"], "a.yaml: no such file"],
    [["validate", "a.yaml", "b.yaml"], "Expected one file, got 2"],
    [["check", "--format=yaml", "tcp://h:1"], "--format: expected table or"],
    [["check", "--timeout=0", "tcp://h:1"], "--timeout: expected"],
    [["check", "--nope"], "Unknown option '--nope'"],
    [
      ["maintenance", "start", "web", "--for", "-5m"],
      "lifesign: To specify an option argument starting with a dash use '--for=-XYZ' (see",
    ],
    [["cluster"], "Expected status, got nothing"],
    [["cluster", "stat"], 'Expected status, got "stat"'],
    [["cluster", "status", "a.yaml", "b.yaml"], "Expected one file, got 2"],
    [["cluster", "status", "no-such.yaml"], "no such file"],
    [["cluster", "status", "--url=ftp://x/"], "--url: expected a URL such as"],
    [["check", "no-such.yaml"], "no such file"],
    [
      ["check", "localhost"],
      "localhost: no such file; as a target, write tcp://localhost:PORT, ",
    ],
    [["check", "http//x"], "http//x: no such file; as a target, did you mean"],
    [["validate", "no-such.yaml"], "no such file"],
    [["run", "no-such.yaml"], "no such file"],
    [["run", "--log=xml"], "--log: expected text or json"],
    [["chek"], 'There is no command "chek"; did you mean check?'],
    [["constructor"], 'There is no command "constructor"'],
  ];
  for (const [args, message] of mistakes) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await lifesign(args);
      assertStringIncludes(stderr, message);
      assert(!/^\s+at /m.test(stderr), stderr);
      assert(stderr.trimEnd().split("\n").length <= 2, stderr);
      assertEquals([code, stdout], [2, ""]);
    });
  }
});

Deno.test("--help and --version need no permission", async (t) => {
  for (
    const command of [
      "",
      "run",
      "check",
      "validate",
      "wait",
      "maintenance",
      "cluster",
      "permissions",
      "import",
      "schema",
      "init",
    ]
  ) {
    await t.step(`${command} --help`, async () => {
      const { code, stdout, stderr } = await runScript("src/cli/main.ts", {
        args: [...command.split(" ").filter(Boolean), "--help"],
      });
      assertMatch(stdout, new RegExp(`^Usage: lifesign ${command}`, "m"));
      for (const line of stdout.split("\n")) assert(line.length < 80, line);
      assertEquals([code, stderr], [0, ""]);
    });
  }
  await t.step("help NAME is what NAME --help is", async () => {
    for (const args of [["help", "wait"], ["help", "help"], ["help"]]) {
      const { code, stdout } = await runScript("src/cli/main.ts", { args });
      const usage = `Usage: lifesign ${
        args[1] === "wait" ? "wait" : "COMMAND"
      }`;
      assertMatch(stdout, new RegExp(`^${usage}`, "m"));
      assertEquals(code, 0);
    }
  });
  const { code, stdout } = await runScript("src/cli/main.ts", {
    args: ["--version"],
  });
  assertEquals([code, stdout], [0, `lifesign ${manifest.version}\n`]);
});

Deno.test("without a command, help goes to stderr and the exit code is 2", async () => {
  const { code, stdout, stderr } = await lifesign([]);
  assertEquals([code, stdout], [2, ""]);
  assertStringIncludes(stderr, "Usage: lifesign COMMAND");
});

Deno.test("validate finds certificates and keys that cannot be used, if it may read", async () => {
  const { ca, cert, key } = pemFiles;
  await using empty = await temporaryFile("");
  const none = `${empty.path}.none`;
  const web = 'type: http, url: "https://localhost/"';
  await using file = await temporaryFile(
    `
checks:
  none: { ${web}, ca: ${none} }
  empty: { ${web}, cert: ${empty.path}, key: ${none} }
  swapped: { ${web}, cert: ${key}, key: ${cert} }
  right: { ${web}, ca: ${ca}, cert: ${cert}, key: ${key} }
`,
  );
  const wrong = await lifesign(["validate", file.path]);
  assertEquals([wrong.code, wrong.stdout], [2, ""]);
  assertEquals(
    wrong.stderr,
    `${file.path}: 5 problems
  checks.none.ca: cannot read ${none}: no such file
  checks.empty.cert: expected a line -----BEGIN CERTIFICATE----- in ${empty.path}
  checks.empty.key: cannot read the key file: no such file
  checks.swapped.cert: expected a line -----BEGIN CERTIFICATE----- in ${key}
  checks.swapped.key: expected a line -----BEGIN PRIVATE KEY----- in the key file
`,
  );
  const { code, stdout, stderr } = await lifesign(["validate", file.path], {
    flags: [`--allow-read=${file.path}`],
  });
  assertEquals([code, stdout], [0, `${file.path}: 4 checks, no problems\n`]);
  assertEquals(
    stderr,
    `lifesign: some files are not verified without --allow-read=${
      [empty.path, none, ca, key, cert].sort().join(",")
    }\n`,
  );
});

Deno.test("validate prints every problem, or how many checks there are", async () => {
  await using bad = await temporaryFile(`
checks:
  web: { type: http, url: http://localhost/, intervall: 5s }
  postgres: { type: tcp, port: 70000 }
`);
  const wrong = await lifesign(["validate", bad.path]);
  assertEquals(wrong.code, 2);
  assertEquals(
    wrong.stderr,
    `${bad.path}: 2 problems
  checks.web.intervall: unknown key; did you mean "interval"?
  checks.postgres.port: expected a port between 1 and 65535, got 70000
`,
  );
  const right = await lifesign(["validate", "examples/lifesign.yaml"]);
  assertEquals(right.code, 0);
  assertEquals(
    right.stdout,
    "examples/lifesign.yaml: 4 checks, no problems\n",
  );
});
