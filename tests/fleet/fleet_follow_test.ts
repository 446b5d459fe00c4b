import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import { pass, probe } from "../../mod.ts";
import { Secrets } from "../../src/core/secrets.ts";
import type { ProbeHost } from "../../src/core/types.ts";
import type { Probe } from "../../src/core/types.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { FAIL, PASS, scripted } from "../support/probes.ts";
import { advance, START } from "../support/time.ts";

interface Passive {
  readonly probe: Probe;
  readonly hosts: ProbeHost[];
  /** How often it was disposed of. */
  ended: number;
  attempts: number;
}

function passiveProbe(target = "job"): Passive {
  const it: Passive = {
    hosts: [],
    ended: 0,
    attempts: 0,
    probe: probe(() => {
      it.attempts++;
      return pass({ asked: true });
    }, {
      target,
      follow(host) {
        it.hosts.push(host);
        return { [Symbol.dispose]: () => void it.ended++ };
      },
    }),
  };
  return it;
}

Deno.test("a passive probe is not tried when due, and reports by itself", async () => {
  using time = new FakeTime(START);
  const it = passiveProbe();
  await using fleet = new Fleet();
  fleet.add(it.probe, { id: "job", interval: "1s" });
  await advance(time, 60_000);
  assertEquals([it.attempts, it.hosts.length], [0, 1]);
  const [host] = it.hosts;
  assertEquals([host!.id, host!.memory], ["job", undefined]);
  host!.report(FAIL);
  // One result is enough.
  assertEquals(fleet.get("job")?.status, "unhealthy");
  host!.report(PASS, { durationMs: 7 });
  const { status, durationMs, nextAt } = fleet.get("job")!;
  assertEquals([status, durationMs, nextAt], ["healthy", 7, null]);
  host!.plan(new Date(time.start + 90_000));
  assertEquals(fleet.get("job")?.nextAt, new Date(time.start + 90_000));
  await advance(time, 60_000);
  assertEquals(it.attempts, 0);
  assertEquals(fleet.stats().attempts, { pass: 1, warn: 0, fail: 1, error: 0 });
});

Deno.test("a passive probe is tried on demand, whatever the limits are", async () => {
  const it = passiveProbe();
  const { promise, resolve } = Promise.withResolvers<void>();
  await using fleet = new Fleet({ concurrency: 1, background: false });
  fleet.add(probe(() => promise.then(() => pass())), { id: "slow" });
  fleet.add(it.probe, { id: "job" });
  const slow = fleet.attempt("slow");
  const { status, detail } = await fleet.attempt("job");
  assertEquals([status, detail], ["healthy", { asked: true }]);
  resolve();
  await slow;
  // Its permit was not given back twice.
  assertEquals(fleet.stats().inFlight, 0);
});

Deno.test("a passive probe ends with its check, and its reports with it", async () => {
  const [first, second] = [passiveProbe(), passiveProbe()];
  const fleet = new Fleet();
  fleet.add(first.probe, { id: "job" });
  first.hosts[0]!.remember({ last: 1 });
  fleet.replace(second.probe, { id: "job" });
  assertEquals([first.ended, second.ended], [1, 0]);
  assertEquals(second.hosts[0]!.memory, { last: 1 });
  first.hosts[0]!.report(FAIL);
  first.hosts[0]!.plan(new Date());
  first.hosts[0]!.remember({ last: 2 });
  const { attempts, nextAt } = fleet.get("job")!;
  assertEquals([attempts, nextAt], [0, null]);
  assertEquals(fleet.record("job")?.memory, { last: 1 });
  // The target of a passive probe may be what it expects, such as an interval.
  const other = passiveProbe("other job");
  fleet.replace(other.probe, { id: "job" });
  assertEquals(other.hosts[0]!.memory, { last: 1 });
  await fleet.remove("job");
  assertEquals([second.ended, other.ended], [1, 1]);
  fleet.add(first.probe, { id: "job" });
  await fleet.close();
  assertEquals(first.ended, 2);
});

Deno.test("a passive probe ends if its first report has it removed", async () => {
  let ended = 0;
  const hasty = probe(() => pass(), {
    follow(host) {
      host.report(FAIL);
      return { [Symbol.dispose]: () => void ended++ };
    },
  });
  await using fleet = new Fleet();
  fleet.observe((step) => {
    if (step.type === "end") void fleet.remove(step.id);
  });
  fleet.add(hasty, { id: "job" });
  assertEquals([fleet.list().length, ended], [0, 1]);
});

Deno.test("what a passive probe remembers is kept without its secrets", async () => {
  const it = passiveProbe();
  const secrets = new Secrets([["hunter22", "***"]]);
  await using fleet = new Fleet();
  fleet.add(Object.assign(it.probe, { secrets }), { id: "job" });
  it.hosts[0]!.remember({
    output: "token hunter22",
    list: [1, null, { deep: "hunter22" }],
  });
  assertEquals(fleet.record("job")?.memory, {
    output: "token ***",
    list: [1, null, { deep: "***" }],
  });
});

Deno.test("what a passive probe remembers is in the record, before any result, too", async () => {
  const it = passiveProbe();
  await using fleet = new Fleet();
  fleet.add(it.probe, { id: "job" });
  assertEquals(fleet.record("job"), undefined);
  const steps: string[] = [];
  fleet.observe(({ type }) => void steps.push(type));
  it.hosts[0]!.remember({ last: 5 });
  assertEquals(steps, ["remember"]);
  const record = fleet.record("job");
  assertEquals([record?.memory, record?.attempts], [{ last: 5 }, 0]);
  await using next = new Fleet();
  next.add(it.probe, { id: "job", record });
  assertEquals(it.hosts[1]!.memory, { last: 5 });
  await using last = new Fleet();
  last.add(it.probe, { id: "job", record: { ...record!, status: "healthy" } });
  // It goes on where it was: its status is not one from before a restart.
  assertEquals(last.get("job")?.stale, undefined);
  assertEquals(last.get("job")?.status, "healthy");
});

Deno.test("onChange() tells of statuses and reasons, and of checks that come and go", async () => {
  const it = passiveProbe();
  const errors: unknown[] = [];
  await using fleet = new Fleet({
    background: false,
    onError: (error) => errors.push(error),
  });
  fleet.add(it.probe, { id: "job" });
  const seen: (string | undefined)[] = [];
  it.hosts[0]!.onChange(["a"], () => {
    throw new Error("bad callback");
  });
  it.hosts[0]!.onChange(["a"], () => seen.push(fleet.get("a")?.status));
  fleet.add(scripted([PASS, PASS, FAIL]), { id: "a", retries: 1 });
  fleet.add(scripted([PASS]), { id: "b" });
  await fleet.attemptAll();
  await fleet.attempt("a");
  await fleet.attempt("a");
  void fleet.remove("a");
  assertEquals(seen, ["unknown", "healthy", "unhealthy", undefined]);
  assertEquals(errors.length, seen.length);
  await fleet.remove("job");
  fleet.add(scripted([PASS]), { id: "a" });
  assertEquals(seen.length, 4);
});

Deno.test("a passive probe that cannot start has that as its result", async () => {
  const it = probe(() => pass(), {
    follow() {
      throw new Error("no luck");
    },
  });
  await using fleet = new Fleet();
  fleet.add(it, { id: "job" });
  const { verdict, reason } = fleet.get("job")!;
  assertEquals(verdict, "error");
  assert(reason?.message.includes("no luck"), reason?.message);
});
