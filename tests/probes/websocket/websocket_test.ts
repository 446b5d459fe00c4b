import { assertEquals, assertThrows } from "@std/assert";
import { createServer } from "node:https";
import { type WebSocket as Socket, WebSocketServer } from "ws";
import { OptionError } from "../../../src/core/option_error.ts";
import { websocketKind } from "../../../src/probes/websocket/kind.ts";
import {
  websocket,
  type WebSocketOptions,
} from "../../../src/probes/websocket/websocket.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  patient,
} from "../../support/outcomes.ts";
import { httpServer, pem } from "../../support/servers.ts";
import {
  frame,
  opening,
  OPTIONS,
  startFault,
} from "../../support/websocket_faults.ts";

const OPENED = { httpStatus: 101, upgraded: true };

/** A server of npm's ws that echoes, by TLS or not. */
async function echoing(
  { isSecure = false, protocols }: {
    readonly isSecure?: boolean;
    readonly protocols?: readonly string[];
  } = {},
) {
  const closes: string[] = [];
  const http = isSecure
    ? createServer({ cert: pem.cert, key: pem.key })
    : undefined;
  const server = new WebSocketServer({
    ...(http ? { server: http } : { host: "127.0.0.1", port: 0 }),
    perMessageDeflate: true,
    handleProtocols: (offered: Set<string>) =>
      protocols?.find((each) => offered.has(each)) ?? false,
  });
  server.on("connection", (socket: Socket) => {
    socket.on("error", () => {});
    socket.on("close", (code: number) => closes.push(String(code)));
    socket.on("message", (message: Uint8Array, isBinary: boolean) => {
      if (String(message) === "ping me") return socket.ping("a payload");
      socket.send(message, { binary: isBinary });
    });
    socket.on("pong", (payload: Uint8Array) => socket.send(`got ${payload}`));
  });
  const listening = http?.listen(0, "127.0.0.1") ?? server;
  await new Promise((resolve) => listening.on("listening", resolve));
  const { port } = (http ?? server).address() as { port: number };
  return {
    port,
    closes,
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      await new Promise((resolve) => server.close(resolve));
      if (http) await new Promise((resolve) => http.close(resolve));
    },
  };
}

const TALKS: WebSocketOptions[] = [
  {},
  { send: "hello" },
  { send: "héllo", expect: "héllo" },
  { send: "hello", expect: /^hel+o$/ },
  { send: "", expect: /^$/ },
  { send: "ping me", expect: /^got a payload$/ },
  { send: Uint8Array.of(1, 0xff), expect: Uint8Array.of(0xff) },
  // Lengths of 16 and of 64 bits.
  { send: "x".repeat(126), expect: /^x{126}$/ },
  { send: "x".repeat(65535), expect: /^x{65535}$/ },
  { send: "x".repeat(70_000), expect: /^x{65536}$/ },
];

for (const isSecure of [false, true]) {
  Deno.test(`websocket() talks to a server of npm's ws${isSecure ? " over TLS" : ""}`, async () => {
    await using server = await echoing({ isSecure });
    const url = `${isSecure ? "wss" : "ws"}://localhost:${server.port}/a?b`;
    const options = {
      address: "127.0.0.1",
      ...(isSecure && { ca: pem.ca }),
    };
    for (const talk of TALKS) {
      const probe = websocket(url, { ...options, ...talk });
      assertPass(await attempted(probe), {
        ...OPENED,
        ...(isSecure && { tlsVersion: "TLSv1.3" }),
      });
    }
    assertOutcome(
      await websocket(url, { ...options, send: "hello", expect: "hi" })(
        AbortSignal.timeout(1000),
      ),
      ["fail", "mismatch"],
      'Expected an answer with "hi", got "hello"',
    );
  });
}

Deno.test("websocket() closes the WebSocket in order", async () => {
  await using server = await echoing();
  const url = `ws://127.0.0.1:${server.port}`;
  assertPass(await websocket(url)(patient()), OPENED);
  while (server.closes.length === 0) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assertEquals(server.closes, ["1000"]);
});

Deno.test("websocket() has a new key and a new mask in each attempt", async () => {
  const seen: string[] = [];
  await using server = await startFault({
    name: "echo",
    with(socket, request) {
      seen.push(/sec-websocket-key: (.*)\r/.exec(request)![1]!);
      socket.write(opening(request));
      socket.once("data", (bytes: Uint8Array) => {
        seen.push(bytes.subarray(2, 6).toHex());
        socket.write(frame("pong"));
      });
    },
    code: null,
  });
  const probe = websocket(`ws://127.0.0.1:${server.port}`, OPTIONS);
  for (let i = 0; i < 3; i++) assertPass(await probe(patient()), OPENED);
  assertEquals(seen.length, 6);
  assertEquals(new Set(seen).size, 6);
});

Deno.test("websocket() wants one of the subprotocols that it offers", async () => {
  await using server = await echoing({ protocols: ["b", "c"] });
  const url = `ws://127.0.0.1:${server.port}`;
  const rows: [string[], string | undefined][] = [
    [["b"], "b"],
    [["a", "c"], "c"],
    [["c", "b"], "b"],
  ];
  for (const [protocols, protocol] of rows) {
    assertPass(await websocket(url, { protocols })(patient()), {
      ...OPENED,
      protocol: protocol!,
    });
  }
  assertPass(await websocket(url)(patient()), OPENED);
  assertOutcome(
    await websocket(url, { protocols: ["x"] })(patient()),
    ["fail", "protocol"],
    'Expected the subprotocol "x", got none',
  );
  assertOutcome(
    await websocket(url, { protocols: ["x", "y"] })(patient()),
    ["fail", "protocol"],
    'Expected one of the subprotocols "x", "y", got none',
  );
});

