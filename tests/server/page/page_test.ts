import {
  assert,
  assertEquals,
  assertFalse,
  assertLess,
  assertMatch,
} from "@std/assert";
import type { Snapshot } from "../../../src/core/types.ts";
import type { Filter } from "../../../src/server/page/filter.ts";
import { page } from "../../../src/server/page/page.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { fail } from "../../../src/core/outcome.ts";
import { probe } from "../../../src/probes/probe.ts";
import { createApp } from "../../../src/server/mod.ts";
import { FAIL, PASS, scripted, WARN } from "../../support/probes.ts";
import {
  memoryArchive,
  type MemoryPast,
  STEP_MS,
} from "../../support/memory_archive.ts";
import type { ClusterLog } from "../../../src/core/cluster/status.ts";
import { clusterOf, member } from "../clusters.ts";
import { EACH, fleetOf, ODD, see, snapshotsOf } from "../fleets.ts";

/** The page of some snapshots. */
async function pageOf(
  snapshots: readonly Snapshot[],
  {
    title = "lifesign",
    base = "",
    group,
    filter = { q: "", status: undefined },
    maintenance = [],
    now = Date.now(),
  }: {
    title?: string;
    base?: string;
    group?: string;
    filter?: Filter;
    maintenance?: string[];
    now?: number;
  } = {},
): Promise<string> {
  return `${await page({
    site: {
      title,
      description: undefined,
      logo: undefined,
      url: undefined,
      zone: "UTC",
    },
    group,
    filter,
    hasDays: false,
    checks: snapshots.map((snapshot) => ({
      snapshot,
      history: undefined,
      isInMaintenance: maintenance.includes(snapshot.id),
      zone: "UTC",
      now,
    })),
    links: { base, home: "?" },
    nonce: "n0nce",
    now,
  })}`;
}

Deno.test("page() shows what is known of each check", async () => {
  await using fleet = await fleetOf(EACH);
  const { text } = see(await pageOf(fleet.list(), { title: "Our services" }));
  assertMatch(text, /Our services/);
  for (const { id, status, target, reason, type } of fleet.list()) {
    for (const shown of [id, status, target, type, reason?.message ?? ""]) {
      assert(text.includes(shown), shown);
    }
  }
  assertMatch(text, /edge/);
});

Deno.test("page() shows durations and times for people and machines", async () => {
  const [snapshot] = await snapshotsOf({ up: { step: PASS } });
  const since = new Date("2026-01-02T03:04:05.678Z");
  const html = await pageOf([{ ...snapshot!, since, durationMs: 1234 }], {
    now: since.getTime() + 200_000,
  });
  assertMatch(html, /<span>1\.2s<\/span>/);
  assertMatch(
    html,
    /<time datetime="2026-01-02T03:04:05\.678Z">for 3 min<\/time>/,
  );
  const untried = await pageOf([{ ...snapshot!, durationMs: null }]);
  assertMatch(untried, /<span><\/span>/);
});

Deno.test("page() says so when there is nothing to show", async () => {
  const { text } = see(await pageOf([]));
  assertMatch(text, /No checks to show/);
  assertMatch(text, /There are no checks/);
});

Deno.test("page() puts checks under their groups, in the order they came", async () => {
  const snapshots = await snapshotsOf({
    a: { group: "edge" },
    b: {},
    c: { group: "data" },
    d: { group: "edge" },
  });
  const html = await pageOf(snapshots);
  assertEquals(
    [...html.matchAll(/<h2>(.*?)<|<a href="checks\/(.)"|(<ul>)/g)]
      .map(([, group, id, list]) => group ?? id ?? list),
    ["edge", "<ul>", "a", "d", "<ul>", "b", "data", "<ul>", "c"],
  );
});

Deno.test("page() leads back from a group to all of them", async () => {
  const snapshots = await snapshotsOf({ a: { group: "edge" } });
  const html = await pageOf(snapshots, { group: "edge" });
  assertMatch(html, /data-events="events\?rows&amp;group=edge"/);
  assert(see(html).links.includes("?"));
});

