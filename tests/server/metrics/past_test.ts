import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { Fleet } from "../../../src/fleet/fleet.ts";
import type { Archive } from "../../../src/fleet/past/archive.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { createApp } from "../../../src/server/mod.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";
import { FAIL, PASS, scripted } from "../../support/probes.ts";
import { type Family, readExposition } from "../exposition.ts";
import { fleetOf } from "../fleets.ts";

const { day: DAY } = STEP_MS;

type App = ReturnType<typeof createApp>;

async function scrape(app: App): Promise<Map<string, Family>> {
  return readExposition(await (await app.request("/metrics")).text());
}

/** The values of a family, by the labels that tell its samples apart. */
function valuesOf(
  families: Map<string, Family>,
  name: string,
): Record<string, number> | undefined {
  const samples = families.get(name)?.samples;
  return samples && Object.fromEntries(
    samples.map(({ labels, value }) => [
      [labels.check, labels.window].filter(Boolean).join(" "),
      value,
    ]),
  );
}

Deno.test("/metrics counts the incidents of each check, and says whether one lasts", async () => {
  await using fleet = new Fleet({ background: false });
  const incidents = new Incidents(fleet, (error) => {
    throw error;
  });
  fleet.add(scripted([PASS, FAIL, PASS, FAIL]), { id: "web", retries: 1 });
  fleet.add(scripted([PASS]), { id: "db", retries: 1 });
  const app = createApp(fleet, { incidents });
  const seen: unknown[] = [];
  for (let i = 0; i < 4; i++) {
    await fleet.attemptAll();
    const families = await scrape(app);
    const total = valuesOf(families, "lifesign_incidents_total");
    const open = valuesOf(families, "lifesign_incident_open");
    assertEquals([total?.db, open?.db], [0, 0]);
    seen.push([total?.web, open?.web]);
  }
  assertEquals(seen, [[0, 0], [1, 1], [1, 0], [2, 1]]);
  // An app that takes the place of this one goes on counting.
  const next = await scrape(createApp(fleet, { incidents }));
  assertEquals(valuesOf(next, "lifesign_incidents_total")?.web, 2);
});

Deno.test("/metrics has the uptime in each window where there is a history", async () => {
  const now = Date.now();
  await using fleet = await fleetOf({ web: { step: PASS }, new: {} });
  const archive = memoryArchive({
    web: {
      stretches: [
        { was: "unhealthy", from: now - 60 * DAY, to: now - 15 * DAY },
        { was: "degraded", from: now - 15 * DAY, to: now },
      ],
    },
  }, now);
  const families = await scrape(createApp(fleet, { archive }));
  const ratios = valuesOf(families, "lifesign_uptime_ratio")!;
  assertEquals(Object.keys(ratios), [
    "web 24h",
    "web 7d",
    "web 30d",
    "web 90d",
  ]);
  assertEquals([ratios["web 24h"], ratios["web 7d"]], [1, 1]);
  assertAlmostEquals(ratios["web 30d"]!, 0.5, 1e-3);
  assertAlmostEquals(ratios["web 90d"]!, 0.25, 1e-3);
});

Deno.test("/metrics has neither incidents nor uptime where nobody looks for them", async () => {
  await using fleet = await fleetOf({ web: { step: PASS } });
  const families = await scrape(createApp(fleet));
  for (
    const name of [
      "lifesign_incidents_total",
      "lifesign_incident_open",
      "lifesign_uptime_ratio",
    ]
  ) assertEquals(families.has(name), false, name);
});

Deno.test("/metrics answers while the uptime is read, and reads it once for all", async () => {
  await using fleet = await fleetOf({ web: { step: PASS } });
  const now = Date.now();
  const known = memoryArchive({
    web: { stretches: [{ was: "healthy", from: now - DAY, to: now }] },
  }, now);
  const { promise, resolve } = Promise.withResolvers<void>();
  let reads = 0;
  const archive: Archive = {
    ...known,
    async periods(...args) {
      reads++;
      await promise;
      return await known.periods(...args);
    },
  };
  const app = createApp(fleet, { archive });
  const early = await Promise.all([scrape(app), scrape(app)]);
  for (const families of early) {
    assert(families.has("lifesign_check_status"));
    assert(!families.has("lifesign_uptime_ratio"));
  }
  assertEquals(reads, 1);
  resolve();
  const families = await scrape(app);
  assertEquals(valuesOf(families, "lifesign_uptime_ratio")?.["web 24h"], 1);
  const before = reads;
  await scrape(app);
  assertEquals(reads, before);
});

Deno.test("/metrics has no uptime while the history cannot be read", async () => {
  await using fleet = await fleetOf({ web: { step: PASS } });
  const now = Date.now();
  const known = memoryArchive({
    web: { stretches: [{ was: "healthy", from: now - DAY, to: now }] },
  }, now);
  let isGone = true;
  const archive: Archive = {
    ...known,
    periods: (...args) =>
      isGone
        ? Promise.reject(new Error("The history cannot be read now"))
        : known.periods(...args),
  };
  const app = createApp(fleet, { archive });
  assert(!(await scrape(app)).has("lifesign_uptime_ratio"));
  isGone = false;
  const families = await scrape(app);
  assertEquals(valuesOf(families, "lifesign_uptime_ratio")?.["web 90d"], 1);
});
