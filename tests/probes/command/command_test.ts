import { OptionError } from "../../../src/core/option_error.ts";
import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import {
  command,
  type CommandOptions,
} from "../../../src/probes/command/command.ts";
import type { ReasonCode, Verdict } from "../../../src/core/types.ts";
import { attemptInChild, flagsOf, startInChild } from "../../support/child.ts";
import { makeFifo } from "../../support/fifo.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  deadline,
  patient,
} from "../../support/outcomes.ts";

type Expected = readonly [Exclude<Verdict, "pass">, ReasonCode];

/** Starts some processes that hold a pipe open and say so, each by a line. */
function treeHolding(path: string): string {
  return [
    `exec 3>${path}`,
    // A child, one in a pipeline, and a grandchild whose parent is gone.
    "{ echo; sleep 30; } >&3 &",
    "{ echo; sleep 30; } >&3 | sleep 30 &",
    "sh -c 'sh -c \"echo; sleep 30\" >&3 &'",
    "echo >&3",
    "wait",
  ].join("\n");
}

/** How many lines it writes. */
const TREE_LINES = 4;

Deno.test("command() passes if the command exits with 0", async () => {
  assertPass(await command("true")(patient()), { exitCode: 0 });
  assertPass(await command(["true"])(patient()), { exitCode: 0 });
});

Deno.test("command() blames the target for any other exit code", async () => {
  for (const code of [1, 2, 3, 42, 255]) {
    const outcome = await command(`exit ${code}`)(patient());
    assertOutcome(
      outcome,
      ["fail", "exit"],
      `Expected exit code 0, got ${code}`,
    );
    assertEquals(outcome.detail, { exitCode: code });
  }
});

Deno.test("command() knows what the exit codes of Nagios plugins mean", async () => {
  const nagios = (script: string) =>
    command(script, { exit: "nagios" })(patient());
  assertPass(await nagios("echo DISK OK"), { exitCode: 0 });
  const table: [number, Expected][] = [
    [1, ["warn", "exit"]],
    [2, ["fail", "exit"]],
    [3, ["error", "exit"]],
    [4, ["error", "exit"]],
    [255, ["error", "exit"]],
  ];
  for (const [code, expected] of table) {
    const outcome = await nagios(`echo DISK BAD; echo x >&2; exit ${code}`);
    const message = code <= 3 ? "DISK BAD" : `Exit code ${code}: DISK BAD`;
    assertOutcome(outcome, expected, message);
    assertEquals(outcome.detail, { exitCode: code });
  }
});

Deno.test("command() takes perfdata of Nagios plugins for facts, whatever the exit code", async () => {
  const script = "echo 'DISK BAD | /=5MB;9 %x=7'; printf 'more\n|y=1'";
  for (const exit of ["", "; exit 1", "; exit 2"]) {
    const { detail } = await command(script + exit, { exit: "nagios" })(
      patient(),
    );
    assertEquals(detail, {
      exitCode: Number(exit.slice(-1)),
      "perf./": 5,
      "perf./.unit": "MB",
      "perf.%x": 7,
      "perf.y": 1,
    });
  }
  assertPass(await command(script)(patient()), { exitCode: 0 });
});

Deno.test("command() has stderr speak for a plugin that prints no text", async () => {
  for (const stdout of ["", "|x=1", "\\n \\n"]) {
    assertOutcome(
      await command(`printf '${stdout}'; echo why >&2; exit 2`, {
        exit: "nagios",
      })(patient()),
      ["fail", "exit"],
      "Exit code 2: why",
    );
  }
});

Deno.test("a fleet shows nothing secret of what a plugin says", async () => {
  const outcome = await attempted(command(
    'echo "BAD $MY_TOKEN | $MY_TOKEN=1"; exit 2',
    { exit: "nagios", env: { MY_TOKEN: "hunter2" } },
  ));
  assertOutcome(outcome, ["fail", "exit"], "BAD ***");
  assertEquals(outcome.detail, { exitCode: 2, "perf.***": 1 });
});

Deno.test("command() runs a text in a shell, and a list as it is", async () => {
  assertPass(
    await command("echo $((1 + 1)) | tr 2 3", { matches: "^3\n$" })(patient()),
    { exitCode: 0 },
  );
  assertPass(
    await command(["echo", "$((1 + 1))", "| tr"], {
      contains: "$((1 + 1)) | tr",
    })(patient()),
    { exitCode: 0 },
  );
});

