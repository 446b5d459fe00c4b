import { assertEquals, assertThrows } from "@std/assert";
import type { Outcome } from "../../../src/core/types.ts";
import { OptionError } from "../../../src/core/option_error.ts";
import { pingJudge } from "../../../src/probes/ping/judge.ts";
import type { PingOptions } from "../../../src/probes/ping/options.ts";
import { ping } from "../../../src/probes/ping/ping.ts";
import { assertOutcome } from "../../support/outcomes.ts";

/** What a program printed, and what it means. */
interface Row {
  readonly name: string;
  readonly stdout?: string;
  readonly stderr?: string;
  readonly signal?: string;
  readonly options?: PingOptions;
  readonly verdict: string;
  readonly says?: string | RegExp;
  readonly detail?: Outcome["detail"];
}

const IPUTILS = `PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.
64 bytes from 10.0.0.9: icmp_seq=1 ttl=64 time=0.018 ms
64 bytes from 10.0.0.9: icmp_seq=3 ttl=64 time=120 ms
`;

const IPUTILS_END = `
--- 10.0.0.9 ping statistics ---
3 packets transmitted, 2 received, 33.3333% packet loss, time 411ms
rtt min/avg/max/mdev = 0.018/60.009/120.000/59.991 ms
`;

const BUSYBOX = `PING ::1 (::1): 56 data bytes
64 bytes from ::1: seq=0 ttl=64 time=0.047 ms
64 bytes from ::1: seq=1 ttl=64 time=0.058 ms
`;

const BUSYBOX_END = `
--- ::1 ping statistics ---
3 packets transmitted, 2 packets received, 33% packet loss
round-trip min/avg/max = 0.047/0.052/0.058 ms
`;

const LOST = `PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.

--- 10.0.0.9 ping statistics ---
3 packets transmitted, 0 received, 100% packet loss, time 405ms

`;

const THIRD = 33.3;

