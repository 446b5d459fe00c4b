import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { X509Certificate } from "node:crypto";
import { createServer, type TLSSocket } from "node:tls";
import { OptionError } from "../../../src/core/option_error.ts";
import type { Outcome, ReasonCode } from "../../../src/core/types.ts";
import { tls, type TlsProbeOptions } from "../../../src/probes/tls/tls.ts";
import { usualLimits } from "../../../src/probes/tls/usual_limits.ts";
import { givenTime } from "../../support/busy.ts";
import { attemptInChild, flagsOf } from "../../support/child.ts";
import { hastyServer } from "../../support/faults.ts";
import {
  assertOutcome,
  attempted,
  impatient,
  patient,
} from "../../support/outcomes.ts";
import {
  close,
  closedPort,
  hang,
  pem,
  pemFiles,
  say,
  sayForEver,
  tcpServer,
} from "../../support/servers.ts";
import { startScript } from "../../support/program.ts";
import { closing } from "../connection/relay.ts";

const FAULTS = `${import.meta.dirname}/../../support/tls/faults`;

function read(name: string): string {
  return Deno.readTextFileSync(`${FAULTS}/${name}`);
}

const key = read("leaf.key");
const root = { ca: read("root.pem") };

/** A server that shows some certificates, and says nothing. */
async function showing(...names: string[]) {
  const cert = names.map((name) => read(`${name}.pem`)).join("");
  return await closing(createServer({ cert, key }, (socket) => {
    socket.on("error", () => {});
  }));
}

/** The details of a certificate of the folder of faults. */
function detailOf(name: string) {
  const { fingerprint256, validTo } = new X509Certificate(read(`${name}.pem`));
  return {
    certFingerprint: `sha256:${
      fingerprint256.replaceAll(":", "").toLowerCase()
    }`,
    certExpiresAt: new Date(validTo).toISOString().replace(".000Z", "Z"),
    certSubject: "localhost",
    certIssuer: "lifesign root",
    certNames: "localhost, 127.0.0.1",
    tlsVersion: "TLSv1.3",
  };
}

function assertDetail(outcome: Outcome, expected: Outcome["detail"]): void {
  const { certDaysLeft, ...others } = outcome.detail ?? {};
  assertEquals(others, { ...expected });
  const days = (Date.parse(String(others.certExpiresAt)) - Date.now()) / 864e5;
  assert(Math.abs(Number(certDaysLeft) - days) <= 0.2, `${certDaysLeft}`);
}

Deno.test("tls() passes, and tells the certificate", async () => {
  await using server = await showing("chained", "intermediate");
  const base = { ...root, host: "localhost", port: server.port };
  const expected = {
    ...detailOf("chained"),
    certIssuer: "lifesign intermediate",
  };
  const rows: Partial<TlsProbeOptions>[] = [
    {},
    { host: "127.0.0.1" },
    { host: "db.test", address: "127.0.0.1", name: "localhost" },
    { ca: `${FAULTS}/root.pem` },
    { addresses: "all", family: 4 },
    { certificate: {} },
    { certificate: { warn: "10%", fail: "1d" } },
  ];
  for (const options of rows) {
    const outcome = await attempted(tls({ ...base, ...options }));
    const { addresses: _, ...detail } = outcome.detail ?? {};
    assertEquals([outcome.verdict, outcome.reason], ["pass", undefined]);
    assertDetail({ ...outcome, detail }, expected);
  }
});

/** What is wrong with a certificate, and what must come of it. */
const CERTIFICATES: readonly (readonly [
  string,
  Partial<TlsProbeOptions>,
  readonly [string, ReasonCode?, (string | RegExp)?],
  Readonly<Record<string, string | undefined>>?,
])[] = [
  ["expired", root, [
    "fail",
    "expired",
    "The certificate expired on 2021-01-01T00:00:00Z",
  ]],
  ["expired", { verify: false }, [
    "fail",
    "expired",
    "Expected a certificate that is valid for 7d or more, got one that has expired",
  ]],
  ["expired", { verify: false, certificate: {} }, ["pass"]],
  ["early", root, [
    "fail",
    "tls",
    "The certificate is not valid before 2100-01-01T00:00:00Z",
  ]],
  [
    "names",
    root,
    ["fail", "tls", /^The certificate is not for localhost, but/],
    {
      certSubject: "a.test",
      certNames: "a.test, b.test, c.test, d.test, e.test",
    },
  ],
  ["names", { ...root, name: "b.test" }, ["pass"], {
    certSubject: "a.test",
    certNames: "a.test, b.test, c.test, d.test, e.test",
  }],
  ["unchained", root, ["fail", "tls", /unknown authority/], {
    certIssuer: "lifesign intermediate",
  }],
  ["self", root, ["fail", "tls", /it is self-signed$/], {
    certIssuer: "localhost",
  }],
  ["self", { fingerprint: detailOf("self").certFingerprint }, ["pass"], {
    certIssuer: "localhost",
  }],
  ["client", root, ["fail", "tls", /it is not for servers$/]],
  ["forged", { ...root, certificate: { warn: "50000d" } }, ["fail", "tls"], {
    certNames: undefined,
  }],
  ["expired", { verify: false, certificate: { warn: "1d" } }, [
    "warn",
    "expired",
  ]],
];