Deno.test("command() keeps its own copy of the list and the options", async () => {
  const list = ["sh", "-c", "test $LIFESIGN_X = 1"];
  const env = { LIFESIGN_X: "1" };
  const probe = command(list, { env });
  list[2] = "false";
  env.LIFESIGN_X = "2";
  assertPass(await probe(patient()), { exitCode: 0 });
});

Deno.test("command() quotes the first line of what was printed", async () => {
  const table: [string, string][] = [
    ["echo; echo '  out'; exit 1", ": out"],
    ["echo out; echo err >&2; exit 1", ": err"],
    ["printf 'a\\tb\\r\\nc'; exit 1", ": a b"],
    [
      "printf '\\377\\376 \\033[31m\\000 bin'; exit 1",
      ": [31m bin",
    ],
    [
      `head -c 5000 /dev/zero | tr '\\0' x; exit 1`,
      `: ${"x".repeat(119)}…`,
    ],
    ["echo '   '; exit 1", ""],
  ];
  for (const [script, excerpt] of table) {
    assertOutcome(
      await command(script)(patient()),
      ["fail", "exit"],
      `Expected exit code 0, got 1${excerpt}`,
    );
  }
});

Deno.test("command() looks for a text or a pattern on stdout", async () => {
  const script = "echo ready; echo steady >&2";
  const table: [CommandOptions, string | undefined][] = [
    [{ contains: "ready" }, undefined],
    [{ matches: /^ready\n$/g }, undefined],
    [{ contains: "ready", matches: "^r" }, undefined],
    [
      { contains: "steady" },
      'Expected the output to contain "steady", got "ready"',
    ],
    [{ matches: "^s" }, 'Expected the output to match /^s/u, got "ready"'],
  ];
  for (const [options, message] of table) {
    const probe = command(script, options);
    for (const outcome of [await probe(patient()), await probe(patient())]) {
      if (message === undefined) assertPass(outcome, { exitCode: 0 });
      else assertOutcome(outcome, ["fail", "body"], message);
    }
  }
});

Deno.test("command() has an exit code count for more than the output", async () => {
  assertOutcome(
    await command("echo no; exit 1", { contains: "yes" })(patient()),
    ["fail", "exit"],
  );
});

Deno.test("command() cannot tell where there is nothing to run", async () => {
  assertOutcome(
    await command(["lifesign-no-such-command"])(patient()),
    ["error", "spawn"],
    "Program not found: lifesign-no-such-command",
  );
  assertOutcome(
    await command(["/nowhere/lifesign"])(patient()),
    ["error", "spawn"],
    /^Failed to spawn '\/nowhere\/lifesign': No such file/,
  );
  const inShell = await command("lifesign-no-such-command")(patient());
  assertOutcome(
    inShell,
    ["error", "spawn"],
    /^Command not found: .*lifesign-no-such-command/,
  );
  assertEquals(inShell.detail, { exitCode: 127 });
});

Deno.test("command() cannot tell where the file is not executable", async () => {
  const file = await Deno.makeTempFile({ dir: "/tmp" });
  try {
    assertOutcome(
      await command([file])(patient()),
      ["error", "spawn"],
      /^Failed to spawn '.*': Permission denied/,
    );
    assertOutcome(
      await command(file)(patient()),
      ["error", "spawn"],
      /^Command not executable: .*[Pp]ermission denied/,
    );
  } finally {
    await Deno.remove(file);
  }
});

Deno.test("command() takes 126 and 127 of a program for what they are", async () => {
  for (const code of [126, 127]) {
    assertOutcome(
      await command(["sh", "-c", `exit ${code}`])(patient()),
      ["fail", "exit"],
      `Expected exit code 0, got ${code}`,
    );
  }
});

Deno.test("command() runs where it is told", async () => {
  assertPass(
    await command("pwd -P", { cwd: "/", matches: "^/\n$" })(patient()),
    { exitCode: 0 },
  );
  for (const cwd of ["/nowhere/at/all", "/dev/null"]) {
    assertOutcome(
      await command("true", { cwd })(patient()),
      ["error", "spawn"],
      new RegExp(`^Failed to spawn '.*': .*'${cwd}'$`),
    );
  }
});

Deno.test("command() adds to the environment, or clears it", async () => {
  const env = { LIFESIGN_X: "a b" };
  const script = 'echo "[$LIFESIGN_X][${PATH:+path}]"';
  assertPass(
    await command(script, { env, contains: "[a b][path]" })(patient()),
    { exitCode: 0 },
  );
  const cleared = await command(["env"], {
    env: { ...env, PATH: "/usr/bin:/bin" },
    clearEnv: true,
    matches:
      /^(?:LIFESIGN_X=a b\n|PATH=\/usr\/bin:\/bin\n|LIFESIGN_ATTEMPT=[\w-]+\n){3}$/,
  })(patient());
  assertPass(cleared, { exitCode: 0 });
});

