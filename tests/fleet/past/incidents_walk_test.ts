import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import type { Incident } from "../../../src/core/past/incident.ts";
import type { Outcome, Probe } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import { onceFrom } from "../../../src/io/calendar/window.ts";
import { ERROR, FAIL, PASS, scripted, WARN } from "../../support/probes.ts";
import { advance, START } from "../../support/time.ts";

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  pass: PASS,
  warn: WARN,
  fail: FAIL,
  error: ERROR,
};

const IDS = ["a", "b", "c"] as const;
type Id = typeof IDS[number];

/** `c` depends on both others, and `b` on `a`. */
const PARENTS = new Map<string, readonly Id[]>([["b", ["a"]], ["c", [
  "a",
  "b",
]]]);

function rethrow(error: unknown): never {
  throw error;
}

const ID = fc.constantFrom(...IDS);

/** What may happen. */
const EVENT = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant("attempt" as const),
      id: ID,
      outcome: fc.constantFrom("pass", "warn", "fail", "fail", "fail", "error"),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom("move", "remove", "maintain"),
      id: ID,
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ type: fc.constant("restart" as const) }),
  },
);

Deno.test("Incidents of a fleet agree with a naive model in random walks", async () => {
  using time = new FakeTime(START);
  await fc.assert(
    fc.asyncProperty(
      fc.array(EVENT, { maxLength: 40 }),
      fc.integer({ min: 1, max: 2 }),
      async (events, retries) => {
        const outcomes: Record<Id, Outcome> = { a: PASS, b: PASS, c: PASS };
        const moves: Record<Id, number> = { a: 0, b: 0, c: 0 };
        const maintained = new Set<string>();
        const isDown = new Set<string>();
        const told = new Map<string, string[]>();

        const probeOf = (id: Id): Probe =>
          Object.assign(() => Promise.resolve(outcomes[id]), {
            type: "test",
            target: `${id}${moves[id]}`,
            permissions: [],
          });
        function start(known: readonly Incident[]): [Fleet, Incidents] {
          const fleet = new Fleet({ background: false, onError: rethrow });
          const incidents = new Incidents(fleet, rethrow);
          incidents.observe((step) => {
            if (step.type === "maintenance") return;
            const { id } = step.incident;
            told.set(id, [...told.get(id) ?? [], step.type]);
          });
          incidents.depend(PARENTS);
          incidents.resume(known);
          return [fleet, incidents];
        }

        let [fleet, incidents] = start([]);
        for (const id of IDS) fleet.add(probeOf(id), { id, retries });
        for (const event of events) {
          // Nothing is as old as to be tried again, or so new as not to be.
          await advance(time, 5000);
          switch (event.type) {
            case "attempt": {
              const { id } = event;
              outcomes[id] = OUTCOMES[event.outcome]!;
              if (fleet.get(id) === undefined) {
                fleet.add(probeOf(id), { id, retries });
              }
              await fleet.attempt(id);
              break;
            }
            case "move":
              if (fleet.get(event.id) === undefined) break;
              moves[event.id]++;
              fleet.replace(probeOf(event.id), { id: event.id, retries });
              break;
            case "remove":
              await fleet.remove(event.id);
              isDown.delete(event.id);
              break;
            case "maintain":
              if (maintained.delete(event.id)) {
                incidents.maintenance.stop([event.id]);
              } else if (fleet.get(event.id) !== undefined) {
                maintained.add(event.id);
                incidents.maintenance.start([event.id], { durationMs: 1e9 });
              }
              break;
            case "restart": {
              const known = incidents.list();
              const byHand = incidents.maintenance.byHand();
              const records = fleet.ids().map((id) =>
                [id as Id, fleet.record(id)] as const
              );
              await fleet.close();
              [fleet, incidents] = start(known);
              incidents.maintenance.take(byHand);
              for (const [id, record] of records) {
                fleet.add(probeOf(id), { id, retries, record });
              }
              incidents.settle();
              break;
            }
          }
          // What a check depends on was tried, too, if it rested from an attempt.
          await advance(time, 2000);

          for (const { id, status, stale } of fleet.list()) {
            if (stale) continue;
            if (status === "unhealthy") isDown.add(id);
            if (status === "healthy" || status === "degraded") {
              isDown.delete(id);
            }
          }
          const open = incidents.list().filter(({ ended }) => ended === null);
          assertEquals(
            open.map(({ check }) => check).sort(),
            [...isDown].sort(),
          );
          for (const { check, muted } of open) {
            const failed = PARENTS.get(check)?.filter((id) => {
              const parent = fleet.get(id);
              return parent?.verdict === "fail" ||
                parent?.status === "unhealthy";
            }) ?? [];
            if (maintained.has(check)) {
              assertEquals(muted, { by: "maintenance" });
            } else if (failed.length > 0) {
              // One that has recovered may still be what mutes it.
              assert(muted?.by === "dependency");
            } else assert(muted?.by !== "maintenance");
          }
        }
        await fleet.close();

        for (const steps of told.values()) {
          assertEquals(steps.indexOf("begin"), 0);
          assertEquals(steps.lastIndexOf("begin"), 0);
          const end = steps.indexOf("end");
          assert(end < 0 || end === steps.length - 1);
        }
      },
    ),
    { numRuns: 60 },
  );
});

