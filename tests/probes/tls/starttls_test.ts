import { assert, assertEquals } from "@std/assert";
import { createServer } from "node:tls";
import type { ReasonCode } from "../../../src/core/types.ts";
import { STARTTLS, type StartTls } from "../../../src/probes/tls/starttls.ts";
import { tls } from "../../../src/probes/tls/tls.ts";
import { givenTime } from "../../support/busy.ts";
import {
  assertOutcome,
  attempted,
  impatient,
  patient,
} from "../../support/outcomes.ts";
import {
  close,
  hang,
  pem,
  say,
  sayForEver,
  tcpServer,
} from "../../support/servers.ts";
import { testWithServer, type TlsServer } from "../../support/tls_servers.ts";
import { closing, startRelay } from "../connection/relay.ts";

const { ca } = pem;

/** Begins TLS with a real server, and finds its certificate. */
function testStartTls(
  server: TlsServer,
  starttls: StartTls,
  /** How it is started without TLS, and what it says then. */
  plain: { env: Record<string, string>; says: RegExp },
): void {
  testWithServer(server, `tls() begins TLS with ${server}`, async (port) => {
    const base = { host: "localhost", port, starttls };
    const passed = await attempted(tls({ ...base, ca }));
    assertEquals([passed.verdict, passed.reason], ["pass", undefined]);
    assertEquals(passed.detail?.certExpiresAt, "2120-01-01T00:00:00Z");
    const untrusted = await attempted(tls(base));
    assertOutcome(untrusted, ["fail", "tls"], /unknown authority/);
    assertEquals(untrusted.detail?.certExpiresAt, "2120-01-01T00:00:00Z");
    const misnamed = tls({ ...base, ca, name: "db.test" });
    assertOutcome(await attempted(misnamed), ["fail", "tls"], /not for db/);
    const implicit = await attempted(tls({ host: "localhost", port }));
    assertEquals(implicit.verdict, "fail");
  });
  testWithServer(
    server,
    `tls() says that ${server} has no TLS`,
    async (port) => {
      const base = { host: "localhost", port, starttls };
      assertOutcome(
        await attempted(tls({ ...base, ca })),
        ["fail", "protocol"],
        plain.says,
      );
    },
    plain.env,
  );
}

testStartTls("postgres", "postgres", {
  env: { SSL: "off" },
  says: /^localhost:\d+ does not offer STARTTLS: it answered "N"$/,
});
testStartTls("postfix", "smtp", {
  env: { LEVEL: "none" },
  says: /^localhost:\d+ does not offer STARTTLS: it answered "502 5\.5\.1 /,
});
testStartTls("dovecot", "imap", {
  env: { SSL: "no" },
  says: /^localhost:\d+ does not offer STARTTLS: it answered "a BAD /,
});
testStartTls("dovecot-pop3d", "pop3", {
  env: { SSL: "no" },
  says: /^localhost:\d+ does not offer STARTTLS: it answered "-ERR /,
});
testStartTls("mariadb", "mysql", {
  env: { SSL: "off" },
  says: /^localhost:\d+ does not offer STARTTLS: it answered "\S+MariaDB/,
});
testStartTls("vsftpd", "ftp", {
  env: { SSL: "NO" },
  says: /^localhost:\d+ does not offer STARTTLS: it answered "530 /,
});

for (const version of ["-tls1_3", "-tls1_2"]) {
  testWithServer(
    "openssl",
    `tls() says that a server wants a client certificate, by ${version}`,
    async (port) => {
      const base = { host: "localhost", port, ca };
      const refused = await attempted(tls(base));
      assertOutcome(refused, ["fail", "tls"], /client certificate/);
      const { cert, key } = pem;
      const passed = await attempted(tls({ ...base, cert, key }));
      assertEquals([passed.verdict, passed.reason], ["pass", undefined]);
    },
    { VERSION: version },
  );
}

/** What a server says first, and after it was asked for TLS. */
const SCRIPTS: Readonly<Record<StartTls, readonly string[]>> = {
  smtp: ["220-one\r\n220 two\r\n", "250-a\r\n250 STARTTLS\r\n", "220 go\r\n"],
  imap: ["* OK ready\r\n", "* STATUS x\r\na OK begin\r\n"],
  pop3: ["+OK ready\r\n", "+OK begin\r\n"],
  ftp: ["220-Welcome\r\n 220 no code\r\n220 ready\r\n", "234 go\r\n"],
  postgres: ["", "S"],
  mysql: [
    "\x27\0\0\0\x0a8.4.0\0\x01\0\0\0saltsalt\0\0\x8a\x2d\x02\0\0\0\x15" +
    "\0".repeat(10) + "\0",
  ],
};

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (char) => char.charCodeAt(0));
}