Deno.test("command() gives no input", async () => {
  assertPass(await command("! read line")(patient()), { exitCode: 0 });
});

Deno.test("command() blames a death by a signal, with its name", async () => {
  for (const signal of ["KILL", "TERM", "SEGV", "HUP"]) {
    const outcome = await command(`echo bye >&2; kill -${signal} $$`, {
      exit: "nagios",
    })(patient());
    assertOutcome(outcome, ["fail", "signal"], `Killed by SIG${signal}: bye`);
    assertEquals(outcome.detail, undefined);
  }
});

Deno.test("command() reads 100 MB to their end, and keeps the beginning", async () => {
  const script =
    "echo begin; head -c 100000000 /dev/zero; echo end; head -c 1000000 /dev/zero >&2";
  assertPass(
    await command(script, { contains: "begin" })(AbortSignal.timeout(60_000)),
    { exitCode: 0 },
  );
  assertOutcome(
    await command("head -c 65536 /dev/zero; echo end", { contains: "end" })(
      patient(),
    ),
    ["fail", "body"],
    'Expected the first 64 KiB of the output to contain "end", got "…"',
  );
});

Deno.test("command() does not wait for a grandchild that holds the pipes", async () => {
  await using fifo = await makeFifo();
  const script = `echo ready; cat ${fifo.path} &`;
  assertPass(await command(script, { contains: "ready" })(patient()), {
    exitCode: 0,
  });
  // It was waiting all the time.
  await fifo.release();
});

Deno.test("command() leaves no process behind at its deadline", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const attempt = command(treeHolding(fifo.path))(controller.signal);
  await fifo.outlive(TREE_LINES, async () => {
    controller.abort(deadline());
    assertOutcome(
      await attempt,
      ["fail", "timeout"],
      "Timed out while running",
    );
  });
});

Deno.test("command() leaves no process behind that ignores SIGTERM", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const attempt = command(`trap '' TERM\n${treeHolding(fifo.path)}`)(
    controller.signal,
  );
  await fifo.outlive(TREE_LINES, async () => {
    controller.abort(deadline());
    assertOutcome(await attempt, ["fail", "timeout"]);
  });
});

Deno.test("command() leaves no grandchild behind that ignores SIGTERM", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const attempt = command(
    `{ trap '' TERM; echo; sleep 30; } >${fifo.path} & wait`,
  )(controller.signal);
  await fifo.outlive(1, async () => {
    controller.abort(deadline());
    assertOutcome(await attempt, ["fail", "timeout"]);
  });
});

Deno.test("command() lets the command say goodbye", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const folder = fifo.path.replace(/fifo$/, "");
  const attempt = command(
    `trap 'echo bye > ${folder}bye; exit' TERM; echo > ${fifo.path}; while :; do sleep 0.01; done`,
  )(controller.signal);
  await fifo.outlive(1, async () => {
    controller.abort(deadline());
    assertOutcome(await attempt, ["fail", "timeout"]);
  });
  assertEquals(await Deno.readTextFile(`${folder}bye`), "bye\n");
});

Deno.test({
  name: "command() leaves no process behind where it may run only sh",
  permissions: { run: ["sh", "mkfifo"], read: ["/tmp"], write: ["/tmp"] },
  async fn() {
    await using fifo = await makeFifo();
    const controller = new AbortController();
    const attempt = command(treeHolding(fifo.path))(controller.signal);
    await fifo.outlive(TREE_LINES, async () => {
      controller.abort(deadline());
      assertOutcome(await attempt, ["fail", "timeout"]);
    });
  },
});

Deno.test("command() leaves no process behind, with each way to be allowed to run", async () => {
  for (const flag of ["--allow-run=sh", "--allow-run"]) {
    await using fifo = await makeFifo();
    await using child = startInChild({
      type: "command",
      args: [treeHolding(fifo.path)],
      flags: [flag],
    });
    await fifo.outlive(TREE_LINES, async () => {
      await child.expire();
      assertOutcome(await child.outcome, ["fail", "timeout"]);
    });
  }
});

Deno.test("command() ends a stubborn tree where it may run only sh", async () => {
  await using fifo = await makeFifo();
  await using child = startInChild({
    type: "command",
    args: [`trap '' TERM\n${treeHolding(fifo.path)}`],
    flags: ["--allow-run=sh"],
  });
  await fifo.outlive(TREE_LINES, async () => {
    await child.expire();
    assertOutcome(await child.outcome, ["fail", "timeout"]);
  });
});

