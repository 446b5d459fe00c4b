import { OptionError } from "../../src/core/option_error.ts";
import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { Hono } from "hono";
import { pass } from "../../src/core/outcome.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { createApp } from "../../src/server/mod.ts";
import { FAIL, hang, PASS, scripted } from "../support/probes.ts";
import { memoryArchive } from "../support/memory_archive.ts";
import { EventReader } from "./events.ts";
import { EACH, fleetOf, ODD, see } from "./fleets.ts";

/** Every path, and what it answers where something is down. */
const ROUTES: readonly (readonly [string, number, string])[] = [
  ["/", 200, "text/html; charset=UTF-8"],
  ["/checks", 200, "application/json"],
  ["/checks/up", 200, "application/json"],
  ["/checks/nobody", 404, "application/json"],
  ["/checks/up?format=html", 200, "text/html; charset=UTF-8"],
  ["/checks/nobody?format=html", 404, "text/html; charset=UTF-8"],
  ["/incidents", 200, "application/json"],
  ["/incidents?format=html", 200, "text/html; charset=UTF-8"],
  ["/incidents?limit=0", 400, "application/json"],
  ["/incidents.atom", 200, "application/atom+xml; charset=utf-8"],
  ["/checks/up/history", 404, "application/json"],
  ["/badge/up.svg", 200, "image/svg+xml"],
  ["/badge/up/uptime.svg", 200, "image/svg+xml"],
  ["/badge/nobody.svg", 404, "image/svg+xml"],
  ["/badge/up/uptime/7d.svg", 404, "image/svg+xml"],
  ["/badge/up.json", 200, "application/json"],
  ["/health", 503, "application/health+json"],
  ["/livez", 200, "text/plain; charset=UTF-8"],
  ["/metrics", 200, "text/plain; version=0.0.4; charset=utf-8"],
  ["/readyz", 503, "text/plain; charset=UTF-8"],
  ["/readyz?verbose", 503, "text/plain; charset=UTF-8"],
  ["/openapi.json", 200, "application/json"],
];

/** The type of an answer, with the blanks that some leave out. */
function typeOf({ headers }: Response): string | undefined {
  return headers.get("content-type")?.replace(/; */g, "; ");
}

/** What is nowhere. */
const NOWHERE = [
  "/nope",
  "/checks/",
  "/checks/up/more",
  "/checks/a/b",
  "/badge",
  "/badge/",
  "/badge/up",
  "/badge/up.png",
  "/badge/.svg",
  "/badge/a/b.svg",
  "/badge/up/uptime.json",
  "/health/",
  "/livez/",
  "/Health",
  "/index.html",
  "/favicon.ico",
  "/.env",
  "//",
  "/checks//",
];

/** Says that HEAD has GET's headers, and the length of its body. */
async function assertHeadIsGet(
  app: Hono,
  path: string,
  headers: HeadersInit = {},
): Promise<void> {
  const get = await app.request(path, { headers });
  const head = await app.request(path, { method: "HEAD", headers });
  const again = await app.request(path, { headers });
  assertEquals([head.status, head.body], [get.status, null]);
  const { "content-length": length, ...others } = headersOf(head);
  assertEquals(others, headersOf(get));
  const [before, after] = await Promise.all(
    [get, again].map(async (it) => (await it.arrayBuffer()).byteLength),
  );
  if (get.headers.has("content-encoding")) {
    assertEquals(length, undefined);
    return;
  }
  // The figures of the process, and how long ago a thing was, change.
  const slack = before === after && path !== "/metrics" ? 0 : 100;
  assert(Math.abs(Number(length) - before!) <= slack, `${length} ${before}`);
}