Deno.test("websocket() talks to Deno.upgradeWebSocket(), and sends its headers", async () => {
  await using server = httpServer((request) => {
    if (request.headers.get("authorization") !== "Bearer abcdefgh") {
      return new Response("no", { status: 401 });
    }
    const { socket, response } = Deno.upgradeWebSocket(request, {
      protocol: "chat",
    });
    socket.onopen = () => socket.send("welcome");
    return response;
  });
  const url = `ws://user:password@${server.authority}/live?x=1#top`;
  const headers = {
    authorization: "Bearer abcdefgh",
    host: "chat.test",
    origin: "https://shop.test",
  };
  const options = { protocols: ["chat"], expect: "welcome" };
  assertPass(
    await attempted(websocket(url, { ...options, headers })),
    { ...OPENED, protocol: "chat" },
  );
  assertEquals(server.asked[0]?.path, "/live?x=1");
  const sent = server.asked[0]!.headers;
  assertEquals(
    ["host", "origin", "user-agent", "sec-websocket-version"].map((name) =>
      sent.get(name)
    ),
    ["chat.test", "https://shop.test", "lifesign", "13"],
  );
  const refused = await websocket(url, options)(patient());
  assertOutcome(
    refused,
    ["fail", "status"],
    "Expected status 101, got 401",
  );
  assertEquals(refused.detail, { httpStatus: 401, upgraded: false });
  assertEquals(
    server.asked[1]?.headers.get("authorization"),
    `Basic ${btoa("user:password")}`,
  );
});

Deno.test("websocket() hides secrets, and needs just what it says", () => {
  const probe = websocket("wss://me:secret12@x.test/live?token=secret34", {
    headers: { cookie: "secret56" },
    ca: "/tmp/ca.pem",
  });
  assertEquals(probe.type, "websocket");
  assertEquals(probe.target, "wss://x.test/live?token=***");
  assertEquals(
    probe.secrets?.redact("secret12 secret34 secret56"),
    "*** *** ***",
  );
  assertEquals(probe.permissions, [
    { name: "net", host: "x.test:443" },
    { name: "read", path: "/tmp/ca.pem" },
  ]);
  assertEquals(
    websocket("ws://x.test", { address: "[::1]:81" }).permissions,
    [{ name: "net", host: "[::1]:81" }],
  );
  assertEquals(
    probe.metrics?.map(({ name }) => name),
    [
      "probe_websocket_status_code",
      "probe_websocket_connection_upgraded",
      "probe_ssl_earliest_cert_expiry",
    ],
  );
});

const WS = "ws://x.test";

const MISUSES: [string, WebSocketOptions, string, string][] = [
  [
    "https://x.test",
    {},
    "url",
    'expected an absolute URL with ws: or wss:, got "https:"',
  ],
  [
    "x.test",
    {},
    "url",
    'expected an absolute URL with ws: or wss:, got "x.test"',
  ],
  [
    WS,
    { headers: { Upgrade: "x" } },
    "headers",
    "expected no upgrade, which comes of the handshake itself",
  ],
  [
    WS,
    { headers: { "Sec-WebSocket-Protocol": "x" } },
    "headers",
    "expected no sec-websocket-protocol: use protocols",
  ],
  [
    WS,
    { headers: { "content-length": "1" } },
    "headers",
    "expected no content-length, which comes of the body",
  ],
  [
    WS,
    { protocols: ["a", "b c"] },
    "protocols[1]",
    'expected a name without spaces and commas, got "b c"',
  ],
  [
    WS,
    { protocols: [""] },
    "protocols[0]",
    'expected a name without spaces and commas, got ""',
  ],
  [WS, { ca: "/tmp/x" }, "ca", "expected a wss: URL with it"],
  [
    WS,
    { certificate: { warn: "1d" } },
    "certificate",
    "expected a wss: URL with it",
  ],
  [
    "ws://127.0.0.1",
    { family: 6 },
    "family",
    "expected 4 with the address 127.0.0.1, got 6",
  ],
  [
    WS,
    { address: "a b" },
    "address",
    'expected a host such as "localhost" or "::1", got "a b"',
  ],
];

for (const [url, options, option, problem] of MISUSES) {
  Deno.test(`websocket() refuses ${url} with ${JSON.stringify(options)}`, () => {
    const thrown = assertThrows(() => websocket(url, options), OptionError);
    assertEquals([thrown.option, thrown.problem], [option, problem]);
  });
}

Deno.test("a websocket check sends and expects bytes, and takes numbers as headers", async () => {
  await using server = await echoing();
  const probe = websocketKind.make({
    url: `ws://127.0.0.1:${server.port}`,
    headers: { "x-a": 1 },
    send: { hex: "00 ff" },
    expect: { base64: "AP8=" },
  });
  assertPass(await probe(patient()), OPENED);
  const lines = websocketKind.make({
    url: `ws://127.0.0.1:${server.port}`,
    send: "one\ntwo",
    expect: { matches: "^two$" },
  });
  assertPass(await lines(patient()), OPENED);
  assertEquals(websocketKind.target!.parse("wss://x/"), { url: "wss://x/" });
});
