import { assert, assertEquals, assertMatch } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Hono } from "hono";
import type { Fleet } from "../../../src/fleet/fleet.ts";
import { createApp } from "../../../src/server/mod.ts";
import {
  memoryArchive,
  type MemoryPast,
  STEP_MS,
} from "../../support/memory_archive.ts";
import { fleetOf } from "../fleets.ts";

const { day: DAY, hour: HOUR } = STEP_MS;
const NOW = Date.UTC(2026, 10, 27, 14, 23, 12);

const PAST: Readonly<Record<string, MemoryPast>> = {
  web: {
    stretches: [
      { was: "healthy", from: NOW - 100 * DAY, to: NOW - 3 * HOUR },
      { was: "unhealthy", from: NOW - 3 * HOUR, to: NOW - 2 * HOUR },
      { was: "healthy", from: NOW - 2 * HOUR, to: NOW },
    ],
    attempts: [
      { verdict: "pass", at: NOW - 1000, durationMs: 12 },
      { verdict: "fail", at: NOW - 500, durationMs: 5000 },
    ],
  },
  // Not in the fleet any more.
  removed: {
    stretches: [{ was: "healthy", from: NOW - 9 * DAY, to: NOW - 8 * DAY }],
  },
};

/** An app with the past above, at the time of it. */
async function setUp(): Promise<
  { app: Hono; fleet: Fleet } & AsyncDisposable
> {
  const time = new FakeTime(NOW);
  const fleet = await fleetOf({ web: {}, new: {} });
  const app = createApp(fleet, { archive: memoryArchive(PAST, NOW) });
  return {
    app,
    fleet,
    async [Symbol.asyncDispose]() {
      await fleet.close();
      time.restore();
    },
  };
}

Deno.test("/checks/:id/history has the last 24 hours in steps of 5 minutes", async () => {
  await using given = await setUp();
  const response = await given.app.request("/checks/web/history");
  assertEquals(response.status, 200);
  const { periods, ...about } = await response.json();
  assertEquals(about, {
    check: "web",
    step: "5m",
    from: "2026-11-26T14:23:12.000Z",
    to: "2026-11-27T14:23:12.000Z",
  });
  assertEquals(periods.length, 24 * 12 + 1);
  assertEquals(periods[0], {
    from: "2026-11-26T14:20:00.000Z",
    to: "2026-11-26T14:25:00.000Z",
    uptime: {
      up: 1,
      down: 0,
      unknown: 0,
      maintenance: 0,
      notWatched: 0,
      ratio: 1,
    },
    attempts: { pass: 0, warn: 0, fail: 0, error: 0 },
    latencyMs: { p50: null, p95: null, p99: null },
  });
  const last = periods.at(-1);
  assertEquals(
    [last.from, last.to, last.uptime.ratio, last.uptime.notWatched],
    ["2026-11-27T14:20:00.000Z", "2026-11-27T14:23:12.000Z", 1, 0],
  );
  assertEquals(last.attempts, { pass: 1, warn: 0, fail: 1, error: 0 });
  assert(Math.abs(last.latencyMs.p95 / 12 - 1) < 0.05);
  const down = periods.filter((period: { uptime: { ratio: number } }) =>
    period.uptime.ratio === 0
  );
  assertEquals(down.length, 11);
});

Deno.test("/checks/:id/history takes the step that suits the range", async () => {
  await using given = await setUp();
  for (
    const [query, step, count] of [
      ["?from=-2h", "5m", 25],
      ["?from=2h", "5m", 25],
      ["?from=-7d", "hour", 7 * 24 + 1],
      ["?from=-30d", "hour", 30 * 24 + 1],
      ["?from=-90d", "day", 91],
      ["?from=-8d&to=-8d".replace("to=-8d", "to=-191h"), "hour", 2],
      ["?from=-7d&step=5m", "5m", 7 * 288],
      ["?from=2026-11-27&to=2026-11-28", "5m", 14 * 12 + 5],
      [
        "?from=2026-11-27T13:00:00Z&to=2026-11-27T14:00:00Z&step=hour",
        "hour",
        1,
      ],
      [
        "?from=2026-11-27T14:00:00+01:00&to=2026-11-27T14:00:00%2B00:00&step=hour",
        "hour",
        1,
      ],
    ] as const
  ) {
    const response = await given.app.request(`/checks/web/history${query}`);
    const body = await response.json();
    assertEquals([body.step, body.periods?.length], [step, count], query);
  }
});