/** The headers of a response, without the nonce that each has of its own. */
function headersOf({ headers }: Response): Record<string, string> {
  return Object.fromEntries(
    [...headers].map((
      [name, value],
    ) => [name, value.replace(/'nonce-[^']+'/g, "NONCE")]),
  );
}

for (const path of NOWHERE) {
  Deno.test(`HEAD ${path} answers as GET does`, async () => {
    await using fleet = await fleetOf(EACH);
    await assertHeadIsGet(createApp(fleet), path);
  });
}

Deno.test("HEAD / answers as GET does where the page is compressed", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  const headers = { "accept-encoding": "gzip" };
  const response = await app.request("/", { method: "HEAD", headers });
  assertEquals(response.headers.get("content-encoding"), "gzip");
  await assertHeadIsGet(app, "/", headers);
});

for (const [path, status, type] of ROUTES) {
  Deno.test(`GET ${path} answers ${status} as ${type}`, async () => {
    await using fleet = await fleetOf(EACH);
    const response = await createApp(fleet).request(path);
    assertEquals(response.status, status);
    assertEquals(typeOf(response), type);
    assertNotEquals(await response.text(), "");
  });

  Deno.test(`HEAD ${path} answers as GET does, without a body`, async () => {
    await using fleet = await fleetOf(EACH);
    await assertHeadIsGet(createApp(fleet), path);
    await assertHeadIsGet(createApp(fleet, { token: "s3cret" }), path);
    await assertHeadIsGet(new Hono().route("/", createApp(fleet)), path);
  });

  for (const method of ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"]) {
    Deno.test(`${method} ${path} answers 405, and what is allowed`, async () => {
      await using fleet = await fleetOf(EACH);
      const response = await createApp(fleet).request(path, { method });
      assertEquals(response.status, 405);
      assertEquals(response.headers.get("allow"), "GET, HEAD");
      assertEquals(await response.json(), {
        error: `Expected GET or HEAD, got ${method}`,
      });
    });
  }
}

for (const path of NOWHERE) {
  Deno.test(`${path} is nowhere, which is said as JSON`, async () => {
    await using fleet = await fleetOf(EACH);
    const app = createApp(fleet);
    for (const method of ["GET", "POST"]) {
      const response = await app.request(`http://localhost${path}`, { method });
      assertEquals(response.status, 404);
      assertEquals(typeOf(response), "application/json");
      assertEquals(await response.json(), {
        error: `There is nothing at ${path}`,
      });
    }
    const head = await app.request(`http://localhost${path}`, {
      method: "HEAD",
    });
    assertEquals([head.status, await head.text()], [404, ""]);
  });
}

Deno.test("every list of checks has the order in which they were added or arranged, also of ids that are numbers", async () => {
  await using fleet = new Fleet({ background: false });
  for (const id of ["80", "web", "443", "1"]) {
    fleet.add(scripted([PASS]), { id });
  }
  const app = createApp(fleet);
  const found = async (path: string, pattern: RegExp): Promise<string[]> => {
    const text = await (await app.request(path)).text();
    const ids = Array.from(text.matchAll(pattern), ([, id]) => id!);
    return [...new Set(ids)];
  };
  const patterns = {
    "/": /data-id="(.+?)"/g,
    "/checks": /"id":"(.+?)"/g,
    "/health": /"(\w+):responseTime"/g,
    "/metrics": /check="(.+?)"/g,
    "/readyz?verbose": /^\[-\](\w+)/gm,
  };
  const orders = [["80", "web", "443", "1"], ["web", "443", "80", "1"]];
  for (const order of orders) {
    fleet.arrange(order);
    for (const [path, pattern] of Object.entries(patterns)) {
      assertEquals(await found(path, pattern), order, path);
    }
    await using reader = new EventReader(
      (await app.request("/events")).body!,
    );
    const [, ...events] = await reader.take(5);
    assertEquals(events.map(({ data }) => JSON.parse(data).id), order);
  }
});

Deno.test("/checks gives every snapshot, with dates in ISO 8601", async () => {
  await using fleet = await fleetOf(EACH);
  const response = await createApp(fleet).request("/checks");
  const text = await response.text();
  assertEquals(text, JSON.stringify(fleet.list()));
  const [up] = JSON.parse(text);
  assertEquals(up.since, fleet.get("up")!.since.toISOString());
  assertEquals(up.checkedAt, fleet.get("up")!.checkedAt!.toISOString());
});

Deno.test("/checks gives the checks of some groups alone, if asked", async () => {
  await using fleet = await fleetOf({
    a: { group: "edge" },
    b: {},
    c: { group: "data" },
  });
  const app = createApp(fleet);
  for (
    const [query, expected] of [
      ["group=edge", ["a"]],
      ["group=data&group=edge", ["a", "c"]],
      ["group=", ["b"]],
      ["group=nobody", []],
    ] as const
  ) {
    const found = await (await app.request(`/checks?${query}`)).json();
    assertEquals(found.map(({ id }: { id: string }) => id), expected, query);
  }
});

Deno.test("/checks/:id gives the one snapshot, or says that there is none", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  assertEquals(
    await (await app.request("/checks/down")).text(),
    JSON.stringify(fleet.get("down")),
  );
  assertEquals(await (await app.request("/checks/%22odd%22%0A")).json(), {
    error: 'There is no check named "\\"odd\\"\\n"',
  });
});

