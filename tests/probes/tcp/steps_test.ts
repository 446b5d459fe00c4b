import { assertEquals, assertMatch, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import { parseConfig } from "../../../src/agent/config.ts";
import type { TcpStep } from "../../../src/probes/tcp/steps.ts";
import { tcp, type TcpOptions } from "../../../src/probes/tcp/tcp.ts";
import { givenTime } from "../../support/busy.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  patient,
} from "../../support/outcomes.ts";
import { hang, say, type Server, tcpServer } from "../../support/servers.ts";

/** A server that says these, one after each line that it hears. */
function talker(...lines: readonly (string | Uint8Array)[]): Server & {
  readonly heard: readonly string[];
} {
  const heard: string[] = [];
  const server = tcpServer(async (conn) => {
    for (const line of lines) {
      await say(conn, line);
      const buffer = new Uint8Array(512);
      const count = await conn.read(buffer);
      if (count === null) return;
      heard.push(new TextDecoder().decode(buffer.subarray(0, count)));
    }
  });
  return Object.assign(server, { heard });
}

Deno.test("tcp() holds a dialogue, in which each answer is heard after the last", async () => {
  await using server = talker(
    "220 250.test ESMTP\r\n",
    "250-mail.test\r\n250 STARTTLS\r\n",
    "221 bye\r\n",
  );
  const steps: TcpStep[] = [
    { expect: "220" },
    { send: "EHLO probe\r\n" },
    // The end of the greeting is not the beginning of a line.
    { expect: /^250.test|^250[ ]STARTTLS/ },
    { send: "QUIT\r\n" },
    { expect: /^221 / },
  ];
  const probe = tcp({ port: server.port, steps });
  assertPass(await probe(patient()));
  assertPass(await probe(patient()));
  assertEquals(server.heard.slice(0, 2), ["EHLO probe\r\n", "QUIT\r\n"]);
});

Deno.test("tcp() finds several answers that came at once", async () => {
  await using server = talker("one two\nthree");
  for (const first of ["one", "one two", "one two\n", /^one/]) {
    const steps = [{ expect: first }, { expect: "three" }];
    assertPass(await tcp({ port: server.port, steps })(patient()));
  }
});

Deno.test("tcp() sends what the groups of the last match have matched", async () => {
  const table: [RegExp, string, string][] = [
    [/^PING :(.*)$/, "PONG :$1", "PONG :a b"],
    [/^PING :(\S+) (\S+)/, "$2$1$$3$$1$$ $0", "ba$3$1$$ $0"],
    [/^PING(x)?/, "<$1>", "<>"],
    [/^PING/, "$$1", "$1"],
  ];
  for (const [expect, send, sent] of table) {
    await using server = talker("PING :a b\r\n", "ok");
    const steps = [{ expect }, { send }, { expect: "ok" }];
    assertPass(await tcp({ port: server.port, steps })(patient()));
    assertEquals(server.heard[0], sent);
  }
});

Deno.test("tcp() waits for the rest of a line before it takes a group of it", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using server = tcpServer(async (conn) => {
    for (const byte of new TextEncoder().encode("challenge été-42\r\n")) {
      await say(conn, Uint8Array.of(byte));
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    const buffer = new Uint8Array(64);
    const count = await conn.read(buffer) ?? 0;
    resolve(new TextDecoder().decode(buffer.subarray(0, count)));
  });
  const steps = [{ expect: /^challenge (\S+)/ }, { send: "$1" }];
  assertPass(await tcp({ port: server.port, steps })(patient()));
  assertEquals(await promise, "été-42");
});

Deno.test("tcp() takes a group of an answer without a line break when it is complete", async () => {
  await using server = tcpServer(async (conn) => {
    await say(conn, "token 42");
    await conn.closeWrite();
  });
  const steps = [{ expect: /^token (\d+)/ }, { send: "$1" }];
  assertPass(await tcp({ port: server.port, steps })(patient()));
});

Deno.test("tcp() says which step failed, and what it heard in it", async () => {
  await using server = talker("220 ready\r\n", "550 no\r\n");
  const steps = [{ expect: "220" }, { send: "MAIL\r\n" }, { expect: "250" }];
  const message = 'Expected an answer with "250" in step 3, got "550 no"';
  const outcome = await givenTime(
    (ms) => tcp({ port: server.port, steps })(AbortSignal.timeout(ms)),
    ({ reason }) => reason?.message === message,
  );
  assertOutcome(outcome, ["fail", "mismatch"], message);
});

Deno.test("tcp() takes the rest of a line that was met for no answer", async () => {
  await using server = tcpServer((conn) => say(conn, "220 ready\r\n"));
  const steps = [{ expect: "220" }, { send: "MAIL\r\n" }, { expect: "250" }];
  const message = "Timed out while waiting for an answer in step 3";
  const outcome = await givenTime(
    (ms) => tcp({ port: server.port, steps })(AbortSignal.timeout(ms)),
    ({ reason }) => reason?.message === message,
  );
  assertOutcome(outcome, ["fail", "timeout"], message);
  await using closing = tcpServer(async (conn) => {
    await say(conn, "220 ready\r\n");
    await conn.closeWrite();
  });
  assertOutcome(
    await tcp({ port: closing.port, steps })(patient()),
    ["fail", "reset"],
    `${closing.authority} closed the connection without an answer in step 3`,
  );
});