for (const [name, options, [verdict, code, message], detail] of CERTIFICATES) {
  const { ca: _, ...shown } = options;
  Deno.test(`tls() judges the certificate ${name} with ${JSON.stringify(shown)}`, async () => {
    await using server = await showing(name);
    const place = { host: "localhost", port: server.port };
    const outcome = await tls({ ...place, ...options })(patient());
    if (code === undefined) assertEquals(outcome.verdict, verdict);
    else assertOutcome(outcome, [verdict as "fail", code], message);
    const expected = Object.entries({ ...detailOf(name), ...detail });
    assertDetail(
      outcome,
      Object.fromEntries(expected.filter(([, value]) => value !== undefined)),
    );
  });
}

Deno.test("tls() has limits for certificates of any lifetime", () => {
  const rows = [
    [90, 22, undefined],
    [90, 20, "warn"],
    [90, 6, "fail"],
    [398, 22, undefined],
    [6, 2, undefined],
    [6, 1.4, "warn"],
    [6, 0.5, "fail"],
    [47, 14, undefined],
    [47, 11, "warn"],
    [47, 4, "fail"],
  ] as const;
  const day = 86_400_000;
  for (const [days, left, verdict] of rows) {
    const lifetime = { from: 0, to: days * day };
    const outcome = usualLimits(lifetime, (days - left) * day, {});
    assertEquals(outcome?.verdict, verdict, `${days} ${left}`);
  }
});

