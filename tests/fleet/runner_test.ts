import { assertEquals, assertLessOrEqual } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import type { Probe } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import {
  after,
  AttemptLog,
  FAIL,
  hang,
  PASS,
  scripted,
  type Step,
} from "../support/probes.ts";
import { advance, START } from "../support/time.ts";

/** Longer than all that may be waited for at once. */
const LONG_MS = 20_000;

const steps = fc.array(
  fc.constantFrom<Step>(
    PASS,
    FAIL,
    after(300, PASS),
    after(900, FAIL),
    hang,
    hang,
  ),
  { minLength: 1, maxLength: 4 },
);
const id = fc.nat(3).map(String);
const moves = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ add: id, steps }) },
    { weight: 2, arbitrary: fc.record({ remove: id }) },
    { weight: 4, arbitrary: fc.record({ attempt: id }) },
    { weight: 2, arbitrary: fc.record({ advanceMs: fc.nat(1500) }) },
  ),
  { minLength: 10, maxLength: 60 },
);
const options = fc.record({
  background: fc.boolean(),
  concurrency: fc.integer({ min: 1, max: 2 }),
  perHost: fc.integer({ min: 1, max: 2 }),
});

/** The same probe, which needs to go to a host. */
function toHost(probe: Probe): Probe {
  return Object.assign(probe, {
    permissions: [{ name: "net", host: "127.0.0.1:1" } as const],
  });
}

Deno.test("a Fleet loses nothing, whatever is added, removed and asked for meanwhile", async () => {
  await fc.assert(
    fc.asyncProperty(moves, options, async (moves, options) => {
      using time = new FakeTime(START);
      const fleet = new Fleet(options);
      const log = new AttemptLog();
      const inFlight = (): number =>
        fleet.list().filter(({ checking }) => checking).length;
      let pending = 0;
      const follow = (promise: Promise<unknown>): void => {
        pending++;
        void promise.catch(() => {}).finally(() => pending--);
      };
      let givenUp = 0;
      for (const move of moves) {
        if ("add" in move) {
          if (fleet.get(move.add) !== undefined) continue;
          fleet.add(toHost(scripted(move.steps, { log })), {
            id: move.add,
            interval: "2s",
            timeout: "1s",
          });
        } else if ("remove" in move) {
          if (fleet.get(move.remove)?.checking) givenUp++;
          follow(fleet.remove(move.remove));
        } else if ("attempt" in move) {
          follow(fleet.attempt(move.attempt));
        } else {
          await advance(time, move.advanceMs);
          assertEquals(fleet.stats().inFlight, log.inFlight);
          assertEquals(inFlight(), log.inFlight);
        }
      }
      await advance(time, LONG_MS);
      assertEquals(pending, 0);
      givenUp += inFlight();
      await fleet.close();
      const { concurrency, perHost } = options;
      assertLessOrEqual(log.peak, Math.min(concurrency, perHost));
      assertEquals([log.inFlight, fleet.stats().inFlight], [0, 0]);
      const { attempts } = fleet.stats();
      const ended = Object.values(attempts).reduce((sum, n) => sum + n);
      assertEquals(ended, log.attempts - givenUp);
    }),
    { numRuns: 300 },
  );
});