Deno.test("tcp() sends and expects bytes", async () => {
  const sslRequest = Uint8Array.fromHex("0000000804d2162f");
  const { promise, resolve } = Promise.withResolvers<Uint8Array>();
  await using server = tcpServer(async (conn) => {
    const buffer = new Uint8Array(64);
    const count = await conn.read(buffer) ?? 0;
    resolve(buffer.slice(0, count));
    await say(conn, Uint8Array.of(0xff, 0xfe, 0x53));
    conn.close();
  });
  const { port } = server;
  const sent = { send: sslRequest };
  const probe = tcp({ port, ...sent, expect: Uint8Array.of(0xfe, 0x53) });
  sslRequest.fill(0);
  assertPass(await probe(patient()));
  assertEquals(await promise, Uint8Array.fromHex("0000000804d2162f"));
  // What is not UTF-8 is matched byte by byte.
  assertPass(await tcp({ port, ...sent, expect: /^\xff.S$/ })(patient()));
  assertOutcome(
    await tcp({ port, ...sent, expect: Uint8Array.of(0x4e) })(patient()),
    ["fail", "mismatch"],
    "Expected an answer with the bytes 4e, got ff fe 53",
  );
});

Deno.test("tcp() refuses a string that is likely meant as bytes", async () => {
  for (const text of ["\0\0\0\x08\x04\xd2\x16\x2f", "\x93", "\xff\x7f"]) {
    for (const option of ["send", "expect"] as const) {
      const options = { port: 1, [option]: text };
      const error = assertThrows(() => tcp(options), OptionError);
      assertMatch(error.message, new RegExp(`^${option}: expected bytes as`));
    }
  }
  await using server = tcpServer(hang);
  for (const send of ["\0\x01\x7f", "é\r\n\t", "💚\0"]) {
    assertPass(await tcp({ port: server.port, send })(patient()));
  }
});

Deno.test("a config has bytes, patterns and steps", async () => {
  await using server = talker("220 mail.test\r\n", "250 ok\r\n", "S");
  const { checks } = parseConfig(`
checks:
  mail:
    type: tcp
    port: ${server.port}
    steps:
      - expect: { matches: '^220 (\\S+)$' }
      - send: "EHLO $1\\r\\n"
      - expect: { hex: "32 35 30" }
      - send: { hex: "00 ff" }
      - expect: { base64: Uw== }
    stays_open: 1ms
`);
  assertPass(await attempted(checks[0]!.probe));
  assertEquals(server.heard[0], "EHLO mail.test\r\n");
  assertEquals(server.heard[1], "\0\ufffd");
});

Deno.test("tcp() refuses $1 where no group has matched", () => {
  const table: [TcpStep[], string][] = [
    [[{ send: "$1" }], "steps[0].send: expected a group for $1"],
    [[{ expect: /x/ }, { send: "a $1" }], "steps[1].send: expected a group"],
    [
      [{ expect: /(x)/ }, { send: "$1$2" }],
      "steps[1].send: expected a group for $2 in the step before; write $$2 for a plain $2",
    ],
    [[{ expect: /(x)/ }, { send: "a" }, { send: "$1" }], "steps[2].send"],
    [[{ expect: "(x)" }, { send: "$1" }], "steps[1].send"],
  ];
  for (const [steps, message] of table) {
    assertThrows(() => tcp({ port: 1, steps }), OptionError, message);
  }
});

Deno.test("tcp() sends a plain $1 where it is written so, or there are no steps", async () => {
  await using server = talker("x\r\n", "y\r\n", "z\r\n");
  const steps = [
    { expect: "x" },
    { send: "$$1 $$2 $0 $ $$\n" },
    { expect: /^(y)/ },
    { send: "$1 $$1\n" },
    { expect: "z" },
  ];
  assertPass(await tcp({ port: server.port, steps })(patient()));
  assertEquals(server.heard, ["$1 $2 $0 $ $$\n", "y $1\n"]);
  tcp({ port: 1, send: "$1" });
});

Deno.test("tcp() refuses steps that are none", () => {
  const table: [unknown, string][] = [
    [[], "steps"],
    [{}, "steps"],
    [[{}], "steps[0]"],
    [[null], "steps[0]"],
    [[{ send: "x" }, undefined], "steps[1]"],
    [[{ send: "x" }, , { send: "x" }], "steps[1]"],
    [["x"], "steps[0]"],
    [[{ send: null }], "steps[0].send"],
    [[{ expect: null }], "steps[0].expect"],
    [[{ starttls: null }], "steps[0].starttls"],
    [[{ send: "x" }, { send: "x", expect: "x" }], "steps[1]"],
    [[{ send: 1 }], "steps[0].send"],
    [[{ expect: "x" }, { expect: 1 }], "steps[1].expect"],
    [[{ expect: /(x)/ }, { send: "\0\xff" }], "steps[1].send"],
  ];
  for (const [steps, option] of table) {
    const options = { port: 1, steps } as TcpOptions;
    assertEquals(assertThrows(() => tcp(options), OptionError).option, option);
  }
  const both = { port: 1, steps: [{ send: "x" }], send: "x" };
  assertEquals(assertThrows(() => tcp(both), OptionError).option, "steps");
});