Deno.test("/health says pass and 200 where all is well", async () => {
  await using fleet = await fleetOf({ up: { step: PASS } });
  const response = await createApp(fleet).request("/health");
  assertEquals(response.status, 200);
  const { status, checks } = await response.json();
  assertEquals(status, "pass");
  assertEquals(Object.keys(checks), ["up:responseTime"]);
});

Deno.test("/readyz says ok and 200 where all is well, and lists checks if asked", async () => {
  await using fleet = await fleetOf({ up: { step: PASS } });
  const app = createApp(fleet);
  assertEquals(await (await app.request("/readyz")).text(), "ok\n");
  for (const query of ["?verbose", "?verbose=", "?verbose=1", "?a&verbose"]) {
    const response = await app.request(`/readyz${query}`);
    assertEquals(response.status, 200);
    assertEquals(await response.text(), "[+]up healthy\nok\n");
  }
});

Deno.test("an app shows the current checks of its fleet", async () => {
  await using fleet = await fleetOf({});
  const app = createApp(fleet);
  assertEquals(await (await app.request("/checks")).json(), []);
  fleet.add(scripted([FAIL]), { id: "new", retries: 1 });
  await fleet.attemptAll();
  assertEquals((await app.request("/health")).status, 503);
  await fleet.remove("new");
  assertEquals((await app.request("/checks/new")).status, 404);
});

for (const id of [...ODD, "a%2Fb", "x".repeat(5000)]) {
  const shown = JSON.stringify(id.slice(0, 40));
  Deno.test(`the check ${shown} is where the page says it is`, async () => {
    await using fleet = await fleetOf({ [id]: { step: PASS } });
    const app = createApp(fleet);
    const html = await (await app.request("/")).text();
    const link = see(html).links.find((link) => link.startsWith("checks/"));
    const url = new URL(link!, "http://localhost/");
    const response = await app.request(url.href);
    // What no URL can say cannot be linked to.
    if (!id.isWellFormed()) {
      assertEquals(response.status, 404);
      return;
    }
    assertEquals(response.status, 200, url.href);
    assertEquals((await response.json()).id, id);
    const shown = await app.request(url.href, {
      headers: { accept: "text/html" },
    });
    assertEquals(shown.status, 200);
    const { text } = see(await shown.text());
    assert(text.includes(`${id} is healthy`), text);
    for (const [, value] of response.headers) {
      assertFalse(value.includes(id), value);
    }
  });
}

/** Paths that others came through with. */
const TRICKS = [
  "/checks/..%2f..%2fetc%2fpasswd",
  "/checks/%2e%2e%2fup",
  "/checks/..;/up",
  "/checks/%00",
  "/checks/up%00",
  "/checks/%",
  "/checks/%zz",
  "/checks/%c0%ae",
  "/checks/%ff%fe",
  "/checks/%ed%a0%80",
  "/checks/%u0075",
  "/checks/%25%32%65",
  "/checks/%0d%0aset-cookie:a=b",
  "/checks/__proto__",
  "/checks/constructor",
  "/checks/toString",
  "/checks/:id",
  "/checks/*",
  "/checks/up%2f",
  "/checks/%20up",
  "/checks/UP",
  `/checks/${"a".repeat(100_000)}`,
  `/checks/${"%2e".repeat(20_000)}`,
  `/${"a/".repeat(10_000)}`,
  "/checks/up;a=b",
  "/\\checks",
  "/%2e%2e/%2e%2e/etc/passwd",
  "/livez%00",
  "/livez%2f",
  "/%6civez%00",
];