const ROWS: readonly Row[] = [
  {
    name: "iputils",
    stdout: IPUTILS + IPUTILS_END,
    verdict: "pass",
    detail: { lossPercent: THIRD, rttMs: 60.009 },
  },
  {
    name: "busybox",
    stdout: BUSYBOX + BUSYBOX_END,
    verdict: "pass",
    detail: { lossPercent: THIRD, rttMs: 0.052 },
  },
  {
    name: "a loss that warns",
    stdout: IPUTILS + IPUTILS_END,
    options: { loss: { warn: 30 } },
    verdict: "warn/timeout",
    says:
      "Expected less than 30 % of packets without an answer, got 33.3 % (1 of 3 packets)",
    detail: { lossPercent: THIRD, rttMs: 60.009 },
  },
  {
    name: "a loss that fails, with a warning from there on, too",
    stdout: BUSYBOX + BUSYBOX_END,
    options: { loss: { fail: 33 } },
    verdict: "fail/timeout",
    says:
      "Expected less than 33 % of packets without an answer, got 33.3 % (1 of 3 packets)",
    detail: { lossPercent: THIRD, rttMs: 0.052 },
  },
  {
    name: "half of the packets",
    stdout: IPUTILS +
      "\n2 packets transmitted, 1 received, +1 duplicates, 50% packet loss, time 4ms\n",
    verdict: "warn/timeout",
    detail: { lossPercent: 50, rttMs: 60.009 },
  },
  {
    name: "a slow host",
    stdout: IPUTILS + IPUTILS_END,
    options: { latency: { warn: "50ms", fail: "1s" } },
    verdict: "warn/latency",
    says: "Expected a mean round trip of at most 50ms, got 60ms",
    detail: { lossPercent: THIRD, rttMs: 60.009 },
  },
  {
    name: "a slow host that loses packets",
    stdout: IPUTILS + IPUTILS_END,
    options: { latency: { fail: "50ms" }, loss: { warn: 10 } },
    verdict: "fail/latency",
    detail: { lossPercent: THIRD, rttMs: 60.009 },
  },
  {
    name: "answers that came twice",
    stdout: `64 bytes from 10.0.0.9: icmp_seq=1 ttl=64 time<1 ms
64 bytes from 10.0.0.9: icmp_seq=1 ttl=64 time=9 ms (DUP!)

2 packets transmitted, 2 packets received, 1 duplicates, 0% packet loss
`,
    verdict: "pass",
    detail: { lossPercent: 0, rttMs: 1 },
  },
  {
    name: "no answer",
    stdout: LOST,
    verdict: "fail/timeout",
    says: "Expected an answer of 10.0.0.9, got none to 3 packets",
    detail: { lossPercent: 100 },
  },
  {
    name: "one packet without an answer",
    stdout: LOST.replace("3 packets", "1 packets"),
    verdict: "fail/timeout",
    says: "Expected an answer of 10.0.0.9, got none to 1 packet",
    detail: { lossPercent: 100 },
  },
  {
    name: "a router that says so",
    stdout: `PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.
From 10.0.0.1: icmp_seq=1 Redirect Host(New nexthop: 10.0.0.2)
From 10.0.0.1 icmp_seq=1 Destination Host Unreachable
From 10.0.0.1 icmp_seq=2 Destination Host Unreachable

--- 10.0.0.9 ping statistics ---
2 packets transmitted, 0 received, +2 errors, 100% packet loss, time 1021ms
pipe 2
`,
    verdict: "fail/unreachable",
    says: "Cannot reach 10.0.0.9: Destination Host Unreachable",
    detail: { lossPercent: 100 },
  },
  {
    name: "a router that says so by IPv6",
    stdout: `PING fd00::9(fd00::9) 56 data bytes
From fd00::1 icmp_seq=1 Destination unreachable: Address unreachable

--- fd00::9 ping statistics ---
1 packets transmitted, 0 received, +1 errors, 100% packet loss, time 0ms
`,
    verdict: "fail/unreachable",
    says: "Cannot reach 10.0.0.9: Destination unreachable: Address unreachable",
    detail: { lossPercent: 100 },
  },
  ...[
    "ping: connect: Network is unreachable",
    "ping: sendto: Network is unreachable",
    "ping: sendto: Network unreachable",
    "ping: connect: No route to host",
    "ping: warning: got ICMP 3 (Destination Unreachable)",
  ].map((stderr): Row => ({
    name: stderr,
    stderr: `${stderr}\n`,
    verdict: "fail/unreachable",
    says: `Cannot reach 10.0.0.9: ${stderr}`,
    detail: { lossPercent: 100 },
  })),
  ...[
    "ping: no.such.invalid: Name or service not known",
    "ping: bad address 'no.such.invalid'",
    "ping: no.such.invalid: Temporary failure in name resolution",
    "ping: no.such.invalid: No address associated with hostname",
    "ping: no.such.invalid: Name does not resolve",
    "ping: unknown host no.such.invalid",
  ].map((stderr): Row => ({
    name: stderr,
    stderr,
    verdict: "fail/dns",
    says: "Cannot resolve 10.0.0.9",
  })),
  ...[
    "ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p capability or setuid?",
    "ping: permission denied (are you root?)",
    "ping: socket: Permission denied",
    "ping: sendmsg: Operation not permitted",
  ].map((stderr): Row => ({
    name: stderr,
    stderr,
    verdict: "error/permission",
    says:
      /^This process may not send what ping sends: ping: .*(?:not permitted|denied)/,
  })),
  {
    name: "nothing",
    verdict: "error/internal",
    says: 'Expected the output of ping, got ""',
  },
  {
    name: "another program",
    stdout: "hello\n",
    verdict: "error/internal",
    says: 'Expected the output of ping, got "hello"',
  },
  {
    name: "another version",
    stderr: "ping: invalid option -- 'i'\nusage: ping host",
    verdict: "error/internal",
    says:
      `Expected the output of ping, got "ping: invalid option -- 'i' usage: ping host"`,
  },
  {
    name: "somebody's signal",
    stdout: "PING 10.0.0.9 (10.0.0.9) 56(84) bytes of data.\n",
    signal: "SIGKILL",
    verdict: "error/internal",
    says: "Expected ping to end by itself, but SIGKILL ended it",
  },
];

