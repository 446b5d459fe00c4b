import { assertEquals } from "@std/assert";
import { checksOf, importTexts, issuesOf } from "../../support/imports.ts";

/** Imports endpoints. */
async function imported(
  endpoints: readonly Record<string, unknown>[],
  rest: Record<string, unknown> = {},
) {
  const text = JSON.stringify({ endpoints, ...rest });
  const result = await importTexts("gatus", text);
  return { ...result, checks: checksOf(result) };
}

const STATUS = { conditions: ["[STATUS] == 200"] };
const CONNECTED = { conditions: ["[CONNECTED] == true"] };

/** Endpoints without a name, and the keys of the checks that come of them. */
const CHECKS: readonly (readonly [
  Record<string, unknown>,
  Record<string, unknown>,
])[] = [
  [
    { url: "https://a/", ...STATUS },
    { type: "http", url: "https://a/", status: 200, redirect: "follow" },
  ],
  [
    {
      url: "https://a/",
      conditions: [
        "[STATUS] < 300",
        "[STATUS] >= 200",
        "[CERTIFICATE_EXPIRATION] > 720h",
        "[CERTIFICATE_EXPIRATION] > 48h",
        "[RESPONSE_TIME] < 1500",
        "[RESPONSE_TIME] <= 2s",
      ],
      client: {
        insecure: true,
        "ignore-redirect": true,
        timeout: "5s",
        "proxy-url": "http://p:3128",
        tls: { "certificate-file": "/a.crt", "private-key-file": "/a.key" },
      },
      interval: "1m30s",
      group: "core",
    },
    {
      type: "http",
      url: "https://a/",
      latency: { fail: "1s500ms" },
      certificate: { fail: "30d" },
      proxy: "http://p:3128",
      verify: false,
      cert: "/a.crt",
      key: "/a.key",
      group: "core",
      interval: "1m30s",
      timeout: "5s",
    },
  ],
  [
    {
      url: "tcp://db:5432",
      conditions: ["[CONNECTED] == true", "[RESPONSE_TIME] < 300"],
    },
    { type: "tcp", host: "db", port: 5432, timeout: "300ms" },
  ],
  [
    { url: "tcp://[::1]:80", body: "PING\n", ...CONNECTED },
    {
      type: "tcp",
      host: "::1",
      port: 80,
      send: "PING\n",
      expect: { matches: "[\\s\\S]" },
    },
  ],
  [
    { url: "tcp://a:80", body: "x", conditions: ["[BODY] == pat(*PONG*)"] },
    { type: "tcp", host: "a", port: 80, send: "x", expect: "PONG" },
  ],
  [
    { url: "tcp://a:80", body: "x", conditions: ["[BODY] == 1.0"] },
    {
      type: "tcp",
      host: "a",
      port: 80,
      send: "x",
      expect: { matches: "(?<![\\s\\S])\\s*1\\.0\\s*(?![\\s\\S])" },
    },
  ],
  [
    { url: "udp://a:53", body: "x", ...CONNECTED },
    {
      type: "udp",
      host: "a",
      port: 53,
      send: "x",
      expect: { matches: "[\\s\\S]" },
    },
  ],
  [
    {
      url: "tls://a:993",
      conditions: ["[CONNECTED] == true", "[CERTIFICATE_EXPIRATION] > 0"],
      client: { insecure: true },
    },
    { type: "tcp", host: "a", port: 993, tls: true, verify: false },
  ],
  [
    {
      url: "starttls://a:587",
      conditions: ["[CERTIFICATE_EXPIRATION] >= 49h"],
    },
    {
      type: "tls",
      host: "a",
      port: 587,
      starttls: "smtp",
      certificate: { fail: "2d1h" },
    },
  ],
  [
    { url: "ssh://a", conditions: ["[CONNECTED] == true", "[STATUS] == 0"] },
    { type: "tcp", host: "a", port: 22, expect: { matches: "[\\s\\S]" } },
  ],
  [
    {
      url: "icmp://a.example",
      conditions: ["[CONNECTED] == true", "[RESPONSE_TIME] < 50"],
      client: { network: "ip4" },
    },
    {
      type: "ping",
      host: "a.example",
      count: 1,
      family: 4,
      latency: { fail: "50ms" },
    },
  ],
  [{ url: "icmp://fd00::1", ...CONNECTED }, {
    type: "ping",
    host: "fd00::1",
    count: 1,
  }],
  [
    {
      url: "grpcs://a:443",
      conditions: ["[CONNECTED] == true", "[BODY].status == SERVING"],
    },
    { type: "grpc", host: "a", port: 443, tls: true },
  ],
  [
    {
      url: "wss://a/live",
      body: "hi",
      headers: { origin: "https://a" },
      conditions: ["[BODY] == pat(*hello*)"],
    },
    {
      type: "websocket",
      url: "wss://a/live",
      headers: { origin: "https://a" },
      send: "hi",
      expect: "hello",
    },
  ],
  [
    { url: "ws://a/live", ...CONNECTED },
    {
      type: "websocket",
      url: "ws://a/live",
      headers: { origin: "http://localhost/" },
      send: "",
      expect: "",
    },
  ],
  [
    {
      url: "8.8.8.8",
      dns: { "query-name": "a.example", "query-type": "A" },
      conditions: ["[DNS_RCODE] == NOERROR", "[BODY] == any(1.2.3.4, 1.2.3.5)"],
    },
    {
      type: "dns",
      name: "a.example",
      record: "A",
      server: "8.8.8.8",
      expect_any: ["1.2.3.4", "1.2.3.5"],
      timeout: "2s",
    },
  ],
  [
    {
      url: "ns.example:5353",
      dns: { "query-name": "a.example", "query-type": "MX" },
      conditions: ["[DNS_RCODE] == NOERROR", "[BODY] == pat(mx*.example.)"],
    },
    {
      type: "dns",
      name: "a.example",
      record: "MX",
      server: "ns.example",
      port: 5353,
      expect: [{ matches: "^\\d+ mx[\\s\\S]*\\.example$" }],
      timeout: "2s",
    },
  ],
  [
    {
      url: "8.8.8.8",
      dns: { "query-name": "a.example", "query-type": "AAAA" },
      conditions: ["[DNS_RCODE] == NXDOMAIN"],
    },
    {
      type: "dns",
      name: "a.example",
      record: "AAAA",
      server: "8.8.8.8",
      rcode: "NXDOMAIN",
      timeout: "2s",
    },
  ],
];