for (const path of TRICKS) {
  Deno.test(`GET ${path.slice(0, 50)} finds nothing, and breaks nothing`, async () => {
    await using fleet = await fleetOf(EACH);
    const response = await createApp(fleet).request(`http://localhost${path}`);
    assertEquals(response.status, 404);
    assertEquals(response.headers.get("set-cookie"), null);
    assertEquals(typeof (await response.json()).error, "string");
  });
}

Deno.test("no path and no method makes an app fail", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  const unit = fc.constantFrom(
    ..."/%.;:?#&=\\\0 <\"'",
    "%2f",
    "%00",
    "up",
    "checks",
    "é",
  );
  const path = fc.oneof(fc.string({ unit }), fc.string());
  const method = fc.constantFrom("GET", "HEAD", "POST", "OPTIONS", "FOO");
  await fc.assert(
    fc.asyncProperty(path, method, async (path, method) => {
      for (const prefix of ["/", "/checks/"]) {
        const url = `http://localhost${prefix}${path}`;
        const response = await app.request(new Request(url, { method }));
        await response.body?.cancel();
        assert([200, 404, 405, 503].includes(response.status));
      }
    }),
    { numRuns: 300 },
  );
});

Deno.test("a request's headers and body are nobody's concern", async () => {
  await using fleet = await fleetOf(EACH);
  const headers = {
    accept: "x".repeat(100_000),
    cookie: "\u0080\u00ff",
    "content-type": "application/json",
    "content-length": "nonsense",
    "x-forwarded-host": "evil.example",
    host: "evil.example",
  };
  const app = createApp(fleet);
  const page = await app.request("/", { headers });
  assertEquals(page.status, 200);
  assertFalse((await page.text()).includes("evil"));
  const body = "{".repeat(1_000_000);
  const posted = await app.request("/checks", {
    method: "POST",
    headers,
    body,
  });
  assertEquals(posted.status, 405);
});

/** Answers of every kind, by a request and options. */
const ANSWERS: readonly (readonly [string, RequestInit, number])[] = [
  ...ROUTES.map(([path, status]) => [path, {}, status] as const),
  ["/nope", {}, 404],
  ["/checks", { method: "POST" }, 405],
];

const WITH_TOKEN: readonly (readonly [string, RequestInit, number])[] = [
  ["/", {}, 401],
  ["/nope", {}, 401],
  ["/livez", {}, 200],
  ["/health", { headers: { authorization: "Basic eDp5" } }, 401],
];

function assertSecured({ headers }: Response): void {
  const policy = headers.get("content-security-policy") ?? "";
  assertMatch(policy, /(^|; )default-src 'none'(;|$)/);
  assertMatch(policy, /(^|; )base-uri 'none'(;|$)/);
  assertMatch(policy, /(^|; )form-action 'self'(;|$)/);
  assertMatch(policy, /(^|; )frame-ancestors 'none'(;|$)/);
  assertFalse(
    /script-src(?! 'nonce-[^' ]+';)|unsafe|\*|https?:/.test(policy),
    policy,
  );
  assertEquals(headers.get("x-content-type-options"), "nosniff");
  assertEquals(headers.get("referrer-policy"), "no-referrer");
  assertEquals(headers.get("cache-control"), "no-store");
  assertEquals(headers.get("strict-transport-security"), null);
  assertEquals(headers.get("x-powered-by"), null);
}

for (const [path, init, status] of ANSWERS) {
  Deno.test(`${init.method ?? "GET"} ${path} is answered with headers that keep others out`, async () => {
    await using fleet = await fleetOf(EACH);
    const response = await createApp(fleet).request(path, init);
    assertEquals(response.status, status);
    assertSecured(response);
  });
}

