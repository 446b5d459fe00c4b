import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Hono } from "hono";
import { SaxesParser } from "saxes";
import type { Incident } from "../../../src/core/past/incident.ts";
import { type AppOptions, createApp } from "../../../src/server/mod.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";
import { fleetOf, ODD, see } from "../fleets.ts";

const { day: DAY, hour: HOUR } = STEP_MS;
const NOW = Date.UTC(2026, 10, 27, 14, 23, 12);
const HTML = { accept: "text/html" };

function incidentOf(id: string, changes: Partial<Incident> = {}): Incident {
  const reason = { code: "status", message: "Expected 200, got 503" };
  return {
    id,
    check: "web",
    began: NOW - 3 * HOUR,
    ended: NOW - 2 * HOUR,
    end: "recovered",
    firstReason: reason,
    lastReason: reason,
    muted: null,
    ...changes,
  };
}

const OLD = incidentOf("old", { began: NOW - 5 * DAY, ended: NOW - 4 * DAY });
const LASTING = incidentOf("lasting", {
  check: "db",
  began: NOW - HOUR,
  ended: null,
  end: null,
});

/** Asks an app that has the incidents. */
async function asking(
  options: AppOptions,
  ask: (app: Hono) => Promise<void>,
): Promise<void> {
  using _time = new FakeTime(NOW);
  await using fleet = await fleetOf({
    web: { name: "The shop", group: "edge" },
    db: { group: "data" },
  });
  await ask(createApp(fleet, options));
}

/** A log of incidents. */
function logOf(incidents: readonly Incident[]) {
  return {
    list: () => incidents,
    openOf: () => undefined,
    isInMaintenance: () => false,
    mutedBy: () => null,
    dependsOnOthers: () => false,
    observe() {},
  };
}

const OPTIONS: AppOptions = {
  archive: memoryArchive({}, NOW, [OLD, {
    ...LASTING,
    lastReason: OLD.lastReason,
  }]),
  incidents: logOf([LASTING]),
};

/** The ids of the incidents at a path. */
async function idsAt(app: Hono, path: string): Promise<string[]> {
  const found: { id: string }[] = await (await app.request(path)).json();
  return found.map(({ id }) => id);
}

Deno.test("/incidents has what is kept and what the log has, newest first", async () => {
  await asking(OPTIONS, async (app) => {
    const incidents = await (await app.request("/incidents")).json();
    assertEquals(incidents, [{
      ...LASTING,
      began: "2026-11-27T13:23:12.000Z",
      durationMs: null,
    }, {
      ...OLD,
      began: "2026-11-22T14:23:12.000Z",
      ended: "2026-11-23T14:23:12.000Z",
      durationMs: DAY,
    }]);
  });
});

Deno.test("/incidents without an archive has those of the log", async () => {
  await asking({ incidents: logOf([LASTING, OLD]) }, async (app) => {
    assertEquals(await idsAt(app, "/incidents"), ["lasting", "old"]);
    assertEquals(await idsAt(app, "/incidents?check=web"), ["old"]);
    assertEquals(await idsAt(app, "/incidents?group=data"), ["lasting"]);
    assertEquals(await idsAt(app, "/incidents?group=none"), []);
    assertEquals(await idsAt(app, "/incidents?from=-2d"), ["lasting"]);
    assertEquals(await idsAt(app, "/incidents?to=-2d"), ["old"]);
    assertEquals(await idsAt(app, "/incidents?limit=1"), ["lasting"]);
  });
  await asking({}, async (app) => {
    assertEquals(await idsAt(app, "/incidents"), []);
  });
});

for (
  const [query, message] of [
    ["limit=0", 'limit: expected a whole number from 1 to 1000, got "0"'],
    ["limit=1001", 'limit: expected a whole number from 1 to 1000, got "1001"'],
    [
      "from=soon",
      'from: expected a time such as "2026-11-01T08:00:00Z" or a duration before now such as "7d", got "soon"',
    ],
  ]
) {
  Deno.test(`/incidents?${query} is refused`, async () => {
    await asking(OPTIONS, async (app) => {
      for (const path of ["/incidents", "/incidents.atom"]) {
        const response = await app.request(`${path}?${query}`);
        assertEquals(response.status, 400);
        assertEquals(await response.json(), { error: message });
      }
    });
  });
}

Deno.test("/incidents is a page for a browser, which leads to older ones", async () => {
  await asking(OPTIONS, async (app) => {
    const response = await app.request("/incidents", { headers: HTML });
    assertMatch(response.headers.get("vary")!, /Accept/);
    const html = await response.text();
    const { text, links } = see(html);
    assert(text.includes("1 open incident"));
    assert(text.includes("The shop"));
    assert(text.includes("Expected 200, got 503"));
    assert(links.includes("checks/web"));
    assertMatch(html, /<link rel="alternate" type="application\/atom\+xml"/);
    assertFalse(/Older incidents/.test(text));
    const first = await app.request("/incidents?limit=1", { headers: HTML });
    const older = see(await first.text()).links.find((link) =>
      link.startsWith("?limit")
    )!;
    assertEquals(
      await idsAt(app, `/incidents${older}&format=json`),
      ["old"],
    );
  });
  await asking({}, async (app) => {
    const response = await app.request("/incidents", { headers: HTML });
    const { text } = see(await response.text());
    assert(text.includes("No open incidents"));
    assert(text.includes("No incidents to show"));
  });
});

