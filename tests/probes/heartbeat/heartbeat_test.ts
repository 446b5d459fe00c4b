import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Fleet } from "../../../mod.ts";
import type { Json } from "../../../src/core/json.ts";
import { OptionError } from "../../../src/core/option_error.ts";
import { MAX_OUTPUT } from "../../../src/core/types.ts";
import type { Snapshot } from "../../../src/core/types.ts";
import { fromMemory, toMemory } from "../../../src/probes/heartbeat/memory.ts";
import type { HeartbeatOptions } from "../../../src/probes/heartbeat/options.ts";
import { MAX_RUNS } from "../../../src/probes/heartbeat/runs.ts";
import { heartbeat } from "../../../src/probes/mod.ts";
import { patient } from "../../support/outcomes.ts";
import { SettableTime, START } from "../../support/time.ts";

const MINUTE_MS = 60_000;

/** A fleet with a heartbeat, in time that can be set. */
class Watched implements AsyncDisposable {
  readonly clock: SettableTime = new SettableTime();
  fleet: Fleet = new Fleet();

  constructor(options: HeartbeatOptions) {
    this.fleet.add(heartbeat(options), { id: "job" });
  }

  get job(): Snapshot {
    return this.fleet.get("job")!;
  }

  get status(): string {
    return this.job.status;
  }

  ping(
    signal: "start" | "success" | "fail" | "log" | number,
    output?: string,
  ): void {
    this.fleet.receive("job", {
      signal,
      ...(output !== undefined && { output }),
    });
  }

  /** Lets minutes go by. */
  async wait(minutes: number): Promise<void> {
    await this.clock.advance(minutes * MINUTE_MS);
  }

  /** Tries it on demand. */
  async attempt(): Promise<Snapshot> {
    const attempted = this.fleet.attempt("job");
    await this.clock.advance(100);
    return await attempted;
  }

  /** Restarts after some minutes, with what was saved as JSON. */
  async restart(minutes: number, options: HeartbeatOptions): Promise<void> {
    const record = JSON.parse(JSON.stringify(this.fleet.record("job")!));
    await this.fleet.close();
    await this.wait(minutes);
    this.fleet = new Fleet();
    this.fleet.add(heartbeat(options), { id: "job", record });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet.close();
    this.clock[Symbol.dispose]();
  }
}

const HOURLY: HeartbeatOptions = { every: "1h", grace: "10m" };

Deno.test("heartbeat() is unknown before the first ping, however long that takes", async () => {
  await using it = new Watched(HOURLY);
  await it.wait(600);
  assertEquals([it.status, it.job.attempts, it.job.nextAt], [
    "unknown",
    0,
    null,
  ]);
  const { status, reason } = await it.attempt();
  assertEquals([status, reason], ["unknown", {
    code: "missed",
    message: "Waiting for the first ping",
  }]);
});

Deno.test("heartbeat() is healthy with a ping, and unhealthy without the next one", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  assertEquals(it.status, "healthy");
  assertEquals(it.job.detail, { lastPing: "2026-01-01T00:00:00.000Z" });
  assertEquals(it.job.nextAt, new Date(START + 60 * MINUTE_MS));
  await it.wait(69);
  assertEquals(it.status, "healthy");
  await it.wait(2);
  assertEquals(it.status, "unhealthy");
  assertEquals(it.job.reason, {
    code: "missed",
    message:
      "Expected a ping at 2026-01-01 01:00 or up to 10m later, the last one came at 2026-01-01 00:00 (UTC)",
  });
  assertEquals(it.job.since, new Date(START + 70 * MINUTE_MS));
  assertEquals(it.job.nextAt, null);
  await it.wait(600);
  assertEquals(it.job.attempts, 2);
  it.ping("success");
  assertEquals([it.status, it.job.reason], ["healthy", null]);
});

Deno.test("heartbeat() tells of a failure at once, with the last line that the job printed", async () => {
  await using it = new Watched(HOURLY);
  it.ping(3, "copying\n\u001b[31mNo space left\u001b[0m on device\r\n\n");
  assertEquals([it.status, it.job.reason], ["unhealthy", {
    code: "exit",
    message: "Expected exit code 0, got 3: No space left on device",
  }]);
  assertEquals(it.job.detail, {
    exitCode: 3,
    lastPing: "2026-01-01T00:00:00.000Z",
    output: "No space left on device",
  });
  it.ping("fail");
  assertEquals(it.job.reason, {
    code: "mismatch",
    message: "The job said that it failed",
  });
  it.ping(0);
  assertEquals(it.status, "healthy");
});

