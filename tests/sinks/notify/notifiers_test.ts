import { assertEquals } from "@std/assert";
import type { Probe } from "../../../src/core/types.ts";
import { error, fail, pass, warn } from "../../../src/core/outcome.ts";
import { after, scripted } from "../../support/probes.ts";
import { MINUTE_MS, SECOND_MS, withTold } from "./told.ts";

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
