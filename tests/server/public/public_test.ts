import {
  assert,
  assertEquals,
  assertFalse,
  assertMatch,
  assertThrows,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Hono } from "hono";
import type { Incident } from "../../../src/core/past/incident.ts";
import { ConfigError, parseConfig } from "../../../src/agent/config.ts";
import { Fleet, OptionError } from "../../../mod.ts";
import { type AppOptions, createApp } from "../../../src/server/mod.ts";
import { FAIL, PASS, WARN } from "../../support/probes.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";
import { type Check, fleetOf, ODD, see } from "../fleets.ts";

const { day: DAY, hour: HOUR } = STEP_MS;
const NOW = Date.UTC(2026, 10, 27, 14, 23, 12);

/** What the public page may show. */
const SHOWN: Readonly<Record<string, Check>> = {
  "web-id-7": {
    group: "shop",
    name: "The shop",
    description: "internal words",
    link: "https://wiki.internal/",
    target: "https://shop.internal/",
    step: PASS,
  },
  "search-id-8": {
    group: "shop",
    name: "Search",
    target: "tcp search.internal",
    step: FAIL,
  },
};

/** What it may not show. */
const HIDDEN: Readonly<Record<string, Check>> = {
  "vault-id-9": {
    group: "secrets",
    name: "The vault",
    target: "vault.internal",
    step: WARN,
  },
  "lonely-id": { name: "Lonely", target: "lonely.internal", step: FAIL },
};

function incidentOf(check: string, changes: Partial<Incident> = {}): Incident {
  const reason = { code: "refused", message: `reason of ${check}` };
  return {
    id: `id-of-${check}`,
    check,
    began: NOW - 3 * HOUR,
    ended: NOW - 2 * HOUR,
    end: "recovered",
    firstReason: reason,
    lastReason: reason,
    muted: null,
    ...changes,
  };
}

const STRETCHES = [
  { was: "healthy", from: NOW - 99 * DAY, to: NOW - 3 * HOUR },
  { was: "unhealthy", from: NOW - 3 * HOUR, to: NOW - 2 * HOUR },
  { was: "healthy", from: NOW - 2 * HOUR, to: NOW },
] as const;

/** What is kept of these checks. */
function archiveOf(checks: Readonly<Record<string, Check>>) {
  const ids = Object.keys(checks);
  return memoryArchive(
    Object.fromEntries(ids.map((id) => [id, { stretches: STRETCHES }])),
    NOW,
    [
      ...ids.map((id) =>
        incidentOf(id, {
          began: NOW - (id === "web-id-7" ? 3 : 4) * HOUR,
          ...(id === "web-id-7" && {
            muted: { by: "dependency", check: "vault-id-9" },
          }),
        })
      ),
      incidentOf(ids[0]!, {
        id: "planned",
        began: NOW - 50 * HOUR,
        ended: NOW - 49 * HOUR,
        muted: { by: "maintenance" },
      }),
    ],
  );
}

const PATHS = ["/public", "/public/status.json", "/public/incidents.atom"];

/** An app at that time, asked without its token. */
async function asking(
  checks: Readonly<Record<string, Check>>,
  options: AppOptions,
  ask: (app: Hono) => Promise<void>,
): Promise<void> {
  using _time = new FakeTime(NOW);
  await using fleet = await fleetOf(checks);
  await ask(createApp(fleet, {
    token: "s3cret",
    title: "Inside",
    description: "internal words",
    public: { groups: ["shop"] },
    archive: archiveOf(checks),
    ...options,
  }));
}

