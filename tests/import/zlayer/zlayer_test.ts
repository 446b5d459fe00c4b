import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  checksOf,
  importTexts,
  type ImportTextsOptions,
  issuesOf,
} from "../../support/imports.ts";

const ENDPOINTS = "endpoints: [{ name: a, protocol: http, port: 5432 }],";

function service(health: string, more = ENDPOINTS): string {
  return `{ version: v1, deployment: d, services: { web: { ${more} ${health} } } }`;
}

const health = (check: string, more = ""): string =>
  service(`health: { check: ${check}, ${more} }`);

async function webOf(text: string, options?: ImportTextsOptions) {
  return checksOf(await importTexts("zlayer", text, options))["web"];
}

const DEFAULTS = {
  interval: "10s",
  timeout: "5s",
  retries: 3,
  initial_delay: "5s",
};

/** Services, and the check that each becomes. */
const SERVICES: readonly (readonly [string, Record<string, unknown>])[] = [
  [service(""), { type: "tcp", host: "127.0.0.1", port: 5432, ...DEFAULTS }],
  [
    health("{ type: tcp, port: 0 }"),
    { type: "tcp", host: "127.0.0.1", port: 5432, ...DEFAULTS },
  ],
  [
    health("{ type: tcp, port: 80 }"),
    { type: "tcp", host: "127.0.0.1", port: 80, ...DEFAULTS },
  ],
  [
    health("{ type: http, url: 'http://localhost/a' }"),
    {
      type: "http",
      url: "http://localhost/a",
      status: 200,
      redirect: "follow",
      ...DEFAULTS,
    },
  ],
  [
    health("{ type: http, url: 'http://localhost/', expect_status: 204 }"),
    {
      type: "http",
      url: "http://localhost/",
      status: 204,
      redirect: "follow",
      ...DEFAULTS,
    },
  ],
  [
    health("{ type: http, url: 'http://localhost/', expect_status: 301 }"),
    { type: "http", url: "http://localhost/", status: 301, ...DEFAULTS },
  ],
  [
    health("{ type: command, command: 'echo $A ${B}' }"),
    { type: "command", command: "echo $A $${B}", ...DEFAULTS },
  ],
  [
    health(
      "{ type: tcp, port: 80 }",
      "start_grace: 1h 30m, interval: 2min, timeout: 500 ms, retries: 7",
    ),
    {
      type: "tcp",
      host: "127.0.0.1",
      port: 80,
      interval: "2m",
      timeout: "500ms",
      retries: 7,
      initial_delay: "1h30m",
    },
  ],
  [
    health("{ type: tcp, port: 80 }", "start_grace: 0s"),
    {
      type: "tcp",
      host: "127.0.0.1",
      port: 80,
      interval: "10s",
      timeout: "5s",
      retries: 3,
    },
  ],
];

for (const [text, check] of SERVICES) {
  Deno.test(`import zlayer makes a check of ${text}`, async () => {
    assertEquals(await webOf(text), check);
  });
}

/** Endpoints, and the port that is checked by default. */
const DEFAULT_PORTS: readonly (readonly [string, number])[] = [
  ["{ protocol: http, port: 80 }", 80],
  ["{ protocol: http, port: 80, target_port: 3000 }", 3000],
  ["{ protocol: http, port: 80, target_port: '3000' }", 3000],
  ["{ protocol: tcp, port: 9000 }, { protocol: http, port: 3001 }", 3001],
  ["{ protocol: udp, port: 53 }, { protocol: https, port: 443 }", 443],
  [
    "{ protocol: websocket, port: 1, target_port: 2 }, { protocol: http, port: 3 }",
    2,
  ],
  ["{ protocol: tcp, port: 5432, target_port: 5433 }", 8080],
  ["{ protocol: udp, port: 53 }", 8080],
  ["", 8080],
];

for (const [endpoints, port] of DEFAULT_PORTS) {
  for (const check of ["", "health: { check: { type: tcp, port: 0 } }"]) {
    Deno.test(`import zlayer checks port ${port} of the endpoints [${endpoints}] for { ${check} }`, async () => {
      const text = service(check, `endpoints: [${endpoints}],`);
      const imported = await importTexts("zlayer", text);
      assertEquals(checksOf(imported)["web"]?.["port"], port);
      assertEquals(
        imported.warnings,
        port !== 8080 ? [] : [
          "a.yaml: services.web: ZLayer checks port 8080, because no endpoint is http, https or websocket",
        ],
      );
    });
  }
}

