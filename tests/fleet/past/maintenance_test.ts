import { assertEquals, assertThrows } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { IncidentStep } from "../../../src/core/past/incident.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import type {
  MaintenanceTimes,
  PlannedWindow,
} from "../../../src/fleet/past/maintenance.ts";
import { readCron } from "../../../src/io/calendar/cron.ts";
import { onceFrom, recurring } from "../../../src/io/calendar/window.ts";
import { Zone } from "../../../src/io/calendar/zone.ts";
import { FAIL, PASS, scripted } from "../../support/probes.ts";
import { advance, SettableTime, START } from "../../support/time.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

function rethrow(error: unknown): never {
  throw error;
}

/** A fleet without attempts of its own, and what is told of it. */
class Scene implements AsyncDisposable {
  readonly fleet = new Fleet({ background: false, onError: rethrow });
  readonly incidents = new Incidents(this.fleet, rethrow);
  readonly maintenance: MaintenanceTimes = this.incidents.maintenance;
  readonly #steps: IncidentStep[] = [];

  constructor(...ids: string[]) {
    this.incidents.observe((step) => this.#steps.push(step));
    for (const id of ids) this.add(id);
  }

  add(id: string, group?: string): void {
    this.fleet.add(scripted([PASS]), { id, retries: 1, ...group && { group } });
  }

  /** What was told since the last call. */
  told(): string[] {
    return this.#steps.splice(0).map((step) => {
      if (step.type !== "maintenance") {
        const { type, incident: { check, muted } } = step;
        return `${check} ${type}${muted === null ? "" : ` ${muted.by}`}`;
      }
      const { check, at, active } = step;
      const minutes = (at - START) / MINUTE_MS;
      return `${check} ${active ? "begins" : "ends"} at ${minutes}m`;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
  }
}

/** A window from one minute after the start to another. */
function minutes(
  from: number,
  to: number,
  more: Omit<PlannedWindow, "window"> = {},
): PlannedWindow {
  const window = onceFrom(START + from * MINUTE_MS, (to - from) * MINUTE_MS);
  return { window, ...more };
}

/** Only these checks and groups. */
function only(checks: string[], groups: string[] = []) {
  return { only: { checks: new Set(checks), groups: new Set(groups) } };
}

Deno.test("a window covers its checks while it lasts, and mutes their incidents", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene("web", "db");
  const { fleet, incidents, maintenance } = scene;
  maintenance.plan([minutes(10, 40, only(["web"]))]);
  fleet.report("web", FAIL);
  await advance(time, 10 * MINUTE_MS);
  assertEquals(scene.told(), [
    "web begin",
    "web begins at 10m",
    "web change maintenance",
  ]);
  assertEquals(
    [incidents.isInMaintenance("web"), incidents.isInMaintenance("db")],
    [true, false],
  );
  fleet.report("db", FAIL);
  fleet.report("web", PASS);
  fleet.report("web", FAIL);
  assertEquals(scene.told(), [
    "db begin",
    "web end maintenance",
    "web begin maintenance",
  ]);
  // It is told when the window ends, as it is still down.
  await advance(time, 30 * MINUTE_MS);
  assertEquals(scene.told(), ["web ends at 40m", "web change"]);
  assertEquals(fleet.get("web")?.status, "unhealthy");
});

Deno.test("windows that overlap are one, and those of groups follow their checks", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene();
  const { fleet, maintenance } = scene;
  scene.add("a", "edge");
  scene.add("b");
  maintenance.plan([
    minutes(5, 15, only(["a"])),
    minutes(10, 20, only([], ["edge"])),
    minutes(20, 30, only(["b"], ["edge"])),
  ]);
  await advance(time, 12 * MINUTE_MS);
  assertEquals(scene.told(), ["a begins at 5m"]);
  scene.add("c", "edge");
  assertEquals(scene.told(), ["c begins at 12m"]);
  await advance(time, 10 * MINUTE_MS);
  assertEquals(scene.told(), ["b begins at 20m"]);
  fleet.replace(scripted([PASS]), { id: "a", group: "core" });
  fleet.replace(scripted([PASS]), { id: "b", group: "edge" });
  await fleet.remove("c");
  assertEquals(scene.told(), ["a ends at 22m", "c ends at 22m"]);
  await advance(time, 10 * MINUTE_MS);
  assertEquals(scene.told(), ["b ends at 30m"]);
});

Deno.test("a window without checks and groups is for all, those that come, too", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene("a");
  scene.maintenance.plan([minutes(-10, 10)]);
  assertEquals(scene.told(), ["a begins at 0m"]);
  scene.add("b");
  assertEquals(scene.told(), ["b begins at 0m"]);
  await advance(time, 10 * MINUTE_MS);
  assertEquals(scene.told(), ["a ends at 10m", "b ends at 10m"]);
});

