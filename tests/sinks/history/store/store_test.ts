import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import type { Incident } from "../../../../src/core/past/incident.ts";
import { LatencyHistogram } from "../../../../src/core/past/latency.ts";
import type { Step } from "../../../../src/fleet/past/archive.ts";
import { statusCode } from "../../../../src/sinks/history/events.ts";
import { attemptCode } from "../../../../src/sinks/history/packed.ts";
import { Store } from "../../../../src/sinks/history/store/store.ts";
import { entryOf, place, sealAll } from "./place.ts";

/** The beginning of a day, and of five minutes. */
const START = Date.UTC(2026, 10, 26);
const MINUTE = 60_000;
const FIVE_MINUTES = 5 * MINUTE;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ALL = { from: 0, to: 2 ** 43 };

const PASS = attemptCode("pass", 12);
const FAIL = attemptCode("fail", 3);
const REASON = { code: "refused", message: "no" };

function countOf(latency: LatencyHistogram | Uint8Array | null): number {
  return latency instanceof Uint8Array
    ? LatencyHistogram.fromBytes(latency).count
    : latency?.count ?? 0;
}

/** The figures of a check, short: when, attempts, times. */
function figures(store: Store, check: number, step: Step): unknown[] {
  return store.periods({ checks: [check], step, ...ALL, latency: true })
    .get(check)!.map(({ from, to, counts, spans, latency }) => [
      (from - START) / MINUTE,
      (to - from) / MINUTE,
      counts.join(),
      spans.map((ms) => ms / 1000).join(),
      countOf(latency),
    ]);
}

Deno.test("a Store tells how long a check was how, before and after it is sealed", async () => {
  await using at = await place();
  using store = new Store(at.path);
  const t = START + HOUR;
  store.write(entryOf(t, t + 2 * MINUTE, (events) => {
    events.session(t);
    events.status(1, statusCode("unknown"), t);
    events.attempt(1, PASS, t + 1000);
    events.status(1, statusCode("healthy"), t + 1000);
    events.attempt(1, FAIL, t + MINUTE, REASON);
    events.status(1, statusCode("unhealthy"), t + MINUTE);
  }, { checks: [[1, "a"]] }));
  store.write(entryOf(t + 2 * MINUTE, t + FIVE_MINUTES, (events) => {
    events.maintenance(1, true, t + 3 * MINUTE);
    events.maintenance(1, false, t + 4 * MINUTE);
  }));
  // A gap of a minute.
  store.write(entryOf(t + 6 * MINUTE, t + 7 * MINUTE, (events) => {
    events.attempt(1, PASS, t + 6 * MINUTE);
    events.status(1, statusCode("degraded"), t + 6.5 * MINUTE);
  }));
  const expected = [
    [60, 5, "1,0,1,0", "1,59,0,180,60", 1],
    [65, 5, "1,0,0,0", "0,0,30,30,0", 1],
  ];
  assertEquals(figures(store, 1, "5m"), expected);
  sealAll(store);
  assertEquals(figures(store, 1, "5m"), expected);
  const hour = "2,0,1,0";
  assertEquals(figures(store, 1, "hour"), [
    [60, 60, hour, "1,59,30,210,60", 2],
  ]);
  assertEquals(figures(store, 1, "day"), [
    [0, 1440, hour, "1,59,30,210,60", 2],
  ]);
  assertEquals(
    store.attempts(1, ALL).map(({ code, at, reason }) => [
      code,
      at - t,
      reason?.message,
    ]),
    [[PASS, 1000, undefined], [FAIL, MINUTE, "no"], [
      PASS,
      6 * MINUTE,
      undefined,
    ]],
  );
});

Deno.test("a Store has no time of a check that is not there, or not any more", async () => {
  await using at = await place();
  using store = new Store(at.path);
  store.write(entryOf(START, START + MINUTE, (events) => {
    events.session(START);
    events.status(1, statusCode("healthy"), START + 30_000);
    events.status(2, statusCode("healthy"), START);
    events.status(2, 0, START + 10_000);
  }, { checks: [[1, "a"], [2, "b"], [3, "c"]] }));
  // The next agent does not have the first one.
  store.write(entryOf(START + FIVE_MINUTES, START + 6 * MINUTE, (events) => {
    events.session(START + FIVE_MINUTES);
    events.status(3, statusCode("healthy"), START + FIVE_MINUTES);
  }));
  for (let i = 0; i < 2; i++) {
    assertEquals(figures(store, 1, "hour"), [[
      0,
      60,
      "0,0,0,0",
      "0,30,0,0,0",
      0,
    ]]);
    assertEquals(figures(store, 2, "hour"), [[
      0,
      60,
      "0,0,0,0",
      "0,10,0,0,0",
      0,
    ]]);
    assertEquals(figures(store, 3, "5m"), [[5, 5, "0,0,0,0", "0,60,0,0,0", 0]]);
    sealAll(store);
  }
});

