import {
  assert,
  assertEquals,
  assertLess,
  assertMatch,
  assertStringIncludes,
} from "@std/assert";
import { has } from "../../support/needs.ts";
import {
  lifesign,
  type RunningScript,
  runScript,
  startScript,
  temporaryFile,
} from "../../support/program.ts";

const flags = ["--allow-net", "--allow-read", "--allow-run", "--allow-env"];

/** The URL of the HTTP app of an agent. */
async function urlOf(agent: RunningScript): Promise<string> {
  const line = await agent.line("stderr", /listening on/);
  return line.replace(/^.*listening on /, "");
}

Deno.test("run serves what its file says, logs transitions, and ends on SIGTERM", async () => {
  await using file = await temporaryFile(`
listen: 127.0.0.1:0
checks:
  up: { type: command, command: "exit 0" }
  down: { type: tcp, port: 1, retries: 1 }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", file.path],
  });
  const url = await urlOf(agent);
  for (const _ of "12") await agent.line("stdout", / unknown -> /);
  const response = await fetch(new URL("checks", url));
  const snapshots: { id: string; status: string }[] = await response.json();
  assertEquals(snapshots.map(({ id }) => id), ["up", "down"]);
  const metrics = await (await fetch(new URL("metrics", url))).text();
  assertMatch(metrics, /^lifesign_config_last_reload_successful 1$/m);
  agent.kill("SIGTERM");
  const { code, stdout } = await agent.ended;
  assertMatch(
    stdout,
    /^\d{4}-\d\d-\d\dT\S+Z down unknown -> unhealthy: 127\.0\.0\.1:1 refused the connection$/m,
  );
  assertEquals(code, 0);
});

Deno.test("run --log json writes each change of status as an object to stdout", async () => {
  await using file = await temporaryFile(`
listen: false
checks:
  down: { type: tcp, port: 1, retries: 1, group: data }
  up: { type: command, command: "exit 0" }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", "--log", "json", file.path],
  });
  const { time, durationMs, ...down } = JSON.parse(
    await agent.line("stdout", /"down"/),
  );
  assertEquals(down, {
    id: "down",
    group: "data",
    type: "tcp",
    target: "127.0.0.1:1",
    from: "unknown",
    to: "unhealthy",
    reason: {
      code: "refused",
      message: "127.0.0.1:1 refused the connection",
    },
  });
  assert(!Number.isNaN(Date.parse(time)));
  assert(durationMs > 0);
  agent.kill("SIGINT");
  const { code, stdout } = await agent.ended;
  assertEquals(code, 0);
  const up = stdout.trimEnd().split("\n").map((line) => JSON.parse(line))
    .find(({ id }) => id === "up");
  if (up !== undefined) {
    assertEquals([up.group, up.type, up.reason], [null, "command", null]);
  }
});

/** Messages, each an object in a line. */
function messagesOf(stderr: string): { level: string; message: string }[] {
  return stderr.trimEnd().split("\n").map((line) => {
    const { time, level, message, ...others } = JSON.parse(line);
    assert(!Number.isNaN(Date.parse(time)), line);
    return { level, message, ...others };
  });
}

