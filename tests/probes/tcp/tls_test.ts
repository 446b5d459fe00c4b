import { assertEquals, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import type { TcpStep } from "../../../src/probes/tcp/steps.ts";
import { tcp, type TcpOptions } from "../../../src/probes/tcp/tcp.ts";
import { givenTime } from "../../support/busy.ts";
import { attemptInChild, flagsOf } from "../../support/child.ts";
import { hastyServer } from "../../support/faults.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  patient,
} from "../../support/outcomes.ts";
import {
  close,
  closedPort,
  pem,
  pemFiles,
  say,
  tcpServer,
} from "../../support/servers.ts";
import { testWithServer } from "../../support/tls_servers.ts";

const { ca } = pem;

/** A server that greets over TLS, and echoes. */
function greeter(): Deno.TlsListener & AsyncDisposable {
  const { cert, key } = pem;
  const listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    cert,
    key,
  });
  const handled: Promise<void>[] = [];
  const accepting = (async () => {
    for await (const conn of listener) {
      handled.push((async () => {
        try {
          await conn.write(new TextEncoder().encode("* OK ready\r\n"));
          await conn.readable.pipeTo(conn.writable);
        } catch {
          // The client does not trust us, or has gone.
        } finally {
          try {
            conn.close();
          } catch {
            // It is closed already.
          }
        }
      })());
    }
  })();
  return Object.assign(listener, {
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      await Promise.all(handled);
    },
  });
}

const DETAIL = { tlsVersion: "TLSv1.3" };

Deno.test("tcp() speaks over TLS from the start", async () => {
  await using server = greeter();
  const { port } = server.addr as Deno.NetAddr;
  const base = { port, host: "localhost", tls: true, ca };
  assertPass(await tcp(base)(patient()), DETAIL);
  assertPass(await tcp({ ...base, expect: "* OK" })(patient()), DETAIL);
  assertPass(
    await tcp({ ...base, ca: pemFiles.ca, send: "é", expect: "é" })(patient()),
    DETAIL,
  );
  const steps = [{ expect: /^\* (\w+)/ }, { send: "$1$1" }, { expect: "OKOK" }];
  assertPass(await tcp({ ...base, steps, staysOpen: 20 })(patient()), DETAIL);
  const elsewhere = { ...base, host: "lifesign.test", address: "127.0.0.1" };
  assertPass(await attempted(tcp(elsewhere)), DETAIL);
  assertPass(
    await tcp({ port, tls: true, verify: false })(patient()),
    DETAIL,
  );
});

Deno.test("tcp() says what is wrong with a certificate", async () => {
  await using server = greeter();
  const { port } = server.addr as Deno.NetAddr;
  const base = { port, host: "localhost", tls: true };
  const table: [Partial<TcpOptions>, RegExp][] = [
    [{}, /^The certificate is not trusted: it was issued by an unknown/],
    [
      { ca, host: "db.test", address: "127.0.0.1" },
      /^The certificate is not for db\.test, but for localhost/,
    ],
    [
      { fingerprint: `sha256:${"0".repeat(64)}` },
      /^Expected a certificate with the fingerprint sha256:0/,
    ],
  ];
  for (const [options, message] of table) {
    const probe = tcp({ ...base, ...options });
    assertOutcome(await probe(patient()), ["fail", "tls"], message);
  }
});

Deno.test("tcp() judges when the certificate ends, and tells it in every case", async () => {
  await using server = greeter();
  const { port } = server.addr as Deno.NetAddr;
  const base = { port, host: "localhost", tls: true, expect: "* OK" };
  const rows: [Partial<TcpOptions>, [string, string?]][] = [
    [{ ca, certificate: { warn: "20000d", fail: "1%" } }, ["pass"]],
    [{ ca, certificate: { warn: "40000d" } }, ["warn", "expired"]],
    [{ ca, certificate: { fail: "40000d" } }, ["fail", "expired"]],
    [{}, ["fail", "tls"]],
  ];
  for (const [options, [verdict, code]] of rows) {
    const outcome = await tcp({ ...base, ...options })(patient());
    assertEquals([outcome.verdict, outcome.reason?.code], [verdict, code]);
    assertEquals(outcome.detail?.certExpiresAt, "2120-01-01T00:00:00Z");
    assertEquals(outcome.detail?.tlsVersion, "TLSv1.3");
  }
  const { metrics } = tcp(base);
  assertEquals(
    metrics?.map(({ name, labels, key, value }) => [
      name,
      labels?.version,
      value!({ certExpiresAt: "1970-01-02T00:00:00Z" }[key] ?? "TLSv1.3"),
    ]),
    [
      ["probe_ssl_earliest_cert_expiry", undefined, 86_400],
      ["probe_tls_version_info", "TLS 1.2", NaN],
      ["probe_tls_version_info", "TLS 1.3", 1],
    ],
  );
});

Deno.test("tcp() blames the target that does not speak TLS", async () => {
  await using talking = tcpServer((conn) => say(conn, "220 hello\r\n"));
  assertOutcome(
    await tcp({ port: talking.port, tls: true })(patient()),
    ["fail", "tls"],
    `${talking.authority} does not speak TLS`,
  );
  await using closing = tcpServer(close);
  await using resetting = await hastyServer();
  for (const server of [closing, resetting]) {
    for (let turn = 0; turn < 10; turn++) {
      assertOutcome(
        await tcp({ port: server.port, tls: true })(patient()),
        ["fail", "tls"],
        `127.0.0.1:${server.port} closed the connection in the TLS handshake`,
      );
    }
  }
});

