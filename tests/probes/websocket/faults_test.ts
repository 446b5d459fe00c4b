import { assert, assertEquals } from "@std/assert";
import { createServer } from "node:tls";
import type { ReasonCode } from "../../../src/core/types.ts";
import { escaped } from "../../../src/core/text.ts";
import {
  websocket,
  type WebSocketOptions,
} from "../../../src/probes/websocket/websocket.ts";
import { givenTime } from "../../support/busy.ts";
import { assertOutcome, attempted, patient } from "../../support/outcomes.ts";
import { commandOf, ROOT } from "../../support/program.ts";
import {
  closedPort,
  hang,
  httpServer,
  say,
  tcpServer,
} from "../../support/servers.ts";
import {
  type Fault,
  FAULTS,
  opening,
  OPTIONS,
  startFault,
} from "../../support/websocket_faults.ts";

/** A message with the host and port in the place of AT. */
function said(says: Fault["says"], at: string): string | RegExp | undefined {
  return says instanceof RegExp
    ? new RegExp(says.source.replace("AT", escaped(at)))
    : says?.replace("AT", at);
}

for (const fault of FAULTS) {
  Deno.test(`websocket() says of a server what it is: ${fault.name}`, async () => {
    await using server = await startFault(fault);
    const at = `127.0.0.1:${server.port}`;
    const probe = websocket(`ws://${at}`, OPTIONS);
    const outcome = fault.isEndless
      ? await givenTime(
        (ms) => probe(AbortSignal.timeout(ms)),
        ({ reason }) => reason?.message === (fault.says ?? reason?.message),
      )
      : await probe(patient());
    if (fault.code === null) {
      assertEquals(outcome, {
        verdict: "pass",
        detail: { httpStatus: 101, upgraded: true },
      });
      return;
    }
    assertOutcome(outcome, ["fail", fault.code], said(fault.says, at));
  });
}

Deno.test("websocket() says that a server refuses connections", async () => {
  const port = closedPort();
  assertOutcome(
    await websocket(`ws://127.0.0.1:${port}`)(patient()),
    ["fail", "refused"],
    `127.0.0.1:${port} refused the connection`,
  );
  assertOutcome(
    await websocket("ws://lifesign.invalid")(patient()),
    ["fail", "dns"],
    "Cannot resolve lifesign.invalid",
  );
});

Deno.test("websocket() keeps to the deadline if the server does not read", async () => {
  await using server = await startFault({
    name: "deaf",
    with(socket, request) {
      socket.write(opening(request));
      socket.pause();
    },
    code: "timeout",
  });
  const probe = websocket(`ws://127.0.0.1:${server.port}`, {
    send: new Uint8Array(32 * 2 ** 20),
  });
  const outcome = await givenTime(
    (ms) => attempted(probe, ms),
    ({ reason }) => reason?.message.includes("while sending") ?? false,
  );
  assertOutcome(
    outcome,
    ["fail", "timeout"],
    /^Timed out after .* while sending$/,
  );
});

const folder = new URL("../../support/tls/faults/", import.meta.url);

function read(name: string): string {
  return Deno.readTextFileSync(new URL(name, folder));
}

/** A server that opens WebSockets over TLS, and says nothing more. */
async function tlsServer(options: import("node:tls").TlsOptions) {
  const server = createServer(options, (socket) => {
    socket.on("error", () => {});
    socket.on("data", (bytes) => socket.write(opening(String(bytes))));
  });
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

const CERTIFICATES: [string, WebSocketOptions, ReasonCode, RegExp][] = [
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
  [
    "chained",
    { certificate: { fail: "40000d" } },
    "expired",
    /^Expected a certificate that is valid for 40000d or more/,
  ],
];

for (const [name, options, code, message] of CERTIFICATES) {
  Deno.test(`websocket() says what is wrong with a certificate: ${name} ${code}`, async () => {
    await using server = await tlsServer({
      // With its issuer, which most of them do not need.
      cert: read(`${name}.pem`) +
        (name === "chained" ? read("intermediate.pem") : ""),
      key: read("leaf.key"),
    });
    const probe = websocket("wss://localhost/", {
      address: `127.0.0.1:${server.port}`,
      ca: read("root.pem"),
      ...options,
    });
    const outcome = await probe(patient());
    assertOutcome(outcome, ["fail", code], message);
    assert(outcome.detail?.certExpiresAt !== undefined);
  });
}

Deno.test("websocket() shows a client certificate, and says if one is missing", async () => {
  await using server = await tlsServer({
    cert: read("chained.pem"),
    key: read("leaf.key"),
    ca: read("root.pem"),
    requestCert: true,
    rejectUnauthorized: true,
  });
  const url = `wss://localhost:${server.port}`;
  const options = { verify: false, address: `127.0.0.1:${server.port}` };
  assertOutcome(
    await websocket(url, options)(patient()),
    ["fail", "tls"],
    /asks for a client certificate: expected cert and key$/,
  );
  const { verdict } = await websocket(url, {
    ...options,
    cert: read("client.pem"),
    key: read("leaf.key"),
  })(patient());
  assertEquals(verdict, "pass");
});

Deno.test("websocket() says who speaks TLS, and who does not", async () => {
  await using secure = httpServer(() => new Response("ok"), { tls: true });
  assertOutcome(
    await websocket(`ws://${secure.authority}`)(patient()),
    ["fail", "protocol"],
    `${secure.authority} speaks TLS: expected a URL with wss:`,
  );
  await using plain = tcpServer((conn) => say(conn, "220 hello\r\n"));
  assertOutcome(
    await websocket(`wss://${plain.authority}`)(patient()),
    ["fail", "tls"],
    `${plain.authority} does not speak TLS`,
  );
  await using silent = tcpServer(hang);
  const probe = websocket(`wss://${silent.authority}`);
  assertOutcome(
    await givenTime(
      (ms) => probe(AbortSignal.timeout(ms)),
      ({ reason }) => reason?.message.includes("TLS") ?? false,
    ),
    ["fail", "timeout"],
    "Timed out while in the TLS handshake",
  );
  for (const name of ["it closes at once", "it resets at once"]) {
    const fault = FAULTS.find((fault) => fault.name === name)!;
    await using server = await startFault(fault);
    const at = `127.0.0.1:${server.port}`;
    assertOutcome(
      await websocket(`wss://${at}`)(patient()),
      ["fail", "tls"],
      `${at} closed the connection in the TLS handshake`,
    );
  }
});

Deno.test("websocket() leaves no file open, whatever the server's fault, and takes little memory", async () => {
  await using servers = new AsyncDisposableStack();
  const ports: Record<string, number> = {};
  for (const fault of FAULTS) {
    ports[fault.name] = servers.use(await startFault(fault)).port;
  }
  const [program, ...args] = commandOf(
    "tests/support/websocket_leaks_main.ts",
    {
      flags: ["--allow-all"],
    },
  );
  const child = new Deno.Command(program!, {
    args,
    cwd: ROOT,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  await new Blob([JSON.stringify(ports)]).stream().pipeTo(child.stdin);
  const { stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  assertEquals(decoder.decode(stderr), "");
  const { left, rss } = JSON.parse(decoder.decode(stdout));
  assertEquals(left, {});
  assert(rss < 500e6, String(rss));
});
