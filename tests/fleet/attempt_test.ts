import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import type { Outcome, Probe } from "../../src/core/types.ts";
import { enterStage } from "../../src/core/stage.ts";
import { type AttemptResult, startAttempt } from "../../src/fleet/attempt.ts";
import {
  after,
  FAIL,
  hang,
  held,
  PASS,
  scripted,
  WARN,
} from "../support/probes.ts";
import { advance, block, SettableTime } from "../support/time.ts";

/** Makes an attempt, with its result as a promise. */
function attempt(probe: Probe, timeoutMs: number): {
  readonly result: Promise<AttemptResult | null>;
  readonly atRest: Promise<void>;
  readonly abort: () => void;
} {
  const { promise: result, resolve } = Promise.withResolvers<
    AttemptResult | null
  >();
  const started = startAttempt(probe, timeoutMs, { onEnd: resolve });
  return { result, atRest: started.atRest, abort: () => started.abort() };
}

/** What an attempt makes of what a probe returns. */
async function outcomeOf(run: () => unknown): Promise<Outcome> {
  const probe = scripted([run as () => Promise<Outcome>]);
  return (await attempt(probe, 1e9).result)!.outcome;
}

Deno.test("startAttempt() takes an outcome as it is", async () => {
  for (const outcome of [PASS, WARN, FAIL]) {
    assertEquals(await outcomeOf(() => outcome), outcome);
  }
});

Deno.test("startAttempt() takes of an outcome only what belongs to one", async () => {
  assertEquals(
    await outcomeOf(() => ({
      verdict: "pass",
      reason: { code: "internal", message: "Not needed" },
      detail: { httpStatus: 200 },
      more: true,
    })),
    { verdict: "pass", detail: { httpStatus: 200 } },
  );
  assertEquals(
    await outcomeOf(() => ({
      verdict: "warn",
      reason: { code: "body", message: "Two\nlines", more: true },
    })),
    { verdict: "warn", reason: { code: "body", message: "Two lines" } },
  );
});

Deno.test("startAttempt() keeps no detail that the probe could change later", async () => {
  const detail = { depth: 1 };
  const outcome = await outcomeOf(() => ({ verdict: "pass", detail }));
  detail.depth = 2;
  assertEquals(outcome.detail, { depth: 1 });
});

for (const reason of [undefined, null, "Broken", 7, {}]) {
  Deno.test(`startAttempt() says that ${JSON.stringify(reason)} is no reason`, async () => {
    assertEquals(await outcomeOf(() => ({ verdict: "fail", reason })), {
      verdict: "fail",
      reason: { code: "internal", message: "The probe gave no reason" },
    });
  });
}

for (
  const [code, shown] of [
    ["queue-depth", "queue-depth"],
    ["two\nlines", "two lines"],
    ["x".repeat(100), `${"x".repeat(59)}…`],
    ["", "internal"],
    [7, "internal"],
    [null, "internal"],
  ] as const
) {
  Deno.test(`startAttempt() takes the code ${JSON.stringify(code)} for ${shown}`, async () => {
    assertEquals(
      await outcomeOf(() => ({
        verdict: "warn",
        reason: { code, message: "Deep" },
      })),
      { verdict: "warn", reason: { code: shown, message: "Deep" } },
    );
  });
}

const circular: Record<string, unknown> = {};
circular.self = circular;
const touchy = {
  get verdict(): never {
    throw new Error("Do not look at me");
  },
};

const JUNK: readonly (readonly [unknown, string])[] = [
  [undefined, "undefined"],
  [null, "null"],
  [7, "7"],
  [true, "true"],
  ["pass", "pass"],
  [[], "[]"],
  [{}, "{}"],
  [{ verdict: "ok" }, '{"verdict":"ok"}'],
  [{ verdict: ["pass"] }, '{"verdict":["pass"]}'],
  [new Error("Returned"), "Error: Returned"],
  [circular, "object"],
  [touchy, "object"],
  [Symbol("odd"), "Symbol(odd)"],
];

for (const [value, shown] of JUNK) {
  Deno.test(`startAttempt() says that ${shown} is no outcome`, async () => {
    assertEquals(await outcomeOf(() => value), {
      verdict: "error",
      reason: {
        code: "internal",
        message: `Expected the probe to return an outcome, got ${shown}`,
      },
    });
  });
}

const THROWN: readonly (readonly [unknown, string])[] = [
  [new Error("No"), "Error: No"],
  [new TypeError("Bad\nlines"), "TypeError: Bad lines"],
  ["text", "text"],
  [undefined, "undefined"],
  [{ code: 7 }, '{"code":7}'],
];

for (const [thrown, shown] of THROWN) {
  const expected: Outcome = {
    verdict: "error",
    reason: { code: "internal", message: `The probe threw ${shown}` },
  };
  Deno.test(`startAttempt() is to blame for a probe that throws ${shown}`, async () => {
    assertEquals(await outcomeOf(() => Promise.reject(thrown)), expected);
    // Not even a promise: it throws when it is called.
    const probe = Object.assign((): never => {
      throw thrown;
    }, { type: "custom", target: "custom", permissions: [] });
    const { result, atRest } = attempt(probe as Probe, 1e9);
    assertEquals((await result)!.outcome, expected);
    await atRest;
  });
}