Deno.test("import zlayer has the 5 seconds of ZLayer's HTTP client", async () => {
  const timeouts = [];
  for (
    const check of [
      "{ type: http, url: 'http://a/' }",
      "{ type: command, command: a }",
      "{ type: tcp, port: 1 }",
    ]
  ) {
    for (const timeout of ["30s", "2s"]) {
      const web = await webOf(health(check, `timeout: ${timeout}`));
      timeouts.push(web?.["timeout"]);
    }
  }
  assertEquals(timeouts, ["5s", "2s", "30s", "2s", "30s", "2s"]);
});

Deno.test("import zlayer --address is where containers are, for what is local", async () => {
  const options = { address: "fd00::1" };
  const tcp = await webOf(health("{ type: tcp, port: 80 }"), options);
  assertEquals(tcp?.["host"], "fd00::1");
  const local = await webOf(
    health("{ type: http, url: 'http://localhost:81/' }"),
    options,
  );
  assertEquals([local?.["url"], local?.["address"]], [
    "http://localhost:81/",
    "[fd00::1]:81",
  ]);
  const other = await webOf(
    health("{ type: http, url: 'http://api.localhost:81/' }"),
    options,
  );
  assertEquals(other?.["address"], undefined);
});

/** What is wrong, and what is said of it. */
const WRONG: readonly (readonly [string, readonly string[]])[] = [
  ["a: 1", ["services: expected a map of services, got nothing"]],
  ["services: 1", ["services: expected a map of services, got 1"]],
  ["services: { web: 1 }", ["services.web: expected a service, got 1"]],
  [service("health: { interval: 5s }"), [
    "services.web.health.check: expected a map with a type",
  ]],
  [service("", "endpoints: [{ protocol: http }],"), [
    "services.web.endpoints[0].port: expected a port between 1 and 65535, got nothing",
  ]],
  [service("", "endpoints: [{ protocol: http, port: 1, target_port: x }],"), [
    'services.web.endpoints[0].target_port: expected a port between 1 and 65535, got "x"',
  ]],
  [service("health: 1"), ["services.web.health: expected a map, got 1"]],
  [health("tcp"), ["services.web.health.check: expected a map with a type"]],
  [health("{ type: udp }"), [
    'services.web.health.check.type: expected "tcp", "http" or "command", got "udp"',
  ]],
  [health("{ port: 1 }"), ["check.type: expected"]],
  [health("{ type: tcp }"), [
    "services.web.health.check.port: expected a port between 0 and 65535, got nothing",
  ]],
  [health("{ type: tcp, port: 70000 }"), ["got 70000"]],
  [health("{ type: http }"), ["check.url: expected a URL, got nothing"]],
  [health("{ type: http, url: /health }"), [
    "check.url: expected an absolute URL with http: or https:",
  ]],
  [health("{ type: http, url: 'http://a/', expect_status: ok }"), [
    'check.expect_status: expected a status such as 200, got "ok"',
  ]],
  [health("{ type: command }"), ["check.command: expected a command"]],
  [health("{ type: command, command: ' ' }"), [
    "check.command: expected a command, got an empty one",
  ]],
  [
    health(
      "{ type: tcp, port: 1, prot: 2 }",
      "interval: 5, timeout: 0s, start_grace: x, retries: no, intervall: 1s",
    ),
    [
      "health.intervall: unknown key",
      "health.check.prot: unknown key",
      'health.start_grace: expected a duration such as "1m 30s", got "x"',
      'health.retries: expected a whole number of 0 or more, got "no"',
      'health.interval: expected a duration such as "1m 30s", got 5',
      'health.timeout: expected a duration above 0 such as "10s", got "0s"',
    ],
  ],
];

for (const [text, issues] of WRONG) {
  Deno.test(`import zlayer says what is wrong with ${text}`, async () => {
    const found = await issuesOf(importTexts("zlayer", text));
    assertEquals(found.length, issues.length, found.join("\n"));
    issues.forEach((issue, i) => assertStringIncludes(found[i]!, issue));
  });
}

/** What is not as it was, and what is said of it. */
const WARNED: readonly (readonly [string, string])[] = [
  [
    service("rtype: cron", ""),
    "no check, because a cron without health has none",
  ],
  [health("{ type: exec, command: [a, b] }"), "treated as command"],
  [
    health("{ type: http, url: 'http://a/', expect_status: 0 }"),
    "becomes 200: 0 is not an HTTP status",
  ],
  [health("{ type: tcp, port: 1 }", "retries: 0"), "becomes 1"],
];

for (const [text, warning] of WARNED) {
  Deno.test(`import zlayer warns of ${text}`, async () => {
    const { warnings } = await importTexts("zlayer", text);
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, warning);
  });
}

Deno.test("import zlayer reads many documents and files, each check with its id", async () => {
  const text = health("{ type: tcp, port: 1 }");
  const imported = await importTexts("zlayer", [`${text}\n---\n`, text, text]);
  assertEquals(Object.keys(checksOf(imported)), ["web", "d/web", "d/web/2"]);
});