Deno.test("tls() says of each fault of a server what it is", async () => {
  const slow = async (conn: Deno.TcpConn) => {
    while (true) {
      await say(conn, Uint8Array.of(22));
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  };
  const header = Uint8Array.of(22, 3, 3, 0x40, 0);
  /** A handshake that has no end, in records that are right. */
  const endless = async (conn: Deno.TcpConn) => {
    const record = new Uint8Array(5 + 0x4000);
    record.set(header);
    record.set([2, 0xff, 0xff, 0xff], 5);
    while (true) await conn.write(record);
  };
  const rows: [string, (conn: Deno.TcpConn) => unknown, ReasonCode][] = [
    ["silent", hang, "timeout"],
    ["closes", close, "tls"],
    ["plain", (conn) => say(conn, "220 hello\r\n"), "tls"],
    ["HTTP", (conn) => say(conn, "HTTP/1.1 400 Bad Request\r\n\r\n"), "tls"],
    ["garbage", (conn) => say(conn, new Uint8Array(99)), "tls"],
    ["garbage for ever", (conn) => sayForEver(conn, "garbage"), "tls"],
    ["slow garbage", slow, "tls"],
    ["a slow record", async (conn) => {
      await say(conn, header);
      while (true) {
        await say(conn, Uint8Array.of(2));
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }, "timeout"],
    ["a handshake for ever", endless, "tls"],
  ];
  for (const [what, handle, code] of rows) {
    await using server = tcpServer(handle);
    const { port } = server;
    const outcome = await tls({ host: "127.0.0.1", port })(
      code === "timeout" ? impatient() : patient(),
    );
    assertEquals([outcome.verdict, outcome.reason?.code], ["fail", code], what);
  }
  await using resetting = await hastyServer();
  const { port } = resetting;
  for (let turn = 0; turn < 10; turn++) {
    assertOutcome(await tls({ host: "127.0.0.1", port })(patient()), [
      "fail",
      "tls",
    ], `127.0.0.1:${port} closed the connection in the TLS handshake`);
  }
  assertOutcome(
    await tls({ host: "127.0.0.1", port: closedPort() })(patient()),
    ["fail", "refused"],
  );
  assertOutcome(
    await tls({ host: "nowhere.invalid" })(patient()),
    ["fail", "dns"],
  );
});

Deno.test("tls() passes with what it knows at its deadline if the server keeps silent after the handshake", async () => {
  // It never answers to the end of TLS.
  const sockets: TLSSocket[] = [];
  const server = createServer({ ...pem, allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on("error", () => {});
  });
  await using place = await closing(server);
  const probe = tls({ ca: pem.ca, host: "localhost", port: place.port });
  for (const timeoutMs of [400, 10_000]) {
    const outcome = await givenTime(
      (ms) => attempted(probe, Math.max(ms, timeoutMs)),
      ({ verdict }) => verdict === "pass",
    );
    assertEquals([outcome.verdict, outcome.reason], ["pass", undefined]);
  }
  for (const socket of sockets) socket.destroy();
});

Deno.test("tls() needs the permissions that it lists, and no more", async () => {
  await using server = await showing("chained", "intermediate");
  const options = {
    host: "127.0.0.1",
    port: server.port,
    ca: `${FAULTS}/root.pem`,
  };
  const flags = flagsOf(tls(options));
  assertEquals(flags, [
    `--allow-net=127.0.0.1:${server.port}`,
    `--allow-read=${FAULTS}/root.pem`,
  ]);
  const inChild = (flags: string[]) =>
    attemptInChild({ type: "tls", args: [options], flags });
  assertEquals((await inChild(flags)).verdict, "pass");
  assertOutcome(
    await inChild(flags.slice(1)),
    ["error", "permission"],
    `Not allowed by Deno: run with ${flags[0]}`,
  );
});

Deno.test("tls() leaves no file open, whatever the fault is", async () => {
  await using server = await showing("chained", "intermediate");
  await using silent = tcpServer(hang);
  const { port } = silent;
  const host = "localhost";
  const rows = [
    { options: { ...root, host, port: server.port }, timeoutMs: 10_000 },
    { options: { host, port: server.port }, timeoutMs: 10_000 },
    { options: { host, port }, timeoutMs: 80 },
    { options: { host, port, starttls: "smtp" }, timeoutMs: 80 },
  ];
  await using script = startScript("tests/support/files_main.ts", {
    flags: ["--allow-all"],
    args: [JSON.stringify(rows.map((row) => ({ type: "tls", ...row })))],
  });
  const { code, stdout, stderr } = await script.ended;
  assertEquals([code, stderr], [0, ""]);
  // Of 30 attempts; the runtime opens one or two of its own at any time.
  assert(JSON.parse(stdout).every((files: number) => files < 10), stdout);
});

Deno.test("tls() is of type tls, with its endpoint as target", () => {
  const rows = [
    [{ host: "a.test" }, "a.test:443"],
    [{ host: "a.test", port: 8443 }, "a.test:8443"],
    [{ host: "::1", starttls: "smtp" }, "[::1]:25"],
    [{ host: "a.test", starttls: "imap" }, "a.test:143"],
    [{ host: "a.test", starttls: "pop3" }, "a.test:110"],
    [{ host: "a.test", starttls: "ftp" }, "a.test:21"],
    [{ host: "a.test", starttls: "postgres" }, "a.test:5432"],
    [{ host: "a.test", starttls: "mysql", address: "::1" }, "a.test:3306"],
  ] as const;
  for (const [options, target] of rows) {
    const probe = tls(options);
    assertEquals([probe.type, probe.target], ["tls", target]);
  }
  assertEquals(
    tls({ host: "a.test", address: "10.0.0.7" }).permissions,
    [{ name: "net", host: "10.0.0.7:443" }],
  );
  assertMatch(
    tls({ host: "a.test" }).metrics!.map(({ name }) => name).join(),
    /^probe_ssl_earliest_cert_expiry,probe_tls_version_info/,
  );
});

Deno.test("tls() refuses misuse when it is made", () => {
  const rows: [Partial<TlsProbeOptions>, string][] = [
    [{ host: "" }, "host"],
    [{ host: "a:80" }, "host"],
    [{ port: 0 }, "port"],
    [{ starttls: "http" as never }, "starttls"],
    [{ starttls: "constructor" as never }, "starttls"],
    [{ name: "a b" }, "name"],
    [{ name: "a:80" }, "name"],
    [{ address: "a b" }, "address"],
    [{ family: 5 as never }, "family"],
    [{ host: "::1", family: 4 }, "family"],
    [{ addresses: "some" as never }, "addresses"],
    [{ verify: 1 as never }, "verify"],
    [{ cert: pemFiles.cert }, "cert"],
    [{ fingerprint: "00" }, "fingerprint"],
    [{ certificate: { warn: "7d", fail: "21d" } }, "certificate.warn"],
  ];
  for (const [options, option] of rows) {
    const error = assertThrows(
      () => tls({ host: "localhost", ...options }),
      OptionError,
    );
    assertEquals(error.option, option);
  }
});
