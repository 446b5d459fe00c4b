import {
  assert,
  assertEquals,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import {
  lifesign,
  runScript,
  startScript,
  temporaryFile,
} from "../../support/program.ts";
import { givenTime } from "../../support/busy.ts";
import {
  closedPort,
  hang,
  httpServer,
  tcpServer,
} from "../../support/servers.ts";
import { startInTerminal, terminalTest } from "../../support/terminal.ts";

const flags = ["--allow-net", "--allow-read", "--allow-run", "--allow-env"];
const MAIN = "src/cli/main.ts";

Deno.test("wait ends once all targets are up, and says how long it took", async () => {
  await using tcp = tcpServer(hang);
  await using http = httpServer(() => new Response("ok"));
  const { code, stdout, stderr } = await lifesign([
    "wait",
    tcp.authority,
    `http://${http.authority}/`,
    "exec:true",
  ]);
  assertMatch(stderr, /^lifesign: all 3 are up after \S+\n$/);
  assertEquals([code, stdout], [0, ""]);
});

Deno.test("wait starts its command only when a server is up", async () => {
  let requests = 0;
  await using server = httpServer(() =>
    new Response(null, { status: ++requests < 4 ? 503 : 200 })
  );
  const { code, stdout, stderr } = await lifesign([
    "wait",
    "--interval=20ms",
    `http://${server.authority}/`,
    "--",
    "echo",
    "started",
  ]);
  assert(requests >= 4);
  assertEquals([code, stdout], [0, "started\n"]);
  assertMatch(stderr, /^lifesign: http:\S+ is up after \S+\n$/);
});

Deno.test("wait --down ends once a server is gone", async () => {
  const server = tcpServer(hang);
  await using script = startScript(MAIN, {
    flags,
    args: ["wait", "--down", "--interval=20ms", server.authority],
  });
  const open = server.connections;
  while (server.connections < open + 2) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await server[Symbol.asyncDispose]();
  const { code, stderr } = await script.ended;
  assertMatch(
    stderr,
    /^lifesign: tcp:\/\/127\.0\.0\.1:\d+ is down after \S+\n$/,
  );
  assertEquals(code, 0);
});

Deno.test("wait --down does not take an unknown status for down", async () => {
  const { code, stderr } = await givenTime(
    (ms) =>
      lifesign([
        "wait",
        "--down",
        `--timeout=${ms * 3}ms`,
        "exec:true",
        "exec:lifesign-no-such-program",
      ]),
    ({ stderr }) => !stderr.includes("no answer yet"),
  );
  assertMatch(stderr, /^ {2}exec:true: still up$/m);
  assertMatch(stderr, /^ {2}exec:lifesign-no-such-program: Command not found/m);
  assertEquals(code, 124);
});

Deno.test("wait --any ends once one target is up", async () => {
  await using server = tcpServer(hang);
  const { code, stderr } = await lifesign([
    "wait",
    "--any",
    `127.0.0.1:${closedPort()}`,
    server.authority,
  ]);
  assertEquals(
    stderr.replace(/ \S+\n$/, ""),
    `lifesign: tcp://${server.authority} is up after`,
  );
  assertEquals(code, 0);
});

Deno.test("wait gives up at its timeout with 124, says why, and runs nothing", async () => {
  await using silent = tcpServer(hang);
  const port = closedPort();
  const { code, stdout, stderr } = await givenTime(
    async (ms) => {
      const startedAt = performance.now();
      const ended = await lifesign([
        "wait",
        "--timeout",
        `${ms * 3}ms`,
        `tcp://127.0.0.1:${port}`,
        `http://${silent.authority}/`,
        "exec:true",
        "--",
        "echo",
        "started",
      ]);
      assert(performance.now() - startedAt < ms * 3 + 10_000);
      return ended;
    },
    ({ stderr }) => stderr.match(/no answer yet/g)?.length === 1,
  );
  const [first, ...others] = stderr.split("\n");
  assertMatch(first!, /^lifesign: gave up after \S+$/);
  assertEquals(others, [
    `  tcp://127.0.0.1:${port}: 127.0.0.1:${port} refused the connection`,
    `  http://${silent.authority}/: no answer yet`,
    "",
  ]);
  assertEquals([code, stdout], [124, ""]);
});

Deno.test("wait --timeout 0 waits for ever", async () => {
  await using script = startScript(MAIN, {
    flags,
    args: ["wait", "--timeout", "0", `[::1]:${closedPort("::1")}`],
  });
  // It would have given up at once.
  await script.line(
    "stderr",
    /^lifesign: \d+s, waiting for tcp:\/\/\[::1\]:\d+ \(/,
  );
  script.kill("SIGTERM");
  const { code, stderr } = await script.ended;
  assertEquals([code, stderr.trimEnd().split("\n").length], [143, 1]);
});

Deno.test("wait gives its command its arguments, environment and stdin, and takes its exit code", async () => {
  const { code, stdout, stderr } = await lifesign([
    "wait",
    "--quiet",
    "exec:true",
    "--",
    "sh",
    "-c",
    'printf "<%s>" "$@" "$LIFESIGN_WORD"; wc -c; exit 7',
    "sh",
    "a b",
    "tab\there",
    "",
    "--help",
    "--",
    "$HOME",
    "Ä'\"\n",
  ], { env: { LIFESIGN_WORD: "inherited" } });
  assertEquals(
    stdout,
    "<a b><tab\there><><--help><--><$HOME><Ä'\"\n><inherited>0\n",
  );
  assertEquals([code, stderr], [7, ""]);
});

Deno.test("wait --quiet says nothing, whatever comes of it", async () => {
  const up = await lifesign(["wait", "--quiet", "exec:true"]);
  assertEquals(up, { code: 0, signal: null, stdout: "", stderr: "" });
  const late = ["wait", "--quiet", "--timeout=100ms", "exec:false"];
  const ended = await lifesign(late);
  assertEquals(ended, { code: 124, signal: null, stdout: "", stderr: "" });
});

Deno.test("wait says of a command that cannot be run what shells say", async (t) => {
  await using file = await temporaryFile("not a program");
  const commands: [command: string, code: number, message: RegExp][] = [
    [
      "lifesign-no-such",
      127,
      /^lifesign: lifesign-no-such: command not found$/,
    ],
    ["/tmp/lifesign/no", 127, /^lifesign: \/tmp\/lifesign\/no: command not f/],
    [file.path, 126, /^lifesign: \/tmp\/\S+\.yaml: Permission denied/],
    ["/tmp", 126, /^lifesign: \/tmp: Permission denied/],
    [`${file.path}/x`, 126, /^lifesign: \S+\/x: Not a directory/],
  ];
  for (const [command, expected, message] of commands) {
    await t.step(command, async () => {
      const { code, stdout, stderr } = await lifesign([
        "wait",
        "exec:true",
        "--",
        command,
      ]);
      assertMatch(stderr.trimEnd().split("\n").at(-1)!, message);
      assertEquals([code, stdout], [expected, ""]);
    });
  }
});

Deno.test("wait passes signals on to its command, which ends as it likes", async () => {
  const signals: Deno.Signal[] = [
    "SIGINT",
    "SIGHUP",
    "SIGQUIT",
    "SIGUSR1",
    "SIGUSR2",
    "SIGWINCH",
    "SIGTERM",
  ];
  const traps = signals.map((signal) => {
    const name = signal.slice(3);
    return `trap 'echo got ${name}${
      name === "TERM" ? "; exit 9" : ""
    }' ${name}`;
  });
  await using script = startScript(MAIN, {
    flags,
    args: [
      "wait",
      "exec:true",
      "--",
      "sh",
      "-c",
      `${traps.join("; ")}; echo up; while :; do sleep 0.02; done`,
    ],
  });
  await script.line("stdout", /^up$/);
  for (const signal of signals) {
    script.kill(signal);
    await script.line("stdout", new RegExp(`^got ${signal.slice(3)}$`));
  }
  const { code, signal } = await script.ended;
  assertEquals([code, signal], [9, null]);
});

Deno.test("wait says with 128 and a number what signal ended its command", async () => {
  const kill = ["sh", "-c", "kill -KILL $$"];
  const { code, signal } = await lifesign(["wait", "exec:true", "--", ...kill]);
  assertEquals([code, signal], [137, null]);
});

Deno.test("wait that is interrupted says so by its exit code, and leaves nothing behind", async (t) => {
  for (
    const [signal, expected] of [["SIGINT", 130], ["SIGTERM", 143]] as const
  ) {
    await t.step(signal, async () => {
      await using asked = tcpServer(hang);
      await using script = startScript(MAIN, {
        flags,
        args: ["wait", "exec:sleep 61.23", `http://${asked.authority}/`],
      });
      while (asked.connections === 0) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      script.kill(signal);
      const { code, stdout } = await script.ended;
      assertEquals([code, stdout], [expected, ""]);
      const left = await new Deno.Command("pgrep", {
        args: ["-f", "^sleep 61[.]23"],
      }).output();
      assertEquals(left.code, 1);
    });
  }
});

Deno.test("wait does not wait for a permission that is missing", async (t) => {
  const cases: [args: string[], message: string][] = [
    [["127.0.0.1:1"], "run with --allow-net=127.0.0.1:1\n"],
    [
      ["h:2", "h:1", "127.0.0.1:2", "exec:true"],
      "Deno: run with --allow-net=h:1,h:2 --allow-run=sh\n",
    ],
    [["--down", "http://127.0.0.1:1/"], "--allow-net=127.0.0.1:1"],
    [["--any", "exec:true"], "--allow-run=sh"],
    [["--quiet", "--timeout=0", "127.0.0.1:1"], "--allow-net=127.0.0.1:1"],
    [["127.0.0.1:2", "--", "sort"], "--allow-run=sort"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await runScript(MAIN, {
        flags: ["--allow-net=127.0.0.1:2"],
        args: ["wait", ...args],
      });
      assertStringIncludes(stderr, message);
      assertEquals([code, stdout], [2, ""]);
    });
  }
});

Deno.test("wait does not wait for a permission that a redirect takes", async () => {
  await using server = httpServer(() =>
    new Response(null, { status: 302, headers: { location: "http://h:1/" } })
  );
  const at = server.authority;
  await using file = await temporaryFile(
    `checks: { a: { type: http, url: "http://${at}/", redirect: follow } }`,
  );
  const { code, stderr } = await runScript(MAIN, {
    flags: [`--allow-net=${at}`, `--allow-read=${file.path}`],
    args: ["wait", "--file", file.path],
  });
  assertEquals(
    stderr,
    "lifesign: not allowed by Deno\n" +
      "  a: Not allowed by Deno: run with --allow-net=h:1\n",
  );
  assertEquals(code, 2);
});

Deno.test("wait waits for a quorum, and not for all that it is made of", async () => {
  await using file = await temporaryFile(`
checks:
  a: { type: command, command: "true" }
  b: { type: command, command: "false" }
  q: { type: quorum, of: [a, b], need: any }
  all: { type: quorum, of: [a, b], need: all }
  backup: { type: heartbeat, every: 1h }
`);
  const waitFor = (...args: readonly string[]): ReturnType<typeof lifesign> =>
    lifesign(["wait", "--file", file.path, "--timeout=5s", ...args]);
  const one = await waitFor("--check=q");
  assertEquals(one.code, 0, one.stderr);
  assertMatch(one.stderr, /q is up after/);
  const none = await waitFor("--check=all", "--any", "--timeout=1s");
  assertEquals(none.code, 124, none.stderr);
  const never = await waitFor("--check=backup");
  assertEquals(never.code, 2, never.stderr);
  assertMatch(never.stderr, /backup is known only to an agent/);
});

Deno.test("wait --group waits for the checks of a group of its files", async () => {
  await using first = await temporaryFile(`
checks:
  a: { type: command, command: "true", group: edge }
  b: { type: tcp, port: ${closedPort()} }
`);
  await using second = await temporaryFile(
    `checks: { c: { type: command, command: "true", group: edge } }`,
  );
  const files = [`--file=${first.path}`, "--file", second.path];
  const { code, stderr } = await lifesign(["wait", ...files, "--group=edge"]);
  assertMatch(stderr, /^lifesign: all 2 are up after \S+\n$/);
  assertEquals(code, 0);
});

Deno.test("wait --file waits for the checks of a file, or for some", async () => {
  await using server = httpServer(() =>
    new Response("starting", { status: 503 })
  );
  await using file = await temporaryFile(`
defaults: { interval: 1h, start_period: 1h, initial_delay: 1h }
checks:
  web: { type: http, url: "http://${server.authority}/", status: 503, contains: starting }
  "other one": { type: command, command: "true" }
  down: { type: tcp, port: ${closedPort()} }
`);
  const some = await lifesign([
    "wait",
    `--file=${file.path}`,
    "--check=web",
    "--check",
    "other one",
    server.authority,
  ]);
  assertMatch(some.stderr, /^lifesign: all 3 are up after \S+\n$/);
  assertEquals(some.code, 0);
  const all = await givenTime(
    (ms) => lifesign(["wait", `--timeout=${ms * 3}ms`, "--file", file.path]),
    ({ stderr }) => !stderr.includes("no answer yet"),
  );
  assertMatch(
    all.stderr,
    /^lifesign: gave up.*\n {2}down: \S+ refused [^\n]*\n$/,
  );
  assertEquals(all.code, 124);
});

Deno.test("wait explains a command line that is wrong", async (t) => {
  await using file = await temporaryFile(
    'checks: { web: { type: tcp, port: 1 }, "tcp://127.0.0.1:1": { type: tcp, port: 1 } }',
  );
  const cases: [args: string[], message: string][] = [
    [[], "Expected a target, got none"],
    [["exec:true", "--"], "Expected a command after --, got nothing"],
    [["--", "echo"], "Expected a target, got none"],
    [["--timeout=15", "h:1"], 'got "15"; did you mean 15s?'],
    [["--timeout=soon", "h:1"], 'got "soon" (see'],
    [["--interval=0", "h:1"], "--interval: expected a duration"],
    [["--check=web", "h:1"], "--check: expected a config file with it"],
    [["--group=x", "h:1"], "--group: expected a config file with it"],
    [["--file", file.path, "--group=x"], 'there is no group "x" in /tmp/'],
    [["--file", file.path, "--check=wbe"], 'did you mean "web"?'],
    [["--file", file.path, "127.0.0.1:1"], "on the command line and in /tmp/"],
    [["h"], "h: expected a target: write tcp://h:PORT, h:PORT"],
    [["h:1", "echo", "hi"], "or exec:COMMAND; put -- before a command (see"],
    [["h:1", "sh", "-c", "true"], "'-c'; put -- before a command (see"],
    [["h:1", "--timout", "5s"], "'--timout'; did you mean --timeout? (see"],
    [["ftp://h:1", "--timeout", "5s"], "wss://, or ping: (see"],
    [["h:1", "--timeout", "5s", "--interval"], "argument missing (see"],
    [["h:1", "sh", "--", "true"], "or exec:COMMAND (see"],
    [["h:70000"], "expected a port between 1 and 65535"],
    [["--strict", "h:1"], "Unknown option '--strict' (see"],
    [["--file=/tmp/lifesign-none.yaml"], "no such file"],
  ];
  for (const [args, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await lifesign(["wait", ...args]);
      assertStringIncludes(stderr, message);
      assertEquals([code, stdout], [2, ""]);
    });
  }
});

