import { assert, assertEquals, assertThrows } from "@std/assert";
import { createSocket, type Socket } from "node:dgram";
import { once } from "node:events";
import { OptionError } from "../../../src/core/option_error.ts";
import type { ReasonCode } from "../../../src/core/types.ts";
import { udpKind } from "../../../src/probes/udp/kind.ts";
import { udp, type UdpOptions } from "../../../src/probes/udp/udp.ts";
import { givenTime } from "../../support/busy.ts";
import { attemptInChild, flagsOf } from "../../support/child.ts";
import { peerOf } from "../../support/datagram_peer.ts";
import { testWithNameServer } from "../../support/name_servers.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  impatient,
  patient,
} from "../../support/outcomes.ts";
import { startScript } from "../../support/program.ts";

/** A socket that says what it hears, and something before it. */
function echo(before = "", at = "127.0.0.1") {
  return peerOf((socket, bytes, port) => {
    socket.send(before + new TextDecoder().decode(bytes), port, at);
  }, at);
}

Deno.test("udp() passes if the answer has what is expected", async () => {
  await using server = await echo("you said ");
  const { port } = server;
  const rows: UdpOptions[] = [
    { port, send: "ping", expect: "said ping" },
    { port, send: "é", expect: Uint8Array.of(0xc3, 0xa9) },
    { port, send: Uint8Array.of(112, 105), expect: /^you said pi$/ },
    { port, send: "a\nb", expect: /^b$/m },
    { port, send: "", expect: "you said " },
    { port, host: "localhost", family: 4, send: "x", expect: "" },
  ];
  for (const options of rows) assertPass(await udp(options)(patient()));
});

Deno.test("udp() asks by IPv6, too", async () => {
  await using server = await echo("", "::1");
  const { port } = server;
  const probe = udp({ host: "::1", port, send: "a", expect: "a" });
  assertPass(await probe(patient()));
});

Deno.test("udp() takes datagrams of any size", async () => {
  await using server = await echo();
  const { port } = server;
  const send = "x".repeat(65_507);
  assertPass(await udp({ port, send, expect: "x" })(patient()));
  const late = `${"x".repeat(5000)}y`;
  assertOutcome(
    await udp({ port, send: late, expect: "y" })(impatient()),
    ["fail", "mismatch"],
    /^Expected an answer with "y", got "x+…"$/,
  );
});

Deno.test("udp() says of each fault of a server what it is", async () => {
  const other = createSocket("udp4");
  const floods: ReturnType<typeof setInterval>[] = [];
  const say =
    (what: string | Uint8Array) =>
    (socket: Socket, _: unknown, port: number): void =>
      socket.send(what, port, "127.0.0.1");
  const rows: [
    string,
    Parameters<typeof peerOf>[0],
    ReasonCode | null,
    (string | RegExp)?,
  ][] = [
    ["silent", () => {}, "timeout"],
    [
      "garbage",
      say(Uint8Array.of(0, 0xff, 0x1b)),
      "mismatch",
      'Expected an answer with "pong", got ""',
    ],
    [
      "a wrong answer",
      say("nope"),
      "mismatch",
      'Expected an answer with "pong", got "nope"',
    ],
    [
      "an empty answer",
      say(""),
      "mismatch",
      'Expected an answer with "pong", got ""',
    ],
    ["a wrong answer, then the right one", (socket, _, port) => {
      socket.send("nope", port, "127.0.0.1");
      setTimeout(() => socket.send("pong", port, "127.0.0.1"), 10);
    }, null],
    ["an answer from another port", (_socket, _, port) => {
      other.send("pong", port, "127.0.0.1");
    }, "timeout"],
    [
      "wrong answers for ever",
      (socket, _, port) => {
        const flood = () => {
          for (let i = 0; i < 20; i++) {
            say("nope".repeat(9999))(socket, _, port);
          }
        };
        floods.push(setInterval(flood, 1));
      },
      "mismatch",
      /got "nope/,
    ],
  ];
  for (const [what, respond, code, message] of rows) {
    await using server = await peerOf(respond);
    const probe = udp({ port: server.port, send: "ping", expect: "pong" });
    const outcome = await givenTime(
      (ms) => probe(AbortSignal.timeout(ms)),
      ({ verdict, reason }) =>
        code === null ? verdict === "pass" : reason?.code === code,
    );
    for (const flood of floods) clearInterval(flood);
    if (code === null) assertPass(outcome);
    else assertOutcome(outcome, ["fail", code], message);
    assertEquals(outcome.reason?.code ?? null, code, what);
  }
  other.close();
  await once(other, "close");
});