Deno.test("tcp() begins no TLS if there is more than the answer", async () => {
  const steps: TcpStep[] = [
    { expect: /^220 / },
    { starttls: true },
    { expect: "250" },
  ];
  await using server = tcpServer((conn) =>
    say(conn, "220 go ahead\r\n250 injected\r\n")
  );
  assertOutcome(
    await tcp({ port: server.port, steps })(patient()),
    ["fail", "protocol"],
    `${server.authority} sent more than its answer before TLS in step 2`,
  );
});

Deno.test("tcp() reads an answer to its end before TLS begins", async () => {
  const first: number[] = [];
  const expectations = [/^220 /, /^220/];
  for (const expect of expectations) {
    await using server = tcpServer(async (conn) => {
      for (const byte of new TextEncoder().encode("220 go ahead\r\n")) {
        await say(conn, Uint8Array.of(byte));
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      // The first byte of a handshake.
      const buffer = new Uint8Array(1);
      await conn.read(buffer);
      first.push(buffer[0]!);
      conn.close();
    });
    const steps: TcpStep[] = [{ expect }, { starttls: true }];
    assertOutcome(
      await tcp({ port: server.port, steps })(patient()),
      ["fail", "tls"],
    );
  }
  assertEquals(first, expectations.map(() => 22));
});

testWithServer("postgres", "tcp() begins TLS with PostgreSQL", async (port) => {
  const steps: TcpStep[] = [
    { send: Uint8Array.fromHex("0000000804d2162f") },
    { expect: "S" },
    { starttls: true },
  ];
  const base = { host: "localhost", port, steps };
  assertPass(await tcp({ ...base, ca })(patient()), DETAIL);
  assertOutcome(await tcp(base)(patient()), ["fail", "tls"]);
});

testWithServer(
  "postfix",
  "tcp() begins TLS with Postfix, and goes on over it",
  async (port) => {
    const steps: TcpStep[] = [
      { expect: /^220 (\S+)/ },
      { send: "EHLO $1\r\n" },
      { expect: /^250[ -]STARTTLS/ },
      { send: "STARTTLS\r\n" },
      { expect: /^220 / },
      { starttls: true },
      { send: "EHLO probe\r\n" },
      { expect: /^250 / },
      { send: "QUIT\r\n" },
      { expect: /^221 / },
    ];
    const base = { host: "localhost", port };
    assertPass(await tcp({ ...base, ca, steps })(patient()), DETAIL);
    const early = tcp({
      ...base,
      steps: [steps[0]!, { send: "MAIL\r\n" }, { expect: /^250 / }],
    });
    // It waits for another command.
    const outcome = await givenTime(
      (ms) => early(AbortSignal.timeout(ms)),
      ({ reason }) => reason?.code === "mismatch",
    );
    assertOutcome(outcome, ["fail", "mismatch"], /in step 3, got "50\d /);
  },
);

testWithServer("dovecot", "tcp() begins TLS with Dovecot", async (port) => {
  const steps: TcpStep[] = [
    { expect: /^\* OK / },
    { send: "a STARTTLS\r\n" },
    { expect: /^a OK / },
    { starttls: true },
    { send: "b LOGOUT\r\n" },
    { expect: /^b OK / },
  ];
  const base = { host: "localhost", port, ca, steps };
  assertPass(await tcp(base)(patient()), DETAIL);
});

Deno.test("tcp() needs to read the files of certificates", async () => {
  const options = { port: closedPort(), tls: true, ca: pemFiles.ca };
  const flags = flagsOf(tcp(options));
  assertEquals(flags[1], `--allow-read=${pemFiles.ca}`);
  const args = [options];
  assertOutcome(
    await attemptInChild({ type: "tcp", args, flags }),
    ["fail", "refused"],
  );
  await using server = greeter();
  const { port } = server.addr as Deno.NetAddr;
  assertOutcome(
    await tcp({ port, tls: true, ca: "/tmp/nowhere.pem" })(patient()),
    ["error", "internal"],
    /^Cannot read \/tmp\/nowhere\.pem/,
  );
});

Deno.test("tcp() refuses options of TLS that do not go together", () => {
  const starttls = { starttls: true } as const;
  const table: [Partial<TcpOptions>, string][] = [
    [{ ca }, "ca"],
    [{ verify: false }, "verify"],
    [{ certificate: { warn: "1d" } }, "certificate"],
    [{ tls: true, certificate: { warn: "soon" } }, "certificate.warn"],
    [{ tls: false, fingerprint: "00" }, "fingerprint"],
    [{ tls: true, fingerprint: "00" }, "fingerprint"],
    [{ tls: true, cert: pem.cert }, "cert"],
    [{ tls: true, steps: [starttls] }, "steps"],
    [{ steps: [starttls, { send: "x" }, starttls] }, "steps"],
    [{ steps: [{ starttls: false as true }] }, "steps[0].starttls"],
    [{ tls: "yes" as never }, "tls"],
  ];
  for (const [options, option] of table) {
    const error = assertThrows(() => tcp({ port: 1, ...options }), OptionError);
    assertEquals(error.option, option);
  }
});

for (const version of ["-tls1_3", "-tls1_2"]) {
  testWithServer(
    "openssl",
    `tcp() says that a server wants a client certificate, by ${version}`,
    async (port) => {
      const base = { host: "localhost", port, ca, tls: true };
      const refused = await attempted(tcp(base));
      assertOutcome(refused, ["fail", "tls"], /client certificate/);
      const { cert, key } = pem;
      const passed = await attempted(tcp({ ...base, cert, key }));
      assertEquals([passed.verdict, passed.reason], ["pass", undefined]);
    },
    { VERSION: version },
  );
}
