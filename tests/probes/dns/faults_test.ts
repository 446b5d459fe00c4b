import { assert, assertEquals } from "@std/assert";
import { createServer } from "node:tls";
import type { ReasonCode } from "../../../src/core/types.ts";
import { dns, type DnsOptions } from "../../../src/probes/dns/dns.ts";
import { givenTime } from "../../support/busy.ts";
import { FAULTS, optionsFor } from "../../support/dns_faults.ts";
import { assertOutcome, patient } from "../../support/outcomes.ts";
import { commandOf, ROOT } from "../../support/program.ts";

for (const fault of FAULTS) {
  Deno.test(`dns() says of a server what it is, ${fault.name}`, async () => {
    await using server = await fault.start();
    const probe = dns(optionsFor(fault, server.port));
    await probe.prepare?.(patient());
    const outcome = fault.isEndless
      ? await givenTime(
        (ms) => probe(AbortSignal.timeout(ms)),
        ({ reason }) => reason?.code === fault.code,
      )
      : await probe(patient());
    if (fault.code === null) {
      assertEquals(outcome.verdict, "pass", outcome.reason?.message);
      return;
    }
    assertOutcome(outcome, ["fail", fault.code], fault.says);
    assertEquals(outcome.detail?.rcode, "none");
  });
}

const folder = new URL("../../support/tls/faults/", import.meta.url);

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, folder));
}

const CERTIFICATES: [string, Partial<DnsOptions>, ReasonCode, RegExp][] = [
  ["expired", {}, "expired", /^The certificate expired on 2021/],
  ["early", {}, "tls", /^The certificate is not valid before 2100/],
  [
    "names",
    {},
    "tls",
    /^The certificate is not for localhost, but for a\.test/,
  ],
  ["unchained", {}, "tls", /issued by an unknown authority/],
  ["self", {}, "tls", /it is self-signed$/],
  ["client", {}, "tls", /it is not for servers$/],
  [
    "chained",
    { fingerprint: "0".repeat(64) },
    "tls",
    /^Expected a certificate with the fingerprint sha256:0/,
  ],
];

for (const transport of ["tls", "https"] as const) {
  for (const [name, more, code, message] of CERTIFICATES) {
    Deno.test(`dns() says what is wrong with a certificate, ${name} by ${transport}`, async () => {
      await using server = await tlsServer({
        cert: read(`${name}.pem`),
        key: read("leaf.key"),
      });
      const probe = dns({
        name: "shop.test",
        server: "localhost",
        address: `127.0.0.1:${server.port}`,
        transport,
        ca: read("root.pem"),
        ...more,
      });
      assertOutcome(await probe(patient()), ["fail", code], message);
    });
  }

  Deno.test(`dns() says that a client certificate is missing, by ${transport}`, async () => {
    await using server = await tlsServer({
      cert: read("self.pem"),
      key: read("leaf.key"),
      ca: read("root.pem"),
      requestCert: true,
      rejectUnauthorized: true,
    });
    const probe = dns({
      name: "shop.test",
      server: "localhost",
      address: `127.0.0.1:${server.port}`,
      transport,
      verify: false,
    });
    assertOutcome(
      await probe(patient()),
      ["fail", "tls"],
      /asks for a client certificate: expected cert and key$/,
    );
  });
}

async function tlsServer(options: import("node:tls").TlsOptions) {
  const server = createServer(options, (socket) => {
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

Deno.test("dns() says that the name of its server does not resolve", async () => {
  for (const transport of ["udp", "tcp", "tls", "https"] as const) {
    const probe = dns({ name: "shop.test", server: "ns.invalid", transport });
    assertOutcome(
      await probe(patient()),
      ["fail", "dns"],
      "Cannot resolve ns.invalid",
    );
  }
});

Deno.test("dns() leaves no file open, whatever the server's fault, and takes little memory", async () => {
  await using servers = new AsyncDisposableStack();
  const rows = [];
  for (const fault of FAULTS) {
    const { port } = servers.use(await fault.start());
    const timeoutMs = fault.isEndless ? 80 : 10_000;
    rows.push({ options: optionsFor(fault, port), timeoutMs });
  }
  const [program, ...args] = commandOf("tests/support/dns_leaks_main.ts", {
    flags: ["--allow-all"],
  });
  const child = new Deno.Command(program!, {
    args,
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([JSON.stringify(rows)]).stream().pipeTo(child.stdin);
  const { stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  const { left, rss } = JSON.parse(decoder.decode(stdout));
  assertEquals(left.length, FAULTS.length);
  // Of 30 attempts; the runtime opens one or two of its own at any time.
  assert(left.every((files: number) => files < 10), String(left));
  assert(rss < 500e6, String(rss));
});