terminalTest(
  "wait gives its command the terminal, and Ctrl-C only once",
  async () => {
    await using terminal = await startInTerminal({
      flags: ["--allow-run"],
      args: [
        "wait",
        "exec:true",
        "--",
        "sh",
        "-c",
        'read -r word; test -t 0 && test -t 1 && echo "got $word"; ' +
        'n=0; trap "n=\\$((n + 1)); echo INT \\$n" INT; ' +
        'trap "echo \\$n in all; exit 3" USR1; ' +
        "echo ready; while :; do sleep 0.02; done",
      ],
    });
    await terminal.shows(/is up after/);
    await terminal.type("hello\r");
    await terminal.shows(/got hello\nready/);
    await terminal.type("\x03");
    await terminal.shows(/INT 1/);
    // Whatever else was passed on has come before this one.
    Deno.kill(terminal.pid, "SIGUSR1");
    await terminal.shows(/^1 in all/m);
    assertEquals(await terminal.ended, 3);
  },
);

terminalTest(
  "wait shows what it waits for on a terminal, and removes it at the end",
  async () => {
    const port = closedPort();
    await using terminal = await startInTerminal({
      flags,
      args: ["wait", `127.0.0.1:${port}`, "--", "echo", "started"],
      columns: 100,
    });
    await terminal.shows(
      new RegExp(
        `^lifesign: [1-9]\\d*s, waiting for tcp://127.0.0.1:${port} \\(.* refused`,
        "m",
      ),
    );
    using _listener = Deno.listen({ hostname: "127.0.0.1", port });
    assertEquals(await terminal.ended, 0);
    const text = terminal.lines.join("\n");
    assertMatch(text, /is up after \S+\nstarted$/m);
    assertEquals(text.includes("waiting for"), false);
  },
);

terminalTest(
  "wait that is interrupted on a terminal runs nothing, and removes its line",
  async () => {
    await using terminal = await startInTerminal({
      flags,
      args: ["wait", "exec:exec sleep 60", "--", "echo", "started"],
    });
    await terminal.shows(
      /\d+s, waiting for exec:exec sleep 60 \(no answer yet\)$/m,
    );
    await terminal.type("\x03");
    assertEquals(await terminal.ended, 130);
    assert(terminal.output.endsWith("\r\x1b[K"), terminal.output);
  },
);
