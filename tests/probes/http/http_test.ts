import { OptionError } from "../../../src/core/option_error.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertLess,
  assertNotMatch,
  assertThrows,
} from "@std/assert";
import type { Probe } from "../../../src/core/types.ts";
import { monitor } from "../../../src/fleet/monitor.ts";
import { unlessAborted } from "../../../src/io/abort.ts";
import { http } from "../../../src/probes/http/http.ts";
import type { HttpOptions } from "../../../src/probes/http/options.ts";
import { PROXY_VARIABLES } from "../../support/no_proxy.ts";
import { attemptInChild, flagsOf } from "../../support/child.ts";
import { resettingServer } from "../../support/faults.ts";
import {
  assertOutcome,
  assertPass,
  impatient,
  patient,
  timeless,
} from "../../support/outcomes.ts";
import { givenTime } from "../../support/busy.ts";
import {
  close,
  closedPort,
  hang,
  type HttpServer,
  httpServer,
  pem,
  pemFiles,
  rawHttpServer,
  readHead,
  say,
  sayForEver,
  type Server,
  tcpServer,
} from "../../support/servers.ts";
import { lockSocket, SOCKET, unixServer } from "../../support/unix_server.ts";

/** Two ways to a server, which behave the same. */
const WAYS: Record<string, (server: Pick<Server, "authority">) => HttpOptions> =
  {
    "at its host": () => ({}),
    "at an address": ({ authority }) => ({ address: authority }),
  };

type Way = (
  server: Pick<Server, "authority">,
  options?: HttpOptions,
) => HttpOptions;

/** Tests a behaviour each way. */
function eachWay(name: string, test: (way: Way) => Promise<void>): void {
  for (const [means, optionsFor] of Object.entries(WAYS)) {
    const way: Way = (server, options) => ({
      ...options,
      ...optionsFor(server),
    });
    Deno.test(`http() ${name}, ${means}`, () => test(way));
  }
}

function ok(): Response {
  return new Response("ok");
}

/** A server that says this after each request's head, and closes. */
function saying(what: string | Uint8Array): Server {
  return rawHttpServer(async (conn) => {
    await say(conn, what);
    conn.close();
  });
}

function urlOf({ authority }: Pick<Server, "authority">, path = "/"): string {
  return `http://${authority}${path}`;
}

eachWay("passes with the answer's status", async (way) => {
  await using server = httpServer(ok);
  const probe = http(urlOf(server, "/health?deep=1#top"), way(server));
  assertPass(await probe(patient()), { httpStatus: 200 });
  const [asked] = server.asked;
  assertEquals(asked?.method, "GET");
  assertEquals(asked?.path, "/health?deep=1");
  assertEquals(asked?.headers.get("host"), server.authority);
  assertEquals(asked?.headers.get("user-agent"), "lifesign");
});

eachWay("sends the method, headers and body it is told", async (way) => {
  await using server = httpServer(ok);
  // `Deno.serve` shows no body of GET: the conformance tests do.
  for (const method of ["POST", "put", "patch", "DELETE"]) {
    const probe = http(
      urlOf(server),
      way(server, {
        method,
        headers: { "user-agent": "mine", "X-Token": "t" },
        body: "héllo",
      }),
    );
    assertPass(await probe(patient()), { httpStatus: 200 });
    const asked = server.asked.at(-1);
    assertEquals(asked?.method, method.toUpperCase());
    assertEquals(asked?.headers.get("user-agent"), "mine");
    assertEquals(asked?.headers.get("x-token"), "t");
    assertEquals(asked?.body, "héllo");
  }
});

eachWay("makes a fresh connection each attempt", async (way) => {
  await using server = httpServer(ok);
  const probe = http(urlOf(server), way(server));
  for (let attempts = 1; attempts <= 3; attempts++) {
    assertPass(await probe(patient()), { httpStatus: 200 });
    assertEquals(server.connections, attempts);
  }
});

eachWay(
  "makes a fresh connection while others are in flight, too",
  async (way) => {
    await using slow = tcpServer(hang);
    await using server = httpServer(ok);
    const controller = new AbortController();
    const inFlight = http(urlOf(slow), way(slow))(controller.signal);
    const probe = http(urlOf(server), way(server));
    for (let attempts = 1; attempts <= 3; attempts++) {
      assertPass(await probe(patient()), { httpStatus: 200 });
      assertEquals(server.connections, attempts);
    }
    controller.abort();
    assertOutcome(await inFlight, ["error", "internal"]);
  },
);

