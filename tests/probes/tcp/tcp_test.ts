import { OptionError } from "../../../src/core/option_error.ts";
import { assert, assertEquals, assertThrows } from "@std/assert";
import { tcp, type TcpOptions } from "../../../src/probes/tcp/tcp.ts";
import { attemptInChild, flagsOf } from "../../support/child.ts";
import { resettingServer } from "../../support/faults.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  patient,
} from "../../support/outcomes.ts";
import { givenTime } from "../../support/busy.ts";
import {
  close,
  closedPort,
  hang,
  say,
  sayForEver,
  tcpServer,
} from "../../support/servers.ts";

Deno.test("tcp() passes if a connection is made", async () => {
  await using server = tcpServer(hang);
  assertPass(await tcp({ port: server.port })(patient()));
  assertPass(await tcp({ port: server.port, host: "localhost" })(patient()));
  assertEquals(server.connections, 2);
});

Deno.test("tcp() reaches IPv6 with brackets and without", async () => {
  await using server = tcpServer(hang, { hostname: "::1" });
  for (const host of ["::1", "[::1]"]) {
    const probe = tcp({ host, port: server.port });
    assertEquals(probe.target, `[::1]:${server.port}`);
    assertPass(await probe(patient()));
  }
});

Deno.test("tcp() connects to the address, and keeps the target's name", async () => {
  await using server = tcpServer(hang);
  const here = tcp({
    host: "db.invalid",
    port: server.port,
    address: "127.0.0.1",
  });
  assertEquals(here.target, `db.invalid:${server.port}`);
  assertPass(await here(patient()));
  const there = tcp({
    host: "db.invalid",
    port: 5432,
    address: server.authority,
  });
  assertEquals(there.target, "db.invalid:5432");
  assertEquals(there.permissions, [{ name: "net", host: server.authority }]);
  assertPass(await there(patient()));
});

Deno.test("tcp() blames the target that refuses", async () => {
  for (const host of ["127.0.0.1", "::1"]) {
    const probe = tcp({ host, port: closedPort(host) });
    assertOutcome(
      await probe(patient()),
      ["fail", "refused"],
      `${probe.target} refused the connection`,
    );
  }
});

Deno.test("tcp() blames the name that cannot be resolved", async () => {
  assertOutcome(
    await tcp({ host: "no.such.host.invalid", port: 80 })(patient()),
    ["fail", "dns"],
    "Cannot resolve no.such.host.invalid",
  );
});

Deno.test("tcp() sends, and finds what it expects", async () => {
  await using server = tcpServer(async (conn) => {
    const buffer = new Uint8Array(64);
    const count = await conn.read(buffer) ?? 0;
    await say(conn, buffer.subarray(0, count));
  });
  const echoed: [string, string | RegExp][] = [
    ["PING\r\n", "PING"],
    ["PING\r\n", /^PI.G\r\n$/],
    ["PING", /ping/gi],
    ["💚", "💚"],
  ];
  for (const [send, expect] of echoed) {
    const probe = tcp({ port: server.port, send, expect });
    // Twice: a pattern must not remember where it was.
    assertPass(await probe(patient()));
    assertPass(await probe(patient()));
  }
});

Deno.test("tcp() sends without expecting anything", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using server = tcpServer(async (conn) => {
    const text = await new Response(conn.readable).text();
    resolve(text);
  });
  assertPass(await tcp({ port: server.port, send: "hello" })(patient()));
  assertEquals(await promise, "hello");
});

