import { assertAlmostEquals, assertEquals } from "@std/assert";
import type { Incident } from "../../../src/core/past/incident.ts";
import { LatencyHistogram } from "../../../src/core/past/latency.ts";
import type { Period } from "../../../src/core/past/period.ts";
import { reportOf } from "../../../src/core/past/report.ts";
import { NO_SPANS, type Spans } from "../../../src/core/past/uptime.ts";

const FROM = 1_000_000;
const TO = FROM + 10_000;

function total(
  spans: Partial<Spans>,
  durations: readonly number[] = [],
): Period {
  const latency = new LatencyHistogram();
  for (const ms of durations) latency.observe(ms);
  return {
    from: FROM,
    to: TO,
    spans: { ...NO_SPANS, ...spans },
    counts: { pass: durations.length, warn: 1, fail: 2, error: 3 },
    latency,
  };
}

function incident(
  check: string,
  began: number,
  ended: number | null,
  end: Incident["end"] = ended === null ? null : "recovered",
): Incident {
  const reason = { code: "refused", message: "refused" };
  return {
    id: `${check}-${began}`,
    check,
    began: FROM + began,
    ended: ended === null ? null : FROM + ended,
    end,
    firstReason: reason,
    lastReason: reason,
    muted: null,
  };
}

Deno.test("reportOf() has the incidents of each check in the range", () => {
  const { checks: [web, db, calm] } = reportOf({
    from: FROM,
    to: TO,
    checks: [
      { id: "web", group: null },
      { id: "db", group: null },
      { id: "calm", group: null },
    ],
    totals: new Map([
      ["web", total({ healthy: 6000, degraded: 1000, unhealthy: 3000 })],
      ["db", total({ unhealthy: 4000 })],
      ["calm", total({ healthy: 10_000 })],
    ]),
    incidents: [
      incident("web", -5000, 1000),
      incident("web", 2000, 3000),
      incident("web", 9000, null),
      incident("db", 1000, 5000, "removed"),
    ],
  });
  assertEquals(
    [web?.incidents, web?.longestMs, web?.mttrMs, web?.mtbfMs, web?.downMs],
    // Those that recovered took 6000 and 1000; two began in the range.
    [3, 1000, 3500, 3500, 3000],
  );
  assertEquals(web?.uptime.ratio, 0.7);
  assertEquals(
    [db?.incidents, db?.longestMs, db?.mttrMs, db?.mtbfMs, db?.downMs],
    [1, 4000, null, 0, 4000],
  );
  assertEquals(
    [calm?.incidents, calm?.longestMs, calm?.mttrMs, calm?.mtbfMs],
    [0, null, null, null],
  );
});

Deno.test("reportOf() adds up groups in the order of their first checks, and all checks", () => {
  const report = reportOf({
    from: FROM,
    to: TO,
    checks: [
      { id: "a", group: "edge" },
      { id: "b", group: null },
      { id: "c", group: "core" },
      { id: "d", group: "edge" },
    ],
    totals: new Map([
      ["a", total({ healthy: 10_000 }, [10, 10])],
      ["b", total({})],
      ["c", total({ healthy: 5000, maintenance: 5000 }, [5])],
      ["d", total({ healthy: 5000, unhealthy: 5000 }, [1000])],
    ]),
    incidents: [incident("d", 0, 5000)],
  });
  assertEquals([report.from, report.to], [FROM, TO]);
  assertEquals(
    report.groups.map(({ group, checks }) => [group, checks]),
    [["edge", 2], ["core", 1]],
  );
  const [edge] = report.groups;
  assertEquals(edge?.uptime.ratio, 0.75);
  assertEquals(edge?.attempts, { pass: 3, warn: 2, fail: 4, error: 6 });
  assertAlmostEquals(edge!.latencyMs.p50!, 10, 0.5);
  assertAlmostEquals(edge!.latencyMs.p99!, 1000, 50);
  const { all } = report;
  assertEquals([all.checks, all.incidents, all.downMs], [4, 1, 5000]);
  assertEquals(all.uptime.notWatched, 0.25);
  assertEquals(all.uptime.maintenance, 0.125);
  assertEquals(all.uptime.ratio, 0.8);
});