/** All that an answer says, without what is new each time. */
async function saidBy(app: Hono, path: string): Promise<string> {
  const response = await app.request(path);
  const body = await response.text();
  const headers = [...response.headers].map((header) => header.join(": "));
  return [response.status, ...headers, body].join("\n")
    .replaceAll(/nonce(?:-|=")[\w+/=]+/g, "NONCE");
}

Deno.test("the public page needs no token, and all else does", async () => {
  await asking(SHOWN, {}, async (app) => {
    for (const path of PATHS) {
      assertEquals((await app.request(path)).status, 200, path);
    }
    for (
      const path of [
        "/",
        "/checks",
        "/checks/web-id-7",
        "/incidents",
        "/incidents.atom",
        "/events",
        "/badge/web-id-7.svg",
        "/public/",
        "/public/checks",
        "/public/web-id-7",
        "/public/status",
      ]
    ) assertEquals((await app.request(path)).status, 401, path);
  });
});

Deno.test("the public page has names, statuses, uptime and incidents", async () => {
  await asking({ ...SHOWN, ...HIDDEN }, {}, async (app) => {
    const html = await (await app.request("/public")).text();
    const { text, links } = see(html);
    for (
      const words of [
        "Inside",
        "1 of 2 is down",
        "The shop",
        "Search",
        "99.95 %",
        "2026-11-27 11:23 1 h",
      ]
    ) assert(text.includes(words), words);
    assertEquals(links, ["public/status.json", "public/incidents.atom"]);
    assertEquals((html.match(/<svg class="days"/g) ?? []).length, 2);
    assertEquals(await (await app.request("/public/status.json")).json(), {
      title: "Inside",
      status: "unhealthy",
      groups: [{
        name: "shop",
        checks: [
          {
            name: "The shop",
            status: "healthy",
            maintenance: false,
            uptime: 1 - HOUR / (NOW - Date.UTC(2026, 7, 30)),
          },
          {
            name: "Search",
            status: "unhealthy",
            maintenance: false,
            uptime: 1 - HOUR / (NOW - Date.UTC(2026, 7, 30)),
          },
        ],
      }],
      incidents: [
        {
          name: "The shop",
          began: "2026-11-27T11:23:12.000Z",
          ended: "2026-11-27T12:23:12.000Z",
        },
        {
          name: "Search",
          began: "2026-11-27T10:23:12.000Z",
          ended: "2026-11-27T12:23:12.000Z",
        },
      ],
    });
    const feed =
      await (await app.request("http://x.example/public/incidents.atom"))
        .text();
    assertMatch(feed, /<title>The shop was down for 1 h<\/title>/);
    assertMatch(
      feed,
      /<link rel="alternate" type="text\/html" href="http:\/\/x\.example\/public"\/>/,
    );
  });
});

Deno.test("the public page says nothing of targets, reasons and ids, nor of other checks", async () => {
  await asking({ ...SHOWN, ...HIDDEN }, {}, async (app) => {
    for (const path of PATHS) {
      const said = (await saidBy(app, path)).toLowerCase();
      for (
        const word of [
          "internal",
          "web-id",
          "search-id",
          "id-of",
          "reason of",
          "refused",
          'script"',
          "vault",
          "secrets",
          "lonely",
          "etag",
        ]
      ) assertFalse(said.includes(word), `${word} in ${path}`);
    }
  });
});

Deno.test("the public page is the same whether there are other checks or not", async () => {
  const said: string[][] = [];
  for (const checks of [SHOWN, { ...HIDDEN, ...SHOWN }]) {
    await asking(checks, {}, async (app) => {
      said.push(
        await Promise.all(
          [...PATHS, "/public/vault-id-9", "/public?group=secrets"]
            .map((path) => saidBy(app, path)),
        ),
      );
    });
  }
  assertEquals(said[0], said[1]);
});

Deno.test("the public page of a group without checks says so, whatever there is", async () => {
  await asking(HIDDEN, {}, async (app) => {
    const { text } = see(await (await app.request("/public")).text());
    assert(text.includes("There are no checks"));
    assert(text.includes("None in the last 90 days"));
    for (const path of PATHS) {
      assertFalse(/vault|lonely/i.test(await saidBy(app, path)), path);
    }
  });
});

Deno.test("the public page shows all checks unless there are groups, and its own title", async () => {
  const options = { public: { path: "/a/b", title: "Our services" } };
  await asking({ ...SHOWN, ...HIDDEN }, options, async (app) => {
    assertEquals((await app.request("/public")).status, 401);
    const html = await (await app.request("/a/b")).text();
    const { text, links } = see(html);
    for (const name of ["Our services", "The shop", "The vault", "Lonely"]) {
      assert(text.includes(name), name);
    }
    for (const link of links) {
      const { href } = new URL(link, "http://localhost/a/b");
      assertEquals((await app.request(href)).status, 200, href);
    }
    const mounted = new Hono().route("/status", app);
    for (const link of links) {
      const { href } = new URL(link, "http://localhost/status/a/b");
      assertEquals((await mounted.request(href)).status, 200, href);
      if (!href.endsWith(".atom")) continue;
      const feed = await (await mounted.request(href)).text();
      assertMatch(feed, /href="http:\/\/localhost\/status\/a\/b"/);
    }
  });
});

Deno.test("the public page shows maintenance, and not as down", async () => {
  const incidents = {
    list: () => [],
    openOf: () => undefined,
    isInMaintenance: (id: string) => id === "search-id-8",
    mutedBy: () => null,
    dependsOnOthers: () => false,
    observe() {},
  };
  await asking(SHOWN, { incidents }, async (app) => {
    const { text } = see(await (await app.request("/public")).text());
    assert(text.includes("1 of 2 is in maintenance"), text);
    const { status } = await (await app.request("/public/status.json")).json();
    assertEquals(status, "healthy");
  });
});

Deno.test("an app without a public page has none", async () => {
  await using fleet = await fleetOf(SHOWN);
  const app = createApp(fleet);
  for (const path of PATHS) {
    assertEquals((await app.request(path)).status, 404, path);
  }
});

for (const text of ODD) {
  Deno.test(`the public page escapes ${JSON.stringify(text)}`, async () => {
    const seenOf = async (text: string) => {
      let seen;
      const checks = { a: { name: text, group: text, step: FAIL } };
      await asking(
        checks,
        { public: { title: text, groups: [text] } },
        async (app) => {
          seen = see(await (await app.request("/public")).text());
        },
      );
      return seen!;
    };
    const [plain, odd] = [await seenOf("plain"), await seenOf(text)];
    assertEquals(odd.elements, plain.elements);
    assertEquals(odd.attributes, plain.attributes);
    for (const attribute of odd.attributes) {
      assertFalse(/^(on|style$|src)/.test(attribute), attribute);
    }
  });
}

Deno.test("createApp() and a config refuse the paths that the app has", async () => {
  await using fleet = new Fleet({ background: false });
  const { paths } = await (await createApp(fleet).request("/openapi.json"))
    .json();
  for (const path of [...Object.keys(paths), "public", "/x/", "/:id", "/*"]) {
    const own = path.replace(/\/\{.*/, "");
    assertThrows(
      () => createApp(fleet, { public: { path: own } }),
      OptionError,
      "public.path: expected a path",
    );
    const config = JSON.stringify({
      public: { path: own },
      checks: { a: { type: "tcp", port: 1 } },
    });
    assertThrows(() => parseConfig(config), ConfigError, "public.path");
  }
});