/** How many connections 30 attempts make. No attempt waits until one is kept. */
async function connectionsOf(probe: Probe, server: Server): Promise<number> {
  const before = server.connections;
  for (let attempts = 1; attempts <= 30; attempts++) {
    assertPass(await probe(patient()), { httpStatus: 200 });
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return server.connections - before;
}

Deno.test("http() keeps its connection if it may, whatever is asked of the body", async () => {
  for (
    const options of [{}, { contains: "o" }, { matches: "^ok$" }, {
      maxBody: 2,
      contains: "ok",
    }]
  ) {
    await using server = httpServer(ok);
    const probe = http(urlOf(server), { keepAlive: true, ...options });
    using _ = probe.hold!();
    assertLess(await connectionsOf(probe, server), 20);
  }
});

Deno.test("http() with keepAlive waits for no rest of a body, and keeps no connection to a proxy", async () => {
  await using slow = rawHttpServer((conn) =>
    say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
  );
  const waiting = http(urlOf(slow), { keepAlive: true });
  using _ = waiting.hold!();
  // Each would take a quarter of a second.
  const startedAt = performance.now();
  for (let i = 0; i < 20; i++) {
    assertPass(await waiting(patient()), { httpStatus: 200 });
  }
  assertLess(performance.now() - startedAt, 4000);
  await using proxy = httpServer((request) =>
    new Response(request.headers.get("proxy-authorization"))
  );
  const proxied = http("http://shop.invalid/", {
    keepAlive: true,
    proxy: `http://me:pw@${proxy.authority}`,
    contains: "Basic bWU6cHc=",
  });
  using __ = proxied.hold!();
  assertEquals(await connectionsOf(proxied, proxy), 30);
});

Deno.test("http() keeps its connection if it may", async () => {
  await using server = httpServer(ok);
  await using secure = httpServer(ok, { tls: true });
  for (
    const [url, server_, options] of [
      [urlOf(server), server, {}],
      [`https://${secure.authority}/`, secure, { ca: pem.ca }],
    ] as const
  ) {
    const probe = http(url, { ...options, keepAlive: true });
    const hold = probe.hold!();
    assertLess(await connectionsOf(probe, server_), 20);
    hold[Symbol.dispose]();
    // Nobody would close it.
    const before = server_.connections;
    for (let attempts = 1; attempts <= 2; attempts++) {
      assertPass(await probe(patient()), { httpStatus: 200 });
    }
    assertEquals(server_.connections, before + 2);
  }
});

Deno.test("http() with keepAlive makes another connection where the server has closed the one that it kept, or the rest of an answer is long or late", async () => {
  const answers = [
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nok",
    "HTTP/1.1 200 OK\r\n\r\nok",
  ];
  for (const answer of answers) {
    await using server = saying(answer);
    const probe = http(urlOf(server), { keepAlive: true });
    using _ = probe.hold!();
    for (let attempts = 1; attempts <= 3; attempts++) {
      assertPass(await probe(patient()), { httpStatus: 200 });
    }
    assertEquals(server.connections, 3, answer);
  }
  await using late = rawHttpServer((conn) =>
    say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no")
  );
  const probe = http(urlOf(late), { keepAlive: true });
  using _ = probe.hold!();
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(late.connections, 2);
});

for (
  const [what, late] of Object.entries({
    "a late 408": "HTTP/1.1 408 X\r\nContent-Length: 0\r\n\r\n",
    "another answer": "HTTP/1.1 500 X\r\nContent-Length: 0\r\n\r\n",
    "a late line": "\r\n",
    "the end": "",
  })
) {
  Deno.test(
    `http() with keepAlive keeps no connection on which ${what} comes`,
    async () => {
      const kept = Promise.withResolvers<void>();
      const dropped = Promise.withResolvers<void>();
      await using server = rawHttpServer(async (conn) => {
        await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
        await kept.promise;
        if (late === "") await conn.closeWrite();
        else await say(conn, late);
        while (await conn.read(new Uint8Array(99)) !== null);
        dropped.resolve();
      });
      const probe = http(urlOf(server), { keepAlive: true });
      using _ = probe.hold!();
      assertPass(await probe(patient()), { httpStatus: 200 });
      await new Promise((resolve) => setTimeout(resolve, 20));
      kept.resolve();
      await unlessAborted(dropped.promise, patient());
      assertPass(await probe(patient()), { httpStatus: 200 });
      assertEquals(server.connections, 2);
    },
  );
}

Deno.test("http() with keepAlive asks again where a server is tired of waiting for a request", async () => {
  for (const status of [200, 408]) {
    let connections = 0;
    await using server = rawHttpServer(async (conn) => {
      connections++;
      const first = connections === 1 ? 200 : status;
      const answer = (status: number): string =>
        `HTTP/1.1 ${status} X\r\nContent-Length: 0\r\n\r\n`;
      await say(conn, answer(first));
      await readHead(conn);
      await say(conn, answer(408));
    });
    const probe = http(urlOf(server), { keepAlive: true });
    using _ = probe.hold!();
    assertPass(await probe(patient()), { httpStatus: 200 });
    // The connection is kept a moment later.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const again = await probe(patient());
    if (status === 200) assertPass(again, { httpStatus: 200 });
    else assertOutcome(again, ["fail", "status"]);
    assertEquals(server.connections, 2);
  }
});

eachWay("makes many attempts at once", async (way) => {
  await using server = httpServer(ok);
  const probe = http(urlOf(server), way(server));
  const signal = patient();
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => probe(signal)),
  );
  assert(outcomes.every(({ verdict }) => verdict === "pass"));
  assertEquals(server.connections, 50);
});

eachWay("reaches IPv6", async (way) => {
  await using server = httpServer(ok, { hostname: "::1" });
  const probe = http(urlOf(server), way(server));
  assertEquals(probe.target, `http://[::1]:${server.port}/`);
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(server.asked[0]?.headers.get("host"), `[::1]:${server.port}`);
});

eachWay("knows every form of a status", async (way) => {
  await using server = httpServer((request) =>
    new Response(null, {
      status: Number(new URL(request.url).pathname.slice(1)),
    })
  );
  const table: [HttpOptions["status"], number, boolean][] = [
    [undefined, 204, true],
    [undefined, 299, true],
    [undefined, 404, false],
    [undefined, 304, false],
    [404, 404, true],
    [404, 200, false],
    ["5xx", 503, true],
    ["5xx", 200, false],
    ["200-404", 404, true],
    ["200-404", 405, false],
    [[200, "4xx"], 418, true],
    [[200, "4xx"], 201, false],
  ];
  for (const [status, answered, passes] of table) {
    const probe = http(
      urlOf(server, `/${answered}`),
      way(server, status === undefined ? {} : { status }),
    );
    const outcome = await probe(patient());
    if (passes) {
      assertPass(outcome, { httpStatus: answered });
      continue;
    }
    const expected = status === undefined
      ? "200-299"
      : [status].flat().join(" or ");
    assertOutcome(
      outcome,
      ["fail", "status"],
      `Expected status ${expected}, got ${answered}`,
    );
    assertEquals(timeless(outcome).detail, { httpStatus: answered });
  }
});

eachWay("takes an answer without a body", async (way) => {
  await using server = httpServer((request) =>
    request.method === "HEAD"
      ? new Response(null, { headers: { "content-length": "1000" } })
      : new Response(null, { status: 204 })
  );
  assertPass(
    await http(urlOf(server), way(server))(patient()),
    { httpStatus: 204 },
  );
  assertPass(
    await http(urlOf(server), way(server, { method: "head" }))(patient()),
    { httpStatus: 200 },
  );
  assertOutcome(
    await http(urlOf(server), way(server, { contains: "ok" }))(patient()),
    ["fail", "body"],
    'Expected the body to contain "ok", got ""',
  );
});

eachWay("takes a switch of protocols for an answer", async (way) => {
  await using server = rawHttpServer((conn) =>
    say(
      conn,
      "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
    )
  );
  const outcome = await http(urlOf(server), way(server))(patient());
  assertOutcome(
    outcome,
    ["fail", "status"],
    "Expected status 200-299, got 101",
  );
});