const MINUTE_MS = 60_000;

Deno.test("maintenance agrees with a naive model in random walks", async () => {
  using time = new FakeTime(START);
  const window = fc.record({
    from: fc.integer({ min: -10, max: 30 }),
    length: fc.integer({ min: 1, max: 20 }),
    checks: fc.option(fc.subarray([...IDS], { minLength: 1 })),
    group: fc.option(fc.constantFrom("x", "y")),
  });
  const event = fc.oneof(
    fc.record({
      type: fc.constant("plan" as const),
      windows: fc.array(window, { maxLength: 3 }),
    }),
    fc.record({
      type: fc.constant("start" as const),
      id: ID,
      minutes: fc.integer({ min: 1, max: 15 }),
    }),
    fc.record({ type: fc.constant("stop" as const), id: ID }),
    fc.record({
      type: fc.constant("regroup" as const),
      id: ID,
      group: fc.constantFrom("x", "y"),
    }),
    fc.record({
      type: fc.constant("wait" as const),
      minutes: fc.integer({ min: 1, max: 8 }),
    }),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(event, { maxLength: 25 }), async (events) => {
      await using fleet = new Fleet({ background: false, onError: rethrow });
      const incidents = new Incidents(fleet, rethrow);
      const { maintenance } = incidents;
      const told = new Map<string, boolean>();
      incidents.observe((step) => {
        if (step.type !== "maintenance") return;
        // Each is told only as it changes.
        assert(step.active !== (told.get(step.check) ?? false));
        told.set(step.check, step.active);
      });
      const groups: Record<Id, string> = { a: "x", b: "x", c: "y" };
      for (const id of IDS) {
        fleet.add(scripted([PASS]), { id, group: groups[id] });
      }
      let covers: (id: Id) => boolean = () => false;
      const until = new Map<Id, number>();
      for (const event of events) {
        const now = Date.now();
        switch (event.type) {
          case "plan": {
            const planned = event.windows.map((it) => ({
              ...it,
              start: now + it.from * MINUTE_MS,
              end: now + (it.from + it.length) * MINUTE_MS,
            }));
            covers = (id) =>
              planned.some(({ start, end, checks, group }) =>
                start <= Date.now() && Date.now() < end &&
                (checks === null && group === null ||
                  checks?.includes(id) || group === groups[id])
              );
            maintenance.plan(planned.map(({ start, end, checks, group }) => ({
              window: onceFrom(start, end - start),
              ...(checks !== null || group !== null) && {
                only: {
                  checks: new Set(checks),
                  groups: new Set(group === null ? [] : [group]),
                },
              },
            })));
            break;
          }
          case "start":
            until.set(event.id, now + event.minutes * MINUTE_MS);
            maintenance.start([event.id], {
              durationMs: event.minutes * MINUTE_MS,
            });
            break;
          case "stop": {
            const isActive = (until.get(event.id) ?? 0) > now;
            until.delete(event.id);
            assertEquals(
              maintenance.stop([event.id]),
              isActive ? [event.id] : [],
            );
            break;
          }
          case "regroup":
            groups[event.id] = event.group;
            fleet.replace(scripted([PASS]), {
              id: event.id,
              group: event.group,
            });
            break;
          case "wait":
            await advance(time, event.minutes * MINUTE_MS);
            break;
        }
        for (const id of IDS) {
          const expected = covers(id) || (until.get(id) ?? 0) > Date.now();
          assertEquals(incidents.isInMaintenance(id), expected);
          assertEquals(told.get(id) ?? false, expected);
          assertEquals(maintenance.of(id) !== undefined, expected);
        }
      }
    }),
    { numRuns: 100 },
  );
});
