import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  checksOf,
  importTexts,
  type ImportTextsOptions,
} from "../../support/imports.ts";

async function nativeOf(
  test: string,
  { service = {}, ...options }: ImportTextsOptions & {
    readonly service?: Record<string, unknown>;
  } = {},
) {
  const text = JSON.stringify({
    services: {
      web: {
        ports: ["8080:80", "8443:443", "15432:5432", "16379:6379"],
        environment: { PORT: "80", BLANKS: "a b", FLAGS: "-f" },
        ...service,
        healthcheck: { test, timeout: "10s" },
      },
    },
  });
  const imported = await importTexts("compose", text, {
    native: true,
    ...options,
  });
  const { interval: _, retries: __, timeout, ...fields } = checksOf(
    imported,
  )["web"]!;
  return {
    fields: timeout === "10s" ? fields : { ...fields, timeout },
    warnings: imported.warnings,
  };
}

const web = (more: Record<string, unknown> = {}, path = "/") => ({
  type: "http",
  url: `http://localhost${path}`,
  address: "127.0.0.1:8080",
  ...more,
});

const CURL = { status: "100-399" };
const TLS = { url: "https://localhost/", address: "127.0.0.1:8443" };
const WGET = { redirect: "follow" };
const SPIDER = { ...WGET, method: "HEAD" };
const tcp = (port: number, more: Record<string, unknown> = {}) => ({
  type: "tcp",
  host: "127.0.0.1",
  port,
  ...more,
});
const PING = { send: "PING\r\n", expect: "+PONG" };

const PLAIN_GRPC = { type: "grpc", host: "127.0.0.1", port: 8080 };
/** Its own timeouts are of 1 s each. */
const GRPC = { ...PLAIN_GRPC, timeout: "2s" };

/** A test, and the check that it becomes. */
const NATIVE: readonly (readonly [string, Record<string, unknown>])[] = [
  ["grpc_health_probe -addr=:80", GRPC],
  ["/bin/grpc_health_probe --addr localhost:80 -v", GRPC],
  [
    "grpc-health-probe -addr=127.0.0.1:80 -service=a.B -connect-timeout=250ms -rpc-timeout 1m || exit 1",
    { ...PLAIN_GRPC, service: "a.B" },
  ],
  [
    "grpc_health_probe '-addr=[::1]:443' -tls -tls-no-verify=true",
    {
      type: "grpc",
      host: "::1",
      port: 443,
      address: "127.0.0.1:8443",
      tls: true,
      verify: false,
      timeout: "2s",
    },
  ],
  ["curl -f http://localhost", web(CURL)],
  ["curl -f http://localhost || exit 1", web(CURL)],
  ["curl -fsS http://localhost:80/health || exit 1", web(CURL, "/health")],
  ["curl -f localhost/a?b=c >/dev/null 2>&1 || exit 1", web(CURL, "/a?b=c")],
  [
    "curl --fail --silent -o /dev/null http://127.0.0.1/",
    web({ ...CURL, url: "http://127.0.0.1/" }),
  ],
  [
    "/usr/bin/curl -sSf 'http://web/x y#z'",
    web({ ...CURL, url: "http://web/x%20y" }),
  ],
  ["curl http://localhost/", web({ status: "100-999" })],
  ["curl -L http://localhost/", web({ status: "100-999", ...WGET })],
  ["curl -fL http://localhost/", web({ ...CURL, ...WGET })],
  ["curl -fL -XGET http://localhost/", web({ ...CURL, ...WGET })],
  [
    "curl -fL -X HEAD http://localhost/",
    web({ ...CURL, ...WGET, method: "HEAD" }),
  ],
  ["curl --fail-with-body --location localhost", web({ ...CURL, ...WGET })],
  ["curl -fI http://localhost/", web({ ...CURL, method: "HEAD" })],
  ["curl -f -XPOST http://localhost/", web({ ...CURL, method: "POST" })],
  [
    'curl -f -H "Host: a.example" --header=X:b http://localhost/',
    web({ headers: { Host: "a.example", X: "b" }, ...CURL }),
  ],
  ["curl -f -m 3 http://localhost/", web({ ...CURL, timeout: "3s" })],
  ["curl -f -m 60 http://localhost/", web(CURL)],
  [
    'curl -f "http://localhost:$${PORT}/"',
    web(CURL),
  ],
  [
    'curl -f -H "X-A: $$BLANKS" http://localhost/',
    web({ ...CURL, headers: { "X-A": "a b" } }),
  ],
  [
    "curl -f https://localhost/",
    web({ ...CURL, ...TLS }),
  ],
  [
    "curl -fk https://localhost/",
    web({ ...CURL, ...TLS, verify: false }),
  ],
  ["curl -f --insecure http://localhost/", web(CURL)],
  [
    "curl -fkL http://localhost/",
    web({ ...CURL, ...WGET, verify: false }),
  ],
  [
    "curl -fL -b '' -c /tmp/jar http://localhost/",
    web({ ...CURL, ...WGET }),
  ],
  [
    "curl -f -b a=b --cookie c=d http://localhost/",
    web({ ...CURL, headers: { Cookie: "a=b; c=d" } }),
  ],
  [
    "wget -q -O - --no-check-certificate https://localhost/",
    web({ ...WGET, ...TLS, verify: false }),
  ],
  ["wget --spider http://localhost", web(SPIDER)],
  ["wget -q --spider http://localhost/ || exit 1", web(SPIDER)],
  ["wget --spider --method=GET localhost", web({ ...WGET, method: "GET" })],
  ["wget -qO- http://localhost/ping", web(WGET, "/ping")],
  [
    "wget --no-verbose --tries=1 --spider http://0.0.0.0:80/",
    web({ ...SPIDER, url: "http://0.0.0.0/" }),
  ],
  [
    "wget -q -O /dev/null -T 2 http://localhost/",
    web({ ...WGET, timeout: "2s" }),
  ],
  ["http_proxy='' HTTP_PROXY= wget -q --spider localhost", web(SPIDER)],
  ["nc -z localhost 80", tcp(8080)],
  ["nc -vz -w 1 127.0.0.1 80 || exit 1", tcp(8080)],
  ["pg_isready", tcp(15432)],
  ["pg_isready -U postgres -d shop -q", tcp(15432)],
  ['pg_isready -U $$UNKNOWN -d "$${UNKNOWN}"', tcp(15432)],
  ["pg_isready --host=localhost --port 80", tcp(8080)],
  ["redis-cli ping", tcp(16379, PING)],
  [
    "redis-cli -h 127.0.0.1 -p 6379 PING | grep -q PONG || exit 1",
    tcp(16379, PING),
  ],
];