eachWay("takes a redirect for the answer it is", async (way) => {
  await using server = httpServer(() =>
    new Response(null, { status: 302, headers: { location: "/login\t?a" } })
  );
  assertPass(
    await http(urlOf(server), way(server, { status: 302 }))(patient()),
    { httpStatus: 302 },
  );
  assertOutcome(
    await http(urlOf(server), way(server))(patient()),
    ["fail", "status"],
    'Expected status 200-299, got 302 to "/login ?a"',
  );
  assertEquals(server.asked.length, 2);
});

eachWay("follows redirects if it may", async (way) => {
  await using server = httpServer((request) => {
    const { pathname } = new URL(request.url);
    const status = Number(pathname.slice(1));
    return status > 0
      ? new Response(null, { status, headers: { location: "/to?a=b" } })
      : new Response("there");
  });
  const table: [string, number, string][] = [
    ["GET", 301, "GET"],
    ["GET", 308, "GET"],
    ["POST", 301, "GET"],
    ["POST", 302, "GET"],
    ["POST", 303, "GET"],
    ["PUT", 303, "GET"],
    ["PUT", 302, "PUT"],
    ["POST", 307, "POST"],
    ["POST", 308, "POST"],
    ["HEAD", 303, "HEAD"],
  ];
  for (const [method, status, then] of table) {
    const probe = http(
      urlOf(server, `/${status}`),
      way(server, {
        method,
        redirect: "follow",
        ...(/^P/.test(method) && { body: "sent" }),
        ...(method !== "HEAD" && { contains: "there" }),
      }),
    );
    assertPass(await probe(patient()), { httpStatus: 200 });
    const asked = server.asked.at(-1);
    assertEquals(asked?.path, "/to?a=b");
    assertEquals(asked?.method, then, `${method} ${status}`);
    assertEquals(asked?.body, /^P/.test(then) ? "sent" : "");
  }
});

eachWay("takes a 3xx without a location for the answer it is", async (way) => {
  await using server = httpServer(() => new Response(null, { status: 304 }));
  assertPass(
    await http(
      urlOf(server),
      way(server, { redirect: "follow", status: 304 }),
    )(patient()),
    { httpStatus: 304 },
  );
});

eachWay(
  "follows a redirect to another server, without secrets",
  async (way) => {
    await using other = httpServer(ok);
    await using server = httpServer(() =>
      new Response(null, {
        status: 302,
        headers: { location: urlOf(other, "/x") },
      })
    );
    const probe = http(
      `http://user:secret@${server.authority}/`,
      way(server, {
        redirect: "follow",
        headers: { cookie: "session=secret", "x-mine": "kept" },
      }),
    );
    assertPass(await probe(patient()), { httpStatus: 200 });
    assert(server.asked[0]?.headers.has("authorization"));
    assertEquals(server.asked[0]?.headers.get("cookie"), "session=secret");
    const { headers, path } = other.asked[0]!;
    assertEquals(path, "/x");
    assertEquals(headers.get("host"), other.authority);
    assertEquals(headers.get("x-mine"), "kept");
    assertFalse(headers.has("authorization"));
    assertFalse(headers.has("cookie"));
  },
);

eachWay("blames the target that redirects for ever", async (way) => {
  await using server = httpServer(() =>
    new Response(null, { status: 302, headers: { location: "/" } })
  );
  assertOutcome(
    await http(urlOf(server), way(server, { redirect: "follow" }))(patient()),
    ["fail", "protocol"],
    "Expected an answer, got more than 20 redirects",
  );
  assertEquals(server.asked.length, 21);
});

eachWay(
  "blames the target that redirects to what is no HTTP URL",
  async (way) => {
    await using server = httpServer((request) =>
      new Response(null, {
        status: 302,
        headers: {
          location: decodeURIComponent(new URL(request.url).search.slice(1)),
        },
      })
    );
    for (const location of ["ftp://127.0.0.1/", "mailto:x", "http://[/"]) {
      assertOutcome(
        await http(
          urlOf(server, `/?${encodeURIComponent(location)}`),
          way(server, { redirect: "follow" }),
        )(patient()),
        ["fail", "protocol"],
        "Expected a redirect to an HTTP URL, got another",
      );
    }
  },
);

eachWay("blames the target that refuses", async (way) => {
  for (const hostname of ["127.0.0.1", "::1"]) {
    const port = closedPort(hostname);
    const authority = hostname === "::1"
      ? `[::1]:${port}`
      : `127.0.0.1:${port}`;
    // The words in the path are no symptoms.
    const probe = http(
      urlOf({ authority }, "/certificate/alert"),
      way({ authority }),
    );
    assertOutcome(
      await probe(patient()),
      ["fail", "refused"],
      `${authority} refused the connection`,
    );
  }
});

eachWay("blames the name that cannot be resolved", async (way) => {
  const probe = http(
    "http://no.such.host.invalid/",
    way({ authority: "no.such.host.invalid:80" }),
  );
  assertOutcome(
    await probe(patient()),
    ["fail", "dns"],
    "Cannot resolve no.such.host.invalid",
  );
});

eachWay("blames the target that closes without an answer", async (way) => {
  for (const serve of [() => tcpServer(close), resettingServer]) {
    await using server = await serve();
    assertOutcome(
      await http(urlOf(server), way(server))(patient()),
      ["fail", "reset"],
      `${server.authority} closed the connection without an answer`,
    );
  }
});

eachWay("blames the target that closes in the middle", async (way) => {
  const table = [
    "HTTP/1.1 20",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\nServ",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
  ];
  for (const answer of table) {
    await using server = saying(answer);
    assertOutcome(
      await http(urlOf(server), way(server, { matches: "^abcdefghij$" }))(
        patient(),
      ),
      ["fail", "reset"],
      `${server.authority} closed the connection without a full answer`,
    );
  }
});

eachWay("blames the target that does not speak HTTP", async (way) => {
  const table = [
    "SSH-2.0-OpenSSH_9.9\r\n",
    Uint8Array.of(0x14, 3, 1, 0, 2, 2, 50),
    "HTTP/1.1 2000 OK\r\n\r\n",
    "HTTP/1.1\r\n\r\n",
    "<html>",
  ];
  for (const answer of table) {
    await using server = saying(answer);
    const message = assertOutcome(
      await http(urlOf(server), way(server))(patient()),
      ["fail", "protocol"],
    );
    assert(message.startsWith(`${server.authority} does not speak HTTP: `));
  }
});

