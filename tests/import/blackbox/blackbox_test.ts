import { assertEquals } from "@std/assert";
import { checksOf, importTexts } from "../../support/imports.ts";

const RULES = [
  { source_labels: ["__address__"], target_label: "__param_target" },
  { source_labels: ["__param_target"], target_label: "instance" },
  { target_label: "__address__", replacement: "exporter:9115" },
];

function job(
  module: string,
  targets: readonly string[],
  rest: Record<string, unknown> = {},
) {
  return {
    job_name: "probes",
    metrics_path: "/probe",
    params: { module: [module] },
    static_configs: [{ targets }],
    relabel_configs: RULES,
    ...rest,
  };
}

/** Imports modules and the jobs that use them. */
async function imported(
  modules: Record<string, unknown>,
  jobs: readonly unknown[],
  global: Record<string, unknown> = {},
) {
  const result = await importTexts("blackbox", [
    JSON.stringify({ modules }),
    JSON.stringify({ global, scrape_configs: jobs }),
  ]);
  return { ...result, checks: checksOf(result) };
}

const FOLLOWED = { type: "http", redirect: "follow", group: "probes" };

/** A module, a target, and the keys of the check. */
const CHECKS: readonly (readonly [
  Record<string, unknown>,
  string,
  Record<string, unknown>,
])[] = [
  [{ prober: "http" }, "https://a/", { ...FOLLOWED, url: "https://a/" }],
  [{ prober: "http" }, "a:8080/x", { ...FOLLOWED, url: "http://a:8080/x" }],
  [
    {
      prober: "http",
      timeout: "3s",
      http: {
        method: "POST",
        headers: { "X-A": "b" },
        body: "${x}",
        valid_status_codes: [200, 204],
        follow_redirects: false,
        fail_if_not_ssl: true,
        tls_config: { insecure_skip_verify: true, ca_file: "/ca.pem" },
        basic_auth: { username: "a", password: "b" },
        valid_http_versions: ["HTTP/1.1", "HTTP/2.0"],
        ip_protocol_fallback: false,
        preferred_ip_protocol: "ip4",
      },
    },
    "https://a/",
    {
      type: "http",
      url: "https://a/",
      method: "POST",
      headers: { "X-A": "b", Authorization: "Basic YTpi" },
      body: "$${x}",
      status: [200, 204],
      ca: "/ca.pem",
      verify: false,
      family: 4,
      group: "probes",
      timeout: "3s",
    },
  ],
  [
    { prober: "http", http: { tls_config: { server_name: "b.example" } } },
    "https://10.0.0.1:8443/x",
    {
      ...FOLLOWED,
      url: "https://b.example:8443/x",
      address: "10.0.0.1:8443",
      headers: { Host: "10.0.0.1:8443" },
    },
  ],
  [
    { prober: "http", http: { headers: { Host: "b.example" } } },
    "https://10.0.0.1",
    {
      ...FOLLOWED,
      url: "https://b.example/",
      address: "10.0.0.1:443",
      headers: { Host: "b.example" },
    },
  ],
  [{ prober: "tcp" }, "[::1]:22", {
    type: "tcp",
    host: "::1",
    port: 22,
    group: "probes",
  }],
  [
    {
      prober: "tcp",
      tcp: {
        tls_config: { server_name: "mail.example" },
        query_response: [
          { expect: "^220 (\\S+)", send: "EHLO ${1}" },
          { expect: "^250-STARTTLS" },
          { send: "STARTTLS $1" },
          { starttls: true },
          { expect_bytes: "ok" },
        ],
      },
    },
    "10.0.0.1:25",
    {
      type: "tcp",
      host: "mail.example",
      address: "10.0.0.1:25",
      port: 25,
      steps: [
        { expect: { matches: "^220 ([^\\t\\n\\f\\r ]+)" } },
        { send: "EHLO $1\n" },
        { expect: { matches: "(^250-STARTTLS)" } },
        { send: "STARTTLS $$1\n" },
        { starttls: true },
        { expect: "ok" },
      ],
      group: "probes",
    },
  ],
  [
    {
      prober: "dns",
      dns: {
        query_name: "a.example",
        query_type: "MX",
        transport_protocol: "tcp",
        valid_rcodes: ["NXDOMAIN"],
      },
    },
    "8.8.8.8:5353",
    {
      type: "dns",
      name: "a.example",
      record: "MX",
      server: "8.8.8.8",
      port: 5353,
      transport: "tcp",
      rcode: "NXDOMAIN",
      group: "probes",
    },
  ],
  [
    { prober: "grpc", grpc: { service: "shop", tls: true } },
    "a:443",
    {
      type: "grpc",
      host: "a",
      port: 443,
      service: "shop",
      tls: true,
      group: "probes",
    },
  ],
  [
    {
      prober: "icmp",
      icmp: {
        payload_size: 100,
        preferred_ip_protocol: "ip6",
        ip_protocol_fallback: false,
      },
    },
    "a.example",
    {
      type: "ping",
      host: "a.example",
      count: 1,
      size: 100,
      family: 6,
      group: "probes",
    },
  ],
  [
    {
      prober: "http",
      http: {
        authorization: { credentials: "a$b" },
        http_headers: { "X-A": { values: ["b"], secrets: ["c"] } },
      },
    },
    "https://a/",
    {
      ...FOLLOWED,
      url: "https://a/",
      headers: { "X-A": "b, c", Authorization: "Bearer a$b" },
    },
  ],
  [
    {
      prober: "websocket",
      websocket: {
        http_config: { basic_auth: { username: "a", password: "b" } },
        query_response: [{ send: "hi" }],
      },
    },
    "wss://a/chat",
    {
      type: "websocket",
      url: "wss://a/chat",
      headers: { Authorization: "Basic YTpi" },
      send: "hi",
      group: "probes",
    },
  ],
  [{ prober: "websocket" }, "wss://a/live", {
    type: "websocket",
    url: "wss://a/live",
    group: "probes",
  }],
];