for (const row of ROWS) {
  Deno.test(`a ping is judged by what it prints: ${row.name}`, {
    permissions: "none",
  }, () => {
    const { stdout = "", stderr = "", signal = null } = row;
    const outcome = pingJudge("10.0.0.9", row.options ?? {})
      .ended({ code: 1, signal, stdout, stderr });
    if (row.verdict === "pass") assertEquals(outcome.verdict, "pass");
    else {
      const [verdict, code] = row.verdict.split("/");
      assertOutcome(outcome, [verdict, code] as never, row.says);
    }
    assertEquals(outcome.detail, row.detail);
  });
}

Deno.test("a ping that has not ended is judged by the answers so far", {
  permissions: "none",
}, () => {
  const judge = pingJudge("10.0.0.9", {});
  assertEquals(judge.unfinished("PING 10.0.0.9\n", 3), undefined);
  assertEquals(judge.unfinished(IPUTILS, 2)?.verdict, "pass");
  assertEquals(judge.unfinished(IPUTILS, 3)?.detail, {
    lossPercent: THIRD,
    rttMs: 60.009,
  });
  // More answers than packets would be a clock that is wrong.
  assertEquals(judge.unfinished(IPUTILS, 1)?.detail?.lossPercent, 0);
  assertEquals(judge.unfinished(BUSYBOX, 10)?.reason?.code, "timeout");
  const from = "From 10.0.0.1 icmp_seq=1 Destination Net Unreachable\n";
  assertEquals(judge.unfinished(from, 3)?.reason?.code, "unreachable");
});

const MISUSES: [string, PingOptions, string, string][] = [
  [
    "-f",
    {},
    "host",
    'expected a host without a port or a hyphen before it, got "-f"',
  ],
  [
    "a:80",
    {},
    "host",
    'expected a host without a port or a hyphen before it, got "a:80"',
  ],
  ["", {}, "host", 'expected a host such as "localhost" or "::1", got ""'],
  [
    "a b",
    {},
    "host",
    'expected a host such as "localhost" or "::1", got "a b"',
  ],
  ["a", { count: 0 }, "count", "expected a whole number from 1 to 100, got 0"],
  [
    "a",
    { count: 1.5 },
    "count",
    "expected a whole number from 1 to 100, got 1.5",
  ],
  ["a", { size: 8 }, "size", "expected a whole number from 16 to 65507, got 8"],
  [
    "a",
    { loss: { fail: 0 } },
    "loss.fail",
    "expected a percentage above 0 and up to 100, got 0",
  ],
  [
    "a",
    { loss: { warn: 101 } },
    "loss.warn",
    "expected a percentage above 0 and up to 100, got 101",
  ],
  [
    "a",
    { loss: { warn: 100 } },
    "loss.warn",
    "expected less than fail, which is 100, got 100",
  ],
  [
    "a",
    { latency: { warn: "2s", fail: "1s" } },
    "latency.warn",
    'expected less than fail, which is 1s, got "2s"',
  ],
  ["::1", { family: 4 }, "family", "expected 6 with the address ::1, got 4"],
  ["a", { family: 5 as 4 }, "family", "expected 4 or 6, got 5"],
];

for (const [host, options, option, problem] of MISUSES) {
  Deno.test(`ping() refuses ${JSON.stringify(host)} with ${JSON.stringify(options)}`, () => {
    const thrown = assertThrows(() => ping(host, options), OptionError);
    assertEquals([thrown.option, thrown.problem], [option, problem]);
  });
}
