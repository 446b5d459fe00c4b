import {
  assert,
  assertEquals,
  assertFalse,
  assertLess,
  assertMatch,
} from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Hono } from "hono";
import type { Incident } from "../../../src/core/past/incident.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import { type AppOptions, createApp } from "../../../src/server/mod.ts";
import { FAIL, PASS } from "../../support/probes.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";
import { type Check, fleetOf, ODD, see } from "../fleets.ts";

const { day: DAY, hour: HOUR, "5m": FIVE } = STEP_MS;
const NOW = Date.UTC(2026, 10, 27, 14, 23, 12);

const INCIDENT: Incident = {
  id: "i1",
  check: "web",
  began: NOW - 3 * HOUR,
  ended: NOW - 2 * HOUR,
  end: "recovered",
  firstReason: { code: "status", message: "Expected 200, got 503" },
  lastReason: { code: "timeout", message: "It timed out" },
  muted: { by: "dependency", check: "router" },
};

/** An attempt every five minutes for a day; one of ten is slow. */
const ATTEMPTS: readonly PastAttempt[] = Array.from(
  { length: DAY / FIVE },
  (_, i) => ({
    verdict: "pass",
    at: NOW - DAY + i * FIVE,
    durationMs: i % 10 === 0 ? 180 : 40,
  }),
);

const ARCHIVE = memoryArchive(
  {
    web: {
      stretches: [
        { was: "healthy", from: NOW - 20 * DAY, to: NOW - 3 * HOUR },
        { was: "unhealthy", from: NOW - 3 * HOUR, to: NOW - 2 * HOUR },
        { was: "healthy", from: NOW - 2 * HOUR, to: NOW },
      ],
      attempts: ATTEMPTS,
    },
    gone: {
      stretches: [{ was: "healthy", from: NOW - 9 * DAY, to: NOW - 8 * DAY }],
      attempts: ATTEMPTS.slice(0, 5),
    },
  },
  NOW,
  [INCIDENT],
);

const HTML = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Asks an app at that time. */
async function asking(
  checks: Readonly<Record<string, Check>>,
  options: AppOptions,
  ask: (app: Hono) => Promise<void>,
): Promise<void> {
  using _time = new FakeTime(NOW);
  await using fleet = await fleetOf(checks);
  await ask(createApp(fleet, options));
}

Deno.test("/checks/:id is JSON, unless a page is asked for", async () => {
  await asking({ web: { step: PASS } }, {}, async (app) => {
    for (
      const [accept, query, type] of [
        [undefined, "", "application/json"],
        ["*/*", "", "application/json"],
        ["application/json", "", "application/json"],
        ["application/json, text/html;q=0.5", "", "application/json"],
        [HTML.accept, "", "text/html; charset=UTF-8"],
        [HTML.accept, "?format=json", "application/json"],
        ["*/*", "?format=html", "text/html; charset=UTF-8"],
      ] as const
    ) {
      const response = await app.request(`/checks/web${query}`, {
        ...(accept !== undefined && { headers: { accept } }),
      });
      assertEquals(response.headers.get("content-type"), type, accept);
      assertMatch(response.headers.get("vary") ?? "", /Accept/);
      await response.body?.cancel();
    }
  });
});

Deno.test("the page of a check has its uptime, days, incidents and attempts", async () => {
  const check = {
    step: PASS,
    group: "edge",
    name: "The shop",
    description: "Where people buy",
    link: "https://wiki.example/shop",
  };
  const options = { archive: ARCHIVE, title: "Shop" };
  await asking({ web: check, router: {} }, options, async (app) => {
    const html = await (await app.request("/checks/web", { headers: HTML }))
      .text();
    const { text, links } = see(html);
    for (
      const words of [
        "The shop is healthy",
        "Where people buy",
        "95.84 %",
        "99.79 %",
        "of the 22 % that is known",
        "Expected 200, got 503",
        "at last: It timed out",
        "Muted: because of router.",
        "2026-11-27 11:23 1 h",
      ]
    ) assert(text.includes(words), words);
    assert(links.includes("https://wiki.example/shop"));
    assert(links.includes("../?group=edge"));
    assertMatch(html, /<title>20 of 90 days|<title>21 of 90 days/);
    assertMatch(
      html,
      /<title>Response times\. Last: .*?median \d+ms.*?Slowest: .*?<\/title>/,
    );
    assertMatch(
      html,
      /<title>\d{4}-\d\d-\d\d \d\d:\d\d: median [\d.]+ms, 95 %/,
    );
    assertMatch(html, /<span>200ms<\/span><span>100ms<\/span><span>0<\/span>/);
  });
});