Deno.test("other windows take the place of those of before at once", async () => {
  using _time = new FakeTime(START);
  await using scene = new Scene("a", "b");
  const { fleet, maintenance } = scene;
  maintenance.plan([minutes(-10, 10, only(["a"]))]);
  fleet.report("a", FAIL);
  assertEquals(scene.told(), ["a begins at 0m", "a begin maintenance"]);
  maintenance.plan([minutes(-10, 20, only(["a"]))]);
  assertEquals(scene.told(), []);
  maintenance.plan([minutes(-10, 10, only(["b"]))]);
  assertEquals(scene.told(), ["a ends at 0m", "a change", "b begins at 0m"]);
  maintenance.plan([]);
  assertEquals(scene.told(), ["b ends at 0m"]);
});

Deno.test("a window recurs, for years", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene("a");
  const next = readCron("0 3 * * *", new Zone("Europe/Berlin"));
  scene.maintenance.plan([{ window: recurring(next, 4 * HOUR_MS) }]);
  await advance(time, 48 * HOUR_MS);
  // Berlin is an hour ahead of UTC.
  assertEquals(scene.told(), [
    `a begins at ${2 * 60}m`,
    `a ends at ${6 * 60}m`,
    `a begins at ${26 * 60}m`,
    `a ends at ${30 * 60}m`,
  ]);
});

for (
  const [zone, schedule, from, to] of [
    ["Europe/Berlin", "0 1 * * *", "2026-03-29T00:00Z", "2026-03-29T04:00Z"],
    ["Europe/Berlin", "30 2 * * *", "2026-03-29T01:00Z", "2026-03-29T05:00Z"],
    ["Europe/Berlin", "30 2 * * *", "2026-10-25T00:30Z", "2026-10-25T04:30Z"],
    ["America/New_York", "0 1 * * *", "2026-03-08T06:00Z", "2026-03-08T10:00Z"],
    [
      "America/New_York",
      "30 1 * * *",
      "2026-11-01T05:30Z",
      "2026-11-01T09:30Z",
    ],
    [
      "Australia/Lord_Howe",
      "15 2 * * *",
      "2026-10-03T15:30Z",
      "2026-10-03T19:30Z",
    ],
    [
      "Australia/Lord_Howe",
      "45 1 * * *",
      "2026-04-04T14:45Z",
      "2026-04-04T18:45Z",
    ],
  ] as const
) {
  Deno.test(`a window of four hours at ${schedule} in ${zone} ends at ${to}`, async () => {
    using time = new FakeTime(Date.parse(from) - HOUR_MS);
    await using fleet = new Fleet({ background: false });
    const incidents = new Incidents(fleet, rethrow);
    const told: [number, boolean][] = [];
    incidents.observe((step) => {
      if (step.type === "maintenance") told.push([step.at, step.active]);
    });
    fleet.add(scripted([PASS]), { id: "a" });
    const next = readCron(schedule, new Zone(zone));
    incidents.maintenance.plan([{ window: recurring(next, 4 * HOUR_MS) }]);
    await advance(time, 12 * HOUR_MS);
    assertEquals(told, [[Date.parse(from), true], [Date.parse(to), false]]);
  });
}

Deno.test("a clock that is set begins and ends maintenance", async () => {
  using time = new SettableTime();
  await using scene = new Scene("a");
  scene.maintenance.plan([minutes(60, 120)]);
  time.setClock(HOUR_MS);
  await time.advance(2 * MINUTE_MS);
  assertEquals(scene.told().length, 1);
  assertEquals(scene.incidents.isInMaintenance("a"), true);
  time.setClock(-HOUR_MS);
  await time.advance(2 * MINUTE_MS);
  assertEquals(scene.incidents.isInMaintenance("a"), false);
});