Deno.test("a Store counts no time twice where the clock is set back a day, and all attempts", async () => {
  await using at = await place();
  const t = START + 2 * DAY;
  const run = (store: Store, since: number, minutes: number): void => {
    for (let i = 0; i < minutes; i++) {
      const from = since + i * MINUTE;
      store.write(entryOf(from, from + MINUTE, (events) => {
        if (i === 0) {
          events.session(from);
          events.status(1, statusCode("healthy"), from);
        }
        events.attempt(1, PASS, from + 5);
      }, { checks: [[1, "a"]] }));
    }
    sealAll(store);
  };
  {
    using store = new Store(at.path);
    run(store, t, 30);
  }
  using store = new Store(at.path);
  // Before that nobody watched, then comes what was watched, then nobody again.
  run(store, t - 20 * MINUTE, 60);
  const total = (step: Step) => {
    const periods = store.periods({ checks: [1], step, ...ALL, latency: false })
      .get(1)!;
    return [
      periods.reduce((sum, { counts }) => sum + counts[0]!, 0),
      periods.reduce((sum, { spans }) => sum + spans[1]!, 0) / MINUTE,
    ];
  };
  for (const step of ["5m", "hour", "day"] as const) {
    assertEquals(total(step), [90, 60], step);
  }
  for (
    const [, minutes, counts, spans] of figures(store, 1, "5m") as string[][]
  ) {
    const ms = spans!.split(",").reduce((sum, s) => sum + Number(s), 0);
    assert(ms <= Number(minutes) * 60, `${counts} ${spans}`);
  }
  assertEquals(store.attempts(1, ALL).length, 90);
});

Deno.test("a Store has the days of its time zone, those of 23 and 25 hours too", async () => {
  await using at = await place();
  using store = new Store(at.path, { timeZone: "Europe/Berlin" });
  // The clocks are set back on 25 October 2026.
  const t = Date.UTC(2026, 9, 24, 12);
  for (let hour = 0; hour < 48; hour++) {
    const from = t + hour * HOUR;
    store.write(entryOf(from, from + HOUR, (events) => {
      if (hour > 0) return;
      events.session(from);
      events.status(1, statusCode("healthy"), from);
    }, { checks: [[1, "a"]] }));
    sealAll(store);
  }
  const days = store.periods({
    checks: [1],
    step: "day",
    from: t,
    to: t + 48 * HOUR,
    latency: false,
  }).get(1)!;
  assertEquals(
    days.map(({ from, to, spans }) => [
      new Date(from).toISOString(),
      (to - from) / HOUR,
      spans[1]! / HOUR,
    ]),
    [
      ["2026-10-23T22:00:00.000Z", 24, 10],
      ["2026-10-24T22:00:00.000Z", 25, 25],
      ["2026-10-25T23:00:00.000Z", 24, 13],
    ],
  );
  assertThrows(
    () => new Store(at.path, { timeZone: "Mars/Olympus" }),
    RangeError,
    "Expected a time zone",
  );
});

Deno.test("a Store counts no attempt twice that a state knows of, which is written during the sealing", async () => {
  await using at = await place();
  const state = (attempts: number): string =>
    JSON.stringify({
      id: "a",
      type: "tcp",
      target: "a:1",
      status: "healthy",
      failures: 0,
      successes: attempts,
      passes: attempts,
      warnings: 0,
      errors: 0,
      verdict: "pass",
      reason: null,
      cause: null,
      detail: null,
      since: START,
      checkedAt: START,
      durationMs: 12,
      attempts,
      transitions: 1,
      passed: attempts,
      failed: 0,
    });
  const attempt = (n: number, more: Parameters<typeof entryOf>[3] = {}) => {
    const since = START + (n - 1) * MINUTE;
    return entryOf(since, since + MINUTE, (events) => {
      if (n === 1) events.session(since);
      if (n === 1) events.status(1, statusCode("healthy"), since);
      events.attempt(1, PASS, since);
    }, more);
  };
  for (let steps = 0;; steps++) {
    using store = new Store(`${at.path}-${steps}`);
    store.write(attempt(1, { checks: [[1, "a"]], states: [[1, state(1)]] }));
    for (let n = 2; n <= 6; n++) store.write(attempt(n));
    const total = () => store.records().get("a")!.state.attempts;
    let isMore = true;
    for (let i = 0; i < steps && isMore; i++) {
      isMore = store.seal();
      assertEquals(total(), 6, `after ${i} of ${steps} steps`);
    }
    store.write(attempt(7, { states: [[1, state(7)]] }));
    assertEquals(total(), 7, `after ${steps} steps`);
    sealAll(store);
    assertEquals(total(), 7, `after ${steps} steps, sealed`);
    assertEquals(store.attempts(1, ALL).length, 7);
    if (!isMore) return assert(steps > 6);
  }
});