Deno.test("tcp() puts together an answer that comes in pieces", async () => {
  await using server = tcpServer(async (conn) => {
    for (const byte of new TextEncoder().encode("220 ready 💚\r\n")) {
      await say(conn, Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  });
  assertPass(await tcp({ port: server.port, expect: "ready 💚\r" })(patient()));
});

Deno.test("tcp() does not wait for more than it expects", async () => {
  await using server = tcpServer((conn) => say(conn, "220 ready"));
  assertPass(await tcp({ port: server.port, expect: "220" })(patient()));
});

Deno.test("tcp() looks at no more than 4 KiB of an answer", async () => {
  await using late = tcpServer((conn) => say(conn, "x".repeat(4096) + "END"));
  assertOutcome(
    await tcp({ port: late.port, expect: "END" })(patient()),
    ["fail", "mismatch"],
    `Expected an answer with "END", got "${"x".repeat(79)}…"`,
  );
  await using justInTime = tcpServer((conn) =>
    say(conn, "x".repeat(4093) + "END" + "x".repeat(4096))
  );
  assertPass(await tcp({ port: justInTime.port, expect: "END" })(patient()));
  await using endless = tcpServer((conn) => sayForEver(conn, "x".repeat(1024)));
  assertOutcome(
    await tcp({ port: endless.port, expect: /y$/ })(patient()),
    ["fail", "mismatch"],
  );
});

Deno.test("tcp() blames a wrong answer", async () => {
  await using server = tcpServer(async (conn) => {
    await say(conn, "-ERR\tgo\u0000away\r\n");
    conn.close();
  });
  assertOutcome(
    await tcp({ port: server.port, expect: "+PONG" })(patient()),
    ["fail", "mismatch"],
    'Expected an answer with "+PONG", got "-ERR go away"',
  );
  assertOutcome(
    await tcp({ port: server.port, expect: /^\+PONG/ })(patient()),
    ["fail", "mismatch"],
    'Expected an answer with /^\\+PONG/, got "-ERR go away"',
  );
});

Deno.test("tcp() blames a binary answer in a printable line", async () => {
  await using server = tcpServer(async (conn) => {
    await say(conn, Uint8Array.of(0xff, 0, 0x1b, 0x5b, 0x80, 0x41));
    conn.close();
  });
  assertOutcome(
    await tcp({ port: server.port, expect: "ok" })(patient()),
    ["fail", "mismatch"],
    'Expected an answer with "ok", got "[ A"',
  );
});

Deno.test("tcp() blames the target that closes without an answer", async () => {
  await using server = tcpServer(close);
  assertOutcome(
    await tcp({ port: server.port, expect: "+PONG" })(patient()),
    ["fail", "reset"],
    `${server.authority} closed the connection without an answer`,
  );
});

Deno.test("tcp() blames the target that resets the connection", async () => {
  await using server = await resettingServer();
  assertOutcome(
    await tcp({ port: server.port, send: "PING\r\n\r\n", expect: "+PONG" })(
      patient(),
    ),
    ["fail", "reset"],
    `${server.authority} closed the connection without an answer`,
  );
});

Deno.test("tcp() tells at its deadline what it has read", async () => {
  await using server = tcpServer((conn) =>
    say(conn, "-NOAUTH Authentication required.\r\n")
  );
  const probe = tcp({ port: server.port, send: "PING\r\n", expect: "+PONG" });
  const message =
    'Expected an answer with "+PONG", got "-NOAUTH Authentication required."';
  const alone = await givenTime(
    (ms) => probe(AbortSignal.timeout(ms)),
    ({ reason }) => reason?.message === message,
  );
  assertOutcome(alone, ["fail", "mismatch"], message);
  const inFleet = await givenTime(
    (ms) => attempted(probe, ms),
    ({ reason }) => reason?.message === message,
  );
  assertOutcome(inFleet, ["fail", "mismatch"], message);
});

Deno.test("tcp() connects by one version of IP", async () => {
  await using server = tcpServer(hang);
  const { port } = server;
  const byFour = tcp({ host: "localhost", port, family: 4 });
  // The addresses of the name are not known beforehand.
  assertEquals(byFour.permissions[1], { name: "net" });
  assertPass(await byFour(patient()));
  const byAddress = tcp({ host: "127.0.0.1", port, family: 4 });
  assertEquals(byAddress.permissions.length, 1);
  assertPass(await byAddress(patient()));
});

Deno.test("tcp() connects to names in other letters", async () => {
  await using server = tcpServer(hang);
  const { port } = server;
  const probe = tcp({ port, host: "ｌocalhost" });
  assertEquals(probe.target, `localhost:${port}`);
  assertPass(await probe(patient()));
  assertPass(await tcp({ port, address: "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ" })(patient()));
  const foreign = tcp({ port: 80, host: "bücher.invalid" });
  assertEquals(foreign.permissions, [{
    name: "net",
    host: "xn--bcher-kva.invalid:80",
  }]);
  assertOutcome(
    await foreign(patient()),
    ["fail", "dns"],
    "Cannot resolve xn--bcher-kva.invalid",
  );
});

Deno.test("tcp() ends at its deadline while it waits for an answer", async () => {
  await using server = tcpServer(hang);
  const probe = tcp({ port: server.port, send: "PING", expect: "+PONG" });
  const message = "Timed out while waiting for an answer";
  const outcome = await givenTime(
    (ms) => probe(AbortSignal.timeout(ms)),
    ({ reason }) => reason?.message === message,
  );
  assertOutcome(outcome, ["fail", "timeout"], message);
});

Deno.test("tcp() ends at its deadline while nobody takes what it sends", async () => {
  await using server = tcpServer(hang);
  const probe = tcp({ port: server.port, send: "x".repeat(20_000_000) });
  const message = "Timed out while sending";
  const outcome = await givenTime(
    (ms) => probe(AbortSignal.timeout(ms)),
    ({ reason }) => reason?.message === message,
  );
  assertOutcome(outcome, ["fail", "timeout"], message);
});

Deno.test("tcp() leaves nothing behind, whenever it is aborted", async () => {
  await using server = tcpServer((conn) => say(conn, "220"));
  const probe = tcp({ port: server.port, send: "x", expect: "nothing" });
  for (let turns = 0; turns < 20; turns++) {
    const controller = new AbortController();
    const attempt = probe(controller.signal);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    if (turns > 10) await new Promise((resolve) => setTimeout(resolve, 0));
    controller.abort();
    assertOutcome(await attempt, ["error", "internal"]);
  }
});

Deno.test("tcp() takes many attempts at once", async () => {
  await using server = tcpServer((conn) => say(conn, "220"));
  const probe = tcp({ port: server.port, expect: "220" });
  const signal = patient();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => probe(signal)),
  );
  assert(outcomes.every(({ verdict }) => verdict === "pass"));
  assertEquals(server.connections, 50);
});