for (const [module, target, expected] of CHECKS) {
  Deno.test(`import blackbox makes a check of ${target} by ${JSON.stringify(module)}`, async () => {
    const { checks, warnings } = await imported({ m: module }, [
      job("m", [target]),
    ]);
    assertEquals([checks[target], warnings], [expected, []]);
  });
}

/** Options of a module for HTTP that are not imported, and what is said. */
const WARNINGS: readonly (readonly [
  Record<string, unknown>,
  string,
  isThere: boolean,
])[] = [
  [
    { body_file: "/a" },
    "body_file: not supported: there are no checks by it",
    false,
  ],
  [
    { bearer_token_file: "/a" },
    "bearer_token_file: not supported: there are no checks by it",
    false,
  ],
  [
    { basic_auth: { username: "a", password_file: "/a" } },
    "basic_auth.password_file: not supported: there are no checks by it; set headers",
    false,
  ],
  [
    { http_headers: { a: { files: ["/a"] } } },
    "http_headers.a.files: not supported: there are no checks by it; set headers",
    false,
  ],
  [
    { fail_if_ssl: true },
    "fail_if_ssl: not imported of where a redirect leads",
    true,
  ],
  [
    { fail_if_not_ssl: true },
    "fail_if_not_ssl: not imported: a URL with http: passes here",
    true,
  ],
  [
    { valid_http_versions: ["HTTP/2.0"] },
    "valid_http_versions: not imported: a check does not ask for a version of HTTP",
    true,
  ],
  [{ metod: "GET" }, "metod: unknown key: not imported", true],
  [
    { fail_if_body_matches_regexp: ["\\p{No_Such}"] },
    "fail_if_body_matches_regexp[0]: not imported: it has no counterpart in JavaScript",
    true,
  ],
];

for (const [http, warning, isThere] of WARNINGS) {
  Deno.test(`import blackbox says "${warning}"`, async () => {
    const { checks, warnings } = await imported(
      { m: { prober: "http", http } },
      [job("m", ["http://a"])],
    );
    assertEquals([warnings, Object.hasOwn(checks, "http://a")], [
      [`a.yaml: modules.m.http.${warning}`],
      isThere,
    ]);
  });
}