Deno.test("a Store deletes what is too old, little by little", async () => {
  await using at = await place();
  using store = new Store(at.path);
  const incident = (began: number, ended: number | null): Incident => ({
    id: String(began),
    check: "a",
    began,
    ended,
    end: ended === null ? null : "recovered",
    firstReason: REASON,
    lastReason: REASON,
    muted: null,
  });
  const retention = { detailMs: HOUR, keepMs: 3 * DAY };
  for (let i = 0; i < 10 * 24; i++) {
    const from = START + i * HOUR;
    store.write(entryOf(from, from + HOUR, (events) => {
      if (i === 0) {
        events.session(from);
        events.status(1, statusCode("healthy"), from);
      }
      for (let n = 0; n < 12; n++) {
        events.attempt(1, PASS, from + n * FIVE_MINUTES);
      }
    }, {
      checks: [[1, "a"]],
      incidents: [incident(from, i === 5 ? null : from + 1)],
    }));
    sealAll(store);
  }
  const now = START + 10 * DAY;
  const count = (): number => store.attempts(1, ALL).length;
  const before = count();
  while (store.deleteOld(retention, now));
  assertEquals(before - count(), 12);
  for (let i = 0; i < 400; i++) while (store.deleteOld(retention, now));
  assertEquals(count(), 12);
  const lengths = (["5m", "hour", "day"] as const).map((step) =>
    store.periods({ checks: [1], step, ...ALL, latency: false }).get(1)!.length
  );
  assertEquals(lengths, [7 * 24 * 12, 10 * 24, 3]);
  const incidents = store.incidents({ limit: 1000 });
  assertEquals(incidents.length, 3 * 24 + 1);
  // One that lasts is never too old.
  assertEquals(incidents.at(-1)!.began, START + 5 * HOUR);
});

Deno.test("a Store gives the incidents that lasted in a range, newest first", async () => {
  await using at = await place();
  using store = new Store(at.path);
  const incident = (
    id: string,
    check: string,
    began: number,
    ended: number | null,
  ): Incident => ({
    id,
    check,
    began,
    ended,
    end: ended === null ? null : "removed",
    firstReason: REASON,
    lastReason: REASON,
    muted: { by: "dependency", check: "b" },
  });
  const list = [
    incident("1", "a", 100, 200),
    incident("2", "b", 150, 400),
    incident("3", "a", 300, null),
    incident("4", "c", 500, 600),
  ];
  store.write(entryOf(0, 1000, undefined, { incidents: list }));
  const idsOf = (...query: Parameters<Store["incidents"]>): string =>
    store.incidents(...query).map(({ id }) => id).join("");
  assertEquals(store.incidents().at(-1), list[0]);
  assertEquals(idsOf(), "4321");
  assertEquals(idsOf({ from: 250 }), "432");
  assertEquals(idsOf({ to: 300 }), "21");
  assertEquals(idsOf({ from: 201, to: 301 }), "32");
  assertEquals(idsOf({ checks: ["a", "c"] }), "431");
  assertEquals(idsOf({ limit: 2 }), "43");
  assertEquals(store.lastIncidents(2).map(({ id }) => id).join(""), "432");
  store.write(entryOf(1000, 2000, undefined, {
    incidents: [{ ...list[2]!, ended: 700, end: "recovered" }],
  }));
  assertEquals(store.incidents({ checks: ["a"] })[0]!.ended, 700);
});