for (const [path, init, status] of WITH_TOKEN) {
  Deno.test(`GET ${path} is answered with them where there is a token, as ${status}`, async () => {
    await using fleet = await fleetOf(EACH);
    const app = createApp(fleet, { token: "s3cret" });
    const response = await app.request(path, init);
    assertEquals(response.status, status);
    assertSecured(response);
  });
}

Deno.test("the page's style and script have the nonce of its policy, another one each time", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet);
  const nonces = new Set<string>();
  for (let i = 0; i < 3; i++) {
    const response = await app.request("/");
    const policy = response.headers.get("content-security-policy") ?? "";
    const [, nonce = ""] = /style-src 'nonce-([^']+)'/.exec(policy) ?? [];
    const html = await response.text();
    assertMatch(
      policy,
      new RegExp(`script-src 'nonce-${RegExp.escape(nonce)}';`),
    );
    assertEquals(html.match(/<(style|script)[^>]*>/g), [
      `<style nonce="${nonce}">`,
      `<script nonce="${nonce}">`,
    ]);
    assertFalse(/<[^>]*\son\w+=|javascript:/i.test(html));
    nonces.add(nonce);
  }
  assertEquals(nonces.size, 3);
  assertFalse(nonces.has(""));
});

Deno.test("the page is called as it is told", async () => {
  await using fleet = await fleetOf({});
  const titleOf = async (title?: string): Promise<string> => {
    const app = createApp(fleet, title === undefined ? {} : { title });
    const html = await (await app.request("/")).text();
    return /<header>\s*<p id="brand">(.*)<\/p>/.exec(html)?.[1] ?? "";
  };
  assertEquals(await titleOf(), "lifesign");
  assertEquals(await titleOf("A & <B>"), "A &amp; &lt;B&gt;");
});

/** What may come with a request, and the answer where the token is right. */
const AUTHORIZATIONS: readonly (readonly [string | undefined, number])[] = [
  [undefined, 401],
  ["Bearer s3cret", 200],
  ["bearer s3cret", 200],
  ["Bearer  s3cret", 200],
  ["Bearer wrong", 401],
  ["Bearer s3cre", 401],
  ["Bearer s3crets", 401],
  ["Bearer S3CRET", 401],
  [`Bearer ${"s".repeat(10_000)}`, 401],
  ["Bearer", 400],
  ["Bearer ", 400],
  ["s3cret", 400],
  ["Basic s3cret", 400],
  [`Basic ${btoa("me:s3cret")}`, 200],
  [`Basic ${btoa(":s3cret")}`, 200],
  [`Basic ${btoa("s3cret:")}`, 401],
  [`Basic ${btoa("me:s3crets")}`, 401],
  [`Basic ${btoa("s3cret")}`, 400],
  ["Bearer s3cret, Bearer s3cret", 400],
  ["Bearer s3cret s3cret", 400],
];

for (const [authorization, status] of AUTHORIZATIONS) {
  Deno.test(`a request with the authorization ${authorization?.slice(0, 40)} is answered ${status}`, async () => {
    await using fleet = await fleetOf({ up: { step: PASS } });
    const app = createApp(fleet, {
      token: "s3cret",
      archive: memoryArchive({}, Date.now()),
    });
    const headers = new Headers();
    if (authorization !== undefined) {
      headers.set("authorization", authorization);
    }
    for (
      const path of [
        "/",
        "/checks",
        "/checks/up",
        "/badge/up.svg",
        "/badge/up/uptime.svg",
        "/badge/up/uptime/7d.svg",
        "/checks/up/history",
        "/badge/up.json",
        "/health",
        "/metrics",
        "/readyz",
      ]
    ) {
      const response = await app.request(path, { headers });
      assertEquals(response.status, status, path);
      const text = await response.text();
      assertEquals(text.includes("up") || text.includes("ok"), status === 200);
      if (status === 401) {
        assertMatch(
          response.headers.get("www-authenticate") ?? "",
          /^Basic .*, Bearer /,
        );
      }
    }
    assertEquals((await app.request("/livez", { headers })).status, 200);
  });
}