eachWay("blames the target whose head cannot be right", async (way) => {
  const table = [
    [
      "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab",
      "one length of the body from AT, got 1 and 2",
    ],
    ["Content-Length: -1\r\n\r\n", "one length of the body from AT, got -1"],
    [
      `X: ${"x".repeat(1_000_000)}\r\n\r\n`,
      "headers of at most 300 KiB from AT, got more",
    ],
  ] as const;
  for (const [rest, message] of table) {
    await using server = saying(`HTTP/1.1 200 OK\r\n${rest}`);
    assertOutcome(
      await http(urlOf(server), way(server))(patient()),
      ["fail", "protocol"],
      `Expected ${message.replace("AT", server.authority)}`,
    );
  }
});

eachWay("ends at its deadline, and says how far it came", async (way) => {
  const head = "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n";
  const table: [string, (conn: Deno.TcpConn) => unknown][] = [
    ["waiting for the response", hang],
    ["waiting for the response", (conn) => say(conn, head)],
    ["reading the body", (conn) => say(conn, `${head}\r\n`)],
    ["reading the body", (conn) => say(conn, `${head}\r\nabc`)],
    ["reading the body", async (conn) => {
      await say(conn, "HTTP/1.1 200 OK\r\n\r\n");
      // Slow for ever: each piece comes in time, the whole never.
      while (true) {
        await say(conn, ".");
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    }],
  ];
  for (const [stage, respond] of table) {
    await using server = rawHttpServer(respond);
    const message = `Timed out while ${stage}`;
    const outcome = await givenTime(
      (ms) =>
        http(urlOf(server), way(server, { contains: "end" }))(
          AbortSignal.timeout(ms),
        ),
      ({ reason }) => reason?.message === message,
    );
    assertOutcome(outcome, ["fail", "timeout"], message);
  }
});

eachWay("reads no more of an endless body than maxBody", async (way) => {
  await using server = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\n\r\nbegin ");
    await sayForEver(conn, "x".repeat(65536));
  });
  const table: HttpOptions[] = [
    {},
    { contains: "begin" },
    { maxBody: 0 },
    { maxBody: 5, matches: "^begin$" },
    { maxBody: 1_000_000, matches: "^begin x{999994}$" },
  ];
  for (const options of table) {
    assertPass(
      await http(urlOf(server), way(server, options))(patient()),
      { httpStatus: 200 },
    );
  }
  assertOutcome(
    await http(urlOf(server), way(server, { maxBody: 3, contains: "begin" }))(
      patient(),
    ),
    ["fail", "body"],
    'Expected the first 3 bytes of the body to contain "begin", got "beg…"',
  );
});

eachWay("does not look beyond maxBody", async (way) => {
  await using server = httpServer(() =>
    new Response(`${" ".repeat(65536)}end`)
  );
  assertOutcome(
    await http(urlOf(server), way(server, { contains: "end" }))(patient()),
    ["fail", "body"],
    'Expected the first 64 KiB of the body to contain "end", got "…"',
  );
  assertPass(
    await http(
      urlOf(server),
      way(server, { contains: "end", maxBody: 65539 }),
    )(patient()),
    { httpStatus: 200 },
  );
});

eachWay("looks for a text or a pattern in the body", async (way) => {
  await using server = httpServer(() => new Response("all systems: grün\n"));
  const table: [HttpOptions, string | undefined][] = [
    [{ contains: "grün" }, undefined],
    [{ matches: /^ALL.*n$/gim }, undefined],
    [
      { contains: "rot" },
      'Expected the body to contain "rot", got "all systems: grün"',
    ],
    [
      { contains: "all", matches: "rot$" },
      'Expected the body to match /rot$/u, got "all systems: grün"',
    ],
  ];
  for (const [options, message] of table) {
    const probe = http(urlOf(server), way(server, options));
    for (const outcome of [await probe(patient()), await probe(patient())]) {
      if (message === undefined) assertPass(outcome, { httpStatus: 200 });
      else assertOutcome(outcome, ["fail", "body"], message);
    }
  }
});

eachWay("looks for values in a JSON body", async (way) => {
  await using server = httpServer(() =>
    Response.json({ status: "ok", checks: { db: { up: true } } })
  );
  assertPass(
    await http(
      urlOf(server),
      way(server, { json: { status: "ok", "checks.db.up": true } }),
    )(patient()),
    { httpStatus: 200 },
  );
  assertOutcome(
    await http(urlOf(server), way(server, { json: { "checks.db.up": 1 } }))(
      patient(),
    ),
    ["fail", "body"],
    "Expected checks.db.up of the JSON body to be 1, got true",
  );
  await using page = httpServer(() => new Response("<html>\n<body>"));
  assertOutcome(
    await http(urlOf(page), way(page, { json: {} }))(patient()),
    ["fail", "body"],
    'Expected a JSON body, got "<html> <body>"',
  );
});

eachWay("shows a binary body as a printable line", async (way) => {
  await using server = httpServer(() =>
    new Response(Uint8Array.of(0, 0xff, 0x1b, 0x5b, 0x9f, 0x41, 0x0a))
  );
  assertOutcome(
    await http(urlOf(server), way(server, { contains: "ok" }))(patient()),
    ["fail", "body"],
    'Expected the body to contain "ok", got "[ A"',
  );
});

eachWay("looks for headers", async (way) => {
  await using server = httpServer(() =>
    new Response("ok", {
      headers: { "content-type": "text/plain; charset=utf-8", "x-a": "1" },
    })
  );
  const table: [HttpOptions["responseHeaders"], string | undefined][] = [
    [{ "Content-Type": "text/plain" }, undefined],
    [{ "content-type": /UTF-8$/gi, "X-A": "" }, undefined],
    [
      { "content-type": "json" },
      'Expected header content-type to contain "json", got "text/plain; charset=utf-8"',
    ],
    [
      { "x-a": "1", "x-b": "2" },
      'Expected header x-b to contain "2", got none',
    ],
    [{ "x-a": /^2/ }, 'Expected header x-a to match /^2/, got "1"'],
    [{ "x-b": /./ }, "Expected header x-b to match /./, got none"],
  ];
  for (const [responseHeaders, message] of table) {
    const probe = http(
      urlOf(server),
      way(server, { responseHeaders: responseHeaders! }),
    );
    for (const outcome of [await probe(patient()), await probe(patient())]) {
      if (message === undefined) assertPass(outcome, { httpStatus: 200 });
      else assertOutcome(outcome, ["fail", "header"], message);
    }
  }
});