for (const [test, fields] of NATIVE) {
  Deno.test(`import compose --native makes a probe of ${test}`, async () => {
    const found = await nativeOf(test);
    assertEquals(found, { fields, warnings: [] });
  });
}

/** A test that stays in its container, and why. */
const STAYS: readonly (readonly [string, string])[] = [
  ["curl -f --unix-socket /x http://localhost/", "unknown flag --unix-socket"],
  [
    "grpc_health_probe -addr=:80 -tls -tls-ca-cert=/ca.pem",
    "unknown flag -tls-ca-cert",
  ],
  ["grpc_health_probe -service=a", "expected -addr=HOST:PORT"],
  ["grpc_health_probe -addr", "the flag -addr needs a value"],
  ["grpc_health_probe -addr=:80 -tls=maybe", "unknown value"],
  ["grpc_health_probe -addr=:80 x", "expected nothing but flags"],
  ["grpc_health_probe -addr=:80 -rpc-timeout=1", "are not durations"],
  ["grpc_health_probe -addr=db:80", 'it asks "db", another machine'],
  ["grpc_health_probe -addr=:81", "port 81 is not published"],
  ["curl -f http://localhost:81/", "port 81 is not published"],
  ["curl -f http://db:80/", 'it asks "db", another machine'],
  ["curl -f http://a:b@localhost/", "its URL has a password"],
  ["curl -f ftp://localhost/", "is not an HTTP URL"],
  ["curl -f -b jar.txt http://localhost/", "its cookies are in a file"],
  ["wget --no-cookies http://localhost/", "unknown flag --no-cookies"],
  ["curl -fL -X POST localhost", "it keeps its method when it is redirected"],
  ["wget --max-redirect=0 http://localhost/", "unknown flag --max-redirect"],
  ["curl -f -H 'Accept:' http://localhost/", 'unknown header "Accept:"'],
  ["curl -f -H @file http://localhost/", 'unknown header "@file"'],
  ["curl $$FLAGS http://localhost/", "it is not a simple command"],
  ["curl -f", "expected one URL"],
  ["curl -f http://localhost http://localhost", "expected one URL"],
  ["curl -m", "needs a value"],
  ["curl -f http://localhost | grep ok", "it is not a simple command"],
  ["curl -f http://localhost || kill 1", "it is not a simple command"],
  ["curl -f http://localhost || exit 0", "it is not a simple command"],
  ["curl -f http://localhost; true", "it is not a simple command"],
  ["curl -f http://$$(hostname)/", "it is not a simple command"],
  ["curl -f http://$$UNKNOWN/", "a variable whose value is not known here"],
  ["pg_isready -h $$UNKNOWN", "a variable whose value is not known here"],
  ["curl -f http://localhost/$$BLANKS", "it is not a simple command"],
  ["curl -f 'http://localhost/", "it is not a simple command"],
  ["nc localhost 80", "expected nc -z HOST PORT"],
  ["nc -z localhost 99999", "expected nc -z HOST PORT"],
  ["pg_isready -h db", "another machine"],
  ["redis-cli -a secret ping", "it uses a password"],
  ["redis-cli --raw incr ping", "expected redis-cli ping"],
  ["mysqladmin ping -h localhost", "a MySQL server blocks"],
  ["mongosh --eval 'db.runCommand(\"ping\").ok'", "not a well-known one"],
  ["/app/healthcheck", "not a well-known one"],
];

