import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Incident } from "../../../src/core/past/incident.ts";
import { fail, pass } from "../../../src/core/outcome.ts";
import { START } from "../../support/time.ts";
import { KeptMap, MINUTE_MS, SECOND_MS, Told, withTold } from "./told.ts";

const DOWN = fail({ code: "refused", message: "it refused" });
const UP = pass();

const ALONE = { me: { type: "log", gather: "0s" } };

Deno.test("a reload adds, changes and removes notifiers, and repeats and forgets nothing", async () => {
  const checks = { a: null, b: null };
  const groups = { b: "edge" };
  const me = ALONE.me;
  await withTold({ notify: { me }, checks, groups }, async (told) => {
    told.report("a", DOWN);
    assertEquals(await told.after(SECOND_MS), [
      "notify.me: DOWN a: it refused",
    ]);
    // One that is new tells of what lasts.
    told.set({ me, you: me });
    assertEquals(await told.after(SECOND_MS), [
      "notify.you: DOWN a: it refused (1 s)",
    ]);
    told.set({ you: { ...me, groups: ["edge"] }, me: { ...me, remind: "1h" } });
    assertEquals(await told.after(SECOND_MS), []);
    assertEquals(told.notifiers.list().map(({ name }) => name), [
      "you",
      "me",
    ]);
    // What was told has its end told, for whatever it is by now.
    told.set({ you: { ...me, groups: ["edge"] } });
    told.report("a", UP);
    assertEquals(await told.after(SECOND_MS), ["notify.you: UP a after 3 s"]);
    // And one that comes back has not forgotten.
    told.set({ me });
    assertEquals(await told.after(SECOND_MS), ["notify.me: UP a after 4 s"]);
    told.report("b", DOWN);
    told.set({ me, you: { ...me, groups: ["none"] } });
    assertEquals(await told.after(SECOND_MS), [
      "notify.me: DOWN b: it refused",
    ]);
    told.set({ me, you: { ...me, groups: ["edge"] } });
    assertEquals(await told.after(SECOND_MS), [
      "notify.you: DOWN b: it refused (1 s)",
    ]);
  });
});

Deno.test("after a restart nothing is repeated, and what ended meanwhile is told", async () => {
  const kept = new KeptMap();
  const checks = { a: null, b: null, c: null };
  let resume: readonly Incident[] = [];
  await withTold({ notify: ALONE, checks, kept }, async (told) => {
    await told.after(SECOND_MS);
    for (const id of ["a", "b", "c"]) {
      told.report(id, DOWN);
      assertEquals(await told.after(SECOND_MS), [
        `notify.me: DOWN ${id}: it refused`,
      ]);
    }
    resume = told.incidents.list();
  });
  await withTold({
    notify: ALONE,
    checks: { a: null, b: null },
    untried: ["a", "b"],
    kept,
    at: START + MINUTE_MS,
    resume,
  }, async (told) => {
    told.report("a", DOWN);
    assertEquals(await told.after(SECOND_MS), []);
    told.report("b", UP);
    assertEquals(await told.after(2 * SECOND_MS), [
      "notify.me: 1 up, 1 removed: b, c",
    ]);
  });
});

Deno.test("what a notifier has saved is forgotten 30 days after it has left", async () => {
  const kept = new KeptMap();
  const checks = { a: null };
  const notify = { "a/b": ALONE.me, other: ALONE.me };
  await withTold({ notify, checks, kept }, async (told) => {
    told.report("a", DOWN);
    await told.after(SECOND_MS);
  });
  const names =
    () => [...new Set([...kept.values.keys()].map((key) => key.split("/")[1]))];
  assertEquals(names().sort(), ["a%2Fb", "other"]);
  const DAY_MS = 86_400_000;
  for (
    const [days, left] of [
      [0, ["a%2Fb", "other"]],
      [29, ["a%2Fb", "other"]],
      [31, ["other"]],
    ] as const
  ) {
    using time = new FakeTime(START + days * DAY_MS);
    await using _told = new Told(time, {
      notify: { other: ALONE.me },
      checks,
      kept,
    });
    assertEquals(names().sort(), [...left]);
  }
  assertEquals([...kept.values.keys()].some((key) => /gone/.test(key)), false);
});