eachWay("judges the status first, then headers, then the body", async (way) => {
  await using server = httpServer(() => new Response("down", { status: 500 }));
  const wrong: HttpOptions = {
    contains: "ok",
    responseHeaders: { "x-a": "1" },
    latency: { fail: 0 },
  };
  const codes = [];
  for (
    const options of [
      wrong,
      { ...wrong, status: 500 },
      { ...wrong, status: 500, responseHeaders: {} },
      { status: 500, latency: { fail: 0 } },
    ]
  ) {
    const outcome = await http(urlOf(server), way(server, options))(patient());
    codes.push(outcome.reason?.code);
  }
  assertEquals(codes, ["status", "header", "body", "latency"]);
});

eachWay("warns and fails by the time the whole answer took", async (way) => {
  await using server = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
    await new Promise((resolve) => setTimeout(resolve, 30));
    await say(conn, "k");
    conn.close();
  });
  const table: [HttpOptions["latency"], "warn" | "fail" | "pass", string?][] = [
    [{}, "pass"],
    [{ warn: "1h", fail: "2h" }, "pass"],
    [{ warn: 20 }, "warn", "20ms"],
    [{ warn: "20ms", fail: "1h" }, "warn", "20ms"],
    [{ fail: "10ms" }, "fail", "10ms"],
    [{ warn: 5, fail: 10 }, "fail", "10ms"],
  ];
  for (const [latency, verdict, limit] of table) {
    const outcome = await http(
      urlOf(server),
      way(server, { latency: latency! }),
    )(patient());
    if (verdict === "pass") {
      assertPass(outcome, { httpStatus: 200 });
      continue;
    }
    assertOutcome(
      outcome,
      [verdict, "latency"],
      new RegExp(`^Expected an answer within ${limit}, got it after \\d`),
    );
    assertEquals(timeless(outcome).detail, { httpStatus: 200 });
  }
});

eachWay("sends a Host header of one's own", async (way) => {
  await using server = httpServer(ok);
  const probe = http(
    urlOf(server),
    way(server, { headers: { Host: "shop.example" } }),
  );
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(server.asked[0]?.headers.get("host"), "shop.example");
});

eachWay(
  "sends the URL's credentials as a header, and hides them",
  async (way) => {
    const expected: [string, string][] = [
      ["user:pass", "user:pass"],
      ["user", "user:"],
      [":pass", ":pass"],
      ["us%40er:p%3Aa%25ss", "us@er:p:a%ss"],
      ["jörg:grün", "jörg:grün"],
      ["user:50%", "user:50%"],
      ["user:100%zz", "user:100%zz"],
    ];
    await using server = httpServer(() => new Response(null, { status: 500 }));
    for (const [credentials, sent] of expected) {
      const probe = http(
        `http://${credentials}@${server.authority}/x`,
        way(server),
      );
      assertEquals(probe.target, urlOf(server, "/x"));
      assertOutcome(
        await probe(patient()),
        ["fail", "status"],
        "Expected status 200-299, got 500",
      );
      const header = server.asked.at(-1)?.headers.get("authorization") ?? "";
      const bytes = Uint8Array.from(
        atob(header.replace(/^Basic /, "")),
        (char) => char.charCodeAt(0),
      );
      assertEquals(new TextDecoder().decode(bytes), sent);
    }
    const own = http(
      `http://user:pass@${server.authority}/`,
      way(server, { headers: { authorization: "Bearer t" } }),
    );
    await own(patient());
    assertEquals(server.asked.at(-1)?.headers.get("authorization"), "Bearer t");
  },
);

eachWay("shows credentials in no message", async (way) => {
  const servers: Server[] = [
    tcpServer(close),
    saying("SSH-2.0\r\n"),
    saying("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"),
  ];
  const authorities = servers.map(({ authority }) => authority);
  authorities.push(`127.0.0.1:${closedPort()}`, "127.0.0.1:1");
  try {
    for (const scheme of ["http", "https"]) {
      for (const authority of authorities) {
        const probe = http(
          `${scheme}://hidden:hunter2@${authority}/`,
          way({ authority }),
        );
        const outcome = await probe(impatient());
        assertNotMatch(
          JSON.stringify([outcome, probe.target, probe.permissions]),
          /hidden|hunter2|aGlkZGVuOmh1bnRlcjI/,
        );
      }
    }
  } finally {
    for (const server of servers) await server[Symbol.asyncDispose]();
  }
});

Deno.test("http() asks at a port that fetch refuses", async () => {
  await using server = httpServer(ok, { port: 6000 });
  await using redirecting = httpServer(() =>
    Response.redirect("http://127.0.0.1:6000/")
  );
  for (
    const probe of [
      http("http://127.0.0.1:6000/", { method: "POST", body: "x" }),
      http(urlOf(redirecting), { redirect: "follow" }),
    ]
  ) assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(server.connections, 2);
  assertOutcome(
    await http("http://127.0.0.1:10080/")(patient()),
    ["fail", "refused"],
    "127.0.0.1:10080 refused the connection",
  );
});

eachWay("trusts an authority, as text and as a file", async (way) => {
  await using server = httpServer(ok, { tls: true });
  for (const host of ["127.0.0.1", "localhost"]) {
    for (const ca of [pem.ca, pemFiles.ca]) {
      const probe = http(
        `https://${host}:${server.port}/`,
        way(server, { ca }),
      );
      assertPass(await probe(patient()), { httpStatus: 200 });
      assertPass(await probe(patient()), { httpStatus: 200 });
    }
  }
  assertEquals(server.connections, 8);
});

eachWay("blames a certificate of an unknown authority", async (way) => {
  await using server = httpServer(ok, { tls: true });
  assertOutcome(
    await http(`https://${server.authority}/`, way(server))(patient()),
    ["fail", "tls"],
    'The certificate is not trusted: it was issued by an unknown authority, "lifesign test CA", of which the server sent no certificate',
  );
  assertEquals(server.asked, []);
});

eachWay("blames a certificate for another name", async (way) => {
  await using server = httpServer(ok, { tls: true, hostname: "::1" });
  assertOutcome(
    await http(`https://${server.authority}/`, way(server, { ca: pem.ca }))(
      patient(),
    ),
    ["fail", "tls"],
    "The certificate is not for ::1, but for localhost, lifesign.test, 127.0.0.1",
  );
  assertEquals(server.connections, 0);
});