/** What happens to three checks in a step of time. */
const STEP = fc.record({
  ms: fc.constantFrom(1000, 7000, 60_000, 200_000, 300_000),
  gapMs: fc.constantFrom(0, 0, 0, 0, 20_000, 3_600_000),
  events: fc.array(
    fc.record({
      check: fc.integer({ min: 1, max: 3 }),
      what: fc.constantFrom("attempt", "attempt", "status", "maintenance"),
      value: fc.nat({ max: 4 }),
      at: fc.double({ min: 0, max: 1, noNaN: true }),
    }),
    { maxLength: 6 },
  ),
  then: fc.constantFrom("", "", "steps", "seal", "reopen", "session"),
  steps: fc.integer({ min: 1, max: 5 }),
}, { noNullPrototype: true });

Deno.test("a Store says the same of the past, whenever it is sealed or opened anew", async () => {
  await using at = await place();
  let nth = 0;
  fc.assert(
    fc.property(fc.array(STEP, { maxLength: 40 }), (steps) => {
      const path = `${at.path}${nth++}`;
      const plain = new Store(`${path}-plain`);
      let store = new Store(path);
      const naive = new Map<string, number>();
      const add = (key: string, ms: number): void =>
        void naive.set(key, (naive.get(key) ?? 0) + ms);
      const status = [0, 0, 0, 0];
      const maintained = [false, false, false, false];
      let now = START;
      let attempts = 0;
      const checks = [1, 2, 3].map((n) => [n, `c${n}`] as const);
      for (const { ms, gapMs, events, then, steps: count } of steps) {
        now += gapMs;
        const until = Math.min(
          now + ms,
          (Math.floor(now / FIVE_MINUTES) + 1) * FIVE_MINUTES,
        );
        const timed = events.map((event) => ({
          ...event,
          at: Math.floor(now + event.at * (until - now)),
        })).sort((a, b) => a.at - b.at);
        const entry = entryOf(now, until, (writer) => {
          if (then === "session") writer.session(now);
          for (const { check, what, value, at } of timed) {
            if (what === "status") writer.status(check, value, at);
            else if (what === "maintenance") {
              writer.maintenance(check, value > 1, at);
            } else {
              attempts++;
              const passed = (value & 3) === 0;
              writer.attempt(check, value, at, passed ? undefined : REASON);
            }
          }
        }, { checks });
        plain.write(entry);
        store.write(entry);
        if (then === "session") {
          status.fill(0);
          maintained.fill(false);
        }
        // Second by second, or to the next event, whichever is first.
        for (const check of [1, 2, 3]) {
          let last = now;
          const own = timed.filter((event) => event.check === check);
          for (const event of [...own, { what: "end", at: until, value: 0 }]) {
            if (status[check]! > 0) {
              const name = maintained[check] ? 5 : status[check]!;
              add(
                `${check} ${Math.floor(now / FIVE_MINUTES)} ${name}`,
                event.at - last,
              );
            }
            last = event.at;
            if (event.what === "status") status[check] = event.value;
            if (event.what === "maintenance") {
              maintained[check] = event.value > 1;
            }
          }
        }
        now = until;
        if (then === "steps") { for (let i = 0; i < count; i++) store.seal(); }
        if (then === "seal") sealAll(store);
        if (then === "reopen") {
          store[Symbol.dispose]();
          store = new Store(path);
        }
      }
      const all = (it: Store) =>
        [1, 2, 3].map((check) => [
          figures(it, check, "5m"),
          figures(it, check, "hour"),
          figures(it, check, "day"),
          it.attempts(check, ALL),
        ]);
      const expected = all(plain);
      assertEquals(all(store), expected);
      sealAll(store);
      assertEquals(all(store), expected);
      let found = 0;
      for (const check of [1, 2, 3]) {
        found += store.attempts(check, ALL).length;
        const periods = store.periods({
          checks: [check],
          step: "5m",
          ...ALL,
          latency: false,
        }).get(check)!;
        for (const { from, spans } of periods) {
          spans.forEach((ms, i) =>
            assertEquals(
              ms,
              naive.get(`${check} ${from / FIVE_MINUTES} ${i + 1}`) ?? 0,
            )
          );
        }
        const total = periods.flatMap(({ spans }) => spans)
          .reduce((a, b) => a + b, 0);
        const real = [...naive].filter(([key]) => key.startsWith(`${check} `))
          .reduce((sum, [, ms]) => sum + ms, 0);
        assertEquals(total, real);
      }
      assertEquals(found, attempts);
      store[Symbol.dispose]();
      plain[Symbol.dispose]();
    }),
    { numRuns: 40 },
  );
});
