import { assertEquals } from "@std/assert";
import { parseConfig } from "../../../src/agent/config.ts";
import { importTexts } from "../../support/imports.ts";
import { testWith } from "../../support/needs.ts";
import { patient } from "../../support/outcomes.ts";
import { type HttpServer, httpServer } from "../../support/servers.ts";

/** The probe that a test becomes, with a port of the container published. */
async function probeOf(
  test: string,
  ports: string,
  service: Record<string, unknown> = {},
) {
  const web = { ...service, ports: [ports], healthcheck: { test } };
  const { text } = await importTexts(
    "compose",
    JSON.stringify({ services: { web } }),
    { native: true },
  );
  return parseConfig(text!).checks[0]!.probe;
}

/** A server with a path for each answer that tools see in different ways. */
function answers(): HttpServer {
  return httpServer((request) => {
    const [, what = "", status = "200"] = new URL(request.url).pathname
      .split("/");
    const location = request.headers.get("host");
    switch (what) {
      case "status":
        return new Response(status === "204" || status === "304" ? null : "a", {
          status: Number(status),
        });
      case "to":
        return new Response(null, {
          status: Number(status),
          headers: { location: `http://${location}/status/200` },
        });
      case "lost":
        return new Response(null, {
          status: 302,
          headers: { location: "/status/404" },
        });
      case "get-only":
        return new Response("a", {
          status: request.method === "HEAD" ? 405 : 200,
        });
      default:
        return new Response("a", { status: 404 });
    }
  });
}

const PATHS = [
  ...[200, 201, 204, 304, 399, 400, 404, 500, 503].map((it) => `status/${it}`),
  ...[301, 302, 303, 307, 308].map((it) => `to/${it}`),
  "lost",
  "get-only",
];

/** Tools as tests use them, and their images. */
const TOOLS: readonly (readonly [
  program: string,
  test: string,
  service?: Record<string, unknown>,
])[] = [
  ["curl", "curl -fsS -m 9"],
  ["curl", "curl -fsSL -m 9"],
  ["curl", "curl -fsSI -m 9"],
  ["curl", "curl -fsSLI -m 9"],
  ["curl", "curl -sS -m 9"],
  ["wget", "wget -q -O /dev/null -T 9 -t 1"],
  ["wget", "wget -q --spider -T 9 -t 1"],
  ["busybox", "wget -q -O /dev/null", { image: "busybox" }],
  ["busybox", "wget -q --spider", { image: "nginx:alpine" }],
];

/** Checks that a probe sees what a tool sees, and asks for the same. */
async function compare(
  server: HttpServer,
  { program, test, service, path, scheme = "http" }: {
    readonly program: string;
    readonly test: string;
    readonly service?: Record<string, unknown>;
    readonly path: string;
    readonly scheme?: string;
  },
): Promise<void> {
  // BusyBox tries only one address of a name.
  const name = program === "busybox" ? "127.0.0.1" : "localhost";
  const line = `${test} ${scheme}://${name}:${server.port}/${path}`;
  const command = program === "busybox" ? `busybox ${line}` : line;
  const { success } = await new Deno.Command("sh", {
    args: ["-c", `exec ${command}`],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).output();
  const asked = server.asked.at(-1);
  const count = server.asked.length;
  const probe = await probeOf(line, `${server.port}:${server.port}`, service);
  const { verdict } = await probe(patient());
  assertEquals([path, verdict], [path, success ? "pass" : "fail"], line);
  if (asked === undefined) return assertEquals(server.asked, []);
  assertEquals(server.asked.length > count, true);
  const again = server.asked.at(-1)!;
  assertEquals([again.method, again.path], [asked.method, asked.path]);
  // HTTP/2 has no such header.
  const host = asked.headers.get("host") ?? again.headers.get("host");
  assertEquals(again.headers.get("host"), host);
}

const demand = "LIFESIGN_TEST_TOOLS";

for (const [program, test, service = {}] of TOOLS) {
  testWith({ program, demand }, {
    name: `import compose --native sees what ${program} sees by ${test}`,
    async fn() {
      await using server = answers();
      for (const path of PATHS) {
        await compare(server, { program, test, service, path });
      }
    },
  });
}

for (
  const [program, test] of [
    ["wget", "wget -q -O /dev/null -T 9 -t 1"],
    ["wget", "wget -q --spider -T 9 -t 1"],
    ["curl", "curl -fsSL -m 9 -b ''"],
    ["curl", "curl -fsSL -m 9 -c /dev/null"],
    ["curl", "curl -fsS -m 9 -b seen=1"],
  ] as const
) {
  testWith({ program, demand }, {
    name: `import compose --native has the cookies of ${test}`,
    async fn() {
      await using server = httpServer((request) =>
        request.headers.get("cookie") === "seen=1"
          ? new Response("a")
          : new Response(null, {
            status: 302,
            headers: { location: "/", "set-cookie": "seen=1" },
          })
      );
      await compare(server, { program, test, path: "" });
      assertEquals(server.asked.at(-1)!.headers.get("cookie"), "seen=1");
    },
  });
}

for (
  const [program, test] of [
    ["curl", "curl -fsS -m 9"],
    ["curl", "curl -fsSk -m 9"],
    ["wget", "wget -q -O /dev/null -T 9 -t 1"],
    ["wget", "wget -q --no-check-certificate -O /dev/null -T 9 -t 1"],
  ] as const
) {
  testWith({ program, demand }, {
    name: `import compose --native accepts the certificates of ${test}`,
    async fn() {
      await using server = httpServer(() => new Response("a"), { tls: true });
      await compare(server, { program, test, path: "", scheme: "https" });
    },
  });
}

Deno.test("import compose --native keeps the Host header of the URL and of -H", async () => {
  await using server = httpServer((request) => {
    const wanted = new URL(request.url).pathname.slice(1);
    const isWanted = request.headers.get("host") === wanted;
    return new Response("a", { status: isWanted ? 200 : 421 });
  });
  const tests: [test: string, port: number][] = [
    ["curl -f http://localhost:8000/localhost:8000", 8000],
    ["curl -f http://localhost/localhost", 80],
    ["curl -f http://127.0.0.1:8000/127.0.0.1:8000", 8000],
    ["curl -f web:8000/web:8000", 8000],
    ["curl -f -H 'Host: example.test' http://localhost/example.test", 80],
    ["wget --spider --header 'host: example.test' localhost/example.test", 80],
  ];
  for (const [test, port] of tests) {
    const probe = await probeOf(test, `${server.port}:${port}`);
    assertEquals((await probe(patient())).verdict, "pass", test);
  }
});

Deno.test("import compose --native follows a redirect to the port that is published", async () => {
  await using server = httpServer((request) => {
    const { pathname } = new URL(request.url);
    return pathname === "/"
      ? Response.redirect("http://localhost:8000/login", 302)
      : new Response("a");
  });
  for (const tool of ["curl -fL", "wget -q -O-"]) {
    const probe = await probeOf(
      `${tool} http://localhost:8000/`,
      `${server.port}:8000`,
    );
    assertEquals((await probe(patient())).verdict, "pass", tool);
  }
});
