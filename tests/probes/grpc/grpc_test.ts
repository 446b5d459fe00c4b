import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { OptionError } from "../../../src/core/option_error.ts";
import { grpc, type GrpcOptions } from "../../../src/probes/grpc/grpc.ts";
import {
  framesServer,
  HEAD,
  readRequest,
  SERVING,
  SETTINGS,
  testWithGrpc,
  trailers,
} from "../../support/grpc.ts";
import {
  assertOutcome,
  assertPass,
  attempted,
  patient,
} from "../../support/outcomes.ts";
import { pem, pemFiles, say, tcpServer } from "../../support/servers.ts";

const PASSES = { grpcStatus: 0, servingStatus: "SERVING" };
const OVER_TLS = { tlsVersion: "TLSv1.3", ...PASSES };

testWithGrpc(
  "grpc() asks a real server for its services",
  {},
  async (server) => {
    const { port } = server;
    const ask = (options: Partial<GrpcOptions> = {}) =>
      grpc({ port, ...options })(patient());
    assertPass(await ask(), PASSES);
    assertPass(await ask({ host: "localhost" }), PASSES);
    assertPass(
      await ask({ host: "shop.invalid", address: "127.0.0.1" }),
      PASSES,
    );
    assertPass(await ask({ family: 4, authority: "shop.example" }), PASSES);
    assertPass(
      await ask({ metadata: { "X-Trace": "7", "a-bin": "AP8=" } }),
      PASSES,
    );
    assertOutcome(
      await ask({ service: "shop.v1.Orders" }),
      ["fail", "status"],
      /^Expected "shop\.v1\.Orders" to be SERVING, got status 5 NOT_FOUND, which is that there is no such service: "/,
    );
    for (const status of ["SERVING", "NOT_SERVING", "SERVING", "UNKNOWN"]) {
      await server.set("shop.v1.Orders", status);
      const outcome = await ask({ service: "shop.v1.Orders" });
      assertEquals(outcome.detail, { grpcStatus: 0, servingStatus: status });
      if (status === "SERVING") assertPass(outcome, PASSES);
      else {
        assertOutcome(
          outcome,
          ["fail", "status"],
          `Expected "shop.v1.Orders" to be SERVING, got ${status}`,
        );
      }
    }
    await server.set("", "NOT_SERVING");
    assertOutcome(
      await ask(),
      ["fail", "status"],
      "Expected SERVING, got NOT_SERVING",
    );
    assertOutcome(
      await ask({ tls: true, ca: pem.ca }),
      ["fail", "tls"],
      `127.0.0.1:${port} does not speak TLS`,
    );
  },
);

testWithGrpc(
  "grpc() tells a real server its deadline",
  {},
  async ({ port }) => {
    assertPass(await attempted(grpc({ port }), 10_000), PASSES);
  },
);

testWithGrpc("grpc() says that there is no health service", {
  hasHealth: false,
}, async ({ port }) => {
  const outcome = await grpc({ port })(patient());
  assertOutcome(
    outcome,
    ["fail", "status"],
    /^Expected SERVING, got status 12 UNIMPLEMENTED, which is that there is no grpc\.health\.v1\.Health: "/,
  );
  assertEquals(outcome.detail, { grpcStatus: 12 });
});

testWithGrpc("grpc() sends metadata, which stays secret", {
  token: "s3cret",
}, async ({ port }) => {
  const ask = (metadata: Record<string, string>) =>
    attempted(grpc({ port, metadata }));
  assertPass(await ask({ "X-Token": "s3cret" }), PASSES);
  assertOutcome(
    await ask({}),
    ["fail", "status"],
    'Expected SERVING, got status 16 UNAUTHENTICATED: "täken wanted"',
  );
  assertOutcome(
    await ask({ "x-token": "wr0ng" }),
    ["fail", "status"],
    'Expected SERVING, got status 16 UNAUTHENTICATED: "not ***"',
  );
});

testWithGrpc("grpc() asks a real server over TLS, and shows its certificate", {
  tls: { cert: pem.cert, key: pem.key },
}, async ({ port }) => {
  const ask = (options: Partial<GrpcOptions> = {}) =>
    grpc({ port, tls: true, ...options })(patient());
  const outcome = await ask({ ca: pemFiles.ca });
  assertPass(outcome, OVER_TLS);
  assert(outcome.detail?.certExpiresAt !== undefined);
  assertPass(await ask({ host: "localhost", ca: pem.ca }), OVER_TLS);
  assertPass(await ask({ verify: false }), OVER_TLS);
  assertOutcome(await ask(), ["fail", "tls"], /unknown authority/);
  assertOutcome(
    await ask({ host: "shop.invalid", address: "127.0.0.1", ca: pem.ca }),
    ["fail", "tls"],
    /^The certificate is not for shop\.invalid, but for /,
  );
  assertOutcome(
    await ask({ ca: pem.ca, certificate: { warn: "99999d" } }),
    ["warn", "expired"],
  );
  assertOutcome(
    await ask({ ca: pem.ca, certificate: { fail: "99999d" } }),
    ["fail", "expired"],
  );
  assertOutcome(
    await grpc({ port })(patient()),
    ["fail", "reset"],
    `127.0.0.1:${port} closed the connection without an answer: it may want TLS`,
  );
});