for (const [endpoint, expected] of CHECKS) {
  Deno.test(`import gatus makes a check of ${endpoint.url} with ${endpoint.conditions}`, async () => {
    const { checks, warnings } = await imported([{ name: "a", ...endpoint }]);
    assertEquals([checks.a, warnings], [expected, []]);
  });
}

/** Endpoints of which a part or all is not imported, and what is said. */
const WARNINGS: readonly (readonly [
  Record<string, unknown>,
  string,
  isThere: boolean,
])[] = [
  [
    { url: "http://a", ...CONNECTED, enabled: false },
    ": not imported: it is disabled",
    false,
  ],
  [
    { url: "http://a", conditions: ["[CONNECTED] == false"] },
    ": not imported: [CONNECTED] == false is true while nothing answers",
    false,
  ],
  [
    { url: "https://a", conditions: ["[STATUS] == 200", "[IP] == 1.1.1.1"] },
    ".conditions[1]: not imported: [IP] == 1.1.1.1: the address is not known to a check",
    true,
  ],
  [
    {
      url: "https://a",
      conditions: ["[STATUS] == 200", "[CERTIFICATE_EXPIRATION] > 30d"],
    },
    '.conditions[1]: not imported: [CERTIFICATE_EXPIRATION] > 30d: "30d" is no duration in Go, and means 0',
    true,
  ],
  [
    { url: "http://a", ...STATUS, client: { oauth2: { scopes: [] } } },
    ": not imported: client.oauth2 is not supported",
    false,
  ],
  [
    { url: "http://a", ...STATUS, client: { "dns-resolver": "udp://a:53" } },
    ".client.dns-resolver: not imported: names are resolved by the system",
    true,
  ],
  [
    { url: "http://a", ...STATUS, client: { "proxy-url": "socks5://a:1" } },
    ".client.proxy-url: not imported: only HTTP proxies are supported",
    false,
  ],
  [
    { url: "sctp://a:1", ...CONNECTED },
    ".url: not imported: there are no checks for sctp:",
    false,
  ],
  [
    { url: "udp://a:1", ...CONNECTED },
    ": not imported: without a body, nothing is sent and nothing can be told",
    false,
  ],
  [
    { url: "ssh://a", ...CONNECTED, ssh: { username: "a", password: "b" } },
    ": not imported: no check logs in by SSH and runs a command",
    false,
  ],
  [
    { url: "http://a", ...STATUS, "maintenance-windows": [] },
    ".maintenance-windows: not imported: checks have no maintenance windows",
    true,
  ],
  [
    { url: "http://a", ...STATUS, timeout: "5s" },
    ".timeout: unknown key, which Gatus ignores",
    true,
  ],
  [
    { url: "http://a", ...STATUS, ui: { "hide-url": true } },
    ".ui.hide-url: not imported: the page shows the target",
    true,
  ],
  [
    { url: "http://a/${NAME:-b}", ...STATUS },
    ".url: ${NAME:-b} is an empty string for Gatus",
    true,
  ],
];

