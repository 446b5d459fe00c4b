import { assertAlmostEquals, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { tellIncidents, tellUptimes } from "../../../src/sinks/otel/past.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";
import { FAIL, PASS, scripted } from "../../support/probes.ts";
import { advance } from "../../support/time.ts";

const { day: DAY } = STEP_MS;

/** An API that keeps the last value of each point. */
class FakeApi {
  readonly points: Record<string, number> = {};
  readonly metrics = {
    getMeter: () => ({
      createCounter: (name: string) => ({
        add: (value: number, attributes: Record<string, unknown>) => {
          const key = keyOf(name, attributes);
          this.points[key] = (this.points[key] ?? 0) + value;
        },
      }),
      createGauge: (name: string) => ({
        record: (value: number, attributes: Record<string, unknown>) => {
          this.points[keyOf(name, attributes)] = value;
        },
      }),
    }),
  };
}

function keyOf(name: string, attributes: Record<string, unknown>): string {
  return [
    name.replace("lifesign.", ""),
    attributes["lifesign.check.id"],
    attributes["lifesign.window"],
  ].filter(Boolean).join(" ");
}

function throws(error: unknown): void {
  throw error;
}

Deno.test("OpenTelemetry is told of incidents as they begin and end", async () => {
  await using fleet = new Fleet({ background: false });
  const api = new FakeApi();
  const incidents = new Incidents(fleet, throws);
  tellIncidents(fleet, incidents, api as never);
  fleet.add(scripted([FAIL, PASS, FAIL]), { id: "web", retries: 1 });
  fleet.add(scripted([PASS]), { id: "db", retries: 1 });
  const seen: Record<string, number>[] = [{ ...api.points }];
  for (let i = 0; i < 3; i++) {
    await fleet.attemptAll();
    seen.push({ ...api.points });
  }
  fleet.remove("web");
  seen.push({ ...api.points });
  const calm = { "incident.open db": 0 };
  assertEquals(seen, [
    { ...calm, "incident.open web": 0 },
    { ...calm, "incident.open web": 1, "incidents web": 1 },
    { ...calm, "incident.open web": 0, "incidents web": 1 },
    { ...calm, "incident.open web": 1, "incidents web": 2 },
    { ...calm, "incident.open web": 0, "incidents web": 2 },
  ]);
});

Deno.test("OpenTelemetry is told of incidents that lasted before a restart, which do not count again", async () => {
  await using fleet = new Fleet({ background: false });
  const api = new FakeApi();
  const incidents = new Incidents(fleet, throws);
  const resume = tellIncidents(fleet, incidents, api as never);
  const reason = { code: "refused", message: "refused" };
  incidents.resume([{
    id: "1",
    check: "web",
    began: 1,
    ended: null,
    end: null,
    firstReason: reason,
    lastReason: reason,
    muted: null,
  }]);
  fleet.add(scripted([PASS]), { id: "web", retries: 1 });
  resume();
  assertEquals(api.points, { "incident.open web": 1 });
  await fleet.attemptAll();
  assertEquals(api.points, { "incident.open web": 0 });
});

Deno.test("OpenTelemetry is told of the uptime in each window, again and again", async () => {
  const time = new FakeTime(Date.UTC(2026, 10, 27, 12));
  try {
    const now = Date.now();
    await using fleet = new Fleet({ background: false });
    fleet.add(scripted([PASS]), { id: "web" });
    fleet.add(scripted([PASS]), { id: "new" });
    const stretches = [
      { was: "unhealthy", from: now - 30 * DAY, to: now - 15 * DAY },
      { was: "healthy", from: now - 15 * DAY, to: now + DAY },
    ] as const;
    const api = new FakeApi();
    const archive = memoryArchive({ web: { stretches } }, now);
    const ending = new AbortController();
    const told = tellUptimes(fleet, archive, api as never, ending.signal);
    await advance(time, 1);
    assertEquals(Object.keys(api.points), [
      "uptime.ratio web 24h",
      "uptime.ratio web 7d",
      "uptime.ratio web 30d",
      "uptime.ratio web 90d",
    ]);
    assertEquals(api.points["uptime.ratio web 24h"], 1);
    assertAlmostEquals(api.points["uptime.ratio web 30d"]!, 0.5, 1e-3);
    delete api.points["uptime.ratio web 24h"];
    await advance(time, 61_000);
    assertEquals(api.points["uptime.ratio web 24h"], 1);
    ending.abort();
    await told;
  } finally {
    time.restore();
  }
});