eachWay("blames the target that does not speak TLS", async (way) => {
  await using talker = tcpServer((conn) => say(conn, "220 ready\r\n"));
  assertOutcome(
    await http(`https://${talker.authority}/`, way(talker))(patient()),
    ["fail", "tls"],
    `${talker.authority} does not speak TLS`,
  );
  await using closer = tcpServer(close);
  assertOutcome(
    await http(`https://${closer.authority}/`, way(closer))(patient()),
    ["fail", "tls"],
    `${closer.authority} closed the connection in the TLS handshake`,
  );
  await using plain = httpServer(ok, { tls: true });
  assertOutcome(
    await http(urlOf(plain), way(plain))(patient()),
    ["fail", "protocol"],
  );
});

eachWay("ends at its deadline while it waits for TLS", async (way) => {
  await using server = tcpServer(hang);
  assertOutcome(
    await http(`https://${server.authority}/`, way(server))(impatient()),
    ["fail", "timeout"],
  );
});

eachWay(
  "shows a certificate of its own, as text and as a file",
  async (way) => {
    await using server = httpServer(ok, { tls: true });
    const table: HttpOptions[] = [
      { ca: pem.ca, cert: pem.cert, key: pem.key },
      { ca: pemFiles.ca, cert: pemFiles.cert, key: pemFiles.key },
    ];
    for (const options of table) {
      assertPass(
        await http(`https://${server.authority}/`, way(server, options))(
          patient(),
        ),
        { httpStatus: 200 },
      );
    }
  },
);

eachWay(
  "cannot tell without the files it needs, until they are there",
  async (way) => {
    await using server = httpServer(ok, { tls: true });
    const ca = await Deno.makeTempFile({ dir: "/tmp" });
    try {
      await Deno.remove(ca);
      const probe = http(`https://${server.authority}/`, way(server, { ca }));
      assertOutcome(
        await probe(patient()),
        ["error", "internal"],
        `Cannot read ${ca}: no such file`,
      );
      await Deno.copyFile(pemFiles.ca, ca);
      assertPass(await probe(patient()), { httpStatus: 200 });
    } finally {
      await Deno.remove(ca);
    }
  },
);

Deno.test("http() connects to the address, with the URL's host kept", async () => {
  await using server = httpServer(ok);
  for (const address of [server.authority, `localhost:${server.port}`]) {
    const probe = http("http://shop.invalid/cart", { address });
    assertEquals(probe.target, "http://shop.invalid/cart");
    assertPass(await probe(patient()), { httpStatus: 200 });
    assertEquals(server.asked.at(-1)?.path, "/cart");
    assertEquals(server.asked.at(-1)?.headers.get("host"), "shop.invalid");
  }
  const samePort = http(`http://shop.invalid:${server.port}/`, {
    address: "127.0.0.1",
  });
  assertEquals(samePort.permissions, [{ name: "net", host: server.authority }]);
  assertPass(await samePort(patient()), { httpStatus: 200 });
});

Deno.test("http() keeps the URL's host for TLS where it connects to an address", async () => {
  await using server = httpServer(ok, { tls: true });
  const { ca } = pem;
  const right = http("https://lifesign.test/", {
    address: server.authority,
    ca,
  });
  assertPass(await right(patient()), { httpStatus: 200 });
  assertEquals(server.asked[0]?.headers.get("host"), "lifesign.test");
  // Names and addresses alike: what the URL says must be in the certificate.
  for (const host of ["other.test", "10.0.0.7", "[2001:db8::7]"]) {
    const wrong = http(`https://${host}/`, { address: server.authority, ca });
    assertOutcome(
      await wrong(patient()),
      ["fail", "tls"],
      `The certificate is not for ${
        host.replace(/[[\]]/g, "")
      }, but for localhost, lifesign.test, 127.0.0.1`,
    );
  }
  assertEquals(server.asked.length, 1);
});

Deno.test("http() sends the URL's host as the server name of TLS", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using server = tcpServer(async (conn) => {
    const buffer = new Uint8Array(4096);
    const count = await conn.read(buffer) ?? 0;
    resolve(String.fromCharCode(...buffer.subarray(0, count)));
    conn.close();
  });
  await http("https://lifesign.test/", { address: server.authority })(
    patient(),
  );
  assert((await promise).includes("lifesign.test"));
});

Deno.test("http() blames the address, not the URL's host", async () => {
  const port = closedPort();
  assertOutcome(
    await http("http://shop.invalid/", { address: `127.0.0.1:${port}` })(
      patient(),
    ),
    ["fail", "refused"],
    `127.0.0.1:${port} refused the connection`,
  );
});

Deno.test("http() follows a redirect away from the address", async () => {
  await using other = httpServer(ok);
  await using server = httpServer((request) =>
    new Response(null, {
      status: 302,
      headers: {
        location: request.url.endsWith("/first") ? "/second" : urlOf(other),
      },
    })
  );
  const probe = http("http://shop.invalid/first", {
    address: server.authority,
    redirect: "follow",
    headers: { host: "own.invalid" },
  });
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(server.asked.map(({ path }) => path), ["/first", "/second"]);
  assertEquals(
    server.asked.map(({ headers }) => headers.get("host")),
    ["own.invalid", "own.invalid"],
  );
  assertEquals(other.asked[0]?.headers.get("host"), other.authority);
});

Deno.test("http() connects to a Unix socket, with the URL's host kept", async () => {
  await using server = await unixServer(ok);
  const probe = http("http://shop.invalid/cart", { unix: SOCKET });
  assertEquals(probe.target, "http://shop.invalid/cart");
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(server.asked[0]?.path, "/cart");
  assertEquals(server.asked[0]?.headers.get("host"), "shop.invalid");
});

Deno.test("http() blames a Unix socket that nobody listens at", async () => {
  using _lock = await lockSocket();
  const outcome = await http("http://shop.invalid/", { unix: SOCKET })(
    patient(),
  );
  assertOutcome(
    outcome,
    ["fail", "refused"],
    `${SOCKET} refused the connection: there is no such file`,
  );
});

