import { assert, assertEquals, assertMatch } from "@std/assert";
import fc from "fast-check";
import type { Hono } from "hono";
import manifest from "../../../deno.json" with { type: "json" };
import { pass } from "../../../src/core/outcome.ts";
import type {
  Detail,
  DetailMetric,
  Snapshot,
} from "../../../src/core/types.ts";
import { http, probe } from "../../../mod.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Stats } from "../../../src/fleet/stats.ts";
import {
  metrics,
  type MetricsContent,
} from "../../../src/server/metrics/metrics.ts";
import { createApp } from "../../../src/server/mod.ts";
import { FAIL, hang, PASS, scripted } from "../../support/probes.ts";
import { type Family, readExposition } from "../exposition.ts";
import { EACH, fleetOf, ODD, snapshotsOf } from "../fleets.ts";

/** What is scraped where nothing has happened, but for what is given. */
function scrape(content: Partial<MetricsContent>): Map<string, Family> {
  return readExposition(metrics({
    snapshots: [],
    metricsOf: () => undefined,
    stats: new Stats().take(0),
    process: { startedAt: 0 },
    ...content,
  }));
}

/** What an app answers with. */
async function scrapeOf(app: Hono): Promise<Map<string, Family>> {
  return readExposition(await (await app.request("/metrics")).text());
}

/** The values of a family, by one of its labels. */
function valuesBy(
  families: Map<string, Family>,
  name: string,
  label: string,
): Record<string, number> {
  return Object.fromEntries(
    families.get(name)?.samples
      .map(({ labels, value }) => [labels[label], value]) ?? [],
  );
}

/** The value of a family that has one. */
function valueOf(
  families: Map<string, Family>,
  name: string,
): number | undefined {
  return families.get(name)?.samples[0]?.value;
}

Deno.test("metrics() has the labels and the figures of a check, under the names of blackbox_exporter", async () => {
  const [snapshot] = await snapshotsOf({
    web: {
      step: pass({ httpStatus: 204, connectMs: 2, processingMs: 1500 }),
      group: "edge",
      target: "http://w",
    },
  });
  const text = metrics({
    snapshots: [{ ...snapshot!, durationMs: 12.5 }],
    metricsOf: () => http("http://w").metrics,
    stats: new Stats().take(0),
    process: { startedAt: 0 },
  });
  const labels = 'check="web",type="script",group="edge",instance="http://w"';
  assertEquals(
    text.split("\n").filter((line) => line.includes("check=")).join("\n"),
    `probe_success{${labels}} 1
probe_duration_seconds{${labels}} 0.0125
probe_http_status_code{${labels}} 204
probe_http_duration_seconds{${labels},phase="connect"} 0.002
probe_http_duration_seconds{${labels},phase="processing"} 1.5
lifesign_check_status{${labels},status="healthy"} 1
lifesign_check_status{${labels},status="degraded"} 0
lifesign_check_status{${labels},status="unhealthy"} 0
lifesign_check_status{${labels},status="unknown"} 0
lifesign_check_transitions_total{${labels}} 1`,
  );
});

Deno.test("metrics() says that what warns is a success, as it is alive", async () => {
  const families = scrape({ snapshots: await snapshotsOf(EACH) });
  assertEquals(valuesBy(families, "probe_success", "check"), {
    up: 1,
    slow: 1,
    down: 0,
    lost: 0,
  });
});

Deno.test("metrics() has 1 for the one status of each check", async () => {
  const families = scrape({ snapshots: await snapshotsOf(EACH) });
  const { samples } = families.get("lifesign_check_status")!;
  assertEquals(samples.length, 16);
  assertEquals(
    samples.filter(({ value }) => value === 1)
      .map(({ labels: { check, status } }) => [check, status]),
    [
      ["up", "healthy"],
      ["slow", "degraded"],
      ["down", "unhealthy"],
      ["lost", "unknown"],
    ],
  );
  assert(samples.every(({ value }) => value === 0 || value === 1));
});

Deno.test("metrics() tells no result of what was never tried", async () => {
  const families = scrape({ snapshots: await snapshotsOf({ new: {} }) });
  for (
    const name of [
      "probe_success",
      "probe_duration_seconds",
      "probe_http_status_code",
    ]
  ) {
    assertEquals(families.has(name), false, name);
  }
  assertEquals(valuesBy(families, "lifesign_check_status", "status"), {
    healthy: 0,
    degraded: 0,
    unhealthy: 0,
    unknown: 1,
  });
  assertEquals(valueOf(families, "lifesign_check_transitions_total"), 0);
});

Deno.test("metrics() has an HTTP status only of what found one", async () => {
  const families = scrape({
    metricsOf: () => http("http://w").metrics,
    snapshots: await snapshotsOf({
      found: { step: { ...FAIL, detail: { httpStatus: 503 } } },
      none: { step: PASS },
      odd: { step: pass({ httpStatus: "teapot" }) },
    }),
  });
  assertEquals(valuesBy(families, "probe_http_status_code", "check"), {
    found: 503,
  });
});

