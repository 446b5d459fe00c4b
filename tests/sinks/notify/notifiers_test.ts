import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Incident } from "../../../src/core/past/incident.ts";
import type { Probe } from "../../../src/core/types.ts";
import { error, fail, pass, warn } from "../../../src/core/outcome.ts";
import { after, scripted } from "../../support/probes.ts";
import { START } from "../../support/time.ts";
import { KeptMap, MINUTE_MS, SECOND_MS, Told, withTold } from "./told.ts";

const DOWN = fail({ code: "refused", message: "it refused" });
const UP = pass();
const SLOW = warn({ code: "latency", message: "it is slow" });
const UNSURE = error({ code: "internal", message: "no idea" });

const ALONE = { me: { type: "log", gather: "0s" } };

Deno.test("a notifier tells that checks are down, and up again", async () => {
  await withTold(
    { notify: ALONE, checks: { a: null, b: null } },
    async (told) => {
      assertEquals(await told.after(MINUTE_MS), []);
      told.report("a", DOWN);
      assertEquals(await told.after(SECOND_MS), [
        "notify.me: DOWN a: it refused",
      ]);
      told.report("a", DOWN);
      told.report("b", SLOW);
      assertEquals(await told.after(MINUTE_MS), []);
      told.report("a", SLOW);
      assertEquals(await told.after(SECOND_MS), [
        "notify.me: UP a after 1 min",
      ]);
      const [me] = told.notifiers.list();
      assertEquals([me!.name, me!.type, me!.sent, me!.pending], [
        "me",
        "log",
        2,
        0,
      ]);
    },
  );
});

Deno.test("what happens within 30 s is gathered, and what is over then is not told", async () => {
  const notify = { me: { type: "log" } };
  const checks = { a: null, b: null, c: null };
  await withTold({ notify, checks }, async (told) => {
    told.report("a", DOWN);
    assertEquals(await told.after(20 * SECOND_MS), []);
    told.report("b", DOWN);
    told.report("c", DOWN);
    assertEquals(await told.after(9 * SECOND_MS), []);
    told.report("c", UP);
    assertEquals(await told.after(2 * SECOND_MS), ["notify.me: 2 down: a, b"]);
  });
});

Deno.test("nobody is told of what is in maintenance, until that is over", async () => {
  await withTold(
    { notify: ALONE, checks: { a: null, b: null } },
    async (told) => {
      const { maintenance } = told.incidents;
      maintenance.start(["a", "b"], { durationMs: MINUTE_MS });
      told.report("a", DOWN);
      told.report("b", DOWN);
      assertEquals(await told.after(30 * SECOND_MS), []);
      told.report("b", UP);
      const said = await told.after(31 * SECOND_MS);
      assertEquals(said, ["notify.me: DOWN a: it refused (1 min)"]);
      // Its end is told in any case.
      maintenance.start(["a"], { durationMs: MINUTE_MS });
      told.report("a", UP);
      assertEquals(await told.after(SECOND_MS), [
        "notify.me: UP a after 1 min",
      ]);
    },
  );
});

Deno.test("nobody is told of a degraded check in maintenance, or because of another", async () => {
  const notify = {
    me: { type: "log", gather: "0s", on: ["degraded", "unknown"] },
  };
  const options = {
    notify,
    checks: { a: null, b: null, net: null },
    dependsOn: { b: ["net"] },
  };
  await withTold(options, async (told) => {
    told.incidents.maintenance.start(["a"], { durationMs: MINUTE_MS });
    told.report("net", DOWN);
    told.report("a", SLOW);
    told.report("b", UNSURE);
    assertEquals(await told.after(30 * SECOND_MS), []);
    assertEquals(await told.after(31 * SECOND_MS), [
      "notify.me: DEGRADED a: it is slow (1 min)",
    ]);
    told.report("net", UP);
    assertEquals(await told.after(SECOND_MS), []);
    told.report("b", UNSURE);
    assertEquals(await told.after(SECOND_MS), [
      "notify.me: UNKNOWN b: no idea (1 min)",
    ]);
  });
});

Deno.test("what a check depends on is tried before people are told", async () => {
  const net = scripted([UP, after(3 * SECOND_MS, DOWN)]);
  const options = {
    notify: ALONE,
    checks: { net, a: null },
    dependsOn: { a: ["net"] },
  };
  await withTold(options, async (told) => {
    await told.after(2 * SECOND_MS);
    await told.fleet.attempt("net");
    await told.after(2 * SECOND_MS);
    told.report("a", DOWN);
    assertEquals(await told.after(2 * SECOND_MS), []);
    // It is down because of the other one, which is told alone.
    assertEquals(await told.after(MINUTE_MS), [
      "notify.me: DOWN net: it refused",
    ]);
    told.report("net", UP);
    assertEquals(await told.after(SECOND_MS), ["notify.me: UP net after 59 s"]);
    told.report("a", DOWN);
    const [said] = await told.after(SECOND_MS);
    assertEquals(said, "notify.me: DOWN a: it refused (1 min)");
  });
});