Deno.test("run --log json writes each message as an object to stderr", async () => {
  await using file = await temporaryFile(`
listen: 0.0.0.0:0
checks: { lost: { type: command, command: [no-such-program] } }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", "--log=json", "--no-watch", file.path],
  });
  const started = JSON.parse(await agent.line("stderr", /listening/));
  await agent.line("stderr", /could not be checked/);
  agent.kill("SIGHUP");
  await agent.line("stderr", /reloaded/);
  await Deno.writeTextFile(file.path, "checks: { a: 1, b: 2 }");
  agent.kill("SIGHUP");
  await agent.line("stderr", /not reloaded/);
  agent.kill("SIGTERM");
  const { code, stdout, stderr } = await agent.ended;
  assertEquals([code, stdout], [0, ""]);
  const messages = messagesOf(stderr);
  const reason = {
    code: "spawn",
    message: "Program not found: no-such-program",
  };
  assertEquals(messages, [
    {
      level: "warn",
      message:
        "anybody who can connect to 0.0.0.0:0 can see everything; set token or LIFESIGN_TOKEN",
    },
    {
      level: "info",
      message: `1 check, listening on ${started.url}`,
      checks: 1,
      url: started.url,
    },
    {
      level: "error",
      message: `lost: could not be checked: ${reason.message}`,
      id: "lost",
      reason,
    },
    { level: "info", message: "reloaded: nothing changed" },
    {
      level: "error",
      message: `not reloaded: ${file.path}: 2 problems\n` +
        "  checks.a: expected a check, got 1\n  checks.b: expected a check, got 2",
    },
    { level: "info", message: "SIGTERM, ending" },
  ]);
});

Deno.test("run --log json says as an object why it cannot start", async (t) => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await using wrong = await temporaryFile("checks: 1");
  await using busy = await temporaryFile(`
listen: 127.0.0.1:${port}
checks: { up: { type: command, command: "exit 0" } }
`);
  await using compose = await temporaryFile("services: { a: { image: b } }");
  const cases: [args: string[], code: number, message: RegExp][] = [
    [
      ["run", wrong.path],
      2,
      /: 1 problem\n {2}checks: expected a map of checks, got 1$/,
    ],
    [["run", busy.path], 1, /^Cannot listen on 127\.0\.0\.1:/],
    [["run", "--strict", busy.path], 2, /^--strict: .* \(see lifesign run --/],
    [["import", "--run", "compose", compose.path], 1, /: nothing to import$/],
  ];
  for (const [args, expected, message] of cases) {
    await t.step(args.join(" "), async () => {
      const { code, stdout, stderr } = await lifesign([...args, "--log=json"]);
      const last = messagesOf(stderr).at(-1)!;
      assertEquals([code, stdout, last.level], [expected, "", "error"]);
      assertMatch(last.message, message);
    });
  }
});

for (
  const [how, message] of [
    ["throw", "Error: Thrown"],
    ["reject", "Error: Rejected"],
    ["callback", "Error: Called back"],
    ["fail", "Error: Failed"],
  ] as const
) {
  Deno.test(`a log of JSON has an uncaught ${how} as an object`, async () => {
    const { code, stdout, stderr } = await runScript(
      "tests/support/log_main.ts",
      { args: [how] },
    );
    assertEquals([code, stdout], [1, ""]);
    const [logged, warned, failed, ...others] = messagesOf(stderr);
    assertEquals(logged, { level: "info", message: "logged { by: 'others' }" });
    assertEquals(warned, { level: "warn", message: "warned" });
    assertEquals(failed?.level, "error");
    assert(failed?.message.startsWith(message), failed?.message);
    assertEquals(others, []);
  });
}

Deno.test("a log of JSON has what every method of the console writes as objects", async () => {
  const { code, stdout, stderr } = await runScript(
    "tests/support/log_main.ts",
    { args: ["methods"] },
  );
  assertEquals([code, stdout], [1, ""]);
  const messages = messagesOf(stderr).map(({ message }) => message).join("\n");
  for (const part of ["(index)", "c: 1", "failed: No", "here", "t: ", "none"]) {
    assertStringIncludes(messages, part);
  }
});

Deno.test("with --log json, a wrong command line is an object, too", async (t) => {
  for (
    const line of [
      "run --log json --bogus",
      "run --log json a b",
      "run --bogus --log=json",
      "import --log json",
      "import --log json compose x",
      "import --run --log json compose --exec=no x",
    ]
  ) {
    await t.step(line, async () => {
      const { code, stdout, stderr } = await lifesign(line.split(" "));
      const messages = messagesOf(stderr);
      assertEquals([code, stdout, messages.length], [2, "", 1]);
      assertMatch(
        messages[0]!.message,
        / \(see lifesign (run|import) --help\)$/,
      );
    });
  }
  const { code, stderr } = await lifesign(["run", "--log", "xml"]);
  assertEquals(code, 2);
  assertMatch(stderr, /^lifesign: --log: expected text or json/);
});

Deno.test("run ends within 2 s with 100 attempts in flight, and listens no more", async () => {
  let tookMs = Infinity;
  // A busy machine may be slow.
  for (let i = 0; i < 3 && tookMs >= 2000; i++) tookMs = await endOfHundred();
  assertLess(tookMs, 2000);
});

/** Ends a run with 100 attempts in flight, and returns how long that took. */
async function endOfHundred(): Promise<number> {
  using hang = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = hang.addr as Deno.NetAddr;
  const connections: Deno.Conn[] = [];
  const accepted = Promise.withResolvers<void>();
  const accepting = (async () => {
    for await (const connection of hang) {
      if (connections.push(connection) === 90) accepted.resolve();
    }
  })();
  const https = Array.from(
    { length: 90 },
    (_, i) =>
      `  h${i}: { type: http, url: "http://127.0.0.1:${port}/", timeout: 1m }`,
  );
  const commands = Array.from(
    { length: 10 },
    (_, i) =>
      `  c${i}: { type: command, command: sleep 60.0${i}, timeout: 1m }`,
  );
  await using file = await temporaryFile(
    ["listen: 127.0.0.1:0", "per_host: 100", "checks:", ...https, ...commands]
      .join("\n"),
  );
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", file.path],
  });
  const url = await urlOf(agent);
  await accepted.promise;
  const inFlight: { checking: boolean }[] =
    await (await fetch(new URL("checks", url))).json();
  assertEquals(inFlight.filter(({ checking }) => checking).length, 100);
  const startedAt = performance.now();
  agent.kill("SIGTERM");
  const { code } = await agent.ended;
  const tookMs = performance.now() - startedAt;
  assertEquals(code, 0);
  let listening = true;
  try {
    (await Deno.connect({
      hostname: "127.0.0.1",
      port: Number(new URL(url).port),
    })).close();
  } catch {
    listening = false;
  }
  assertEquals(listening, false);
  const left = await new Deno.Command("sh", {
    args: ["-c", "pgrep -f '^sleep 60[.]0[0-9]' || true"],
  }).output();
  assertEquals(new TextDecoder().decode(left.stdout), "");
  hang.close();
  await accepting.catch(() => {});
  for (const connection of connections) connection.close();
  return tookMs;
}

Deno.test("run ends in order while a client does not read its response", async () => {
  await using file = await temporaryFile(
    [
      "listen: 127.0.0.1:0",
      "checks:",
      ...Array.from(
        { length: 100 },
        (_, i) => `  h${i}: { type: tcp, port: 1, initial_delay: 1h }`,
      ),
    ].join("\n"),
  );
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", file.path],
  });
  const { hostname, port } = new URL(await urlOf(agent));
  using client = await Deno.connect({ hostname, port: Number(port) });
  // More than the buffers of sockets hold.
  const request = `GET /checks HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`;
  await client.write(new TextEncoder().encode(request.repeat(500)));
  await client.read(new Uint8Array(1));
  await new Promise((resolve) => setTimeout(resolve, 500));
  agent.kill("SIGTERM");
  const { code, stderr } = await agent.ended;
  assertEquals(code, 0, stderr);
});

Deno.test("a second signal ends run at once", async () => {
  await using file = await temporaryFile(`
listen: false
checks: { stubborn: { type: command, command: "trap '' TERM; echo; sleep 1" } }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", file.path],
  });
  await agent.line("stderr", /1 check$/);
  agent.kill("SIGTERM");
  await agent.line("stderr", /SIGTERM, ending/);
  try {
    agent.kill("SIGTERM");
  } catch {
    // It has ended.
  }
  const { code, signal } = await agent.ended;
  // It may have been done before the second one came.
  assert(signal === "SIGTERM" || code === 0);
});

