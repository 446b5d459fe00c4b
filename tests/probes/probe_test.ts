import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { enterStage, pass, probe } from "../../mod.ts";
import type { Outcome } from "../../src/core/types.ts";
import { assertOutcome, deadline, patient } from "../support/outcomes.ts";

Deno.test("probe() returns what its function returns, with the signal given", async () => {
  const signal = new AbortController().signal;
  const outcome: Outcome = {
    verdict: "warn",
    reason: { code: "mismatch", message: "Late" },
  };
  const custom = probe((given) => {
    assertStrictEquals(given, signal);
    return Promise.resolve(outcome);
  });
  assertStrictEquals(await custom(signal), outcome);
});

Deno.test("probe() takes a function that is not asynchronous", async () => {
  assertEquals(await probe(() => pass({ depth: 7 }))(patient()), {
    verdict: "pass",
    detail: { depth: 7 },
  });
});

Deno.test("probe() copies its metrics, and checks them", () => {
  const metric = { name: "queue_depth", help: "The depth.", key: "depth" };
  const metrics = [metric];
  const custom = probe(() => pass(), { metrics });
  metrics.pop();
  assertEquals(custom.metrics, [metric]);
  assertEquals("metrics" in probe(() => pass()), false);
  assertThrows(
    () => probe(() => pass(), { metrics: [{ ...metric, name: "a-b" }] }),
    TypeError,
    'Expected a metric\'s name such as "probe_queue_depth", got "a-b"',
  );
});

Deno.test("probe() may say what it waits for, whichever copy of the package it has", async () => {
  const custom = probe((signal) => {
    enterStage(signal, "waiting for the broker");
    Object.assign(signal, {
      [Symbol.for("lifesign.stage")]: "waiting for another broker",
    });
    return new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
  });
  const controller = new AbortController();
  const attempt = custom(controller.signal);
  controller.abort(deadline());
  assertOutcome(
    await attempt,
    ["fail", "timeout"],
    "Timed out while waiting for another broker",
  );
});

Deno.test("probe() says what it is told of itself", () => {
  const run = () => Promise.resolve({ verdict: "pass" } as const);
  const permissions = [{ name: "env", variable: "QUEUE" } as const];
  const custom = probe(run, { type: "queue", target: "orders", permissions });
  assertEquals(custom.type, "queue");
  assertEquals(custom.target, "orders");
  assertEquals(custom.permissions, [{ name: "env", variable: "QUEUE" }]);
  permissions.pop();
  assertEquals(custom.permissions.length, 1);
  assertThrows(() => (custom.permissions as unknown[]).push({}), TypeError);
});

Deno.test("probe() has a type, a target and no permissions by default", () => {
  const run = () => Promise.resolve({ verdict: "pass" } as const);
  const { type, target, permissions } = probe(run);
  assertEquals({ type, target, permissions }, {
    type: "custom",
    target: "custom",
    permissions: [],
  });
  assertEquals(probe(run, { type: "queue" }).target, "queue");
});

Deno.test("probe() leaves the function itself as it was", () => {
  const run = () => Promise.resolve({ verdict: "pass" } as const);
  const first = probe(run, { target: "first" });
  const second = probe(run, { target: "second" });
  assertEquals([first.target, second.target], ["first", "second"]);
  assertEquals(Object.keys(run), []);
});

Deno.test("probe() makes an outcome of what its function throws", async () => {
  const throwing = (thrown: unknown) =>
    probe(() => {
      throw thrown;
    }, { target: "db:1" })(patient());
  assertOutcome(
    await throwing(new RangeError("Nope")),
    ["error", "internal"],
    "RangeError: Nope",
  );
  assertOutcome(
    await throwing(new Deno.errors.ConnectionRefused()),
    ["fail", "refused"],
    "db:1 refused the connection",
  );
  assertOutcome(await throwing("Oops"), ["error", "internal"], "Oops");
  assertOutcome(
    await throwing(Object.create(null)),
    ["error", "internal"],
    "Object that cannot be made a string",
  );
  const rejecting = probe(() => Promise.reject(new Error("Later")));
  assertOutcome(
    await rejecting(patient()),
    ["error", "internal"],
    "Error: Later",
  );
});

Deno.test("probe() blames the target for what its function throws at the deadline", async () => {
  const custom = probe((signal) =>
    new Promise((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    })
  );
  const controller = new AbortController();
  const attempt = custom(controller.signal);
  controller.abort(deadline());
  assertOutcome(await attempt, ["fail", "timeout"], "Timed out");
});

Deno.test("probe() blames nobody for an attempt that was aborted", async () => {
  const custom = probe((signal) => {
    signal.throwIfAborted();
    return Promise.resolve({ verdict: "pass" });
  });
  assertOutcome(
    await custom(AbortSignal.abort()),
    ["error", "internal"],
    "The attempt was aborted",
  );
});

Deno.test("probe() refuses what is no function", () => {
  for (const run of [undefined, null, "x", {}]) {
    assertThrows(
      () => probe(run as never),
      TypeError,
      `Expected a function to probe with, got ${typeof run}`,
    );
  }
});