Deno.test("the headline of /incidents tells muted incidents apart", async () => {
  const muted = incidentOf("muted", {
    ended: null,
    end: null,
    muted: { by: "dependency", check: "router" },
  });
  for (
    const [incidents, words] of [
      [[LASTING, muted], "1 open incident and 1 muted"],
      [[muted], "1 muted incident"],
    ] as const
  ) {
    await asking({ incidents: logOf(incidents) }, async (app) => {
      const response = await app.request("/incidents", { headers: HTML });
      const { text } = see(await response.text());
      assert(text.includes(words), text);
    });
  }
});

Deno.test("the pages of /incidents have all incidents, each once, also those that began together", async () => {
  const incidents = [1, 2, 2, 2, 3, 4, 4, 5].map((hours, i) =>
    incidentOf(`id${i}`, { began: NOW - hours * HOUR })
  );
  for (const limit of [3, 4, 7, 8]) {
    await asking({ incidents: logOf(incidents) }, async (app) => {
      const ids: string[] = [];
      let query: string | undefined = `?limit=${limit}`;
      while (query !== undefined) {
        const page = await app.request(`/incidents${query}`, { headers: HTML });
        const html = await page.text();
        ids.push(
          ...Array.from(html.matchAll(/<li id="(\w+)"/g), ([, id]) => id!),
        );
        query = see(html).links.find((link) => link.startsWith("?limit"));
      }
      assertEquals(ids.sort(), incidents.map(({ id }) => id));
    });
  }
});

/** The texts of a feed's elements, by their names. */
function read(feed: string): { name: string; text: string }[] {
  const found: { name: string; text: string }[] = [];
  const parser = new SaxesParser();
  let text = "";
  parser.on("opentag", ({ name, attributes }) => {
    text = "";
    if (name === "link") {
      found.push({
        name: `link ${attributes.rel}`,
        text: `${attributes.href}`,
      });
    }
  });
  parser.on("text", (more) => text += more);
  parser.on("closetag", ({ name }) => {
    if (!["feed", "entry", "author", "link"].includes(name)) {
      found.push({ name, text });
    }
    text = "";
  });
  parser.on("error", (error) => {
    throw error;
  });
  parser.write(feed).close();
  return found;
}

Deno.test("/incidents.atom is a feed with absolute links", async () => {
  await asking({ ...OPTIONS, title: "Shop" }, async (app) => {
    const response = await app.request("http://status.example/incidents.atom");
    assertEquals(
      response.headers.get("content-type"),
      "application/atom+xml; charset=utf-8",
    );
    assertEquals(
      read(await response.text()).map(({ name, text }) => `${name}: ${text}`),
      [
        "id: http://status.example/incidents.atom",
        "title: Shop: incidents",
        "updated: 2026-11-27T13:23:12.000Z",
        "name: Shop: incidents",
        "link self: http://status.example/incidents.atom",
        "link alternate: http://status.example/incidents",
        "id: http://status.example/incidents#lasting",
        "title: db is down",
        "published: 2026-11-27T13:23:12.000Z",
        "updated: 2026-11-27T13:23:12.000Z",
        "link alternate: http://status.example/checks/db",
        "content: Expected 200, got 503. Since 2026-11-27 13:23 (UTC).",
        "id: http://status.example/incidents#old",
        "title: The shop was down for 24 h",
        "published: 2026-11-22T14:23:12.000Z",
        "updated: 2026-11-23T14:23:12.000Z",
        "link alternate: http://status.example/checks/web",
        "content: Expected 200, got 503. From 2026-11-22 14:23 to 2026-11-23 14:23 (UTC).",
      ],
    );
  });
});

Deno.test("/incidents.atom links to the URL of the app, if it has one", async () => {
  const url = "https://status.example.com/shop";
  await asking({ ...OPTIONS, url, timezone: "Europe/Berlin" }, async (app) => {
    const feed = await (await app.request("/incidents.atom")).text();
    for (const { name, text } of read(feed)) {
      if (/^(link|id)/.test(name)) assert(text.startsWith(`${url}/`), text);
    }
    assertMatch(feed, /Since 2026-11-27 14:23 \(Europe\/Berlin\)/);
  });
});

Deno.test("/incidents.atom is a feed without incidents, too", async () => {
  await asking({}, async (app) => {
    const feed = await (await app.request("/incidents.atom")).text();
    assertEquals(read(feed).filter(({ name }) => name === "updated"), [
      { name: "updated", text: "1970-01-01T00:00:00.000Z" },
    ]);
  });
});

for (const text of ODD) {
  Deno.test(`the incidents escape ${JSON.stringify(text)}`, async () => {
    const options = (message: string): AppOptions => ({
      title: message,
      incidents: logOf([incidentOf("i", {
        check: message,
        firstReason: { code: "x", message },
        lastReason: { code: "x", message: `${message}!` },
        muted: { by: "dependency", check: message },
      })]),
    });
    const seenOf = async (message: string) => {
      let seen, feed;
      await asking(options(message), async (app) => {
        const page = await app.request("/incidents", { headers: HTML });
        seen = see(await page.text());
        feed = read(await (await app.request("/incidents.atom")).text());
      });
      return { seen: seen!, feed: feed! as ReturnType<typeof read> };
    };
    const [plain, odd] = [await seenOf("plain"), await seenOf(text)];
    assertEquals(odd.seen.elements, plain.seen.elements);
    assertEquals(odd.seen.attributes, plain.seen.attributes);
    assertEquals(
      odd.feed.map(({ name }) => name),
      plain.feed.map(({ name }) => name),
    );
  });
}