Deno.test("without its token, a request learns nothing of paths and methods", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet, { token: "s3cret" });
  const headers = { authorization: "Bearer s3cret" };
  for (
    const [path, method, status] of [
      ["/nope", "GET", 404],
      ["/checks/nobody", "GET", 404],
      ["/checks", "POST", 405],
      ["/health", "OPTIONS", 405],
    ] as const
  ) {
    assertEquals((await app.request(path, { method })).status, 401, path);
    const response = await app.request(path, { method, headers });
    assertEquals(response.status, status, path);
  }
  assertEquals((await app.request("/", { method: "HEAD" })).status, 401);
  assertEquals((await app.request("/livez", { method: "HEAD" })).status, 200);
  assertEquals((await app.request("/livez", { method: "POST" })).status, 405);
});

Deno.test("tricks with the path of /livez do not get around the token", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet, { token: "s3cret" });
  for (
    const path of [
      "/livez/../checks",
      "/livez/%2e%2e/checks",
      "/livez%2f..%2fchecks",
      "/livez/",
      "//livez/checks",
      "/livez?/checks",
      "/livez;/checks",
      "/%63hecks",
      "/checks?/livez",
      "/checks#/livez",
    ]
  ) {
    const response = await app.request(`http://localhost${path}`);
    const text = await response.text();
    assert(response.status === 401 || text === "ok\n", path);
  }
});

Deno.test("a token is not shown by anything", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet, { token: "s3cret" });
  for (const sent of ["s3cret", "wrong"]) {
    for (
      const path of [
        "/",
        "/checks",
        "/health",
        "/metrics",
        "/readyz?verbose",
        "/nope",
      ]
    ) {
      const response = await app.request(path, {
        headers: { authorization: `Bearer ${sent}` },
      });
      const headers = JSON.stringify([...response.headers]);
      assertFalse((headers + await response.text()).includes("s3cret"));
    }
  }
});

/** Follows every link of a page. */
async function follow(
  app: Hono,
  url: string,
): Promise<readonly (readonly [string, number])[]> {
  const response = await app.request(url);
  assertEquals(response.status, 200, url);
  const { links } = see(await response.text());
  assert(links.length > 3, `${links}`);
  return await Promise.all(links.map(async (link) => {
    const { href, pathname } = new URL(link, `http://localhost${url}`);
    const { status, body } = await app.request(href);
    await body?.cancel();
    return [pathname, status] as const;
  }));
}

const UP = { up: { step: PASS }, "a/b?": { step: PASS } };

/** Where an app is mounted, and where it is asked for. */
const MOUNTS: readonly (readonly [string, string, string])[] = [
  ["/", "/", ""],
  ["/status", "/status", "/status"],
  ["/a/b/c", "/a/b/c", "/a/b/c"],
  ["/v1:status", "/v1:status", "/v1:status"],
  ["/:tenant", "/javascript:alert(1)", "/javascript:alert(1)"],
  ["/:tenant", "/a%20b%22%3Cc%3E", "/a%20b%22%3Cc%3E"],
  ["/été", "/%C3%A9t%C3%A9", "/%C3%A9t%C3%A9"],
];

for (const [mount, url, base] of MOUNTS) {
  Deno.test(`the links of a page mounted at ${mount} work at ${url}`, async () => {
    await using fleet = await fleetOf(UP);
    const app = new Hono().route(mount, createApp(fleet));
    assertEquals(await follow(app, url), [
      [url, 200],
      [`${base}/incidents`, 200],
      [`${base}/checks/up`, 200],
      [`${base}/checks/a%2Fb%3F`, 200],
      [url, 200],
      [`${base}/checks`, 200],
      [`${base}/health`, 200],
      [`${base}/readyz`, 200],
      [`${base}/metrics`, 200],
    ]);
    const paths = async (path: string): Promise<Set<string>> =>
      new Set(
        (await follow(app, `${base}${path}`)).map(([path, status]) => {
          assertEquals(status, 200, path);
          return path;
        }),
      );
    assertEquals(
      await paths("/checks/a%2Fb%3F?format=html"),
      new Set([
        url,
        `${base}/incidents`,
        `${base}/checks/a%2Fb%3F`,
        `${base}/badge/a%2Fb%3F.svg`,
      ]),
    );
    assertEquals(
      await paths("/incidents?format=html"),
      new Set([url, `${base}/incidents`, `${base}/incidents.atom`]),
    );
  });
}