for (const [endpoint, warning, isThere] of WARNINGS) {
  Deno.test(`import gatus says "${warning.replace(/^[.:] ?/, "")}"`, async () => {
    const { checks, warnings } = await imported([{ name: "a", ...endpoint }]);
    assertEquals([warnings[0], Object.hasOwn(checks, "a")], [
      `a.yaml: endpoints[0]${warning}`,
      isThere,
    ]);
  });
}

Deno.test("import gatus reports each setting of the file once, and no key of another kind", async () => {
  const { warnings } = await importTexts(
    "gatus",
    `x-anchors: { a: 1 }
default-endpoint: { group: a }
web: { port: 8081, address: 127.0.0.1 }
ui: { title: Shop, header: Shop }
metrics: true
storage: { type: sqlite, path: data.db }
concurrency: 5
endpoints: [{ name: a, url: "tcp://a:1", conditions: ["[CONNECTED] == true"] }]
`,
  );
  assertEquals(warnings, [
    "a.yaml: concurrency: not imported: set concurrency",
    "a.yaml: metrics: not imported: they are always at /metrics",
    "a.yaml: storage: not imported: set state to keep the state of the checks",
    "a.yaml: ui: not imported: the page has no settings",
    "a.yaml: web: not imported: set listen to choose the address",
  ]);
});

Deno.test("import gatus leaves an endpoint out of which no condition can be kept", async () => {
  const { text, warnings } = await imported([{
    name: "a",
    url: "http://a",
    interval: "5m",
    conditions: ["[DOMAIN_EXPIRATION] > 720h"],
  }]);
  assertEquals([text, warnings], [undefined, [
    "a.yaml: endpoints[0].conditions[0]: not imported: [DOMAIN_EXPIRATION] > 720h: no check knows when a domain expires",
    "a.yaml: endpoints[0]: not imported: none of its conditions can be",
  ]]);
});

Deno.test("import gatus takes the thresholds of alerts, of all files", async () => {
  const endpoints = [
    { name: "none", url: "http://a", ...STATUS },
    { name: "usual", alerts: [{ type: "email" }], url: "http://a", ...STATUS },
    {
      name: "default",
      alerts: [{ type: "slack" }],
      url: "http://a",
      ...STATUS,
    },
    {
      name: "own",
      alerts: [{ type: "slack", "failure-threshold": 7 }],
      url: "http://a",
      ...STATUS,
    },
    {
      name: "off",
      alerts: [{ type: "slack", enabled: false }],
      url: "http://a",
      ...STATUS,
    },
  ];
  const alert = { "failure-threshold": 5, "success-threshold": 1 };
  const result = await importTexts("gatus", [
    JSON.stringify({ endpoints }),
    JSON.stringify({
      alerting: { slack: { "webhook-url": "secret", "default-alert": alert } },
    }),
  ]);
  const thresholds = Object.entries(checksOf(result)).map(
    ([id, { retries, rise }]) => [id, retries, rise],
  );
  assertEquals(thresholds, [
    ["none", undefined, undefined],
    ["usual", 3, 2],
    ["default", 5, undefined],
    ["own", 7, undefined],
    ["off", undefined, undefined],
  ]);
  assertEquals(result.warnings, [
    "a.yaml, b.yaml: alerts are not sent: email, slack",
  ]);
  assertEquals(/secret/.test(result.text!), false);
});

Deno.test("import gatus gives endpoints of one name the group in their ids", async () => {
  const endpoint = { url: "http://a", ...STATUS };
  const { checks } = await imported([
    { ...endpoint, name: "web", group: "a" },
    { ...endpoint, name: "web", group: "b" },
    { ...endpoint, name: "api", group: "b" },
    { ...endpoint, name: "web" },
    { ...endpoint, name: "web" },
  ]);
  assertEquals(Object.keys(checks), ["a/web", "b/web", "api", "web", "web/2"]);
});

Deno.test("import gatus reads the endpoints of old files, which are services", async () => {
  const result = await importTexts(
    "gatus",
    'services: [{ name: a, url: "http://a", conditions: ["[STATUS] == 200"] }]',
  );
  assertEquals(Object.keys(checksOf(result)), ["a"]);
});