testWithGrpc("grpc() shows a certificate to a server that wants one", {
  tls: { cert: pem.cert, key: pem.key, ca: pem.ca },
}, async ({ port }) => {
  const own = { cert: pem.cert, key: pem.key };
  const ask = (options: Partial<GrpcOptions>) =>
    grpc({ port, tls: true, ca: pem.ca, ...options })(patient());
  assertPass(await ask(own), OVER_TLS);
  assertOutcome(
    await ask({}),
    ["fail", "tls"],
    `127.0.0.1:${port} asks for a client certificate: expected cert and key`,
  );
});

Deno.test("grpc() sends the time that is left, and what else gRPC wants", async () => {
  let request = "";
  await using server = tcpServer(async (conn) => {
    request = await readRequest(conn);
    for (const each of [SETTINGS, HEAD, SERVING, trailers("0")]) {
      await say(conn, each);
    }
  });
  const { port } = server;
  const probe = grpc({ port, metadata: { "User-Agent": "mine" } });
  assertPass(await attempted(probe, 7000), PASSES);
  const [, ms] = /grpc-timeout.(\d+)m/s.exec(request) ?? [];
  assert(Number(ms) > 0 && Number(ms) <= 7000, request);
  for (
    const part of [
      /^PRI \* HTTP\/2\.0\r\n\r\nSM\r\n\r\n/,
      /:path.\/grpc\.health\.v1\.Health\/Check/,
      new RegExp(`:authority.127\\.0\\.0\\.1:${port}`),
      /te.trailers/,
      /content-type.application\/grpc/,
      /user-agent.mine/,
    ]
  ) assertMatch(request, part);
});

Deno.test("grpc() sends headers that take several frames", async () => {
  await using server = framesServer([SETTINGS, HEAD, SERVING, trailers("0")]);
  const metadata = { long: "x".repeat(40_000) };
  assertPass(await grpc({ port: server.port, metadata })(patient()), PASSES);
});

const WRONG: readonly (readonly [Partial<GrpcOptions>, string])[] = [
  [{ port: 0 }, "port: expected a port between 1 and 65535, got 0"],
  [{ host: "a:2" }, 'host: expected a host without a port, got "a:2"'],
  [{ family: 5 as 4 }, "family: expected 4 or 6, got 5"],
  [
    { family: 6 },
    "family: expected 4 with the address 127.0.0.1, got 6",
  ],
  [{ ca: pem.ca }, "ca: expected tls: true with it"],
  [{ certificate: { warn: "1d" } }, "certificate: expected tls: true with it"],
  [
    { tls: true, cert: pem.cert },
    "cert: expected cert and key together, got no key",
  ],
  [
    { tls: "yes" as unknown as true },
    "tls: expected true or false, got string",
  ],
  [
    { authority: "a b" },
    'authority: expected a host such as "shop.example:443", got "a b"',
  ],
  [
    { service: "x".repeat(4001) },
    "service: expected a name of at most 4000 characters, got one of 4001",
  ],
  [
    { service: "a\ud800" },
    "service: expected a name that is valid Unicode",
  ],
  [
    { metadata: { "grpc-timeout": "1S" } },
    'metadata: expected the name of a custom header, got "grpc-timeout"',
  ],
  [
    { metadata: { ":path": "/" } },
    'metadata: expected the name of a custom header, got ":path"',
  ],
  [
    { metadata: { "x-token": "a\nb" } },
    "metadata: expected printable ASCII as the value of x-token",
  ],
  [
    { metadata: { "x-bin": "a b" } },
    "metadata: expected base64 as the value of x-bin",
  ],
];

for (const [options, message] of WRONG) {
  Deno.test(`grpc() refuses ${message}`, () => {
    assertThrows(() => grpc({ port: 1, ...options }), OptionError, message);
  });
}

Deno.test("grpc() is known by its target, and needs no more than its host", () => {
  const probe = grpc({ host: "::1", port: 1, service: "a b/ü", address: "db" });
  assertEquals(probe.target, "grpc://[::1]:1/a%20b/%C3%BC");
  assertEquals([...probe.permissions], [{ name: "net", host: "db:1" }]);
  assertEquals(grpc({ port: 1, tls: true }).target, "grpcs://127.0.0.1:1");
});

Deno.test("grpc() has the metrics of blackbox_exporter", () => {
  const { metrics = [] } = grpc({ port: 1 });
  const samples = metrics.flatMap(({ name, labels = {}, value, key }) => {
    const seen = { grpcStatus: 5, servingStatus: "NOT_SERVING" }[key];
    return seen === undefined
      ? []
      : [[name, ...Object.values(labels), value?.(seen) ?? seen].join(" ")];
  });
  assertEquals(samples, [
    "probe_grpc_status_code 5",
    "probe_grpc_healthcheck_response UNKNOWN 0",
    "probe_grpc_healthcheck_response SERVING 0",
    "probe_grpc_healthcheck_response NOT_SERVING 1",
    "probe_grpc_healthcheck_response SERVICE_UNKNOWN 0",
  ]);
});