Deno.test("run says in one line that its address is in use", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = taken.addr as Deno.NetAddr;
  await using file = await temporaryFile(`
listen: 127.0.0.1:${port}
checks: { up: { type: command, command: "exit 0" } }
`);
  const { code, stderr } = await lifesign(["run", file.path]);
  assertStringIncludes(stderr, `127.0.0.1:${port}`);
  assertMatch(stderr, /in use/i);
  assertEquals(stderr.trimEnd().split("\n").length, 1, stderr);
  assertEquals(code, 1);
});

Deno.test("run needs only the flags for its file, and names one that is missing", async () => {
  await using file = await temporaryFile(`
listen: 127.0.0.1:0
checks: { self: { type: tcp, port: 1, retries: 1 } }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags: [`--allow-read=${file.path}`, "--allow-net=127.0.0.1"],
    args: ["run", file.path],
  });
  await urlOf(agent);
  await agent.line("stdout", /self unknown -> unhealthy: .*refused/);
  agent.kill("SIGTERM");
  assertEquals((await agent.ended).code, 0);

  const unread = await lifesign(["run", file.path], { flags: [] });
  assertStringIncludes(unread.stderr, `--allow-read=${file.path}`);
  assertEquals(unread.code, 2);
  const unheard = await lifesign(["run", file.path], {
    flags: [`--allow-read=${file.path}`],
  });
  assertStringIncludes(
    unheard.stderr,
    "Cannot listen on 127.0.0.1:0: not allowed by Deno: run with --allow-net=127.0.0.1:0\n",
  );
  assertEquals(unheard.code, 1);
});

Deno.test("run asks for the token of LIFESIGN_TOKEN or of its file, except at /livez", async (t) => {
  const cases = [
    { env: "from-the-environment", file: "", token: "from-the-environment" },
    { env: "", file: "token: from-the-file", token: "from-the-file" },
    {
      env: "from-the-environment",
      file: "token: ${LIFESIGN_OTHER}",
      token: "from-a-variable",
    },
  ];
  for (const { env, file, token } of cases) {
    await t.step(token, async () => {
      await using config = await temporaryFile(`
listen: 127.0.0.1:0
${file}
checks: { up: { type: command, command: "exit 0" } }
`);
      await using agent = startScript("src/cli/main.ts", {
        flags,
        args: ["run", config.path],
        env: { LIFESIGN_TOKEN: env, LIFESIGN_OTHER: "from-a-variable" },
      });
      const url = await urlOf(agent);
      const status = async (path: string, sent?: string): Promise<number> => {
        const response = await fetch(new URL(path, url), {
          headers: sent === undefined
            ? {}
            : { authorization: `Bearer ${sent}` },
        });
        await response.body?.cancel();
        return response.status;
      };
      assertEquals(await status("checks"), 401);
      assertEquals(await status("checks", "another-one"), 401);
      assertEquals(await status("checks", token), 200);
      assertEquals(await status("livez"), 200);
      agent.kill("SIGTERM");
      const { code, stdout, stderr } = await agent.ended;
      assertEquals(code, 0);
      assertEquals((stdout + stderr).includes(token), false);
    });
  }
});

Deno.test("run warns once if it listens beyond the loopback without a token", async (t) => {
  const cases: [listen: string, token: string, warns: boolean][] = [
    ["0.0.0.0:0", "", true],
    ["0.0.0.0:0", "secret-enough", false],
    ["127.0.0.1:0", "", false],
    ["localhost:0", "", false],
  ];
  for (const [listen, token, warns] of cases) {
    await t.step(`${listen} ${token}`, async () => {
      await using config = await temporaryFile(`
listen: ${listen}
checks: { up: { type: command, command: "exit 0" } }
`);
      await using agent = startScript("src/cli/main.ts", {
        flags,
        args: ["run", config.path],
        env: { LIFESIGN_TOKEN: token },
      });
      await agent.line("stdout", /up unknown -> healthy/);
      agent.kill("SIGTERM");
      const { stderr } = await agent.ended;
      assertEquals(stderr.match(/warning/g)?.length ?? 0, warns ? 1 : 0);
    });
  }
});

Deno.test("run refuses a LIFESIGN_TOKEN that cannot be in a header, without printing it", async () => {
  await using config = await temporaryFile(`
checks: { up: { type: command, command: "exit 0" } }
`);
  const { code, stderr } = await lifesign(["run", config.path], {
    env: { LIFESIGN_TOKEN: "two words" },
  });
  assertStringIncludes(stderr, "expected a bearer token");
  assertEquals(stderr.includes("two words"), false);
  assertEquals(code, 2);
});

Deno.test("run says once why it cannot tell a status", async () => {
  await using file = await temporaryFile(`
listen: false
checks:
  missing: { type: command, command: [no-such-program], interval: 50ms }
  good: { type: command, command: "exit 0", interval: 50ms, rise: 1 }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", file.path],
  });
  await agent.line(
    "stderr",
    /missing: could not be checked: .*no-such-program/,
  );
  await agent.line("stdout", /good unknown -> healthy/);
  await new Promise((resolve) => setTimeout(resolve, 200));
  agent.kill("SIGTERM");
  const { code, stderr } = await agent.ended;
  assertEquals(stderr.match(/could not be checked/g)?.length, 1);
  assertEquals(code, 0);
});

