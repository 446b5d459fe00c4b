import { assertEquals } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { checksOf, importTexts, issuesOf } from "../../support/imports.ts";
import { patient } from "../../support/outcomes.ts";
import { httpServer } from "../../support/servers.ts";

/** What Uptime Kuma writes of each monitor. */
const USUAL = {
  name: "a",
  url: "https://a.example/",
  method: "GET",
  hostname: null,
  port: null,
  maxretries: 0,
  active: true,
  type: "http",
  timeout: 48,
  interval: 60,
  retryInterval: 60,
  resendInterval: 0,
  keyword: null,
  invertKeyword: false,
  expiryNotification: false,
  ignoreTls: false,
  upsideDown: false,
  maxredirects: 10,
  accepted_statuscodes: ["200-299"],
  dns_resolve_type: "A",
  dns_resolve_server: "1.1.1.1",
  docker_container: "",
  proxyId: null,
  tags: [],
  authMethod: null,
  headers: null,
  body: null,
};

/** Imports monitors. */
async function imported(
  monitors: readonly Record<string, unknown>[],
  rest: Record<string, unknown> = {},
) {
  const monitorList = monitors.map((monitor) => ({ ...USUAL, ...monitor }));
  const text = JSON.stringify({ version: "1.23.17", monitorList, ...rest });
  const result = await importTexts("kuma", text);
  return { ...result, checks: checksOf(result) };
}

const PAGE = { type: "http", url: "https://a.example/" };

/** Monitors, and the keys of their checks. */
const CHECKS: readonly (readonly [
  Record<string, unknown>,
  Record<string, unknown>,
])[] = [
  [{}, { ...PAGE, redirect: "follow" }],
  [
    {
      method: "POST",
      body: '{"a": "${b}"}',
      headers: '{"X-A": "b"}',
      authMethod: "basic",
      basic_auth_user: "a",
      basic_auth_pass: "b",
      accepted_statuscodes: ["200-299", "404"],
      maxredirects: 0,
      ignoreTls: true,
      expiryNotification: true,
      interval: 30,
      timeout: 10,
      maxretries: 2,
      retryInterval: 30,
    },
    {
      ...PAGE,
      method: "POST",
      headers: {
        "Content-Type": "application/json",
        Authorization: "Basic YTpi",
        "X-A": "b",
      },
      body: '{"a": "$${b}"}',
      status: ["200-299", "404"],
      certificate: { warn: "21d" },
      verify: false,
      interval: "30s",
      timeout: "10s",
      retries: 3,
    },
  ],
  [
    { type: "keyword", keyword: "ok", interval: 300, timeout: null },
    {
      ...PAGE,
      contains: "ok",
      max_body: 10485760,
      redirect: "follow",
      interval: "5m",
      timeout: "4m",
    },
  ],
  [
    { type: "keyword", keyword: "down", invertKeyword: true },
    { ...PAGE, contains_not: "down", max_body: 10485760, redirect: "follow" },
  ],
  [
    { type: "json-query", jsonPath: "$.a.b[0]", expectedValue: "up" },
    {
      ...PAGE,
      json: { "a.b.0": "up" },
      max_body: 10485760,
      redirect: "follow",
    },
  ],
  [
    {
      type: "json-query",
      jsonPath: "n",
      jsonPathOperator: ">=",
      expectedValue: "5",
    },
    {
      ...PAGE,
      assert: ["double(body.n) >= 5.0"],
      max_body: 10485760,
      redirect: "follow",
    },
  ],
  [
    { type: "port", hostname: "db", port: 5432 },
    { type: "tcp", host: "db", port: 5432 },
  ],
  [
    { type: "ping", hostname: "a.example", packetSize: 56 },
    { type: "ping", host: "a.example", count: 1 },
  ],
  [
    { type: "ping", hostname: "::1", ping_count: 3, packetSize: 8 },
    {
      type: "ping",
      host: "::1",
      count: 3,
      size: 16,
      loss: { warn: 99.9, fail: 100 },
    },
  ],
  [
    {
      type: "dns",
      hostname: "a.example",
      port: 53,
      dns_resolve_type: "MX",
      conditions: "[]",
    },
    { type: "dns", name: "a.example", record: "MX", server: "1.1.1.1" },
  ],
  [
    {
      type: "push",
      pushToken: "abc",
      interval: 3600,
      maxretries: 2,
      retryInterval: 60,
    },
    { type: "heartbeat", every: "1h", grace: "2m1s", token: "abc" },
  ],
  [
    { type: "docker", docker_container: "shop-web-1" },
    {
      type: "command",
      command: [
        "docker",
        "inspect",
        "--format",
        "{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}",
        "--",
        "shop-web-1",
      ],
      matches: "^running (?:none|healthy|starting)?$",
    },
  ],
  [
    {
      type: "grpc-keyword",
      grpcUrl: "a:50051",
      grpcEnableTls: true,
      grpcProtobuf: "package grpc.health.v1;",
      grpcMethod: "check",
      grpcBody: '{"service": "shop"}',
      keyword: "SERVING",
    },
    { type: "grpc", host: "a", port: 50051, service: "shop", tls: true },
  ],
  [
    { type: "websocket-upgrade", url: "wss://a/live", wsSubprotocol: "b, c" },
    { type: "websocket", url: "wss://a/live", protocols: ["b", "c"] },
  ],
];

