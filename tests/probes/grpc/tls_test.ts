import { assert } from "@std/assert";
import { X509Certificate } from "node:crypto";
import tls, { type TlsOptions, type TLSSocket } from "node:tls";
import { grpc, type GrpcOptions } from "../../../src/probes/grpc/grpc.ts";
import type { ReasonCode } from "../../../src/core/types.ts";
import { HEAD, SERVING, SETTINGS, trailers } from "../../support/grpc.ts";
import {
  assertOutcome,
  assertPass,
  impatient,
  patient,
} from "../../support/outcomes.ts";
import { hang, httpServer, pem, tcpServer } from "../../support/servers.ts";
import { closing } from "../connection/relay.ts";

function read(name: string): string {
  return Deno.readTextFileSync(
    `${import.meta.dirname}/../../support/tls/faults/${name}`,
  );
}

function fingerprint(name: string): string {
  return new X509Certificate(read(`${name}.pem`)).fingerprint256;
}

/** A server of TLS that says that it is serving. */
async function serving(
  options: TlsOptions,
): Promise<AsyncDisposable & { readonly port: number }> {
  const sockets = new Set<TLSSocket>();
  const server = tls.createServer(options, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.once("data", () => {
      for (const each of [SETTINGS, HEAD, SERVING, trailers("0")]) {
        socket.write(each);
      }
    });
  });
  const place = await closing(server);
  return {
    port: place.port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await place[Symbol.asyncDispose]();
    },
  };
}

const CERTIFICATES: Readonly<
  Record<string, [Partial<GrpcOptions>, ReasonCode, string]>
> = {
  expired: [
    { ca: read("root.pem") },
    "expired",
    "The certificate expired on 2021-01-01T00:00:00Z",
  ],
  "self-expired": [
    { fingerprint: fingerprint("self-expired") },
    "expired",
    "The certificate expired on 2021-01-01T00:00:00Z",
  ],
  early: [
    { ca: read("root.pem") },
    "tls",
    "The certificate is not valid before 2100-01-01T00:00:00Z",
  ],
  names: [
    { ca: read("root.pem") },
    "tls",
    "The certificate is not for localhost, but for a.test, b.test, c.test and 2 more",
  ],
  self: [{}, "tls", "The certificate is not trusted: it is self-signed"],
  unchained: [
    {},
    "tls",
    'The certificate is not trusted: it was issued by an unknown authority, "lifesign intermediate", of which the server sent no certificate',
  ],
};

for (const [name, [options, code, message]] of Object.entries(CERTIFICATES)) {
  Deno.test(`grpc() says what is wrong with the certificate ${name}.pem`, async () => {
    await using server = await serving({
      cert: read(`${name}.pem`),
      key: read("leaf.key"),
      ALPNProtocols: ["h2"],
    });
    const ask = (options: Partial<GrpcOptions>) =>
      grpc({ host: "localhost", port: server.port, tls: true, ...options })(
        patient(),
      );
    assertOutcome(await ask(options), ["fail", code], message);
    assertPass(await ask({ ...options, verify: false }), {
      tlsVersion: "TLSv1.3",
      grpcStatus: 0,
      servingStatus: "SERVING",
    });
  });
}

for (const ALPNProtocols of [undefined, ["http/1.1"]]) {
  Deno.test(`grpc() wants HTTP/2 of a server that offers ${ALPNProtocols}`, async () => {
    await using server = await serving({
      cert: pem.cert,
      key: pem.key,
      ...(ALPNProtocols !== undefined && { ALPNProtocols }),
    });
    const { port } = server;
    assertOutcome(
      await grpc({ port, tls: true, ca: pem.ca })(patient()),
      ["fail", "protocol"],
      `127.0.0.1:${port} does not offer HTTP/2 in the TLS handshake (ALPN), which gRPC needs`,
    );
  });
}

Deno.test("grpc() says what a server of HTTP is", async () => {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  const { port } = server;
  assertOutcome(
    await grpc({ port, tls: true, ca: pem.ca })(patient()),
    ["fail", "protocol"],
    'Expected an answer of application/grpc, got "text/plain;charset=UTF-8"',
  );
  assertOutcome(
    await grpc({ port })(patient()),
    ["fail", "protocol"],
    `127.0.0.1:${port} speaks TLS: expected tls: true`,
  );
});

Deno.test("grpc() does not wait for a handshake beyond its deadline", async () => {
  await using server = tcpServer(hang);
  assertOutcome(
    await grpc({ port: server.port, tls: true })(impatient()),
    ["fail", "timeout"],
    "Timed out while in the TLS handshake",
  );
});

Deno.test("grpc() leaves no connection open", async () => {
  await using server = await serving({
    cert: pem.cert,
    key: pem.key,
    ALPNProtocols: ["h2"],
  });
  await using silent = tcpServer(hang);
  const { port } = server;
  const open = (): number => {
    const args = ["-c", "ls /proc/$PPID/fd | wc -l"];
    const { stdout } = new Deno.Command("sh", { args }).outputSync();
    return Number(new TextDecoder().decode(stdout));
  };
  const attempts = async () => {
    await grpc({ port, tls: true, ca: pem.ca })(patient());
    await grpc({ port, tls: true })(patient());
    await grpc({ port: silent.port })(impatient());
    await grpc({ port: silent.port, tls: true })(impatient());
  };
  await attempts();
  const before = open();
  for (let i = 0; i < 4; i++) await attempts();
  assert(before > 0);
  // The server's side of the silent ones stays until it is disposed of. That of
  // the others is closed a moment later.
  const leaked = (): number => open() - before - 8;
  const end = performance.now() + 60_000;
  while (leaked() > 0) {
    assert(performance.now() < end, `${leaked()} more files are open`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
});