Deno.test({
  name: "command() ends the command itself where it may run nothing else",
  permissions: { run: ["tail", "mkfifo"], read: ["/tmp"], write: ["/tmp"] },
  async fn() {
    const controller = new AbortController();
    const attempt = command(["tail", "-f", "/dev/null"])(controller.signal);
    controller.abort(deadline());
    assertOutcome(await attempt, ["fail", "timeout"]);
  },
});

Deno.test("command() leaves nothing behind when it is aborted", async () => {
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const attempt = command(treeHolding(fifo.path))(controller.signal);
  await fifo.outlive(TREE_LINES, async () => {
    controller.abort();
    assertOutcome(
      await attempt,
      ["error", "internal"],
      "The attempt was aborted",
    );
  });
});

Deno.test("command() leaves nothing behind, whenever it is aborted", async () => {
  const probe = command("echo a; echo b >&2; exit 1");
  for (let delayMs = 0; delayMs < 8; delayMs++) {
    const controller = new AbortController();
    const attempt = probe(controller.signal);
    await new Promise((resolve) => setTimeout(resolve, delayMs));
    controller.abort();
    const { verdict } = await attempt;
    assertMatch(verdict, /^(?:error|fail)$/);
  }
});

Deno.test("command() makes many attempts at once, and again", async () => {
  const probe = command("echo $$", { matches: /^\d+\n$/ });
  const signal = patient();
  for (let turn = 0; turn < 2; turn++) {
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, () => probe(signal)),
    );
    outcomes.forEach((outcome) => assertPass(outcome, { exitCode: 0 }));
  }
});

Deno.test("command() needs the permissions that it lists, and no more", async () => {
  const table: [string | string[], string][] = [
    ["echo $((1+1))", "--allow-run=sh"],
    [["cat", "/dev/null"], "--allow-run=cat"],
  ];
  for (const [what, flag] of table) {
    const flags = flagsOf(command(what));
    assertEquals(flags, [flag]);
    const args = [what];
    assertPass(await attemptInChild({ type: "command", args, flags }), {
      exitCode: 0,
    });
    assertOutcome(
      await attemptInChild({ type: "command", args, flags: [] }),
      ["error", "permission"],
      `Not allowed by Deno: run with ${flag}`,
    );
  }
});

Deno.test("command() blames nobody for a permission to run something else", async () => {
  assertOutcome(
    await attemptInChild({
      type: "command",
      args: [["cat", "/dev/null"]],
      flags: ["--allow-run=sh"],
    }),
    ["error", "permission"],
    "Not allowed by Deno: run with --allow-run=cat",
  );
});

Deno.test("command() has a target that a shell would understand", () => {
  const table: [string | string[], string][] = [
    ["test -f /x && echo 'y'", "test -f /x && echo 'y'"],
    ["test -f /x &&\n\techo y\n", "test -f /x && echo y"],
    [["check_disk", "-w", "20%"], "check_disk -w 20%"],
    [["echo", "a b", "it's", ""], "echo 'a b' 'it'\\''s' ''"],
    [["echo", "$HOME", "a;b", "x=1,2"], "echo '$HOME' 'a;b' x=1,2"],
  ];
  for (const [what, target] of table) {
    const probe = command(what);
    assertEquals(probe.target, target);
    assertEquals(probe.type, "command");
  }
});

Deno.test("command() refuses misuse when it is made", () => {
  const table: [string | string[], CommandOptions?][] = [
    [""],
    ["  \n"],
    [[]],
    [[""]],
    [["", "x"]],
    ["echo \0"],
    [["echo", "\0"]],
    [undefined as never],
    [null as never],
    ["true", { exit: "icinga" as never }],
    ["true", { exit: null as never }],
    ["true", { matches: "(" }],
  ];
  for (const [what, options] of table) {
    assertThrows(
      () => command(what, options),
      OptionError,
      undefined,
      JSON.stringify([what, options]),
    );
  }
});

Deno.test("command() says which part of an output it looked at, if that was cut", async () => {
  const write = "head -c 65536 /dev/zero | tr '\\0' x; echo; echo end";
  assertOutcome(
    await command(write, { contains: "end" })(patient()),
    ["fail", "body"],
    `Expected the first 64 KiB of the output to contain "end", got "${
      "x".repeat(79)
    }…"`,
  );
  assertPass(
    await command(write, { containsNot: "end", matchesNot: "^e" })(patient()),
    { exitCode: 0 },
  );
});
