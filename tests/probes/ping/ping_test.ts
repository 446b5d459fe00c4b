import { assert, assertEquals } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import type { ConfigError } from "../../../src/config/error.ts";
import { ping } from "../../../src/probes/ping/ping.ts";
import { builtInKinds } from "../../../src/probes/built_in.ts";
import { attemptInChild, startInChild } from "../../support/child.ts";
import { has, testWith } from "../../support/needs.ts";
import { assertOutcome, attempted } from "../../support/outcomes.ts";
import { lifesign } from "../../support/program.ts";

/** A folder with a program named `ping`, to be the PATH. */
async function programNamedPing(
  script: string,
): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await Deno.makeTempDir({ dir: "/tmp" });
  // Others may have to run what is in it, too.
  await Deno.chmod(path, 0o755);
  await Deno.writeTextFile(`${path}/ping`, `#!/bin/sh\n${script}\n`, {
    mode: 0o755,
  });
  return {
    path,
    [Symbol.asyncDispose]: () => Deno.remove(path, { recursive: true }),
  };
}

/** The PATH without the folder of the programs that are here. */
const REST = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** What `lifesign check` says of a host with another program. */
async function check(script: string, args: readonly string[]) {
  await using program = await programNamedPing(script);
  const { stdout, stderr } = await lifesign([
    "check",
    "--format",
    "json",
    ...args,
  ], {
    flags: ["--allow-run=ping,sh"],
    env: { PATH: `${program.path}:${REST}` },
  });
  assertEquals(stderr, "");
  const [{ verdict, reason, detail }] = JSON.parse(stdout);
  return { verdict, ...(reason && { reason }), detail };
}

function commandWorks(...[command, ...args]: [string, ...string[]]): boolean {
  try {
    return new Deno.Command(command, {
      args,
      stdout: "null",
      stderr: "null",
    }).outputSync().success;
  } catch {
    return false;
  }
}

/** Runs a script in a network of its own, in which it is root. */
function inNetwork(script: string): string {
  return `exec unshare ${UNSHARE} sh -c '${script}' sh "$@"`;
}

const isRoot = commandWorks("sh", "-c", '[ "$(id -u)" = 0 ]');
const UNSHARE = isRoot ? "-n" : "-rn";
const LO_UP = "{ ip link set lo up || busybox ip link set lo up; }";
const hasNetworks = commandWorks("unshare", UNSHARE, "sh", "-c", LO_UP);
const hasIPv6 = commandWorks("sh", "-c", "grep -q ^0*1 /proc/net/if_inet6");

const PROGRAMS = [
  { program: "ping", script: "/usr/bin/env PATH=" + REST + " ping" },
  { program: "busybox", script: "busybox ping" },
] as const;

for (const { program, script } of PROGRAMS) {
  const mayPing = commandWorks("sh", "-c", `${script} -c 1 127.0.0.1`);
  const test = (name: string, fn: () => Promise<void>): void => {
    if (has(program) && !mayPing) {
      Deno.test({
        name: `${name} (${program} may not ping)`,
        ignore: true,
        fn,
      });
    } else testWith({ program, demand: "LIFESIGN_TEST_TOOLS" }, { name, fn });
  };
  const exec = `exec ${script} "$@"`;

  test(`ping() asks hosts by ${program}`, async () => {
    const hosts = [
      "127.0.0.1",
      "localhost",
      ...hasIPv6 ? ["::1", "[::1]"] : [],
    ];
    for (const host of hosts) {
      const { verdict, reason, detail } = await check(exec, [`ping:${host}`]);
      assertEquals([verdict, reason, detail.lossPercent], [
        "pass",
        undefined,
        0,
      ]);
      assert(detail.rttMs > 0 && detail.rttMs < 5000, detail.rttMs);
    }
  });

  test(`ping() says that a name does not resolve, by ${program}`, async () => {
    assertOutcome(
      await check(exec, ["ping:lifesign.invalid"]),
      ["fail", "dns"],
      "Cannot resolve lifesign.invalid",
    );
  });

  if (!hasNetworks) continue;

  test(`ping() says that there is no way to a host, by ${program}`, async () => {
    for (const host of ["192.0.2.1", "2001:db8::1"]) {
      assertOutcome(
        await check(inNetwork(`${LO_UP}; ${exec}`), [`ping:${host}`]),
        ["fail", "unreachable"],
        new RegExp(`^Cannot reach ${host}: .*unreachable`, "i"),
      );
    }
  });

  const mute = "for file in /proc/sys/net/ipv4/icmp_echo_ignore_all " +
    "/proc/sys/net/ipv6/icmp/echo_ignore_all; do echo 1 >$file; done";

  test(`ping() says that a host does not answer, by ${program}`, async () => {
    for (const host of ["127.0.0.1", ...hasIPv6 ? ["::1"] : []]) {
      const outcome = await check(
        inNetwork(`${LO_UP}; ${mute}; ${exec}`),
        ["--timeout", "3s", `ping:${host}`],
      );
      assertOutcome(
        outcome,
        ["fail", "timeout"],
        `Expected an answer of ${host}, got none to 3 packets`,
      );
      assertEquals(outcome.detail, { lossPercent: 100 });
    }
  });

  test(`ping() counts the answers until the deadline, by ${program}`, async () => {
    await using named = await programNamedPing(inNetwork(
      // It answers two or three of ten.
      `${LO_UP}; (sleep 0.5; ${mute}) & ${exec}`,
    ));
    await using run = startInChild({
      type: "ping",
      args: ["127.0.0.1", { count: 10 }],
      flags: ["--allow-run=ping,sh"],
      env: { PATH: `${named.path}:${REST}` },
    });
    // A BusyBox waits for ten seconds, iputils has ended by then.
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await run.expire().catch(() => {});
    const outcome = await run.outcome;
    assertOutcome(
      outcome,
      ["warn", "timeout"],
      /^Expected less than 50 % of packets without an answer, got [5-9]0 % \([5-9] of 10 packets\)$/,
    );
    assert(Number(outcome.detail?.rttMs) > 0);
  });

  if (!isRoot) continue;

  test(`ping() says that it may not ping, by ${program}`, async () => {
    await using copies = await programNamedPing("");
    const copy = `${copies.path}/${program}`;
    const path = commandPath(program, copies.path);
    // A copy has no capabilities, and a new network lets nobody ping.
    assert(commandWorks("cp", path, copy));
    const as = "setpriv --reuid=65534 --clear-groups";
    const applet = program === "busybox" ? " ping" : "";
    assertOutcome(
      await check(
        inNetwork(`${LO_UP}; exec ${as} ${copy}${applet} "$@"`),
        ["ping:127.0.0.1"],
      ),
      ["error", "permission"],
      /^This process may not send what ping sends: .*(?:not permitted|permission denied)/,
    );
  });
}