Deno.test("a check that is unknown is told of only once that is settled", async () => {
  const notify = { me: { type: "log", gather: "0s", on: ["unknown"] } };
  await withTold({
    notify,
    checks: { a: null },
    untried: ["a"],
    before: ({ fleet }) => {
      fleet.replace(scripted([UP]), { id: "a", interval: "1h", retries: 3 });
    },
  }, async (told) => {
    told.report("a", UNSURE);
    told.report("a", UNSURE);
    assertEquals(await told.after(MINUTE_MS), []);
    told.report("a", UNSURE);
    assertEquals(await told.after(SECOND_MS), [
      "notify.me: UNKNOWN a: no idea (1 min)",
    ]);
    // It is still unknown, and nothing is told of this.
    told.report("a", DOWN);
    assertEquals(await told.after(SECOND_MS), []);
    told.report("a", UP);
    assertEquals(await told.after(SECOND_MS), [
      "notify.me: UP a, which was unknown for 1 min",
    ]);
  });
});

Deno.test("a check that is removed is told of as removed, if it was told that it is down", async () => {
  await withTold(
    { notify: ALONE, checks: { a: null, b: null } },
    async (told) => {
      told.report("a", DOWN);
      await told.after(SECOND_MS);
      told.report("b", DOWN);
      void told.fleet.remove("a");
      void told.fleet.remove("b");
      assertEquals(await told.after(SECOND_MS), [
        "notify.me: REMOVED a, which was down for 1 s",
      ]);
    },
  );
});

Deno.test("nothing is told before every check that makes attempts was tried", async () => {
  const passive: Probe = Object.assign(scripted([UP]), {
    follow: () => ({ memory: undefined, [Symbol.dispose]() {} }),
  });
  const options = {
    notify: ALONE,
    checks: { a: null, b: null, job: passive },
    untried: ["a", "b", "job"],
  };
  await withTold(options, async (told) => {
    told.report("a", DOWN);
    assertEquals(await told.after(4 * MINUTE_MS), []);
    assertEquals(told.notifiers.list()[0]!.waiting, "start");
    told.report("b", UP);
    assertEquals(await told.after(2 * SECOND_MS), [
      "notify.me: DOWN a: it refused (4 min)",
    ]);
    assertEquals(told.fleet.get("job")!.attempts, 0);
  });
});

Deno.test("nobody waits longer than 5 minutes for checks that are not tried", async () => {
  const options = {
    notify: ALONE,
    checks: { a: null, b: null },
    untried: ["a", "b"],
  };
  await withTold(options, async (told) => {
    told.report("a", DOWN);
    assertEquals(await told.after(5 * MINUTE_MS - SECOND_MS), []);
    assertEquals(await told.after(2 * SECOND_MS), [
      "notify.me: DOWN a: it refused (5 min)",
    ]);
  });
});

Deno.test("the checks that tell of the agent's own network are tried at once", async () => {
  const gateway = scripted([UP, DOWN, DOWN, DOWN, UP]);
  const notify = {
    me: { type: "log", gather: "10s", self: ["gateway", "dns"] },
  };
  const dns = scripted([UP, DOWN]);
  await withTold(
    { notify, checks: { gateway, dns, a: null } },
    async (told) => {
      await told.fleet.attemptAll();
      await told.after(MINUTE_MS);
      assertEquals(gateway.log.attempts, 1);
      told.report("a", DOWN);
      assertEquals(await told.after(9 * SECOND_MS), []);
      assertEquals([gateway.log.attempts, dns.log.attempts], [2, 2]);
      // All of them fail: it is kept, until one does not.
      assertEquals(await told.after(2 * SECOND_MS), []);
      assertEquals(told.notifiers.list()[0]!.waiting, "self");
      const said = await told.after(20 * SECOND_MS);
      assertEquals(gateway.log.attempts > 4, true);
      assertEquals(said.length, 1, said.join());
      assertEquals(/DOWN a|3 down|2 down/.test(said[0]!), true, said[0]);
    },
  );
});

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

Deno.test("a fleet that is closed ends its notifiers, and tells nothing more", async () => {
  await withTold({ notify: ALONE, checks: { a: null } }, async (told) => {
    await told.after(SECOND_MS);
    told.report("a", DOWN);
    // What is due is told at the end.
    await told.notifiers.close();
    assertEquals(await told.after(0), ["notify.me: DOWN a: it refused"]);
    told.report("a", UP);
    assertEquals(await told.after(MINUTE_MS), []);
  });
});