Deno.test("the links of a mounted page work with a slash at its end, where an app allows that", async () => {
  await using fleet = await fleetOf(UP);
  const app = new Hono({ strict: false }).route("/status", createApp(fleet));
  for (const url of ["/status", "/status/"]) {
    for (const [path, status] of await follow(app, url)) {
      assertMatch(path, /^\/status(\/|$)/);
      assertEquals(status, 200, path);
    }
  }
  const strict = new Hono().route("/status", createApp(fleet));
  assertEquals((await strict.request("/status/")).status, 404);
});

Deno.test("an app mounted at a path answers everything beneath it", async () => {
  await using fleet = await fleetOf(EACH);
  const app = new Hono().route("/status", createApp(fleet));
  for (const [path, status, type] of ROUTES) {
    const at = `/status${path === "/" ? "" : path}`;
    const response = await app.request(at);
    assertEquals(response.status, status, at);
    assertEquals(typeOf(response), type);
    assertSecured(response);
    await response.body?.cancel();
    const head = await app.request(at, { method: "HEAD" });
    assertEquals(head.status, status, at);
    const posted = await app.request(at, { method: "POST" });
    assertEquals(posted.status, 405, at);
    assertEquals(posted.headers.get("allow"), "GET, HEAD");
  }
});

for (const mount of ["/", "/status"]) {
  Deno.test(`an app mounted at ${mount} leaves somebody's own routes alone`, async () => {
    let attempts = 0;
    await using fleet = new Fleet({ background: false });
    fleet.add(scripted([() => Promise.resolve(attempts++ < 0 ? FAIL : PASS)]), {
      id: "up",
    });
    const mine = new Hono();
    mine.get("/before", (c) => c.text("before"));
    mine.route(mount, createApp(fleet, { token: "s3cret", onDemand: 0 }));
    mine.get("/after", (c) => c.text("after"));
    mine.post("/after", (c) => c.text("posted", 201));
    mine.get("/status/mine", (c) => c.text("mine"));
    mine.notFound((c) => c.text("nobody knows", 404));
    for (
      const [path, method, status, text] of [
        ["/before", "GET", 200, "before"],
        ["/after", "GET", 200, "after"],
        ["/after", "POST", 201, "posted"],
        ["/status/mine", "GET", 200, "mine"],
        ["/nope", "GET", 404, "nobody knows"],
        ["/status/nope", "GET", 404, "nobody knows"],
      ] as const
    ) {
      const response = await mine.request(path, { method });
      assertEquals([response.status, await response.text()], [status, text]);
      assertEquals(response.headers.get("content-security-policy"), null);
      assertEquals(response.headers.get("cache-control"), null);
    }
    assertEquals(attempts, 0);
    const base = mount === "/" ? "" : mount;
    assertEquals((await mine.request(`${base}/livez`)).status, 200);
    assertEquals((await mine.request(`${base}/checks`)).status, 401);
    const headers = { authorization: "Bearer s3cret" };
    const checks = await mine.request(`${base}/checks`, { headers });
    assertEquals(checks.status, 200);
    assertEquals(attempts, 1);
  });
}

/** What tries what is stale. */
const REFRESHING = [
  "/",
  "/checks",
  "/checks/a",
  "/badge/a.svg",
  "/badge/a.json",
  "/badge/a/uptime.svg",
  "/health",
  "/readyz",
];

