import { OptionError } from "../../../src/core/option_error.ts";
import { assertEquals, assertThrows } from "@std/assert";
import type { ReasonCode, Verdict } from "../../../src/core/types.ts";
import {
  command,
  type CommandOptions,
} from "../../../src/probes/command/command.ts";
import {
  podman,
  startContainer,
  whyNoContainer,
} from "../../support/containers.ts";
import { makeFifo } from "../../support/fifo.ts";
import { has } from "../../support/needs.ts";
import {
  assertOutcome,
  assertPass,
  deadline,
  patient,
} from "../../support/outcomes.ts";
import { startProgram } from "../../support/program.ts";

type Expected = readonly [Exclude<Verdict, "pass">, ReasonCode];

/** An executable script, gone at the end of the block. */
async function script(
  text: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const path = `${folder}/docker`;
  await Deno.writeTextFile(path, `#!/bin/sh\n${text}`, { mode: 0o755 });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(folder, { recursive: true }),
  };
}

/**
 * Does what `docker exec` does, with this machine as the only container, `web`,
 * and says how it was called.
 */
const STAND_IN = `
[ "$1" = exec ] || exit 125
shift
set -- "$@" --end
while :; do
  case $1 in
    -w) cd "$2" || exit 126; shift 2;;
    -u) user=$2; shift 2;;
    -e) names="$names $2"; shift 2;;
    *) break;;
  esac
done
if [ "$1" != web ]; then
  echo "Error response from daemon: No such container: $1" >&2
  exit 1
fi
shift
# Without the mark of the end.
for arg; do [ "$arg" = --end ] || set -- "$@" "$arg"; shift; done
echo "As user=$user names=$names"
exec "$@"
`;

Deno.test("command() runs a text or a list in a container, by docker exec", async () => {
  await using docker = await script(STAND_IN);
  const inside: CommandOptions = { container: "web", runtime: docker.path };
  const table: [string | string[], CommandOptions, string][] = [
    ["echo $((1 + 1))", {}, "As user= names=\n2\n"],
    [
      ["echo", "$((1 + 1))", "a b", "-w"],
      {},
      "As user= names=\n$((1 + 1)) a b -w\n",
    ],
    ["pwd", { cwd: "/usr" }, "As user= names=\n/usr\n"],
    ["true", { user: "1000:100" }, "As user=1000:100 names=\n"],
    [
      "echo $LIFESIGN_A$LIFESIGN_B",
      { env: { LIFESIGN_A: "x y", LIFESIGN_B: "$(z)" } },
      "As user= names= LIFESIGN_A LIFESIGN_B\nx y$(z)\n",
    ],
  ];
  for (const [what, options, output] of table) {
    const matches = new RegExp(`^${RegExp.escape(output)}$`);
    assertPass(
      await command(what, { ...inside, ...options, matches })(patient()),
      { exitCode: 0 },
    );
  }
});

Deno.test("command() takes what a command in a container says as it is elsewhere", async () => {
  await using docker = await script(STAND_IN);
  const inside: CommandOptions = { container: "web", runtime: docker.path };
  const table: [string, CommandOptions, Expected, string | RegExp][] = [
    ["echo no >&2; exit 1", {}, [
      "fail",
      "exit",
    ], "Expected exit code 0, got 1: no"],
    ["exit 125", {}, ["fail", "exit"], /^Expected exit code 0, got 125/],
    ["exit 2", { exit: "nagios" }, ["fail", "exit"], "As user= names="],
    ["true", { contains: "x" }, ["fail", "body"], /to contain "x"/],
    ["lifesign-nothing", {}, ["error", "spawn"], /^Command not found: .*noth/],
  ];
  for (const [what, options, expected, message] of table) {
    const probe = command(what, { ...inside, ...options });
    assertOutcome(await probe(patient()), expected, message);
  }
});

