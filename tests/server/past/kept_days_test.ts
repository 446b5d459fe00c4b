import { assert, assertEquals, assertRejects } from "@std/assert";
import type { Archive, Range } from "../../../src/fleet/past/archive.ts";
import { KeptDays } from "../../../src/server/past/kept_days.ts";
import { memoryArchive, STEP_MS } from "../../support/memory_archive.ts";

const { day: DAY, hour: HOUR } = STEP_MS;
const NOW = Date.UTC(2026, 10, 27, 14);

/** An archive at the end of a range. */
function archiveAt(to: number): Archive {
  const stretches = [
    { was: "healthy", from: NOW - 50 * DAY, to: NOW - HOUR },
    { was: "unhealthy", from: NOW - HOUR, to },
  ] as const;
  return memoryArchive({ a: { stretches }, b: { stretches } }, to);
}

/** An archive that says what it is asked for. */
function spy(asked: [readonly string[], Range][]): Archive {
  return {
    ...archiveAt(NOW),
    periods(checks, step, range, options) {
      assertEquals(step, "day");
      asked.push([checks, range]);
      return archiveAt(range.to).periods(checks, step, range, options);
    },
  };
}

Deno.test("KeptDays reads days that are over once, and today once a minute", async () => {
  const asked: [readonly string[], Range][] = [];
  const days = new KeptDays(spy(asked), "UTC");
  await days.refresh(["a"], NOW);
  await days.refresh(["a"], NOW + 59_000);
  assertEquals(asked.length, 1);
  assert(days.get("a").bars.includes("2026-11-27: down 1 h"));
  await days.refresh(["a"], NOW + HOUR);
  assertEquals(asked.length, 2);
  const [, { from, to }] = asked[1]!;
  assert(from >= NOW - HOUR && to === NOW + HOUR);
  assert(days.get("a").bars.includes("2026-11-27: down 2 h"));
  assert(days.get("a").bars.includes("51 of 90 days known"));
  // A day later, the last one is whole.
  await days.refresh(["a"], NOW + DAY);
  assert(days.get("a").bars.includes("2026-11-27: down 11 h"));
  assert(days.get("a").bars.includes("2026-11-28: down 14 h"));
});

Deno.test("KeptDays reads all of a check that is new, and forgets one that is gone", async () => {
  const asked: [readonly string[], Range][] = [];
  const days = new KeptDays(spy(asked), "UTC");
  await days.refresh(["a"], NOW);
  await days.refresh(["a", "b"], NOW + 1000);
  assertEquals(asked.map(([checks]) => checks), [["a"], ["a"], ["b"]]);
  assert(days.get("b").uptime.endsWith("%"));
  await days.refresh(["b"], NOW + HOUR);
  assert(days.get("a").bars.includes("Nothing is known"));
  assertEquals([days.get("a").uptime, days.get("a").ratio], ["", null]);
});

Deno.test("KeptDays goes on with what it has if nothing can be read", async () => {
  let isGone = false;
  const archive = spy([]);
  const days = new KeptDays({
    ...archive,
    periods: (...all) =>
      isGone
        ? Promise.reject(new Error("The disk is gone"))
        : archive.periods(...all),
  }, "UTC");
  await days.refresh(["a"], NOW);
  isGone = true;
  await assertRejects(() => days.refresh(["a"], NOW + HOUR));
  assert(days.get("a").bars.includes("down 1 h"));
  isGone = false;
  await days.refresh(["a"], NOW + 2 * HOUR);
  assert(days.get("a").bars.includes("down 3 h"));
});

Deno.test("KeptDays lets others have their turns while it draws many checks", async () => {
  const ids = Array.from({ length: 2000 }, (_, i) => `check-${i}`);
  const stretches = [{
    was: "healthy",
    from: NOW - 50 * DAY,
    to: NOW,
  }] as const;
  const days = new KeptDays(
    memoryArchive(
      Object.fromEntries(ids.map((id) => [id, { stretches }])),
      NOW,
    ),
    "UTC",
  );
  let turns = 0;
  let isDone = false;
  const refreshed = days.refresh(ids, NOW).then(() => isDone = true);
  while (!isDone) {
    await new Promise((resolve) => setTimeout(resolve));
    turns++;
  }
  await refreshed;
  assert(turns > 3, `${turns} turns`);
});