Deno.test("udp() waits for no answer after its deadline", async () => {
  const asked: (() => void)[] = [];
  await using server = await peerOf((socket, _, port) => {
    asked.push(() => socket.send("pong", port, "127.0.0.1"));
  });
  const probe = udp({ port: server.port, send: "ping", expect: "pong" });
  const late = await givenTime(
    (ms) => attempted(probe, ms),
    () => asked.length > 0,
  );
  assertOutcome(
    late,
    ["fail", "timeout"],
    /^Timed out after \S+ while waiting for an answer$/,
  );
  // It goes to a socket that is no longer there, and not to the next attempt.
  for (const answer of asked) answer();
  assertOutcome(await probe(impatient()), ["fail", "timeout"]);
});

Deno.test("udp() cannot tell a closed port from a silent one", async () => {
  const socket = createSocket("udp4").bind(0, "127.0.0.1");
  await once(socket, "listening");
  const { port } = socket.address();
  socket.close();
  await once(socket, "close");
  const outcome = await udp({ port, send: "a", expect: "a" })(impatient());
  assertOutcome(outcome, ["fail", "timeout"]);
  assertOutcome(
    await udp({ host: "nowhere.invalid", port, send: "a", expect: "a" })(
      patient(),
    ),
    ["fail", "dns"],
  );
});

testWithNameServer("dnsmasq", "udp() asks dnsmasq", async ({ plain }) => {
  const query = "1234 0100 0001 0000 0000 0000 " +
    "04 73686f70 04 74657374 00 0001 0001";
  const base = { port: plain, send: { hex: query } };
  // The address 10.0.0.7, with its length.
  const right = udpKind.make({ ...base, expect: { hex: "0004 0a000007" } });
  assertPass(await right(patient()));
  const wrong = udpKind.make({ ...base, expect: { hex: "0004 0a000008" } });
  assertOutcome(
    await givenTime(
      (ms) => wrong(AbortSignal.timeout(ms)),
      ({ reason }) => reason?.code === "mismatch",
    ),
    ["fail", "mismatch"],
    /^Expected an answer with the bytes 00 04 0a 00 00 08, got 12 34 8/,
  );
});

Deno.test("udp() needs the permissions that it lists, and blames nobody without them", async () => {
  await using server = await echo();
  const { port } = server;
  const options = { port, send: "a", expect: "a" };
  const flags = flagsOf(udp(options));
  assertEquals(flags, [
    `--allow-net=127.0.0.1:${port}`,
    "--allow-net=0.0.0.0:0",
  ]);
  const inChild = (flags: string[]) =>
    attemptInChild({ type: "udp", args: [options], flags });
  assertPass(await inChild(flags));
  for (const [i, flag] of flags.entries()) {
    assertOutcome(
      await inChild(flags.toSpliced(i, 1)),
      ["error", "permission"],
      `Not allowed by Deno: run with ${flag}`,
    );
  }
});

Deno.test("udp() leaves no file open", async () => {
  await using server = await echo();
  await using silent = await peerOf(() => {});
  const asked = { send: "a", expect: "a" };
  const rows = [
    { options: { port: server.port, ...asked }, timeoutMs: 10_000 },
    { options: { port: silent.port, ...asked }, timeoutMs: 80 },
  ];
  await using script = startScript("tests/support/files_main.ts", {
    flags: ["--allow-all"],
    args: [JSON.stringify(rows.map((row) => ({ type: "udp", ...row })))],
  });
  const { code, stdout, stderr } = await script.ended;
  assertEquals([code, stderr], [0, ""]);
  // Of 30 attempts; the runtime opens one or two of its own at any time.
  assert(JSON.parse(stdout).every((files: number) => files < 10), stdout);
});

Deno.test("udp() is of type udp, with its endpoint as target", () => {
  const asked = { send: "a", expect: "a" };
  const probe = udp({ host: "::1", port: 53, ...asked });
  assertEquals([probe.type, probe.target], ["udp", "[::1]:53"]);
  assertEquals(udp({ host: "db", port: 53, ...asked }).permissions, [
    { name: "net", host: "db:53" },
    { name: "net" },
  ]);
});

Deno.test("udp() refuses misuse when it is made", () => {
  const rows: [Partial<UdpOptions>, string][] = [
    [{ port: 0 }, "port"],
    [{ host: "" }, "host"],
    [{ host: "a:80" }, "host"],
    [{ send: undefined as never }, "send"],
    [{ send: "\x04\xd2" }, "send"],
    [{ send: "x".repeat(65_508) }, "send"],
    [{ expect: undefined as never }, "expect"],
    [{ family: 5 as never }, "family"],
    [{ host: "::1", family: 4 }, "family"],
  ];
  for (const [options, option] of rows) {
    const error = assertThrows(
      () => udp({ port: 1, send: "a", expect: "a", ...options }),
      OptionError,
    );
    assertEquals(error.option, option);
  }
});