/** What runtimes say of themselves, with what exit code. */
const RUNTIMES: readonly (readonly [
  code: number,
  output: string,
  Expected,
  string | RegExp,
])[] = [
  // Docker 28.
  ...[
    ["No such container: web", "There is no container web"],
    [
      "container 5f2d0a9c1b7e is not running",
      "Container web is not running",
    ],
    [
      "Container 5f2d0a9c1b7e is paused, unpause the container before exec",
      "Container web is paused",
    ],
    [
      "Container 5f2d0a9c1b7e is restarting, wait until the container is running",
      "Container web is restarting",
    ],
  ].map(([said, message]) =>
    [
      1,
      `Error response from daemon: ${said}`,
      ["fail", "unreachable"],
      message!,
    ] as const
  ),
  [
    1,
    "Error response from daemon: server overloaded",
    ["error", "spawn"],
    "Failed to run by docker: server overloaded",
  ],
  [
    1,
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?",
    ["error", "spawn"],
    /^Failed to run by docker: Cannot connect to the Docker daemon at unix:/,
  ],
  [
    1,
    "permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock: …",
    ["error", "spawn"],
    /^Failed to run by docker: permission denied while trying to connect/,
  ],
  [
    1,
    'Failed to initialize: unable to resolve docker endpoint: context "x": context not found',
    ["error", "spawn"],
    /^Failed to run by docker: Failed to initialize/,
  ],
  // Podman 4.
  [
    125,
    'Error: no container with name or ID "web" found: no such container',
    ["fail", "unreachable"],
    "There is no container web",
  ],
  [
    255,
    "Error: can only create exec sessions on running containers: container state improper",
    ["fail", "unreachable"],
    "Container web is not running",
  ],
  [
    127,
    'time="2026-11-23T22:08:39Z" level=warning msg="odd"\nError: crun: executable file `x` not found in $PATH: No such file or directory: OCI runtime attempted to invoke a command that was not found',
    ["error", "spawn"],
    /^Failed to run by docker: crun: executable file `x` not found/,
  ],
  [
    126,
    'Error: runc: exec failed: unable to start container process: exec: "/etc": permission denied: OCI permission denied',
    ["error", "spawn"],
    /^Failed to run by docker: runc: exec failed/,
  ],
  [
    255,
    "Error: unable to find user nobodyx: no matching entries in passwd file",
    ["error", "spawn"],
    /^Failed to run by docker: unable to find user nobodyx/,
  ],
  [
    125,
    'Cannot connect to Podman. Please verify your connection to the Linux system using `podman system connection list`\nError: unable to connect to Podman socket: Get "http://d/v4.3.1/libpod/_ping": dial unix /nowhere.sock',
    ["error", "spawn"],
    /^Failed to run by docker: Cannot connect to Podman/,
  ],
  // nerdctl.
  [
    1,
    'time="2026-11-23T22:08:39Z" level=fatal msg="no such container web"',
    ["fail", "unreachable"],
    "There is no container web",
  ],
  [
    1,
    "FATA[0000] no running task found: task 0a888 not found: not found",
    ["fail", "unreachable"],
    "Container web is not running",
  ],
  [
    1,
    'time="2026-11-23T22:08:39Z" level=fatal msg="exec failed with exit code 3"',
    ["fail", "exit"],
    /^Expected exit code 0, got 3/,
  ],
  // The command's own words, which are only like those of a runtime.
  [1, "Error: no database", ["fail", "exit"], /got 1: Error: no database$/],
  [1, "Error: redis is not running", ["fail", "exit"], /redis is not running$/],
  [1, "Cannot connect to database", ["fail", "exit"], /got 1: Cannot connect/],
  [1, "Error: No such container: db", ["fail", "exit"], /got 1: Error: No/],
  [2, "Error: No such container: web", ["fail", "exit"], /got 2: Error: No/],
  [125, "timeout: bad", ["fail", "exit"], /got 125: timeout: bad$/],
];