for (const path of REFRESHING) {
  Deno.test(`GET ${path} first tries what is stale, and keeps what is fresh`, async () => {
    using time = new FakeTime();
    const [a, b] = [scripted([PASS]), scripted([FAIL])];
    await using fleet = new Fleet({ background: false });
    fleet.add(a, { id: "a" });
    const app = createApp(fleet, { onDemand: "5s" });
    const ask = async (method = "GET"): Promise<number> => {
      const { status, body } = await app.request(path, { method });
      await body?.cancel();
      return status;
    };
    assertEquals(await ask(), 200);
    assertEquals(a.log.attempts, 1);
    time.tick(5000);
    fleet.add(b, { id: "b", retries: 1 });
    await ask();
    assertEquals([a.log.attempts, b.log.attempts], [1, 1]);
    time.tick(1);
    await ask("HEAD");
    assertEquals([a.log.attempts, b.log.attempts], [2, 1]);
    time.tick(6000);
    assertEquals(await ask("POST"), 405);
    assertEquals([a.log.attempts, b.log.attempts], [2, 1]);
    await ask();
    assertEquals([a.log.attempts, b.log.attempts], [3, 2]);
  });
}

Deno.test("an answer on demand has what was just found", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([pass({ httpStatus: 204 })]), { id: "a" });
  const app = createApp(fleet, { onDemand: 0 });
  const [snapshot] = await (await app.request("/checks")).json();
  assertEquals([snapshot.status, snapshot.attempts], ["healthy", 1]);
  assertEquals(snapshot.detail, { httpStatus: 204 });
});

Deno.test("nothing is tried for what tells of no check, and for strangers", async () => {
  const probe = scripted([PASS]);
  await using fleet = new Fleet({ background: false });
  fleet.add(probe, { id: "a" });
  const app = createApp(fleet, { onDemand: 0, token: "s3cret" });
  const headers = { authorization: "Bearer s3cret" };
  assertEquals((await app.request("/livez", { headers })).status, 200);
  assertEquals((await app.request("/openapi.json", { headers })).status, 200);
  assertEquals((await app.request("/nope", { headers })).status, 404);
  assertEquals((await app.request("/checks")).status, 401);
  assertEquals(probe.log.attempts, 0);
});

Deno.test("nothing is tried on requests unless it is asked for", async () => {
  const probe = scripted([PASS]);
  await using fleet = new Fleet({ background: false });
  fleet.add(probe, { id: "a" });
  const app = createApp(fleet);
  assertEquals((await app.request("/health")).status, 200);
  assertEquals(probe.log.attempts, 0);
});

Deno.test("requests at the same time share one attempt", async () => {
  const probe = scripted([PASS]);
  await using fleet = new Fleet({ background: false });
  fleet.add(probe, { id: "a" });
  const app = createApp(fleet, { onDemand: "5s" });
  const paths = ["/checks", "/health", "/readyz", "/"];
  const responses = await Promise.all(paths.map((path) => app.request(path)));
  assertEquals(responses.map(({ status }) => status), [200, 200, 200, 200]);
  assertEquals(probe.log.attempts, 1);
});

Deno.test("a fleet that is closed meanwhile is shown as it was last", async () => {
  const probe = scripted([hang]);
  const fleet = new Fleet({ background: false });
  fleet.add(probe, { id: "a" });
  const app = createApp(fleet, { onDemand: 0 });
  const waiting = app.request("/checks");
  await fleet.close();
  assertEquals(probe.log.attempts, 1);
  for (const response of [await waiting, await app.request("/checks")]) {
    assertEquals(response.status, 200);
    assertEquals((await response.json())[0].status, "unknown");
  }
});

for (const onDemand of ["5", "-1s", -1, NaN, Infinity, ""]) {
  Deno.test(`createApp() does not take ${JSON.stringify(onDemand)} for onDemand`, async () => {
    await using fleet = new Fleet({ background: false });
    assertThrows(() => createApp(fleet, { onDemand }), RangeError);
  });
}

Deno.test("createApp() refuses a token that no header could have", async () => {
  await using fleet = new Fleet();
  for (const token of ["", "two words", "grün", "a=b"]) {
    assertThrows(
      () => createApp(fleet, { token }),
      OptionError,
      "token: expected a bearer token",
    );
  }
});