/** Metrics of a queue, as somebody else may have them. */
const QUEUE: readonly DetailMetric[] = [
  { name: "queue_depth", help: "Its depth, \\o/\nin full.", key: "depth" },
  {
    name: "queue_seen_total",
    help: "Those seen.",
    type: "counter",
    key: "seen",
    value: (seen) => JSON.parse(String(seen)),
  },
];

Deno.test("/metrics has the metrics that a probe makes of its details", async () => {
  await using fleet = new Fleet({ background: false });
  const details: readonly Detail[] = [
    { depth: 7, seen: "12" },
    { depth: true, seen: "not JSON" },
    { depth: false, seen: "{}" },
    { depth: "7" },
    { depth: NaN, seen: 3 },
    {},
  ];
  for (const [i, detail] of details.entries()) {
    const queue = probe(() => Promise.resolve(pass(detail)), {
      metrics: QUEUE,
    });
    fleet.add(queue, { id: `q${i}` });
  }
  fleet.add(scripted([pass({ depth: 1 })]), { id: "other" });
  await fleet.attemptAll();
  const families = await scrapeOf(createApp(fleet));
  assertEquals(valuesBy(families, "queue_depth", "check"), {
    q0: 7,
    q1: 1,
    q2: 0,
  });
  assertEquals(valuesBy(families, "queue_seen_total", "check"), {
    q0: 12,
    q4: 3,
  });
  assertEquals(families.get("queue_seen_total")!.type, "counter");
});

Deno.test("metrics() has one head for a metric that probes share", async () => {
  const families = scrape({
    snapshots: await snapshotsOf({
      a: { step: pass({ depth: 1 }) },
      b: { step: pass({ height: 2 }) },
    }),
    metricsOf: (id) =>
      id === "a" ? QUEUE : [{ ...QUEUE[0]!, help: "Another.", key: "height" }],
  });
  assertEquals(valuesBy(families, "queue_depth", "check"), { a: 1, b: 2 });
});