Deno.test("command() tells what a runtime says of itself from what the command says", async () => {
  for (const [code, output, expected, message] of RUNTIMES) {
    await using docker = await script(
      `cat >&2 <<'END'\n${output}\nEND\nexit ${code}`,
    );
    const probe = command(["x"], { container: "web", runtime: docker.path });
    const outcome = await probe(patient());
    assertOutcome(
      {
        ...outcome,
        ...(outcome.reason && {
          reason: {
            ...outcome.reason,
            message: outcome.reason.message.replace(docker.path, "docker"),
          },
        }),
      },
      expected,
      message,
    );
  }
});

Deno.test("command() knows what Docker's daemon could not start, which it says on stdout", async () => {
  const said =
    'OCI runtime exec failed: exec failed: unable to start container process: exec: "x": executable file not found in $PATH: unknown';
  await using docker = await script(`printf '%s\\r\\n' '${said}'; exit 127`);
  assertOutcome(
    await command("x", { container: "web", runtime: docker.path })(patient()),
    ["error", "spawn"],
    /^Failed to run by .*: OCI runtime exec failed: .*executable file not found/,
  );
});

Deno.test("command() takes output before a runtime's words as the command's", async () => {
  await using docker = await script(
    "echo began; echo 'Error response from daemon: No such container: web' >&2; exit 1",
  );
  assertOutcome(
    await command("x", { container: "web", runtime: docker.path })(patient()),
    ["fail", "exit"],
    /^Expected exit code 0, got 1/,
  );
});

Deno.test("command() cannot tell where there is no runtime", async () => {
  const probe = command("true", {
    container: "web",
    runtime: "lifesign-no-docker",
  });
  assertOutcome(
    await probe(patient()),
    ["error", "spawn"],
    "Program not found: lifesign-no-docker",
  );
});

Deno.test("command() ends docker exec at its deadline", async () => {
  await using docker = await script(STAND_IN);
  await using fifo = await makeFifo();
  const controller = new AbortController();
  const attempt = command(`{ echo; sleep 30; } > ${fifo.path}`, {
    container: "web",
    runtime: docker.path,
  })(controller.signal);
  await fifo.outlive(1, async () => {
    controller.abort(deadline());
    assertOutcome(await attempt, ["fail", "timeout"]);
  });
});

Deno.test("command() in a container has its name in the target, and needs the runtime", () => {
  const table: [CommandOptions, string][] = [
    [{ container: "web" }, "docker"],
    [{ container: "web", runtime: "podman" }, "podman"],
  ];
  for (const [options, runtime] of table) {
    const probe = command("pg_isready  -q", options);
    assertEquals(probe.target, "web: pg_isready -q");
    assertEquals(probe.permissions, [{ name: "run", command: runtime }]);
  }
  assertEquals(command(["a b"], { container: "web" }).target, "web: 'a b'");
});

Deno.test("command() refuses what does not go with a container", () => {
  const table: CommandOptions[] = [
    { container: "" },
    { container: "-it" },
    { container: "a b" },
    { container: null as never },
    { container: "web", runtime: "" },
    { container: "web", user: "" },
    { container: "web", clearEnv: true },
    { container: "web", env: { PATH: "/bin" } },
    { container: "web", env: { DOCKER_HOST: "tcp://db" } },
    { container: "web", cwd: "\0" },
    { runtime: "docker" },
    { user: "root" },
  ];
  for (const options of table) {
    assertThrows(
      () => command("true", options),
      OptionError,
      undefined,
      JSON.stringify(options),
    );
  }
});

/** A test with real containers, or the reason why there are none. */
const why = await whyNoContainer();

function testInContainer(
  name: string,
  fn: () => Promise<void>,
  needed?: string,
): void {
  const missing = why ??
    (needed === undefined || has(needed)
      ? undefined
      : `${needed} is not on the PATH`);
  Deno.test({
    name: missing === undefined ? name : `${name} (no container: ${missing})`,
    ignore: missing !== undefined,
    fn,
  });
}