Deno.test("page() loads nothing from elsewhere, and has no attribute that runs", async () => {
  const html = await pageOf(await snapshotsOf(EACH));
  const { elements, attributes, links } = see(html);
  for (const element of ["img", "iframe", "object"]) {
    assertFalse(elements.includes(element), element);
  }
  for (const attribute of attributes) {
    assertFalse(/^(on|style|src)/.test(attribute), attribute);
  }
  for (const link of links) {
    assertFalse(/^((?!data:image)[a-z]+:|\/)/i.test(link), link);
  }
  assertFalse(/@import|url\(/.test(html));
});

Deno.test("page() puts the nonce on its only style and its only script", async () => {
  const html = await pageOf([]);
  assertEquals(html.match(/<(style|script)[^>]*>/g), [
    '<style nonce="n0nce">',
    '<script nonce="n0nce">',
  ]);
});

for (const text of ODD) {
  Deno.test(`page() escapes ${JSON.stringify(text)} wherever it may be`, async () => {
    const [snapshot] = await snapshotsOf({ a: { step: FAIL } });
    const odd: Snapshot = {
      ...snapshot!,
      id: text,
      group: text,
      type: text,
      target: text,
      reason: { code: "body", message: text },
    };
    const plain = see(await pageOf([{ ...snapshot!, group: "group" }]));
    const html = await pageOf([odd], { title: text });
    const seen = see(html);
    assertEquals(seen.elements, plain.elements);
    assertEquals(seen.attributes, plain.attributes);
    // Twice the title; the group, the target (with its type); and twice the id and
    // the reason.
    assertEquals(seen.text.split(text).length - 1, 8);
    const decoded = seen.links.map((link) => decodeURIComponent(link));
    assert(decoded.includes(`checks/${text.toWellFormed()}`));
    assert(decoded.includes(`?group=${text.toWellFormed()}`));
  });
}

/** The rows and the lines of troubles that a page shows, by the check's id. */
function shownOf(html: string): { rows: string[]; troubles: string[] } {
  const [, troubles = ""] = /<ol id="trouble".*?>(.*?)<\/ol>/s.exec(html)!;
  return {
    rows: [...html.matchAll(/<li data-id="(.*?)" class="[^"]*">/g)]
      .map(([, id]) => id!),
    troubles: [...troubles.matchAll(/<a [^>]*>(.*?)<\/a>/g)]
      .map(([, id]) => id!),
  };
}

Deno.test("page() says first what is down, unknown for a reason, and degraded", async () => {
  const html = await pageOf(await snapshotsOf({ ...EACH, new: {} }));
  assertEquals(shownOf(html).troubles, ["down", "lost", "slow"]);
  assertMatch(
    html,
    /<li class="unhealthy alarm"><b>unhealthy<\/b><a href="checks\/down">down<\/a><time [^>]*>for 0 s<\/time><p>Connection refused<\/p><\/li>/,
  );
  assertMatch(html, />1 of 5 is down, 2 unknown, 1 degraded<\/h1>/);
});

Deno.test("page() says how many more there are, if there are many", async () => {
  const checks = Object.fromEntries(
    Array.from({ length: 20 }, (_, i) => [`down-${i}`, { step: FAIL }]),
  );
  const html = await pageOf(await snapshotsOf(checks));
  assertEquals(shownOf(html).troubles.length, 12);
  assertMatch(html, /<p id="more">and <b>8<\/b> more/);
  assertMatch(await pageOf([]), /<p id="more" hidden="">/);
});

Deno.test("page() says of a group what is wrong in it, even if it is folded", async () => {
  const html = await pageOf(
    await snapshotsOf({
      a: { group: "well", step: PASS },
      b: { group: "not", step: FAIL },
      c: { group: "not", step: PASS },
    }),
  );
  assertEquals(
    [...html.matchAll(/<small class="(\w+)">(.*?)<\/small><\/summary>/g)]
      .map(([, status, text]) => [status, text]),
    [["healthy", "1"], ["unhealthy", "1 of 2 is down"]],
  );
});

const FILTERS: readonly (readonly [Partial<Filter>, string[]])[] = [
  [{}, ["up", "slow", "down", "lost"]],
  [{ q: "REFUSED connection" }, ["down"]],
  [{ q: "script" }, ["up", "slow", "down", "lost"]],
  [{ q: "nothing has this" }, []],
  [{ status: "degraded" }, ["slow"]],
  [{ status: "degraded", q: "up" }, []],
];

for (const [filter, ids] of FILTERS) {
  Deno.test(`page() with ${JSON.stringify(filter)} shows ${ids.length} checks`, async () => {
    const html = await pageOf(await snapshotsOf(EACH), {
      filter: { q: "", status: undefined, ...filter },
    });
    assertEquals(shownOf(html).rows, ids);
    assertEquals(
      /id="nothing" hidden/.test(html),
      ids.length > 0,
      "whether it says that nothing matches",
    );
    // The headline is about all of them.
    assertMatch(html, /1 of 4 is down/);
  });
}

Deno.test("page() raises no alarm for what is in maintenance", async () => {
  const html = await pageOf(await snapshotsOf(EACH), { maintenance: ["down"] });
  assertMatch(html, />1 of 4 is unknown, 1 degraded, 1 in maintenance<\/h1>/);
  assertMatch(
    html,
    /data-id="down" class="unhealthy maintenance"><b>unhealthy, in maintenance</,
  );
  assertEquals(shownOf(html).troubles, ["lost", "slow"]);
});

Deno.test("page() says when a certificate ends, and when a ping is expected", async () => {
  const [snapshot] = await snapshotsOf({ a: { step: PASS } });
  const now = Date.UTC(2026, 10, 27);
  const textOf = async (changes: Partial<Snapshot>): Promise<string> =>
    see(await pageOf([{ ...snapshot!, ...changes }], { now })).text;
  for (
    const [certDaysLeft, words] of [
      [57.9, "certificate ends in 57 days"],
      [1.2, "certificate ends in 1 day"],
      [-0.1, "certificate has ended"],
    ] as const
  ) {
    assert((await textOf({ detail: { certDaysLeft } })).includes(words), words);
  }
  const nextAt = new Date(now + 3_600_000);
  assertMatch(
    await textOf({ type: "heartbeat", nextAt }),
    /ping expected by 2026-11-27 01:00 UTC/,
  );
  assertMatch(await textOf({ nextAt }), /next at 2026-11-27 01:00 UTC/);
});

Deno.test("page() escapes what its links start with", async () => {
  const html = await pageOf([], { base: `./"><script>/` });
  assertFalse(html.includes("<script>"));
  assertEquals(see(html).links, [
    "?",
    './"><script>/incidents',
    "?",
    './"><script>/checks',
    './"><script>/health',
    './"><script>/readyz?verbose',
    './"><script>/metrics',
  ]);
});

/** The page of so many checks with 60 attempts each, and 90 days if wanted. */
async function largePage(
  count: number,
  hasPast: boolean,
  cluster?: ClusterLog,
): Promise<string> {
  const now = Date.now();
  const fleet = new Fleet({ background: false });
  if (cluster !== undefined) {
    fleet.share({ acts: () => true, attempt: async () => {}, receive() {} });
  }
  const outcomes = [PASS, PASS, FAIL, PASS, WARN, PASS, PASS];
  const past: Record<string, MemoryPast> = {};
  for (let i = 0; i < count; i++) {
    const id = `service-${i}`;
    fleet.add(scripted([PASS]), { id, group: `group-${i % 5}` });
    if (cluster !== undefined) {
      fleet.release(id, { agent: `agent-${i % 7}`, region: "eu-central-1" });
    }
    for (let n = 0; n < 60; n++) {
      const at = new Date(now - (60 - n) * 10_000);
      const durationMs = 1 + (n * 7919 + i) % 40;
      fleet.report(id, outcomes[(n + i) % 7]!, { at, durationMs });
    }
    const days = [3, 17, 40 + i % 40].map((days) => now - days * STEP_MS.day);
    past[id] = {
      stretches: [
        { was: "healthy", from: now - 99 * STEP_MS.day, to: now },
        ...days.map((at) => ({
          was: "unhealthy" as const,
          from: at,
          to: at + 600_000 + i * 1000,
        })),
      ],
    };
  }
  const app = createApp(fleet, {
    ...(hasPast && { archive: memoryArchive(past, now) }),
    ...(cluster !== undefined && { cluster }),
  });
  const html = await (await app.request("/")).text();
  await fleet.close();
  return html;
}

async function gzipped(text: string): Promise<number> {
  const packed = new Blob([text]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return (await new Response(packed).arrayBuffer()).byteLength;
}

Deno.test("page() takes less than 100 kB for 50 checks of a cluster whose agents are gone, and less than 15 kB packed with 90 days each", async () => {
  const ids = Array.from({ length: 100 }, (_, i) => `agent-${i}`);
  const cluster = clusterOf({
    members: ids.map((id) => member(id, { region: "eu", state: "gone" })),
    uncovered: ids.map((check) => ({ check, region: "eu" })),
    isConnected: false,
  });
  const html = await largePage(50, false, cluster);
  assertLess(new TextEncoder().encode(html).length, 100_000);
  assertLess(await gzipped(await largePage(50, true, cluster)), 15_000);
});

for (const hasPast of [false, true]) {
  const what = hasPast ? "90 days" : "60 attempts";
  Deno.test(`page() takes less than 100 kB for 50 checks with ${what} each, and less than 15 kB packed`, async () => {
    const html = await largePage(50, hasPast);
    assertLess(new TextEncoder().encode(html).length, 100_000);
    assertLess(await gzipped(html), 15_000);
  });

  Deno.test(`page() takes less than 100 kB packed for 500 checks with ${what} each`, async () => {
    assertLess(await gzipped(await largePage(500, hasPast)), 100_000);
  });
}

Deno.test("the page says because of which check another one is down, below that one", async () => {
  await using fleet = new Fleet({ background: false });
  const incidents = new Incidents(fleet, (error) => {
    throw error;
  });
  for (const id of ["web", "router"]) {
    fleet.add(
      probe(() => fail({ code: "refused", message: "It refused" })),
      { id, retries: 1 },
    );
  }
  incidents.depend(new Map([["web", ["router"]]]));
  await fleet.attempt("web");
  const begun = Promise.withResolvers<void>();
  incidents.observe(({ type }) => type === "begin" && begun.resolve());
  if (incidents.openOf("web") === undefined) await begun.promise;
  while (incidents.openOf("web")?.muted === null) await fleet.attempt("web");
  const app = createApp(fleet, { incidents });
  const text = await (await app.request("/")).text();
  const [list] = /<ol id="trouble">.*?<\/ol>/s.exec(text)!;
  assertEquals(
    [...list.matchAll(/<a [^>]*>(.*?)<|<p>(.*?)<\/p>/g)]
      .map(([, id, note]) => id ?? note),
    ["router", "It refused", "web", "It refused", "Because of router"],
  );
});
