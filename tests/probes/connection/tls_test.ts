import { assert, assertEquals } from "@std/assert";
import http2 from "node:http2";
import https from "node:https";
import type { TLSSocket } from "node:tls";
import { http } from "../../../src/probes/http/http.ts";
import { tcp } from "../../../src/probes/tcp/tcp.ts";
import { assertOutcome, assertPass, patient } from "../../support/outcomes.ts";
import { resettingServer } from "../../support/faults.ts";
import {
  close,
  httpServer,
  pem,
  say,
  tcpServer,
} from "../../support/servers.ts";
import { closing } from "./relay.ts";
import { startRelay } from "./relay.ts";

/** The numbers of the extensions in a ClientHello (RFC 8446, section 4.1.2). */
function extensionsOf(hello: Uint8Array): Map<number, number> {
  const view = new DataView(hello.buffer, hello.byteOffset);
  assertEquals([view.getUint8(0), view.getUint8(5)], [22, 1]);
  // The headers of the record and the message, the version and the random.
  let at = 5 + 4 + 2 + 32;
  at += 1 + view.getUint8(at);
  at += 2 + view.getUint16(at);
  at += 1 + view.getUint8(at);
  const end = at + 2 + view.getUint16(at);
  const extensions = new Map<number, number>();
  for (at += 2; at < end; at += 4 + view.getUint16(at + 2)) {
    extensions.set(view.getUint16(at), view.getUint16(at + 2));
  }
  return extensions;
}

/** Whether a client offers to resume a session, by TLS 1.3 or 1.2. */
function resumes(hello: Uint8Array): boolean {
  const extensions = extensionsOf(hello);
  return extensions.has(41) || (extensions.get(35) ?? 0) > 0;
}

Deno.test("no attempt of http() resumes a TLS session", async () => {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  await using relay = startRelay(server.port);
  const url = `https://localhost:${relay.port}/`;
  const { ca } = pem;
  for (const options of [{ ca }, { ca, address: "127.0.0.1" }]) {
    const probe = http(url, options);
    using _ = probe.hold?.();
    for (let i = 0; i < 3; i++) {
      assertPass(await probe(patient()), { httpStatus: 200 });
    }
  }
  for (let i = 0; i < 3; i++) {
    await http(url, { verify: false })(patient());
    assertOutcome(await http(url)(patient()), ["fail", "tls"]);
  }
  assertEquals(relay.hellos.map(resumes), Array(12).fill(false));
  // `fetch` does, so that this test can fail.
  using client = Deno.createHttpClient({
    caCerts: [ca],
    poolMaxIdlePerHost: 0,
  });
  for (let i = 0; i < 2; i++) {
    await (await fetch(url, { client })).text();
  }
  assert(relay.hellos.slice(12).some(resumes));
});

Deno.test("http() asks a server that speaks only HTTP/2", async () => {
  const asked: string[] = [];
  const server = http2.createSecureServer(
    { cert: pem.cert, key: pem.key, allowHTTP1: false },
    (request, response) => {
      asked.push(`${request.method} ${request.authority} ${request.url}`);
      response.setHeader("x-a", "b");
      response.statusCode = request.url === "/gone" ? 404 : 200;
      response.end("hello");
    },
  );
  await using place = await closing(server);
  const url = `https://localhost:${place.port}`;
  const options = {
    ca: pem.ca,
    contains: "hello",
    responseHeaders: { "x-a": "b" },
  };
  assertPass(await http(`${url}/a?b`, options)(patient()), { httpStatus: 200 });
  assertPass(
    await http(`https://lifesign.test/c`, {
      ...options,
      method: "POST",
      body: "x",
      address: `127.0.0.1:${place.port}`,
    })(patient()),
    { httpStatus: 200 },
  );
  assertOutcome(
    await http(`${url}/gone`, options)(patient()),
    ["fail", "status"],
    "Expected status 200-299, got 404",
  );
  // TLS to an address names no server.
  assertPass(
    await http(`https://127.0.0.1:${place.port}/d`, options)(patient()),
    { httpStatus: 200 },
  );
  assertEquals(asked, [
    `GET localhost:${place.port} /a?b`,
    "POST lifesign.test /c",
    `GET localhost:${place.port} /gone`,
    `GET 127.0.0.1:${place.port} /d`,
  ]);
});

const ALERTS = {
  40:
    "AT refused the TLS handshake: no cipher in common, or no client certificate",
  70: "AT speaks neither TLS 1.2 nor TLS 1.3",
  112: "AT does not know the name in the TLS handshake",
};

for (const [alert, message] of Object.entries(ALERTS)) {
  Deno.test(`http() says what the TLS alert ${alert} means`, async () => {
    await using server = tcpServer(async (conn) => {
      await conn.read(new Uint8Array(4096));
      await say(conn, Uint8Array.of(21, 3, 3, 0, 2, 2, Number(alert)));
      conn.close();
    });
    assertOutcome(
      await http(`https://${server.authority}/`)(patient()),
      ["fail", "tls"],
      message.replace("AT", server.authority),
    );
  });
}

Deno.test("http() shows its client certificate to no other host of a redirect", async () => {
  const { ca, cert, key } = pem;
  const settings = { ca, cert, key, requestCert: true };
  const asking = https.createServer(
    { ...settings, rejectUnauthorized: false },
    (request, response) => {
      const { subject } = (request.socket as TLSSocket).getPeerCertificate();
      response.end(`shown: ${subject?.CN}`);
    },
  );
  let to = "";
  const redirecting = https.createServer(
    settings,
    (_, response) => response.writeHead(302, { location: to }).end(),
  );
  await using first = await closing(redirecting);
  await using second = await closing(asking);
  const shown = { localhost: "localhost", "127.0.0.1": "undefined" };
  for (const [host, contains] of Object.entries(shown)) {
    to = `https://${host}:${second.port}/`;
    const probe = http(`https://localhost:${first.port}/`, {
      ca,
      cert,
      key,
      redirect: "follow",
      contains: `shown: ${contains}`,
    });
    assertPass(await probe(patient()), { httpStatus: 200 });
  }
});

Deno.test("http() and tcp() say that a target speaks TLS", async () => {
  await using server = httpServer(() => new Response("ok"), { tls: true });
  const { authority, port } = server;
  assertOutcome(
    await http(`http://${authority}/`)(patient()),
    ["fail", "protocol"],
    `${authority} speaks TLS: expected a URL with https:`,
  );
  for (const expect of ["+PONG", /^2/, Uint8Array.of(1)]) {
    assertOutcome(
      await tcp({ port, send: "PING\r\n", expect })(patient()),
      ["fail", "protocol"],
      `${authority} speaks TLS: expected tls: true`,
    );
  }
  const alert = Uint8Array.of(21, 3);
  assertPass(await tcp({ port, send: "PING\r\n", expect: alert })(patient()));
});

Deno.test("http() says that a target closes the connection in the TLS handshake", async () => {
  for (const serve of [() => tcpServer(close), resettingServer]) {
    await using server = await serve();
    assertOutcome(
      await http(`https://127.0.0.1:${server.port}/`)(patient()),
      ["fail", "tls"],
      `127.0.0.1:${server.port} closed the connection in the TLS handshake`,
    );
  }
});
