import { assert, assertEquals, assertRejects } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Archive, Range } from "../../../src/fleet/past/archive.ts";
import { KeptDays, keptDaysOf } from "../../../src/server/past/kept_days.ts";
import { advance } from "../../support/time.ts";
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

/** The ids of so many checks, and an archive that knows them. */
function many(
  count: number,
  asked: (checks: readonly string[]) => Promise<void>,
): readonly [ids: readonly string[], archive: Archive] {
  const ids = Array.from({ length: count }, (_, i) => `check-${i}`);
  const stretches = [{ was: "healthy", from: NOW - DAY, to: NOW }] as const;
  const archive = memoryArchive(
    Object.fromEntries(ids.map((id) => [id, { stretches }])),
    NOW,
  );
  return [ids, {
    ...archive,
    async periods(checks, ...rest) {
      await asked(checks);
      return await archive.periods(checks, ...rest);
    },
  }];
}

Deno.test("KeptDays reads a few checks at a time ahead, once", async () => {
  using time = new FakeTime(NOW);
  const asked: (readonly string[])[] = [];
  const [ids, archive] = many(50, (checks) => {
    asked.push(checks);
    return Promise.resolve();
  });
  const days = new KeptDays(archive, "UTC");
  const { signal } = new AbortController();
  let isDone = false;
  const ahead = days.readAhead(ids, signal).then(() => isDone = true);
  while (!isDone) await advance(time, 100);
  await ahead;
  assertEquals(asked.flat(), ids);
  assert(asked.every(({ length }) => length <= 20));
  const { length } = asked;
  await days.readAhead(ids, signal);
  await days.refresh(ids, NOW + 1000);
  assertEquals(asked.length, length);
  assert(days.get("check-49").uptime.endsWith("%"));
});

Deno.test("KeptDays reads what is missing at once if a page is asked for meanwhile", async () => {
  using time = new FakeTime(NOW);
  const asked: (readonly string[])[] = [];
  const first = Promise.withResolvers<void>();
  const [ids, archive] = many(100, (checks) => {
    asked.push(checks);
    return asked.length === 1 ? first.promise : Promise.resolve();
  });
  const days = new KeptDays(archive, "UTC");
  let isDone = false;
  days.readAhead(ids, new AbortController().signal).then(() => isDone = true);
  const page = days.refresh(ids, Date.now());
  first.resolve();
  await page;
  const { length } = asked;
  assertEquals(new Set(asked.flat()), new Set(ids));
  while (!isDone) await advance(time, 100);
  assertEquals(asked.length, length);
  // What was read first is read no more than from a minute before.
  assertEquals(asked.at(-1)!.length, 80);
});

Deno.test("KeptDays reads nothing ahead of very many checks, after the end, or from an archive that fails", async () => {
  let asked = 0;
  const ask = () => {
    asked++;
    return Promise.resolve();
  };
  const { signal } = new AbortController();
  const [tooMany, large] = many(1001, ask);
  await new KeptDays(large, "UTC").readAhead(tooMany, signal);
  const [ids, archive] = many(50, ask);
  await new KeptDays(archive, "UTC").readAhead(ids, AbortSignal.abort());
  assertEquals(asked, 0);
  const [, failing] = many(50, () => {
    asked++;
    return Promise.reject(new Error("The disk is gone"));
  });
  await new KeptDays(failing, "UTC").readAhead(ids, signal);
  assertEquals(asked, 1);
});

Deno.test("keptDaysOf() is the same for all apps of an archive and a time zone", () => {
  const archive = archiveAt(NOW);
  assert(keptDaysOf(archive, "UTC") === keptDaysOf(archive, "UTC"));
  assert(keptDaysOf(archive, "UTC") !== keptDaysOf(archive, "Asia/Tokyo"));
  assert(keptDaysOf(archive, "UTC") !== keptDaysOf(archiveAt(NOW), "UTC"));
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