Deno.test("/checks/:id/history is CSV if that is asked for", async () => {
  await using given = await setUp();
  const query = "?from=-30m&step=hour";
  const asked = await given.app.request(
    `/checks/web/history${query}&format=csv`,
  );
  const accepted = await given.app.request(`/checks/web/history${query}`, {
    headers: { accept: "text/csv" },
  });
  const text = await asked.text();
  assertEquals(await accepted.text(), text);
  for (const { headers } of [asked, accepted]) {
    assertEquals(headers.get("content-type"), "text/csv; charset=utf-8");
    assertEquals(headers.get("vary"), "Accept");
  }
  assertEquals(
    text.replace(/,[\d.]+,[\d.]+,[\d.]+\r\n$/, "\r\n"),
    "from,to,uptime,up,down,unknown,maintenance,not_watched,pass,warn,fail,error,p50_ms,p95_ms,p99_ms\r\n" +
      "2026-11-27T13:00:00.000Z,2026-11-27T14:00:00.000Z,1,1,0,0,0,0,0,0,0,0,,,\r\n" +
      "2026-11-27T14:00:00.000Z,2026-11-27T14:23:12.000Z,1,1,0,0,0,0,1,0,1,0\r\n",
  );
  const browser = await given.app.request(`/checks/web/history${query}`, {
    headers: { accept: "text/html,application/xhtml+xml,*/*;q=0.8" },
  });
  assertMatch(browser.headers.get("content-type")!, /^application\/json/);
});

Deno.test("/checks/:id/history says what is wrong with a query", async () => {
  await using given = await setUp();
  for (
    const [query, error] of [
      [
        "?from=yesterday",
        `from: expected a time such as "2026-11-01T08:00:00Z" or a duration before now such as "7d", got "yesterday"`,
      ],
      [
        "?to=2026-02-30",
        `to: expected a time such as "2026-11-01T08:00:00Z" or a duration before now such as "7d", got "2026-02-30"`,
      ],
      [
        "?from=-1h&to=-2h",
        "from: expected a time before to, which is 2026-11-27T12:23:12.000Z, got 2026-11-27T13:23:12.000Z",
      ],
      [
        "?from=2027-01-01",
        "from: expected a time before to, which is 2026-11-27T14:23:12.000Z, got 2027-01-01T00:00:00.000Z",
      ],
      ["?step=minute", `step: expected 5m, hour or day, got "minute"`],
      ["?step=__proto__", `step: expected 5m, hour or day, got "__proto__"`],
      [
        "?from=-90d&step=5m",
        "step: expected at most 10000 periods, got 25920 of 5m in 90d",
      ],
      ["?format=xml", `format: expected json or csv, got "xml"`],
    ] as const
  ) {
    const response = await given.app.request(`/checks/web/history${query}`);
    assertEquals([response.status, await response.json()], [400, { error }]);
  }
});

Deno.test("/checks/:id/history has what is kept of removed checks, and 404 of others", async () => {
  await using given = await setUp();
  const statusAndCount = async (path: string): Promise<unknown[]> => {
    const response = await given.app.request(path);
    return [response.status, (await response.json()).periods?.length];
  };
  assertEquals(
    await statusAndCount("/checks/removed/history?from=-10d&step=day"),
    [200, 2],
  );
  assertEquals(await statusAndCount("/checks/removed/history"), [200, 0]);
  assertEquals(await statusAndCount("/checks/new/history"), [200, 0]);
  assertEquals(
    await statusAndCount("/checks/nobody/history"),
    [404, undefined],
  );
});

Deno.test("/checks/:id/history answers 404 where no history is kept", async () => {
  await using fleet = await fleetOf({ web: {} });
  const response = await createApp(fleet).request("/checks/web/history");
  assertEquals([response.status, await response.json()], [404, {
    error: "No history is kept",
  }]);
});

Deno.test("/checks/:id/history and badges say so while the history cannot be read", async () => {
  await using fleet = await fleetOf({ web: {} });
  const archive = {
    ...memoryArchive(PAST, NOW),
    periods: () => Promise.reject(new Error("disk I/O error")),
  };
  const app = createApp(fleet, { archive });
  const response = await app.request("/checks/web/history");
  assertEquals([response.status, await response.json()], [503, {
    error: "The history cannot be read now",
  }]);
  const badge = await app.request("/badge/web/uptime/7d.svg");
  assertMatch(await badge.text(), /web uptime 7d: unknown</);
});