Deno.test("http() goes through a proxy if it is told", async () => {
  await using proxy = rawHttpServer(async (conn, head) => {
    const [line] = head.split("\r\n");
    await say(conn, `HTTP/1.1 200 OK\r\nX-Line: ${line}\r\n\r\n`);
    conn.close();
  });
  await using server = httpServer(ok);
  const probe = http(urlOf(server, "/x"), {
    proxy: urlOf(proxy),
    responseHeaders: { "x-line": `GET ${urlOf(server, "/x")} HTTP/1.1` },
  });
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals([proxy.connections, server.connections], [2, 0]);
});

Deno.test("http() asks a proxy for a tunnel to an HTTPS target", async () => {
  const { promise, resolve } = Promise.withResolvers<string>();
  await using proxy = rawHttpServer(async (conn, head) => {
    resolve(head.split("\r\n")[0]!);
    await say(conn, "HTTP/1.1 403 Forbidden\r\n\r\n");
    conn.close();
  });
  const outcome = await http("https://127.0.0.1:4433/", {
    proxy: urlOf(proxy),
  })(
    patient(),
  );
  assertEquals(outcome.verdict === "pass", false);
  assertEquals(await promise, "CONNECT 127.0.0.1:4433 HTTP/1.1");
});

/** What is the same for all children of the tests below. */
async function captured(
  proxy: HttpServer,
  attempt: { type: "http" | "fetch"; args: unknown[]; flags: string[] },
): Promise<boolean> {
  const before = proxy.asked.length;
  const url = urlOf(proxy);
  await attemptInChild({
    ...attempt,
    env: {
      ...Object.fromEntries(PROXY_VARIABLES.map((name) => [name, url])),
      NO_PROXY: "",
      no_proxy: "",
    },
  });
  return proxy.asked.length > before;
}

Deno.test("http() is never captured by a proxy in the environment", async () => {
  await using proxy = httpServer(ok);
  await using server = httpServer(ok);
  const net = "--allow-net=127.0.0.1";
  // This is what would happen otherwise.
  assert(
    await captured(proxy, {
      type: "fetch",
      args: [urlOf(server)],
      flags: [net],
    }),
  );
  for (const flags of [[net], [net, "--allow-env"]]) {
    const withCa = { ca: pem.ca, redirect: "follow" };
    for (const options of [{}, { keepAlive: true }, withCa]) {
      const asked = server.asked.length;
      assertFalse(
        await captured(proxy, {
          type: "http",
          args: [urlOf(server), options],
          flags,
        }),
      );
      assertEquals(server.asked.length, asked + 1);
    }
  }
});

Deno.test("http() is not captured by a proxy in the environment on its way to HTTPS", async () => {
  await using proxy = rawHttpServer(close);
  await using server = httpServer(ok, { tls: true });
  for (const flags of [[], ["--allow-env"]]) {
    assertPass(
      await attemptInChild({
        type: "http",
        args: [`https://${server.authority}/`, { ca: pem.ca }],
        flags: ["--allow-net=127.0.0.1", ...flags],
        env: {
          HTTPS_PROXY: urlOf(proxy),
          https_proxy: urlOf(proxy),
          NO_PROXY: "",
        },
      }),
      { httpStatus: 200 },
    );
  }
  assertEquals(proxy.connections, 0);
});

Deno.test("http() goes through the proxy it is told, whatever the environment says", async () => {
  await using told = httpServer(ok);
  await using proxy = httpServer(ok);
  await using server = httpServer(ok);
  assertFalse(
    await captured(proxy, {
      type: "http",
      args: [urlOf(server), { proxy: urlOf(told) }],
      flags: ["--allow-net=127.0.0.1"],
    }),
  );
  assertEquals([told.asked.length, server.asked.length], [1, 0]);
});

eachWay("leaves nothing behind, whenever it is aborted", async (way) => {
  await using server = rawHttpServer(async (conn) => {
    await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc");
  });
  const probe = http(urlOf(server), way(server, { contains: "end" }));
  for (let turns = 0; turns < 20; turns++) {
    const controller = new AbortController();
    const attempt = probe(controller.signal);
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    if (turns > 8) {
      await new Promise((resolve) => setTimeout(resolve, turns - 9));
    }
    controller.abort();
    assertOutcome(
      await attempt,
      ["error", "internal"],
      "The attempt was aborted",
    );
  }
});

Deno.test("http() needs the permissions that it lists, and no more", async () => {
  await using server = httpServer(ok);
  await using secure = httpServer(ok, { tls: true });
  await using _socket = await unixServer(ok);
  await using proxy = httpServer(ok);
  const table: [string, HttpOptions][] = [
    [urlOf(server), {}],
    [`http://localhost:${server.port}/`, {}],
    ["http://shop.invalid/", { address: server.authority }],
    ["http://shop.invalid/", { unix: SOCKET }],
    [urlOf(server), { proxy: urlOf(proxy) }],
    [`https://${secure.authority}/`, { ca: pem.ca }],
    [`https://${secure.authority}/`, { ...pemFiles }],
  ];
  for (const [url, options] of table) {
    const flags = flagsOf(http(url, options));
    const attempt = { type: "http", args: [url, options] } as const;
    assertPass(await attemptInChild({ ...attempt, flags }), {
      httpStatus: 200,
    });
    for (const missing of flags) {
      const outcome = await attemptInChild({
        ...attempt,
        flags: flags.filter((flag) => flag !== missing),
      });
      assertOutcome(
        outcome,
        ["error", "permission"],
        `Not allowed by Deno: run with ${missing}`,
      );
    }
  }
});

Deno.test("http() blames nobody for a permission to go elsewhere", async () => {
  await using server = httpServer(ok);
  for (const env of [[], ["--allow-env"]]) {
    assertOutcome(
      await attemptInChild({
        type: "http",
        args: [urlOf(server)],
        flags: ["--allow-net=127.0.0.1:1", ...env],
      }),
      ["error", "permission"],
      `Not allowed by Deno: run with --allow-net=${server.authority}`,
    );
  }
  assertEquals(server.connections, 0);
});

Deno.test("http() says what it is", () => {
  const probe = http(new URL("HTTPS://Example.com:443/a b?c#d"));
  assertEquals(probe.type, "http");
  assertEquals(probe.target, "https://example.com/a%20b?c");
  assertEquals(probe.permissions, [{ name: "net", host: "example.com:443" }]);
});