Deno.test("metrics() can be read back, whatever texts there are", async () => {
  const [snapshot] = await snapshotsOf({ up: { step: PASS } });
  // Any halves of characters, and often those that have to be escaped.
  const unit = fc.oneof(
    fc.constantFrom("\\", '"', "\n", "\r", "}", ",", " ", "\0", "#"),
    fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
  );
  const text = fc.oneof(fc.string({ unit }), fc.constantFrom(...ODD));
  fc.assert(
    fc.property(
      text,
      text,
      fc.option(text),
      text,
      (id, type, group, target) => {
        const odd: Snapshot = { ...snapshot!, id, type, group, target };
        const { samples } = scrape({ snapshots: [odd] }).get("probe_success")!;
        assertEquals(samples[0]!.labels, {
          check: id.toWellFormed(),
          type: type.toWellFormed(),
          group: (group ?? "").toWellFormed(),
          instance: target.toWellFormed(),
        });
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("metrics() of any fleet are valid UTF-8", async () => {
  await using fleet = await fleetOf(
    Object.fromEntries(ODD.map((id) => [id, { step: PASS, group: id }])),
  );
  const response = await createApp(fleet).request("/metrics");
  const text = new TextDecoder("utf-8", { fatal: true })
    .decode(await response.arrayBuffer());
  assertEquals(
    readExposition(text).get("probe_success")!.samples
      .map(({ labels }) => labels.check),
    ODD.map((id) => id.toWellFormed()),
  );
});

Deno.test("metrics() counts attempts by their verdicts, and those in flight", async () => {
  await using fleet = await fleetOf({ ...EACH, another: { step: PASS } });
  fleet.add(scripted([hang]), { id: "hanging" });
  const attempt = fleet.attempt("hanging").catch(() => {});
  const families = await scrapeOf(createApp(fleet));
  assertEquals(valuesBy(families, "lifesign_attempts_total", "verdict"), {
    pass: 2,
    warn: 1,
    fail: 1,
    error: 1,
  });
  assertEquals(valueOf(families, "lifesign_attempts_in_flight"), 1);
  assertEquals(valueOf(families, "lifesign_slots_skipped_total"), 0);
  await fleet.close();
  await attempt;
});

Deno.test("metrics() counts the slots that were skipped", () => {
  const stats = new Stats();
  stats.skipped(3);
  stats.skipped(1);
  const families = scrape({ stats: stats.take(0) });
  assertEquals(valueOf(families, "lifesign_slots_skipped_total"), 4);
});

Deno.test("metrics() has histograms in seconds, each bucket with those before", () => {
  const stats = new Stats();
  for (const ms of [0.5, 1, 7, 300, 2500, 60_000]) {
    stats.ended({ outcome: PASS, durationMs: ms });
    stats.began(ms);
  }
  const families = scrape({ stats: stats.take(0) });
  for (
    const name of [
      "lifesign_attempt_duration_seconds",
      "lifesign_schedule_lag_seconds",
    ]
  ) {
    const { samples } = families.get(name)!;
    const buckets = samples.filter((it) => it.name === `${name}_bucket`);
    assertEquals(
      buckets.map(({ labels, value }) => [labels.le, value]),
      [
        ["0.001", 2],
        ["0.0025", 2],
        ["0.005", 2],
        ["0.01", 3],
        ["0.025", 3],
        ["0.05", 3],
        ["0.1", 3],
        ["0.25", 3],
        ["0.5", 4],
        ["1", 4],
        ["2.5", 5],
        ["5", 5],
        ["10", 5],
        ["30", 5],
        ["+Inf", 6],
      ],
    );
    assertEquals(
      samples.slice(buckets.length).map((it) => [it.name, it.value]),
      [[`${name}_sum`, 62.8085], [`${name}_count`, 6]],
    );
  }
});

Deno.test("metrics() has rising buckets that end in the count, whatever was observed", () => {
  const durations = fc.array(fc.double({ min: 0, max: 1e6, noNaN: true }));
  fc.assert(fc.property(durations, (durations) => {
    const stats = new Stats();
    for (const durationMs of durations) {
      stats.ended({ outcome: FAIL, durationMs });
    }
    const { samples } = scrape({ stats: stats.take(0) })
      .get("lifesign_attempt_duration_seconds")!;
    const counts = samples.slice(0, -2).map(({ value }) => value);
    assertEquals(counts, counts.toSorted((a, b) => a - b));
    assertEquals(counts.at(-1), durations.length);
    assertEquals(samples.at(-1)!.value, durations.length);
  }));
});

Deno.test("metrics() has the version, and the figures of the process that are known", () => {
  const families = scrape({
    process: {
      startedAt: 1_700_000_000_500,
      cpuSeconds: 1.25,
      residentBytes: 50_000_000,
      heapBytes: 8_000_000,
    },
  });
  const [info] = families.get("lifesign_build_info")!.samples;
  assertEquals([info!.labels, info!.value], [
    { version: manifest.version },
    1,
  ]);
  assertEquals(
    [...families.keys()].filter((name) => name.startsWith("process_"))
      .map((name) => [name, valueOf(families, name)]),
    [
      ["process_start_time_seconds", 1_700_000_000.5],
      ["process_cpu_seconds_total", 1.25],
      ["process_resident_memory_bytes", 50_000_000],
      ["process_heap_bytes", 8_000_000],
    ],
  );
  assertEquals(
    [...scrape({}).keys()].filter((name) => name.startsWith("process_")),
    ["process_start_time_seconds"],
  );
});

Deno.test("/metrics asks how the config was last loaded each time, if there is one", async () => {
  await using fleet = new Fleet();
  const names = [
    "lifesign_config_last_reload_successful",
    "lifesign_config_last_reload_success_timestamp_seconds",
  ];
  const without = await scrapeOf(createApp(fleet));
  assertEquals(names.filter((name) => without.has(name)), []);
  let load = { successful: true, succeededAt: new Date(1_700_000_000_250) };
  const app = createApp(fleet, { configLoad: () => load });
  for (const successful of [true, false]) {
    load = { ...load, successful };
    const families = await scrapeOf(app);
    assertEquals(names.map((name) => valueOf(families, name)), [
      successful ? 1 : 0,
      1_700_000_000.25,
    ]);
  }
});

Deno.test("/metrics tells when others were last told that the agent works, if they were", async () => {
  await using fleet = new Fleet();
  let lastAliveAt: number | null = null;
  const app = createApp(fleet, { lastAliveAt: () => lastAliveAt });
  const name = "lifesign_alive_last_success_timestamp_seconds";
  for (const families of [createApp(fleet), app]) {
    assertEquals((await scrapeOf(families)).has(name), false);
  }
  lastAliveAt = 1_700_000_000_250;
  assertEquals(valueOf(await scrapeOf(app), name), 1_700_000_000.25);
});

Deno.test("/metrics first tries what is stale, where nothing is tried in the background", async () => {
  await using fleet = await fleetOf({ up: {} });
  const app = createApp(fleet, { onDemand: "1h" });
  assertEquals(valueOf(await scrapeOf(app), "probe_success"), 1);
});

Deno.test("every family has a unit of its kind, and says what it is", async () => {
  await using fleet = await fleetOf(EACH);
  const app = createApp(fleet, {
    configLoad: () => ({ successful: true, succeededAt: new Date() }),
    lastAliveAt: () => 1,
  });
  const families = [...(await scrapeOf(app)).values()];
  assert(families.length >= 15);
  for (const { name, type, help } of families) {
    assertMatch(help, /^\S.*\.$/);
    assertEquals(name.endsWith("_total"), type === "counter", name);
    assert(!/milli|_ms\b/.test(name), name);
  }
});