/** Where a program is, but in one folder. */
function commandPath(program: string, but: string): string {
  const { stdout } = new Deno.Command("sh", {
    args: ["-c", `readlink -f "$(command -v ${program})"`],
  }).outputSync();
  const path = new TextDecoder().decode(stdout).trim();
  assert(path !== "" && !path.startsWith(but));
  return path;
}

testWith({ program: "ping", demand: "LIFESIGN_TEST_TOOLS" }, {
  name: "ping() takes all of its options to the program",
  async fn() {
    const options = {
      count: 2,
      size: 100,
      family: 4,
      loss: { warn: 1 },
      latency: { fail: "5s" },
    } as const;
    const { verdict, reason } = await attempted(ping("localhost", options));
    assertEquals([verdict, reason], ["pass", undefined]);
  },
});

Deno.test("ping() gives the program arguments that are no options of the host's", async () => {
  const echo = 'echo "$LC_ALL $*"';
  assertOutcome(
    await check(echo, ["--timeout", "5s", "ping:x.test"]),
    ["error", "internal"],
    'Expected the output of ping, got "C -n -c 3 -i 0.2 -W 4 -- x.test"',
  );
  await using program = await programNamedPing(echo);
  const outcome = await attemptInChild({
    type: "ping",
    args: ["::1", { count: 1, size: 99, family: 6 }],
    flags: ["--allow-run=ping"],
    env: { PATH: `${program.path}:${REST}` },
  });
  assertOutcome(
    outcome,
    ["error", "internal"],
    'Expected the output of ping, got "C -6 -n -c 1 -i 0.2 -s 99 -- ::1"',
  );
});

Deno.test("ping() does not blame the host if it cannot run the program", async () => {
  const attempt = { type: "ping", args: ["127.0.0.1"] } as const;
  assertOutcome(
    await attemptInChild({ ...attempt, flags: [] }),
    ["error", "permission"],
    "Not allowed by Deno: run with --allow-run=ping",
  );
  await using empty = await programNamedPing("");
  await Deno.remove(`${empty.path}/ping`);
  assertOutcome(
    await attemptInChild({
      ...attempt,
      flags: ["--allow-run"],
      env: { PATH: empty.path },
    }),
    ["error", "spawn"],
    "Program not found: ping",
  );
  assertOutcome(
    await check("echo 'ping: socket: Operation not permitted' >&2; exit 2", [
      "ping:127.0.0.1",
    ]),
    ["error", "permission"],
  );
});

Deno.test("ping() ends the program and what it started at the deadline", async () => {
  await using program = await programNamedPing(
    'sleep 100 & echo $! >"${0%/*}/pid"; wait',
  );
  const pidFile = `${program.path}/pid`;
  await using run = startInChild({
    type: "ping",
    args: ["127.0.0.1"],
    flags: ["--allow-run=ping,sh"],
    env: { PATH: `${program.path}:${REST}` },
  });
  let pid = "";
  while (!pid.endsWith("\n")) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    pid = await Deno.readTextFile(pidFile).catch(() => "");
  }
  await run.expire();
  assertOutcome(
    await run.outcome,
    ["fail", "timeout"],
    "Timed out while waiting for answers of 127.0.0.1",
  );
  // Nobody may have reaped it yet.
  const isThere = `grep -q '^State:[^Z]*$' /proc/${pid.trim()}/status`;
  assertEquals(commandWorks("sh", "-c", isThere), false);
});

Deno.test("a ping check may end within its timeout", async () => {
  const kinds = await builtInKinds(["ping"]);
  const parse = (check: string) => {
    try {
      parseConfig(`checks: { a: { type: ping, host: x.test, ${check} } }`, {
        kinds,
      });
      return "";
    } catch (error) {
      return (error as ConfigError).message;
    }
  };
  const rows: [string, RegExp][] = [
    ["count: 25", /^$/],
    [
      "count: 26",
      /a\.count: expected an attempt that may end within timeout, which is 5s, got one that takes 5s at least$/m,
    ],
    ["count: 26, timeout: 10s", /^$/],
    [
      "timeout: 400ms",
      /a\.count: .* 400ms, got one that takes 400ms at least$/m,
    ],
    ["timeout: 401ms", /^$/],
    ["latency: { fail: 6s }", /a\.latency\.fail: expected less than timeout/],
  ];
  for (const [check, message] of rows) {
    assert(message.test(parse(check)), `${check}: ${parse(check)}`);
  }
});