Deno.test("the page of a check shows another range by its link", async () => {
  await asking({ web: { step: PASS } }, { archive: ARCHIVE }, async (app) => {
    const pageOf = async (range: string): Promise<string> =>
      await (await app.request(`/checks/web${range}`, { headers: HTML }))
        .text();
    assertMatch(await pageOf(""), /href="\?range=24h" aria-current="true"/);
    const week = await pageOf("?range=7d");
    assertMatch(week, /href="\?range=7d" aria-current="true"/);
    assert(week.includes("<span>11-20</span>"), see(week).text);
    assertMatch(await pageOf("?range=x"), /range=24h" aria-current="true"/);
  });
});

Deno.test("the page of a check without history has its last attempts", async () => {
  await asking({ web: { step: FAIL } }, {}, async (app) => {
    const html = await (await app.request("/checks/web", { headers: HTML }))
      .text();
    const { text } = see(html);
    assert(text.includes("web is unhealthy"));
    assert(text.includes("Connection refused"));
    assertMatch(html, /<tr class="fail">/);
    assertFalse(text.includes("Uptime"));
    assertFalse(text.includes("Response time"));
  });
});

Deno.test("the page of a check shows moments of its details in the time zone of the page", async () => {
  const step = {
    verdict: "pass",
    detail: {
      lastPing: "2026-11-27T02:03:50.396Z",
      certExpiresAt: "2026-12-31T23:30:00Z",
      version: "2026-11-27T02",
    },
  } as const;
  const options = { timezone: "Europe/Berlin" };
  await asking({ web: { step } }, options, async (app) => {
    const html = await (await app.request("/checks/web", { headers: HTML }))
      .text();
    const { text } = see(html);
    for (
      const words of [
        "Last ping2026-11-27 03:03:50",
        "2027-01-01 00:30:00",
        "Version2026-11-27T02",
      ]
    ) assert(text.includes(words), `${words} in ${text}`);
  });
});

Deno.test("the page of a new check says that little of the past is known, not nothing", async () => {
  const archive = memoryArchive(
    {
      web: {
        stretches: [{ was: "healthy", from: NOW - FIVE, to: NOW }],
        attempts: [],
      },
    },
    NOW,
  );
  await asking({ web: { step: PASS } }, { archive }, async (app) => {
    const html = await (await app.request("/checks/web", { headers: HTML }))
      .text();
    const { text } = see(html);
    assertMatch(text, /of the 0\.0\d+ % that is known/);
    assertFalse(text.includes("of the 0 %"));
  });
});

Deno.test("the page of a check that was never tried is there", async () => {
  for (const archive of [undefined, ARCHIVE]) {
    const options = archive === undefined ? {} : { archive };
    await asking({ new: {} }, options, async (app) => {
      const html = await (await app.request("/checks/new", { headers: HTML }))
        .text();
      assert(see(html).text.includes("new is unknown"));
    });
  }
});

Deno.test("a check that was removed has a page, as long as its past is kept", async () => {
  await asking({ web: {} }, { archive: ARCHIVE }, async (app) => {
    const gone = await app.request("/checks/gone", { headers: HTML });
    assertEquals(gone.status, 200);
    const html = await gone.text();
    assert(see(html).text.includes("gone was removed"));
    assertFalse(html.includes("<script"));
    assertEquals((await app.request("/checks/gone")).status, 404);
    const never = await app.request("/checks/never", { headers: HTML });
    assertEquals(never.status, 404);
    assertMatch(
      see(await never.text()).text,
      /There is no check named "never"/,
    );
  });
});

Deno.test("the page of a check without a history that can be read says so", async () => {
  const gone = () => Promise.reject(new Error("The disk is gone"));
  const archive = { periods: gone, attempts: gone, incidents: gone };
  await asking({ web: { step: FAIL } }, { archive }, async (app) => {
    const response = await app.request("/checks/web", { headers: HTML });
    assertEquals(response.status, 200);
    const { text } = see(await response.text());
    assert(text.includes("The history cannot be read now"));
    assert(text.includes("Connection refused"));
    for (const path of ["/", "/incidents", "/incidents.atom"]) {
      assertEquals((await app.request(path)).status, 200, path);
    }
  });
});

Deno.test("the page of a check says that it is in maintenance", async () => {
  const incidents = {
    list: () => [],
    openOf: () => undefined,
    isInMaintenance: (id: string) => id === "web",
    mutedBy: () => null,
    dependsOnOthers: () => false,
    observe() {},
  };
  await asking({ web: { step: FAIL } }, { incidents }, async (app) => {
    const html = await (await app.request("/checks/web", { headers: HTML }))
      .text();
    assertMatch(
      html,
      /<h1 id="headline" class="unhealthy maintenance"[^>]*>web is in maintenance/,
    );
  });
});

for (const text of ODD) {
  Deno.test(`the page of a check escapes ${JSON.stringify(text)}`, async () => {
    const plain = { code: "x", message: "plain" };
    const archiveOf = (id: string, message: string) =>
      memoryArchive({}, NOW, [{
        ...INCIDENT,
        check: id,
        firstReason: { code: "x", message },
        lastReason: { code: "x", message: `${message}.` },
        muted: { by: "dependency", check: message },
      }]);
    const seenOf = async (id: string, message: string) => {
      let seen;
      await asking(
        { [id]: { group: message, name: message, description: message } },
        { archive: archiveOf(id, message), title: message },
        async (app) => {
          const path = `/checks/${encodeURIComponent(id)}`;
          const response = await app.request(path, { headers: HTML });
          seen = see(await response.text());
        },
      );
      return seen!;
    };
    if (!text.isWellFormed()) return;
    const expected = await seenOf("plain", plain.message);
    const seen = await seenOf("odd", text);
    assertEquals(seen.elements, expected.elements);
    assertEquals(seen.attributes, expected.attributes);
    for (const attribute of seen.attributes) {
      assertFalse(/^(on|style$|src)/.test(attribute), attribute);
    }
  });
}

Deno.test("the page of a check takes less than 100 kB, whatever the range is", async () => {
  await asking({ web: { step: PASS } }, { archive: ARCHIVE }, async (app) => {
    for (const range of ["24h", "7d", "30d", "90d"]) {
      const response = await app.request(`/checks/web?range=${range}`, {
        headers: HTML,
      });
      const { length } = new TextEncoder().encode(await response.text());
      assertLess(length, 100_000, range);
    }
  });
});