Deno.test("heartbeat() tells how long a run took, and that one does not end", async () => {
  await using it = new Watched({ ...HOURLY, maxRuntime: "30m" });
  it.ping("start");
  assertEquals([it.status, it.job.nextAt], [
    "unknown",
    new Date(START + 30 * MINUTE_MS),
  ]);
  const { reason } = await it.attempt();
  assertEquals(reason?.message, "Waiting for the first run to end");
  await it.wait(5);
  it.ping("success");
  assertEquals([it.status, it.job.durationMs], [
    "healthy",
    5 * MINUTE_MS + 100,
  ]);
  await it.wait(55);
  it.ping("start");
  assertEquals(it.job.attempts, 2);
  await it.wait(31);
  assertEquals([it.status, it.job.reason], ["unhealthy", {
    code: "missed",
    message:
      "Expected the run of 2026-01-01 01:00 to end within 30m, but it has not (UTC)",
  }]);
});

Deno.test("heartbeat() keeps a log, which changes nothing", async () => {
  await using it = new Watched(HOURLY);
  it.ping("log", "connecting");
  assertEquals([it.status, it.job.attempts], ["unknown", 0]);
  it.ping(1);
  assertEquals(
    it.job.reason?.message,
    "Expected exit code 0, got 1: connecting",
  );
});

Deno.test("heartbeat() says on demand what is known", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  assertEquals((await it.attempt()).status, "healthy");
  it.ping(3);
  assertEquals((await it.attempt()).reason?.code, "exit");
  await it.wait(71);
  const { reason, attempts } = await it.attempt();
  assertEquals([reason?.code, attempts], ["missed", 6]);
});

Deno.test("heartbeat() goes on after a restart, and gives what was due meanwhile its grace", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  await it.restart(300, HOURLY);
  assertEquals([it.status, it.job.stale], ["healthy", undefined]);
  await it.wait(9);
  assertEquals(it.status, "healthy");
  await it.wait(2);
  assertEquals([it.status, it.job.since], [
    "unhealthy",
    new Date(START + 310 * MINUTE_MS),
  ]);
  await it.restart(1, HOURLY);
  await it.wait(100);
  assertEquals([it.status, it.job.attempts], ["unhealthy", 2]);
});

Deno.test("heartbeat() does not hold it against a job that its end was told to nobody", async () => {
  const options = { every: "1d", grace: "1h", maxRuntime: "2h" };
  await using it = new Watched(options);
  it.ping("success");
  await it.wait(24 * 60);
  it.ping("start");
  await it.restart(60, options);
  await it.wait(23 * 60);
  assertEquals(it.status, "healthy");
  it.ping("start");
  it.ping("success");
  assertEquals([it.status, it.job.durationMs], ["healthy", 0]);
});

Deno.test("heartbeat() keeps what it knows though its interval is another one", async () => {
  await using it = new Watched(HOURLY);
  it.ping(3);
  const daily = { every: "1d", grace: "1h" };
  it.fleet.replace(heartbeat(daily), { id: "job" });
  assertEquals([it.status, it.job.reason?.code], ["unhealthy", "exit"]);
  assertEquals(it.job.nextAt, new Date(START + 24 * 60 * MINUTE_MS));
  it.ping("success");
  await it.restart(1, HOURLY);
  assertEquals([it.status, it.job.target], ["healthy", "every 1h"]);
  await it.wait(70);
  assertEquals(it.status, "unhealthy");
});

Deno.test("heartbeat() does not count the time that the clock was set forward", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  await it.wait(30);
  it.clock.setClock(300 * MINUTE_MS);
  await it.wait(30);
  assertEquals(it.status, "healthy");
  await it.wait(20);
  assertEquals(it.status, "unhealthy");
});

Deno.test("heartbeat() does not wait longer for a clock that was set back", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  await it.wait(30);
  it.clock.setClock(-300 * MINUTE_MS);
  await it.wait(39);
  assertEquals(it.status, "healthy");
  await it.wait(2);
  assertEquals(it.status, "unhealthy");
});

Deno.test("heartbeat() gives the grace again after a stall of this process", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  await it.wait(30);
  it.clock.block(300 * MINUTE_MS);
  await it.wait(9);
  assertEquals(it.status, "healthy");
  it.ping("success");
  await it.wait(61);
  assertEquals(it.status, "healthy");
});

Deno.test("heartbeat() follows a schedule in its zone, and takes pings before it is loaded", async () => {
  await using it = new Watched({
    schedule: "30 1 * * *",
    timezone: "Europe/Berlin",
    grace: "10m",
  });
  assertEquals(it.job.target, "30 1 * * * Europe/Berlin");
  it.ping("start");
  it.ping("success");
  while (it.status === "unknown") await it.wait(0);
  assertEquals(it.status, "healthy");
  assertEquals(it.job.nextAt, new Date(START + 30 * MINUTE_MS));
  await it.wait(41);
  assertEquals(
    it.job.reason?.message,
    "Expected a ping at 2026-01-01 01:30 or up to 10m later, the last one came at 2026-01-01 01:00 (Europe/Berlin)",
  );
});