/** A server that speaks as the script says, and then TLS, byte by byte. */
function scripted(starttls: StartTls, tlsPort: number) {
  return tcpServer(async (conn) => {
    const buffer = new Uint8Array(4096);
    for (const [i, said] of SCRIPTS[starttls].entries()) {
      if (i > 0) await conn.read(buffer);
      for (const byte of bytesOf(said)) {
        await say(conn, Uint8Array.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    }
    if (starttls === "mysql") {
      // The handshake comes with it.
      const request = new Uint8Array(36);
      for (let length = 0; length < request.length;) {
        length += await conn.read(request.subarray(length)) ?? 0;
      }
      assertEquals(request.subarray(0, 4), Uint8Array.of(32, 0, 0, 1));
    }
    const target = await Deno.connect({ port: tlsPort });
    await Promise.allSettled([
      conn.readable.pipeTo(target.writable),
      target.readable.pipeTo(conn.writable),
    ]);
  });
}

for (const starttls of STARTTLS) {
  Deno.test(`tls() begins TLS by ${starttls}, however slowly it comes`, async () => {
    await using backend = await closing(
      createServer(pem, (socket) => socket.on("error", () => {})),
    );
    await using server = scripted(starttls, backend.port);
    const { port } = server;
    const outcome = await tls({ host: "localhost", port, starttls, ca })(
      patient(),
    );
    assertEquals([outcome.verdict, outcome.reason], ["pass", undefined]);
  });

  Deno.test(`tls() says of each fault of a server of ${starttls} what it is`, async () => {
    const greeting = SCRIPTS[starttls][0]!;
    const rows: [string, (conn: Deno.TcpConn) => unknown, ReasonCode][] = [
      ["silent", hang, "timeout"],
      ["closes", close, "reset"],
      ["garbage", (conn) => say(conn, "garbage\r\n"), "mismatch"],
      ["binary", (conn) => say(conn, new Uint8Array(99)), "mismatch"],
      ["garbage for ever", (conn) => sayForEver(conn, "garbage"), "mismatch"],
      [
        "a banner for ever",
        (conn) => sayForEver(conn, greeting.slice(0, 4) + "x\r\n"),
        // Each line is an answer.
        starttls === "pop3" ? "protocol" : "mismatch",
      ],
      ["an error", (conn) => say(conn, "554 go away\r\n"), "mismatch"],
      ["half a greeting", async (conn) => {
        await say(conn, bytesOf(greeting).subarray(0, 4));
        if (greeting === "") await say(conn, "E");
        conn.close();
      }, "mismatch"],
      ["a greeting, and no more", async (conn) => {
        await say(conn, bytesOf(greeting));
        await new Promise(() => {});
      }, "timeout"],
      ["no TLS", async (conn) => {
        const buffer = new Uint8Array(4096);
        for (const [i, said] of SCRIPTS[starttls].entries()) {
          if (i > 0) await conn.read(buffer);
          await say(conn, bytesOf(said));
        }
        // The handshake of MySQL comes with what asks for it.
        const more = starttls === "mysql" ? 36 : 0;
        for (let length = 0; length <= more;) {
          length += await conn.read(buffer) ?? more;
        }
        await say(conn, "this is no TLS\r\n");
      }, "tls"],
      ["more than its answer", async (conn) => {
        const buffer = new Uint8Array(4096);
        const script = SCRIPTS[starttls];
        for (const [i, said] of script.entries()) {
          if (i > 0) await conn.read(buffer);
          const extra = i === script.length - 1 ? "injected\r\n" : "";
          await say(conn, bytesOf(said + extra));
        }
      }, "protocol"],
    ];
    for (const [what, handle, code] of rows) {
      const ended = new AbortController();
      await using server = tcpServer((conn) =>
        Promise.race([
          handle(conn),
          new Promise((resolve) =>
            ended.signal.addEventListener("abort", resolve)
          ),
        ])
      );
      const probe = tls({ host: "localhost", port: server.port, starttls });
      const { verdict, reason } = code === "timeout"
        ? await probe(impatient())
        : await givenTime(
          (ms) => attempted(probe, ms),
          ({ reason }) => reason?.code === code,
        );
      ended.abort();
      assertEquals([verdict, reason?.code], ["fail", code], what);
    }
  });
}

Deno.test("tls() says what a server of MySQL has against us", async () => {
  const message = "Host '10.0.0.7' is blocked";
  const packet = `${
    String.fromCharCode(message.length + 3)
  }\0\0\0\xff\x69\x04${message}`;
  await using server = tcpServer((conn) => say(conn, bytesOf(packet)));
  const { port } = server;
  assertOutcome(
    await tls({ host: "localhost", port, starttls: "mysql" })(patient()),
    ["fail", "mismatch"],
    `Expected a greeting of MySQL, got "${message}"`,
  );
});

Deno.test("tls() makes a handshake of its own in each attempt", async () => {
  await using server = await closing(
    createServer(pem, (socket) => socket.on("error", () => {})),
  );
  await using relay = startRelay(server.port);
  const probe = tls({ host: "localhost", port: relay.port, ca });
  for (let i = 0; i < 3; i++) {
    assertEquals((await probe(patient())).verdict, "pass");
  }
  assertEquals(relay.hellos.length, 3);
  // A session to resume makes the message longer: pre_shared_key.
  const sizes = relay.hellos.map(({ length }) => length);
  assert(sizes.every((size) => size === sizes[0]), String(sizes));
});