Deno.test("startAttempt() says how long it took", async () => {
  using time = new SettableTime();
  const { result } = attempt(scripted([after(120, PASS)]), 5000);
  await time.advance(120);
  assertEquals((await result)!.durationMs, 120);
});

Deno.test("startAttempt() has failed at the timeout, whatever the probe does", async () => {
  using time = new FakeTime();
  for (const step of [hang, held().step]) {
    const { result } = attempt(scripted([step]), 2500);
    time.tick(2500);
    assertEquals((await result)!.outcome, {
      verdict: "fail",
      reason: { code: "timeout", message: "Timed out after 2.5s" },
    });
  }
});

Deno.test("startAttempt() says what the probe was doing at the timeout", async () => {
  using time = new FakeTime();
  const probe = scripted([(signal) => {
    enterStage(signal, "reading the body");
    return hang(signal);
  }]);
  const { result } = attempt(probe, 2500);
  time.tick(2500);
  assertEquals(
    (await result)!.outcome.reason!.message,
    "Timed out after 2.5s while reading the body",
  );
});

Deno.test("startAttempt() has no result when it is aborted, and leaves no timer", async () => {
  const probe = scripted([hang]);
  const { result, atRest, abort } = attempt(probe, 1e9);
  abort();
  assertEquals(await result, null);
  await atRest;
  assertEquals(probe.log.inFlight, 0);
});

/** The outcome of an attempt in which the event loop was blocked. */
async function outcomeWithStall(
  step: Outcome | typeof hang,
  { timeoutMs, stallMs }: {
    readonly timeoutMs: number;
    readonly stallMs: number;
  },
): Promise<Outcome> {
  using time = new SettableTime();
  // What had come before the stall was over is to be seen soon after it.
  const run = typeof step === "function"
    ? step
    : after(timeoutMs / 2 + 10, step);
  const { result } = attempt(scripted([run]), timeoutMs);
  await time.advance(timeoutMs / 2);
  time.block(stallMs);
  await time.advance(timeoutMs / 2);
  // And what there is after a stall.
  await time.advance(200);
  return (await result)!.outcome;
}

Deno.test("startAttempt() does not blame the target for a stall of our own", async () => {
  const outcome = await outcomeWithStall(hang, {
    timeoutMs: 200,
    stallMs: 400,
  });
  assertEquals([outcome.verdict, outcome.reason?.code], ["error", "internal"]);
  assertStringIncludes(outcome.reason!.message, "stalled for 400ms");
});

const STALLS = [
  { timeoutMs: 200, stallMs: 0, blamed: "fail" },
  // 100 ms at least.
  { timeoutMs: 200, stallMs: 99, blamed: "fail" },
  { timeoutMs: 200, stallMs: 102, blamed: "error" },
  // A quarter of the timeout.
  { timeoutMs: 4000, stallMs: 990, blamed: "fail" },
  { timeoutMs: 4000, stallMs: 1010, blamed: "error" },
] as const;

for (const { blamed, ...stall } of STALLS) {
  const { timeoutMs, stallMs } = stall;
  Deno.test(`startAttempt() takes a timeout of ${timeoutMs} ms with a stall of ${stallMs} ms for ${blamed}`, async () => {
    assertEquals((await outcomeWithStall(hang, stall)).verdict, blamed);
  });
}

Deno.test("startAttempt() holds a stall against nothing but what is about time", async () => {
  const stall = { timeoutMs: 1000, stallMs: 5000 };
  assertEquals(await outcomeWithStall(PASS, stall), PASS);
  assertEquals(await outcomeWithStall(FAIL, stall), FAIL);
  assertEquals((await outcomeWithStall(WARN, stall)).verdict, "error");
});

Deno.test("startAttempt() does not blame the target when the event loop was really blocked", async () => {
  const { result } = attempt(scripted([hang]), 50);
  block(300);
  const { outcome } = (await result)!;
  assertEquals([outcome.verdict, outcome.reason?.code], ["error", "internal"]);
});

Deno.test("startAttempt() blames no target for a probe that is not ready", async () => {
  using time = new FakeTime();
  const ready = Promise.withResolvers<void>();
  const probe = Object.assign(scripted([PASS]), {
    prepare: () => ready.promise,
  });
  const { result, atRest } = attempt(probe, 5000);
  await time.tickAsync(5000);
  assertEquals((await result)?.outcome, {
    verdict: "error",
    reason: {
      code: "internal",
      message: "No verdict: the probe was not ready after 5s",
    },
  });
  ready.resolve();
  await atRest;
});

Deno.test("startAttempt() measures a probe from when it is ready", async () => {
  using settable = new SettableTime();
  const probe = Object.assign(scripted([after(3, PASS)]), {
    async prepare() {
      await new Promise((resolve) => setTimeout(resolve, 400));
    },
  });
  const { result } = attempt(probe, 5000);
  await advance(settable.time, 500);
  assertEquals(await result, { outcome: PASS, durationMs: 3 });
});