Deno.test("heartbeat() remembers little, however much it is told", async () => {
  await using it = new Watched({ ...HOURLY, maxRuntime: "1h" });
  const output = "x".repeat(MAX_OUTPUT);
  for (let i = 0; i < 10_000; i++) {
    const run = `${i}`.padStart(100, "r");
    it.fleet.receive("job", { signal: "start", run, output });
    it.fleet.receive("job", { signal: "log", run, output });
    if (i % 2 === 0) it.fleet.receive("job", { signal: "fail", run, output });
  }
  const { memory } = it.fleet.record("job")!;
  const size = JSON.stringify(memory).length;
  assert(size < MAX_OUTPUT + MAX_RUNS * 250, `${size}`);
  assert(JSON.stringify(it.job).length < 2000);
});

Deno.test("heartbeat() has a metric of the last ping", async () => {
  await using it = new Watched(HOURLY);
  it.ping("success");
  const [metric] = it.fleet.probe("job")!.metrics!;
  assertEquals(metric?.name, "probe_heartbeat_last_ping_timestamp_seconds");
  assertEquals(metric?.value?.(it.job.detail![metric.key]!), START / 1000);
});

Deno.test("heartbeat() says whether a token is its own, and shows it to nobody", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(heartbeat({ every: "1h", token: "s3cretToken" }), { id: "own" });
  fleet.add(heartbeat({ every: "1h" }), { id: "none" });
  const ask = (id: string) =>
    ["s3cretToken", "s3cretTokem", "s3cret", "", undefined]
      .map((token) => fleet.admits(id, token));
  assertEquals(ask("own"), [true, false, false, false, false]);
  assertEquals(ask("none"), ask("nobody"));
  assertEquals(new Set(ask("none")), new Set([undefined]));
  fleet.receive("own", { signal: "fail", output: "curl ?token=s3cretToken" });
  assertEquals(
    fleet.get("own")?.reason?.message,
    "The job said that it failed: curl ?token=***",
  );
  assert(!Deno.inspect(fleet.probe("own")).includes("s3cret"));
});

Deno.test("heartbeat() needs a fleet", async () => {
  const { verdict, reason } = await heartbeat(HOURLY)(patient());
  assertEquals([verdict, reason?.code], ["error", "unsupported"]);
});

Deno.test("Fleet.receive() tells which checks take pings", async () => {
  const fleet = new Fleet({ background: false });
  fleet.add(heartbeat(HOURLY), { id: "job" });
  assertEquals(fleet.receive("job", { signal: "success" }), true);
  assertThrows(
    () => fleet.receive("nobody", { signal: "success" }),
    RangeError,
  );
  await fleet.close();
  assertThrows(
    () => fleet.receive("job", { signal: "success" }),
    Error,
    "closed",
  );
});

const WRONG: readonly (readonly [HeartbeatOptions, string])[] = [
  [{}, "every: expected this, or a schedule"],
  [{ every: "1h", schedule: "@daily" }, "schedule: expected no every with it"],
  [{ every: 0 }, "every: expected more than 0, got 0"],
  [{ every: "401d" }, 'every: expected at most 400d, got "401d"'],
  [{ every: "often" }, 'every: expected a duration such as "500ms"'],
  [{ every: "1h", grace: 0 }, "grace: expected more than 0, got 0"],
  [{ every: "1h", maxRuntime: 0 }, "maxRuntime: expected more than 0, got 0"],
  [{ every: "1h", timezone: "UTC" }, "timezone: expected a schedule with it"],
  [
    { schedule: "@daily", timezone: "Mars/Base" },
    'timezone: expected a time zone such as "Europe/Berlin", got "Mars/Base"',
  ],
  [{ every: "1h", token: "a b" }, "token: expected a bearer token"],
];

for (const [options, message] of WRONG) {
  Deno.test(`heartbeat() refuses ${JSON.stringify(options)}`, () => {
    assertThrows(() => heartbeat(options), OptionError, message);
  });
}

Deno.test("what a heartbeat remembers may be anything", () => {
  const now = START;
  for (const key of ["runs", "end", "miss", "lastAt", "dueAt", "answeredAt"]) {
    fc.assert(fc.property(fc.jsonValue(), (value) => {
      const memory = {
        lastAt: 1,
        answeredAt: 1,
        dueAt: 1,
        [key]: value,
      } as unknown as Json;
      const read = fromMemory(memory, now);
      assertEquals(fromMemory(toMemory(read), now), read);
    }));
  }
  for (const memory of [undefined, null, 3, "x", [], {}]) {
    assertEquals(fromMemory(memory, now).beat.dueAt, null);
  }
});
