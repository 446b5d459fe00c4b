import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { OptionError } from "../../src/core/option_error.ts";
import { parsePolicy, type PolicyOptions } from "../../src/core/policy.ts";

Deno.test("parsePolicy() fills in every default", () => {
  const defaults = {
    intervalMs: 10_000,
    timeoutMs: 5000,
    retries: 3,
    rise: 1,
    initialDelayMs: 0,
    startPeriodMs: 0,
    startIntervalMs: 10_000,
    backoffFactor: 2,
    backoffMaxMs: 60_000,
  };
  assertEquals(parsePolicy(), defaults);
  assertEquals(parsePolicy({}), defaults);
  assertEquals(parsePolicy({ backoff: {} }), defaults);
});

Deno.test("parsePolicy() takes every option", () => {
  assertEquals(
    parsePolicy({
      interval: "1m",
      timeout: 250,
      retries: 1,
      rise: 2,
      initialDelay: "3s",
      startPeriod: "30s",
      startInterval: "1s",
      backoff: { factor: 1.5, max: "5m" },
    }),
    {
      intervalMs: 60_000,
      timeoutMs: 250,
      retries: 1,
      rise: 2,
      initialDelayMs: 3000,
      startPeriodMs: 30_000,
      startIntervalMs: 1000,
      backoffFactor: 1.5,
      backoffMaxMs: 300_000,
    },
  );
});

Deno.test("parsePolicy() makes the interval the start interval", () => {
  assertEquals(parsePolicy({ interval: "7s" }).startIntervalMs, 7000);
});

Deno.test("parsePolicy() takes false for no backoff", () => {
  assertEquals(parsePolicy({ backoff: false }).backoffFactor, 1);
});

Deno.test("parsePolicy() never lets backoff shorten the interval", () => {
  assertEquals(parsePolicy({ interval: "2m" }).backoffMaxMs, 120_000);
  assertEquals(parsePolicy({ backoff: { max: "1s" } }).backoffMaxMs, 10_000);
});

Deno.test("parsePolicy() takes the shortest and the longest", () => {
  const longest = 2 ** 31 - 1;
  assertEquals(parsePolicy({ interval: 1, timeout: 1 }).intervalMs, 1);
  assertEquals(parsePolicy({ interval: longest }).intervalMs, longest);
  assertEquals(parsePolicy({ backoff: { factor: 1 } }).backoffFactor, 1);
});

const RANGE = "expected a duration of 1ms or more";
const FORM = "expected a duration such as";
const LONG = "expected at most 24 days";
const COUNT = "expected a whole number of 1 or more";
const FACTOR = "expected a number of 1 or more";

/** What no number of milliseconds may be, and why. */
const NO_DURATION = [[-1, FORM], [NaN, FORM], ["soon", FORM], [2 ** 31, LONG], [
  "25d",
  LONG,
]] as const;
const NO_WAIT = [...NO_DURATION, [0, RANGE], ["0s", RANGE], [0.5, RANGE]];
const NO_COUNT = [0, -1, 1.5, NaN, Infinity, 2 ** 53, "3"]
  .map((value) => [value, COUNT]);
const NO_FACTOR = [0, 0.99, -2, NaN, Infinity].map((value) => [value, FACTOR]);

const BAD: Readonly<Record<string, readonly (readonly unknown[])[]>> = {
  interval: NO_WAIT,
  timeout: NO_WAIT,
  retries: NO_COUNT,
  rise: NO_COUNT,
  initialDelay: NO_DURATION,
  startPeriod: NO_DURATION,
  startInterval: NO_WAIT,
  "backoff.factor": NO_FACTOR,
  "backoff.max": NO_WAIT,
};

for (const [name, values] of Object.entries(BAD)) {
  Deno.test(`parsePolicy() says that ${name} is out of its range`, () => {
    for (const [value, expected] of values) {
      const options = name.startsWith("backoff.")
        ? { backoff: { [name.slice("backoff.".length)]: value } }
        : { [name]: value };
      const error = assertThrows(
        () => parsePolicy(options as PolicyOptions),
        OptionError,
        `${name}: ${expected}`,
      );
      assertEquals(error.option, name);
    }
  });
}

Deno.test("parsePolicy() keeps the cause of a bad duration", () => {
  const error = assertThrows(() => parsePolicy({ interval: "x" }), RangeError);
  assertInstanceOf(error.cause, RangeError);
});