Deno.test("import gatus keeps variables that are not set, and says so once", async () => {
  const { checks, warnings } = await imported([
    {
      name: "a",
      url: "https://${HOST}:$PORT/",
      headers: { a: "Bearer $TOKEN" },
      ...STATUS,
    },
    { name: "b", url: "tcp://${HOST}:${PORT}", ...CONNECTED },
    { name: "c", url: "$URL", ...STATUS },
    { name: "d", url: "$URL", ...CONNECTED },
  ]);
  assertEquals(checks.a!.url, "https://${HOST}:${PORT}/");
  assertEquals(checks.a!.headers, { a: "Bearer ${TOKEN}" });
  assertEquals([checks.b!.host, checks.b!.port], ["${HOST}", "${PORT}"]);
  assertEquals([checks.c!.type, checks.c!.url], ["http", "${URL}"]);
  assertEquals(warnings, [
    "a.yaml: endpoints[0].url: the variable HOST is not set: set it where lifesign runs",
    "a.yaml: endpoints[0].url: the variable PORT is not set: set it where lifesign runs",
    "a.yaml: endpoints[0].headers.a: the variable TOKEN is not set: set it where lifesign runs",
    "a.yaml: endpoints[2].url: the variable URL is not set: set it where lifesign runs",
    "a.yaml: endpoints[2].url: taken for http: or https:, since it is asked for its status",
    "a.yaml: endpoints[3].url: not imported: a variable has its scheme",
  ]);
});

Deno.test("import gatus prints no secret of a variable in conditions", async () => {
  const { text, warnings } = await importTexts(
    "gatus",
    'endpoints: [{ name: a, url: "http://a", conditions: ["[STATUS] == $CODE", "[BODY].token == $TOKEN"] }]',
    { variables: { CODE: "204", TOKEN: "hush" } },
  );
  assertEquals(checksOf({ text, warnings }).a!.status, 204);
  assertEquals(warnings, [
    "a.yaml: endpoints[0].conditions[1]: not imported: lifesign has no variables in conditions",
  ]);
  assertEquals(/hush/.test(text!), false);
});

Deno.test("import gatus makes heartbeats of what is pushed", async () => {
  const { checks, warnings } = await imported([], {
    "external-endpoints": [
      {
        name: "backup",
        group: "jobs",
        token: "${TOKEN}",
        heartbeat: { interval: "30m" },
      },
      { name: "other", token: "a" },
    ],
  });
  assertEquals(checks, {
    backup: {
      type: "heartbeat",
      every: "30m",
      token: "${TOKEN}",
      group: "jobs",
    },
  });
  assertEquals(warnings, [
    "a.yaml: external-endpoints[0].token: the variable TOKEN is not set: set it where lifesign runs",
    "a.yaml: external-endpoints[1]: not imported: it has no heartbeat, and so no time in which a result is missed",
  ]);
});

Deno.test("import gatus says that a gRPC server has to serve", async () => {
  const { checks, warnings } = await imported([
    { name: "a", url: "grpc://a:1", ...CONNECTED },
  ]);
  assertEquals(checks.a, { type: "grpc", host: "a", port: 1 });
  assertEquals(warnings, [
    "a.yaml: endpoints[0]: Gatus passes if the server says that it does not serve; here it fails",
  ]);
});

Deno.test("import gatus refuses what Gatus refuses", async () => {
  const cases: readonly (readonly [unknown, string])[] = [
    ["web", 'endpoints[0]: expected an endpoint, got "web"'],
    [
      { url: "http://a", ...STATUS },
      "endpoints[0].name: expected a name, got nothing",
    ],
    [{ name: "a", ...STATUS }, "endpoints[0].url: expected a URL, got nothing"],
    [
      { name: "a", url: "http://a" },
      "endpoints[0].conditions: expected a list of conditions, got nothing",
    ],
    [
      { name: "a", url: "http://a", conditions: ["[STATUS]=200"] },
      'endpoints[0].conditions[0]: expected a condition such as "[STATUS] == 200", got "[STATUS]=200"',
    ],
    [
      { name: "a", url: "a.example", ...STATUS },
      'endpoints[0].url: expected a URL with a scheme, got "a.example"',
    ],
    [
      { name: "a", url: "http://a", interval: "1d", ...STATUS },
      'endpoints[0].interval: expected a duration such as 1m30s, got "1d"',
    ],
  ];
  for (const [endpoint, issue] of cases) {
    const text = JSON.stringify({ endpoints: [endpoint] });
    assertEquals(await issuesOf(importTexts("gatus", text)), [issue]);
  }
});