Deno.test("run continues after it was out of file descriptors", async () => {
  // Deno 2.9.6 itself may panic without a descriptor, about once in 14 times.
  for (let tries = 3; await hasPanicked(); tries--) assert(tries > 1);
});

/** Runs an agent that is out of file descriptors for a while. */
async function hasPanicked(): Promise<boolean> {
  await using file = await temporaryFile(`
listen: 127.0.0.1:0
checks: { down: { type: tcp, port: 1, interval: 200ms, backoff: false } }
`);
  await using agent = startScript("src/cli/main.ts", {
    flags,
    args: ["run", file.path],
    maxFiles: 64,
  });
  const url = await urlOf(agent);
  const { hostname, port } = new URL(url);
  const idle: Deno.Conn[] = [];
  for (let i = 0; i < 100; i++) {
    try {
      idle.push(await Deno.connect({ hostname, port: Number(port) }));
    } catch {
      // It listens no more for the moment.
      break;
    }
  }
  try {
    await agent.line("stderr", /open files/i);
    for (const connection of idle.splice(0)) connection.close();
    let status = 0;
    for (let i = 0; status !== 200 && i < 100; i++) {
      try {
        const response = await fetch(new URL("livez", url));
        await response.body?.cancel();
        status = response.status;
      } catch {
        await new Promise((resolve) => setTimeout(resolve, 100));
      }
    }
    assertEquals(status, 200);
    agent.kill("SIGTERM");
    assertEquals((await agent.ended).code, 0);
    return false;
  } catch (error) {
    for (const connection of idle) connection.close();
    await agent[Symbol.asyncDispose]();
    if (!(await agent.ended).stderr.includes("panicked at")) throw error;
    return true;
  }
}

/** What makes a program PID 1, as in a container. */
const AS_PID_1 = ["unshare", "-rpf", "--mount-proc", "--kill-child"];

const mayUnshare = Deno.build.os === "linux" && has("unshare") &&
  new Deno.Command("sh", { args: ["-c", `${AS_PID_1.join(" ")} true`] })
    .outputSync().success;

Deno.test({
  name:
    "run says as PID 1 that commands need another one, at once or on reload",
  ignore: !mayUnshare,
  async fn() {
    const tcp = "listen: false\nchecks: { up: { type: tcp, port: 1 } }";
    const command = tcp.replace("tcp, port: 1", 'command, command: "true"');
    const warning = /: this process is PID 1, .* run .* with --init/;
    for (const text of [tcp, command]) {
      await using file = await temporaryFile(text);
      await using agent = startScript("src/cli/main.ts", {
        flags,
        args: ["run", file.path],
        within: AS_PID_1,
      });
      if (text === tcp) {
        // It did not warn before.
        await agent.line("stderr", /^lifesign: 1 check$/);
        await Deno.writeTextFile(file.path, command);
      }
      await agent.line("stderr", warning);
    }
  },
});