Deno.test("maintenance by hand lasts until it is over or stopped, and may be kept", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene("a", "b", "c");
  const { maintenance } = scene;
  const kept: string[][] = [];
  maintenance.observe((list) =>
    kept.push(
      list.map(({ check, isStopped }) => isStopped ? `no ${check}` : check),
    )
  );
  maintenance.start(["a", "b"], {
    durationMs: 30 * MINUTE_MS,
    reason: "Disks",
  });
  assertEquals(scene.told(), ["a begins at 0m", "b begins at 0m"]);
  assertEquals(
    maintenance.list(),
    ["a", "b"].map((check) => ({
      check,
      from: START,
      to: START + 30 * MINUTE_MS,
      reason: "Disks",
      by: "hand",
    })),
  );
  await advance(time, 10 * MINUTE_MS);
  assertEquals(maintenance.stop(["b", "c", "b"]), ["b"]);
  assertEquals(scene.told(), ["b ends at 10m"]);
  // It is longer now, and has no reason.
  maintenance.start(["a"], { durationMs: 30 * MINUTE_MS });
  assertEquals(scene.told(), []);
  const byHand = maintenance.byHand();
  assertEquals(
    byHand.map((it) => [
      it.check,
      (it.to - START) / MINUTE_MS,
      it.reason,
      it.isStopped,
    ]),
    [["a", 40, null, false], ["b", 30, "Disks", true]],
  );
  await advance(time, 30 * MINUTE_MS);
  assertEquals(scene.told(), ["a ends at 40m"]);
  // What was stopped is kept, too, until it would have been over.
  assertEquals(kept, [
    ["a", "b"],
    ["a", "no b"],
    ["a", "no b"],
    ["a"],
    [],
  ]);
  assertThrows(
    () => maintenance.start(["a", "x"], { durationMs: 1 }),
    RangeError,
    'There is no check named "x"',
  );
  assertEquals(maintenance.list(), []);

  await using restarted = new Scene("x");
  const of = (check: string, minutes: number, isStopped = false) => ({
    check,
    from: START,
    to: time.now + minutes * MINUTE_MS,
    reason: null,
    isStopped,
    at: START,
  });
  restarted.maintenance.take([of("a", 1), of("b", 1, true), of("x", -1)]);
  restarted.add("a");
  restarted.add("b");
  assertEquals(restarted.told(), ["a begins at 40m"]);
  assertEquals(restarted.maintenance.list().map(({ check }) => check), ["a"]);
  await advance(time, MINUTE_MS);
  assertEquals(restarted.told(), ["a ends at 41m"]);
});

Deno.test("of several, what ends last covers a check", async () => {
  using _time = new FakeTime(START);
  await using scene = new Scene("a");
  const { maintenance } = scene;
  assertEquals(maintenance.of("a"), undefined);
  maintenance.plan([
    minutes(-10, 10, { reason: "First" }),
    minutes(-5, 40, { reason: "Second" }),
    minutes(30, 60),
  ]);
  maintenance.start(["a"], { durationMs: 20 * MINUTE_MS });
  assertEquals(maintenance.of("a"), {
    check: "a",
    from: START - 5 * MINUTE_MS,
    to: START + 40 * MINUTE_MS,
    reason: "Second",
    by: "file",
  });
  maintenance.start(["a"], { durationMs: 50 * MINUTE_MS });
  assertEquals(maintenance.of("a")?.by, "hand");
  // A window ends nothing that goes on by hand.
  maintenance.plan([]);
  assertEquals(scene.told(), ["a begins at 0m"]);
});

Deno.test("planned() has the next times of all windows", async () => {
  using _time = new FakeTime(START);
  await using scene = new Scene("a", "b");
  scene.maintenance.plan([
    minutes(300, 310, { ...only(["b"]), reason: "New disks" }),
    minutes(-20, -10),
    { window: recurring(readCron("@daily", new Zone("UTC")), HOUR_MS) },
  ]);
  assertEquals(
    scene.maintenance.planned(3).map(({ from, to, reason, checks }) => [
      (from - START) / MINUTE_MS,
      (to - START) / MINUTE_MS,
      reason,
      checks,
    ]),
    [
      [0, 60, null, null],
      [300, 310, "New disks", ["b"]],
      [1440, 1500, null, null],
    ],
  );
});

Deno.test("maintenance comes before a cause, and does not hide it from others", async () => {
  using time = new FakeTime(START);
  await using scene = new Scene("net", "web");
  const { fleet, incidents, maintenance } = scene;
  incidents.depend(new Map([["web", ["net"]]]));
  maintenance.plan([
    minutes(0, 10, only(["net"])),
    minutes(0, 5, only(["web"])),
  ]);
  scene.told();
  fleet.report("net", FAIL);
  fleet.report("web", FAIL);
  await advance(time, 1);
  assertEquals(scene.told(), [
    "net begin maintenance",
    "web begin maintenance",
  ]);
  await advance(time, 5 * MINUTE_MS);
  assertEquals(scene.told(), ["web ends at 5m", "web change dependency"]);
});

Deno.test("a fleet that has ended leaves no timer for its maintenance", async () => {
  const scene = new Scene("a");
  scene.maintenance.start(["a"], { durationMs: HOUR_MS });
  await scene.fleet.close();
  scene.maintenance.plan([{ window: onceFrom(Date.now(), HOUR_MS) }]);
});