for (const [monitor, expected] of CHECKS) {
  Deno.test(`import kuma makes a check of ${JSON.stringify(monitor)}`, async () => {
    const { checks, warnings } = await imported([monitor]);
    assertEquals([checks.a, warnings], [expected, []]);
  });
}

/** Monitors of which a part or all is not imported, and what is said. */
const WARNINGS: readonly (readonly [
  Record<string, unknown>,
  string,
  isThere: boolean,
])[] = [
  [{ active: false }, ": not imported: it is paused", false],
  [
    { upsideDown: true },
    ".upsideDown: not imported: no check is healthy while its target fails",
    false,
  ],
  [
    { type: "mqtt" },
    ".type: not imported: there are no checks of mqtt",
    false,
  ],
  [
    { authMethod: "ntlm" },
    ".authMethod: not imported: there are no checks with ntlm",
    false,
  ],
  [
    { proxyId: 7 },
    ".proxyId: not imported: the proxy is not in the file",
    false,
  ],
  [
    { type: "json-query", jsonPath: "$count(a)", expectedValue: "1" },
    ".jsonPath: not imported: it is more than a path; write an expression for assert",
    false,
  ],
  [
    { type: "grpc-keyword", grpcUrl: "a:1", keyword: "b" },
    ": not imported: there are no checks by gRPC but those of grpc.health.v1 for SERVING",
    false,
  ],
  [
    { maxretries: 1, retryInterval: 20 },
    ".retryInterval: not imported: failures are retried each 1m",
    true,
  ],
  [
    {
      type: "dns",
      hostname: "a",
      conditions: [{ variable: "record", value: "b" }],
    },
    ".conditions: not imported: use expect, expect_any or not",
    true,
  ],
];

for (const [monitor, warning, isThere] of WARNINGS) {
  Deno.test(`import kuma says "${warning.replace(/^[.:] ?/, "")}"`, async () => {
    const { checks, warnings } = await imported([monitor]);
    assertEquals([warnings, Object.hasOwn(checks, "a")], [
      [`a.yaml: monitorList[0]${warning}`],
      isThere,
    ]);
  });
}