testInContainer(
  "command() runs in a container of Podman, and tells when it is not up",
  async () => {
    await using container = await startContainer();
    const attempt = (what: string | string[], options: CommandOptions = {}) =>
      command(what, {
        container: container.name,
        runtime: "podman",
        ...options,
      })(
        patient(),
      );
    assertPass(
      await attempt("cat /proc/1/cmdline", { contains: "sleep\x00300" }),
      { exitCode: 0 },
    );
    assertPass(
      await attempt("echo $LIFESIGN_A; pwd; id -u", {
        env: { LIFESIGN_A: "a b" },
        cwd: "/tmp",
        user: "12",
        matches: "^a b\n/tmp\n12\n$",
      }),
      { exitCode: 0 },
    );
    assertPass(await attempt(["true"]), { exitCode: 0 });
    assertOutcome(
      await attempt("echo DISK BAD; exit 1", { exit: "nagios" }),
      ["warn", "exit"],
      "DISK BAD",
    );
    for (const code of [1, 2, 125, 255]) {
      assertOutcome(
        await attempt(`exit ${code}`),
        ["fail", "exit"],
        `Expected exit code 0, got ${code}`,
      );
    }
    assertOutcome(
      await attempt("lifesign-nothing"),
      ["error", "spawn"],
      /^Command not found: sh: lifesign-nothing: not found/,
    );
    const unable: [string[], CommandOptions, RegExp][] = [
      [["lifesign-nothing"], {}, /not found/],
      [["/etc"], {}, /denied/],
      [["true"], { cwd: "/nowhere" }, /nowhere/],
      [["true"], { user: "nobody-here" }, /nobody-here/],
    ];
    for (const [what, options, message] of unable) {
      assertOutcome(await attempt(what, options), ["error", "spawn"], message);
    }
    await podman("stop", "-t", "0", container.name);
    assertOutcome(
      await attempt("true"),
      ["fail", "unreachable"],
      `Container ${container.name} is not running`,
    );
    assertOutcome(
      await attempt("true", { container: "lifesign-none" }),
      ["fail", "unreachable"],
      "There is no container lifesign-none",
    );
  },
);

testInContainer(
  "command() runs in a container by Docker's client, and tells when it is not up",
  async () => {
    await using container = await startContainer();
    await using docker = await script(
      'exec docker -H "unix://$(dirname "$0")/podman.sock" "$@"',
    );
    const socket = docker.path.replace(/docker$/, "podman.sock");
    const attempt = (what: string | string[], options: CommandOptions = {}) =>
      command(what, {
        container: container.name,
        runtime: docker.path,
        ...options,
      })(patient());
    assertOutcome(
      await attempt("true"),
      ["error", "spawn"],
      /^Failed to run by .*: Cannot connect to the Docker daemon at unix:/,
    );
    // Podman speaks Docker's API.
    await using service = startProgram(
      ["podman", "system", "service", "-t", "0", `unix://${socket}`],
    );
    while (!await Deno.stat(socket).catch(() => undefined)) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assertPass(
      await attempt("echo $LIFESIGN_A", {
        env: { LIFESIGN_A: "a b" },
        matches: "^a b\n$",
      }),
      { exitCode: 0 },
    );
    assertOutcome(
      await attempt("echo BAD; exit 2", { exit: "nagios" }),
      ["fail", "exit"],
      "BAD",
    );
    assertOutcome(
      await attempt(["lifesign-nothing"]),
      ["error", "spawn"],
      /^Failed to run by .*not found/,
    );
    assertOutcome(
      await attempt("true", { container: "lifesign-none" }),
      ["fail", "unreachable"],
      "There is no container lifesign-none",
    );
    await podman("stop", "-t", "0", container.name);
    assertOutcome(
      await attempt("true"),
      ["fail", "unreachable"],
      `Container ${container.name} is not running`,
    );
    service.kill("SIGTERM");
    await service.ended;
  },
  "docker",
);