for (const [test, reason] of STAYS) {
  Deno.test(`import compose --native leaves in its container: ${test}`, async () => {
    const { fields, warnings } = await nativeOf(test);
    assertEquals((fields as Record<string, unknown>)["type"], "command");
    assertEquals(warnings.length, 1);
    assertStringIncludes(warnings[0]!, reason);
  });
}

for (
  const service of [
    { command: "redis-server --requirepass x" },
    { command: ["redis-server", "/usr/local/etc/redis/redis.conf"] },
    { environment: ["REDIS_PASSWORD=x"] },
  ]
) {
  Deno.test(`import compose --native does not ask a redis with a password: ${JSON.stringify(service)}`, async () => {
    const { warnings } = await nativeOf("redis-cli ping", { service });
    assertStringIncludes(warnings[0]!, "its server requires a password");
  });
}

/** Ports, and where port 80 of the container is. */
const PORTS: readonly (readonly [readonly unknown[], string | undefined])[] = [
  [["80:80"], "127.0.0.1:80"],
  [["8080:80/tcp"], "127.0.0.1:8080"],
  [["8080:80/udp"], undefined],
  [["80"], undefined],
  [[80], undefined],
  [[], undefined],
  [["127.0.0.1:8080:80"], "127.0.0.1:8080"],
  [["0.0.0.0:8080:80"], "127.0.0.1:8080"],
  [["10.0.0.5:8080:80"], "10.0.0.5:8080"],
  [["127.0.0.1::80"], undefined],
  [["[::1]:8080:80"], "::1:8080"],
  [["[::]:8080:80"], "127.0.0.1:8080"],
  [["8079-8081:79-81"], "127.0.0.1:8080"],
  [["8000-9000:80"], undefined],
  [["1:1", "8080:80", "9090:80"], "127.0.0.1:9090"],
  [["${LIFESIGN_P:-8080}:80"], "127.0.0.1:8080"],
  [[{ target: 80, published: 8080 }], "127.0.0.1:8080"],
  [[{ target: 80, published: "8080", host_ip: "10.0.0.5" }], "10.0.0.5:8080"],
  [[{ target: 80, published: "8080-8090" }], undefined],
  [[{ target: 80 }], undefined],
  [[{ target: 80, published: 8080, protocol: "udp" }], undefined],
];

for (const [ports, place] of PORTS) {
  Deno.test(`import compose --native finds port 80 of ${JSON.stringify(ports)} at ${place}`, async () => {
    const { fields } = await nativeOf("nc -z localhost 80", {
      service: { ports },
    });
    const { host, port } = fields as { host?: string; port?: number };
    assertEquals(host && `${host}:${port}`, place);
  });
}

Deno.test("import compose --native knows of host networks and of other machines", async () => {
  const here = await nativeOf("nc -z localhost 81", {
    service: { network_mode: "host" },
  });
  assertEquals(here.fields, tcp(81));
  const there = await nativeOf("curl -f http://localhost/", {
    address: "fd00::1",
  });
  assertEquals(there.fields, web({ ...CURL, address: "[fd00::1]:8080" }));
  const same = await nativeOf("curl -f http://127.0.0.1:81/", {
    service: { network_mode: "host" },
  });
  assertEquals(same.fields, {
    type: "http",
    url: "http://127.0.0.1:81/",
    ...CURL,
  });
});

for (const image of ["nginx:alpine", "library/busybox", "node:20-alpine3.19"]) {
  Deno.test(`import compose --native sends GET for the wget --spider of ${image}`, async () => {
    const { fields } = await nativeOf("wget --spider http://localhost", {
      service: { image },
    });
    assertEquals(fields, web(WGET));
  });
}

Deno.test("import compose --native says that GNU wget --spider sends HEAD", async () => {
  for (const [image, isSaid] of [["nginx", true], ["nginx:alpine", false]]) {
    const text = JSON.stringify({
      services: {
        web: {
          image,
          ports: ["80:80"],
          healthcheck: { test: "wget --spider localhost" },
        },
      },
    });
    const imported = await importTexts("compose", text, { native: true });
    assertEquals(imported.text!.includes("# Sends HEAD as GNU wget"), isSaid);
  }
});