Deno.test("http() keeps its own copy of the URL and the headers", async () => {
  await using server = httpServer(ok);
  const url = new URL(urlOf(server, "/kept"));
  const headers = new Headers({ "x-a": "kept" });
  const probe = http(url, { headers });
  url.pathname = "/lost";
  headers.set("x-a", "lost");
  assertPass(await probe(patient()), { httpStatus: 200 });
  assertEquals(url.pathname, "/lost");
  assertEquals(server.asked[0]?.path, "/kept");
  assertEquals(server.asked[0]?.headers.get("x-a"), "kept");
});

Deno.test("http() refuses misuse when it is made", () => {
  const url = "http://127.0.0.1/";
  const secure = "https://127.0.0.1/";
  const table: [
    string,
    HttpOptions,
    string,
  ][] = [
    ["", {}, "url"],
    ["/health", {}, "url"],
    ["localhost:80", {}, "url"],
    ["ftp://localhost/", {}, "url"],
    ["file:///etc/passwd", {}, "url"],
    ["http://", {}, "url"],
    ["http://[::1/", {}, "url"],
    ["http://127.0.0.1:70000/", {}, "url"],
    ["http://127.0.0.1:0/", {}, "url"],
    [undefined as never, {}, "url"],
    [url, { method: "GE T" }, "method"],
    [url, { method: "" }, "method"],
    [url, { method: "CONNECT" }, "method"],
    [url, { method: "HEAD", body: "x" }, "body"],
    [url, { headers: { "a b": "c" } }, "headers"],
    [url, { headers: { a: "b\nc" } }, "headers"],
    [url, { redirect: "error" as never }, "redirect"],
    [url, { status: 42 }, "status"],
    [url, { status: "ok" }, "status"],
    [url, { status: [] }, "status"],
    [url, { matches: "(" }, "matches"],
    [url, { responseHeaders: { "a b": "c" } }, "responseHeaders"],
    [url, { latency: { warn: "soon" as never } }, "latency.warn"],
    [url, { latency: { fail: -1 } }, "latency.fail"],
    [url, { latency: { fail: NaN } }, "latency.fail"],
    [url, { maxBody: -1 }, "maxBody"],
    [url, { maxBody: 1.5 }, "maxBody"],
    [url, { maxBody: Infinity }, "maxBody"],
    [url, { maxBody: "1" as never }, "maxBody"],
    [url, { address: "" }, "address"],
    [url, { address: "http://127.0.0.1" }, "address"],
    [url, { address: "127.0.0.1:0" }, "address"],
    [url, { address: "127.0.0.1", unix: "/tmp/x" }, "unix"],
    [url, { address: "127.0.0.1", proxy: "http://proxy" }, "proxy"],
    [url, { unix: "/tmp/x", proxy: "http://proxy" }, "proxy"],
    [url, { proxy: "proxy:3128" }, "proxy"],
    [url, { proxy: "socks5://proxy" }, "proxy"],
    [url, { proxy: "http://proxy:0" }, "proxy"],
    [url, { latency: { warn: "2s", fail: "1s" } }, "latency.warn"],
    [url, { family: 5 as never }, "family"],
    [url, { addresses: "some" as never }, "addresses"],
    [url, { addresses: "all", unix: "/tmp/x" }, "unix"],
    [url, { addresses: "all", proxy: "http://proxy" }, "proxy"],
    [secure, { fingerprint: "abc" }, "fingerprint"],
    [secure, { fingerprint: `sha1:${"ab".repeat(32)}` }, "fingerprint"],
    [secure, { cert: pem.cert }, "cert"],
    [secure, { key: pem.key }, "key"],
    [secure, { verify: "no" as never }, "verify"],
    [secure, { verify: null as never }, "verify"],
    [url, { keepAlive: 1 as never }, "keepAlive"],
    [url, { health: "yes" as never }, "health"],
    [url, { headers: { "Content-Length": "2" }, body: "x" }, "headers"],
    [url, { headers: [["transfer-encoding", "chunked"]] }, "headers"],
  ];
  for (const [url, options, option] of table) {
    const error = assertThrows(() => http(url, options), OptionError);
    assertEquals(error.option, option, JSON.stringify([url, options]));
  }
});

Deno.test("http() never shows a URL's credentials when it refuses it", () => {
  for (const url of ["ftp://u:hunter2@db/", "http://u:hunter2@127.0.0.1:0/"]) {
    const error = assertThrows(() => http(url), Error);
    assertNotMatch(error.message, /hunter2/);
  }
});

Deno.test("http() reads a renewed file for the next attempt of a monitor", async () => {
  await using server = httpServer(ok, { tls: true });
  const folder = await Deno.makeTempDir({ dir: "/tmp" });
  const ca = `${folder}/ca.pem`;
  // The leaf is no authority for itself.
  await Deno.writeTextFile(ca, pem.cert);
  const watched = monitor(http(`https://${server.authority}/`, { ca }), {
    interval: 50,
    retries: 1,
    backoff: false,
  });
  const first = (await watched.next()).value;
  assertEquals([first?.status, first?.reason?.code], ["unhealthy", "tls"]);
  await Deno.writeTextFile(ca, pem.ca);
  assertEquals((await watched.next()).value?.status, "healthy");
  await watched.return();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("a monitor of http() makes a connection for each attempt", async () => {
  await using server = httpServer(ok);
  const watched = monitor(http(`http://${server.authority}/`), {
    interval: 20,
  });
  for (let i = 0; i < 5; i++) await watched.next();
  await watched.return();
  assertEquals(server.connections, 5);
});

Deno.test("http() sends the length of a body, and of none where one is usual", async () => {
  const table: [HttpOptions, string | undefined][] = [
    [{}, undefined],
    [{ method: "DELETE" }, undefined],
    [{ method: "POST" }, "0"],
    [{ method: "PUT" }, "0"],
    [{ method: "POST", body: "é" }, "2"],
    [{ method: "PATCH", body: "" }, "0"],
  ];
  for (const [options, expected] of table) {
    const { promise, resolve } = Promise.withResolvers<string>();
    await using server = rawHttpServer(async (conn, head) => {
      resolve(head);
      await say(conn, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
      conn.close();
    });
    assertPass(await http(urlOf(server), options)(patient()), {
      httpStatus: 200,
    });
    const [, length] = /\r\ncontent-length: (\d+)\r\n/i.exec(await promise) ??
      [];
    assertEquals(length, expected);
  }
});
