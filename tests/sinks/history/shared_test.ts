import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import { PASS, scripted } from "../../support/probes.ts";
import { HERE, OtherAgent } from "../../support/sharing.ts";
import { advance } from "../../support/time.ts";
import { crash, keep, known, OUTCOME, recordsOf } from "./keeping.ts";
import { place } from "./store/place.ts";

const START = Date.UTC(2026, 10, 26);

Deno.test("a history has what other agents have found, also after results were lost", async () => {
  await using at = await place();
  let nth = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          OUTCOME,
          fc.constantFrom("lost", "adopted", "adopted", "found"),
        ),
        { minLength: 1, maxLength: 40 },
      ),
      async (results) => {
        using time = new FakeTime(START + 250_000);
        const path = `${at.path}${nth++}`;
        const kept = await keep(path);
        const { fleet, said } = kept;
        fleet.share({
          acts: () => true,
          attempt: () => Promise.resolve(),
          receive() {},
        });
        const options = { retries: 2, rise: 2 };
        fleet.add(scripted([PASS]), { id: "a", ...options });
        const other = new OtherAgent(options);
        kept.begin();
        for (const [outcome, how] of results) {
          if (how === "found") {
            fleet.release("a", HERE);
            fleet.report("a", outcome, { durationMs: 12 });
            fleet.hold("a");
          } else {
            const adopted = other.find(outcome);
            if (how === "adopted") fleet.adopt("a", adopted);
          }
          await advance(time, 700);
        }
        await advance(time, 3000);
        const expected = [known(fleet.record("a"))].filter(Boolean);
        await crash(kept);
        assertEquals(recordsOf(path).map(known), expected);
        assertEquals(said, []);
      },
    ),
    { numRuns: 40 },
  );
});