Deno.test("import kuma names the groups of a monitor, and what is not sent", async () => {
  const { checks, warnings, text } = await imported([
    { id: 1, type: "group", name: "shop", parent: null },
    { id: 2, type: "group", name: "edge", parent: 1 },
    { id: 3, name: "web", parent: 2, tags: [{ name: "prod" }] },
    { id: 4, name: "web", parent: 1 },
    { id: 5, name: "web", parent: null },
  ], {
    notificationList: [{ name: "Ops", config: '{"webhookURL":"hush"}' }],
  });
  assertEquals(
    Object.entries(checks).map(([id, { group }]) => [id, group]),
    [
      ["shop / edge/web", "shop / edge"],
      ["shop/web", "shop"],
      ["web", undefined],
    ],
  );
  assertEquals(warnings, [
    "a.yaml: notificationList: these are not sent: Ops",
    "a.yaml: monitorList: tags are not imported",
  ]);
  assertEquals(text!.includes("hush"), false);
});

Deno.test("import kuma takes proxies from the list of them", async () => {
  const proxy = {
    id: 1,
    protocol: "http",
    host: "p",
    port: 3128,
    active: true,
  };
  const { checks } = await imported([
    { name: "a", proxyId: 1 },
    { name: "b", proxyId: 2 },
    { name: "c", proxyId: 3 },
  ], {
    proxyList: [
      proxy,
      { ...proxy, id: 2, auth: true, username: "u", password: "p@ss" },
      { ...proxy, id: 3, protocol: "socks5" },
    ],
  });
  assertEquals(Object.values(checks).map(({ proxy }) => proxy), [
    "http://p:3128",
    "http://u:p%40ss@p:3128",
  ]);
});

Deno.test("import kuma refuses what is wrong, and repeats no headers", async () => {
  const text = (monitor: Record<string, unknown>) =>
    JSON.stringify({ monitorList: [{ ...USUAL, ...monitor }] });
  const cases: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ url: "" }, 'monitorList[0].url: expected a URL, got ""'],
    [
      { headers: "hush" },
      "monitorList[0].headers: expected a JSON object in a string, got another string",
    ],
    [
      { type: "port", hostname: "a", port: 0 },
      "monitorList[0].port: expected a port between 1 and 65535, got 0",
    ],
    [
      { interval: "soon" },
      'monitorList[0].interval: expected a number of seconds, got "soon"',
    ],
  ];
  for (const [monitor, issue] of cases) {
    assertEquals(await issuesOf(importTexts("kuma", text(monitor))), [issue]);
  }
  assertEquals(await issuesOf(importTexts("kuma", "{}")), [
    "monitorList: expected a list of monitors, got nothing",
  ]);
});

/** JSON queries of a body, and whether Uptime Kuma finds them true. */
const QUERIES: readonly (readonly [string, string, string, boolean])[] = [
  ["status", "==", "up", true],
  ["status", "==", "down", false],
  ["status", "!=", "down", true],
  ["missing", "!=", "down", false],
  ["n", "==", "5", true],
  ["n", ">", "4.5", true],
  ["id", "<", "7", false],
  ["id", "<=", "7", true],
  ["ok", "==", "true", true],
  ["status", "contains", "u", true],
  ["items[1].a", "==", "b", true],
  ["$.items[0].a", "==", "b", false],
];

Deno.test("import kuma makes expectations of JSON queries that say the same", async () => {
  const body = {
    status: "up",
    n: 5,
    id: "7",
    ok: true,
    items: [{ a: "a" }, { a: "b" }],
  };
  await using server = httpServer(() => Response.json(body));
  for (const [jsonPath, jsonPathOperator, expectedValue, passes] of QUERIES) {
    const { text } = await imported([{
      type: "json-query",
      url: `http://127.0.0.1:${server.port}/`,
      jsonPath,
      jsonPathOperator,
      expectedValue,
    }]);
    const { probe } = parseConfig(text!).checks[0]!;
    const { verdict } = await probe(patient());
    assertEquals(
      verdict,
      passes ? "pass" : "fail",
      `${jsonPath} ${jsonPathOperator} ${expectedValue}`,
    );
  }
});