Deno.test("import blackbox tells jobs of the exporter from others, and reads both files in any order", async () => {
  const texts = [
    JSON.stringify({
      global: { scrape_interval: "15s", scrape_timeout: "4s" },
      scrape_configs: [
        { job_name: "node", static_configs: [{ targets: ["a:9100"] }] },
        {
          job_name: "snmp",
          metrics_path: "/snmp",
          params: { module: ["if_mib"] },
          static_configs: [{ targets: ["a"] }],
          relabel_configs: RULES,
        },
        job("m", ["http://a", "http://b"], { scrape_interval: "2m" }),
        job("m", ["http://c"], { job_name: "more" }),
        job("m", ["http://a"], { job_name: "again", scrape_timeout: "1m" }),
      ],
    }),
    JSON.stringify({ modules: { m: { prober: "http", timeout: "5s" } } }),
  ];
  const result = await importTexts("blackbox", texts);
  assertEquals(
    Object.entries(checksOf(result)).map((
      [id, { interval, timeout }],
    ) => [id, interval, timeout]),
    [
      ["probes/http://a", "2m", "3s500ms"],
      ["http://b", "2m", "3s500ms"],
      ["http://c", "15s", "3s500ms"],
      ["again/http://a", "15s", "5s"],
    ],
  );
  assertEquals(result.warnings, []);
});

Deno.test("import blackbox follows the rules of relabel_configs", async () => {
  const { checks, warnings } = await imported({
    http_2xx: { prober: "http" },
    tcp: { prober: "tcp" },
  }, [{
    job_name: "mixed",
    metrics_path: "/probe",
    static_configs: [{
      targets: ["web;http_2xx;http://a/", "db;tcp;b:5432", "off;tcp;c:1"],
      labels: { team: "x" },
    }],
    relabel_configs: [
      { source_labels: ["__address__"], regex: "off;.*", action: "drop" },
      { source_labels: ["team"], regex: "x", action: "keep" },
      {
        source_labels: ["__address__"],
        regex: "(?P<name>[^;]+);([^;]+);(.*)",
        target_label: "__param_target",
        replacement: "$3",
      },
      {
        source_labels: ["__address__"],
        regex: "([^;]+);([^;]+);(.*)",
        target_label: "__param_module",
        replacement: "${2}",
      },
      {
        source_labels: ["__address__"],
        regex: "([^;]+);.*",
        target_label: "instance",
      },
    ],
  }]);
  assertEquals(Object.entries(checks).map(([id, { type }]) => [id, type]), [
    ["web", "http"],
    ["db", "tcp"],
  ]);
  assertEquals(warnings, []);
});

Deno.test("import blackbox says what has no targets, and what is discovered", async () => {
  const modules = { m: { prober: "http" }, n: { prober: "tcp" } };
  const alone = await imported(modules, []);
  assertEquals([alone.text, alone.warnings], [undefined, [
    "a.yaml: modules: no job uses them, and so they have no targets: name the config file of Prometheus, too",
  ]]);
  const { warnings } = await imported(modules, [
    job("m", ["http://a"], { file_sd_configs: [{ files: ["a.json"] }] }),
    job("other", ["http://b"]),
    job("ping", ["c"], {
      relabel_configs: [...RULES, {
        source_labels: ["x"],
        action: "hashmod",
      }],
    }),
  ]);
  assertEquals(warnings, [
    "b.yaml: scrape_configs[0].file_sd_configs: not imported: these targets are not in the file",
    "b.yaml: scrape_configs[2].relabel_configs[3]: this rule cannot be followed, so there are no checks of it",
    "a.yaml: modules: no job uses these, and so they have no targets: n",
    "b.yaml: scrape_configs[1].static_configs[0].targets[0]: not imported: its module other is in none of the files",
  ]);
});

Deno.test("import blackbox reads probes of the Prometheus operator", async () => {
  const result = await importTexts("blackbox", [
    JSON.stringify({ modules: { m: { prober: "http" } } }),
    JSON.stringify({
      apiVersion: "monitoring.coreos.com/v1",
      kind: "Probe",
      metadata: { name: "shop" },
      spec: {
        interval: "30s",
        module: "m",
        prober: { url: "exporter:9115" },
        targets: { staticConfig: { static: ["https://a"] } },
      },
    }),
  ]);
  assertEquals([checksOf(result), result.warnings], [{
    "https://a": {
      ...FOLLOWED,
      url: "https://a",
      group: "shop",
      interval: "30s",
    },
  }, []]);
});

Deno.test("import blackbox shows no credentials in ids", async () => {
  const { checks } = await imported({ m: { prober: "http" } }, [
    job("m", ["https://a:hush@b/"]),
  ]);
  assertEquals(Object.keys(checks), ["https://b/"]);
});