Deno.test("tcp() needs the permissions that it lists, and no more", async () => {
  await using server = tcpServer(hang);
  const options = {
    port: server.port,
    host: "localhost",
    address: "127.0.0.1",
  };
  const flags = flagsOf(tcp(options));
  assertEquals(flags, [`--allow-net=${server.authority}`]);
  assertPass(await attemptInChild({ type: "tcp", args: [options], flags }));
});

Deno.test("tcp() blames nobody for a missing permission, and names the flag", async () => {
  await using server = tcpServer(hang);
  assertOutcome(
    await attemptInChild({
      type: "tcp",
      args: [{ port: server.port }],
      flags: ["--allow-net=127.0.0.1:1"],
    }),
    ["error", "permission"],
    `Not allowed by Deno: run with --allow-net=${server.authority}`,
  );
  assertEquals(server.connections, 0);
});

Deno.test("tcp() is of type tcp, with its endpoint as target", () => {
  const probe = tcp({ port: 5432 });
  assertEquals(probe.type, "tcp");
  assertEquals(probe.target, "127.0.0.1:5432");
  assertEquals(probe.permissions, [{ name: "net", host: "127.0.0.1:5432" }]);
});

Deno.test("tcp() refuses misuse when it is made", () => {
  const table: [TcpOptions, string][] = [
    [{ port: 0 }, "port"],
    [{ port: 65536 }, "port"],
    [{ port: -1 }, "port"],
    [{ port: 1.5 }, "port"],
    [{ port: NaN }, "port"],
    [{ port: "80" as never }, "port"],
    [{} as TcpOptions, "port"],
    [{ port: 80, host: "" }, "host"],
    [{ port: 80, host: "a b" }, "host"],
    [{ port: 80, host: "http://db" }, "host"],
    [{ port: 80, host: "[::1" }, "host"],
    [{ port: 80, host: "ü ü" }, "host"],
    [{ port: 80, host: "ü／ü" }, "host"],
    [{ port: 80, family: 5 as never }, "family"],
    [{ port: 80, family: 6 }, "family"],
    [{ port: 80, host: "::1", family: 4 }, "family"],
    [{ port: 80, host: "db", address: "[::1]:81", family: 4 }, "family"],
    [{ port: 80, verify: false }, "verify"],
    [{ port: 80, tls: true, verify: "no" as never }, "verify"],
    [{ port: 80, tls: 1 as never }, "tls"],
    [{ port: 80, address: "" }, "address"],
    [{ port: 80, address: "db:http" }, "address"],
    [{ port: 80, address: "db:0" }, "address"],
    [{ port: 80, address: "db:70000" }, "address"],
  ];
  for (const [options, option] of table) {
    const error = assertThrows(() => tcp(options), OptionError);
    assertEquals(error.option, option, JSON.stringify(options));
  }
});
