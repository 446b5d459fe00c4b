/**
 * What this repo relies on in `@std`, tested on whichever is in use: the real
 * packages where JSR can be reached, those beside this file elsewhere.
 *
 * @module
 */

import {
  assert,
  assertAlmostEquals,
  assertArrayIncludes,
  assertEquals,
  assertExists,
  assertFalse,
  assertGreater,
  assertGreaterOrEqual,
  assertInstanceOf,
  AssertionError,
  assertLess,
  assertLessOrEqual,
  assertMatch,
  assertNotEquals,
  assertNotMatch,
  assertNotStrictEquals,
  assertObjectMatch,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
  fail,
  unreachable,
} from "@std/assert";
import { FakeTime, TimeError } from "@std/testing/time";
import { parse, parseAll } from "@std/yaml";

const core = (text: string): unknown => parse(text, { schema: "core" });

Deno.test("parse() reads the core schema's scalars", () => {
  const cases: Record<string, unknown> = {
    "": null,
    "# nothing": null,
    "---": null,
    "~": null,
    "null": null,
    "NULL": null,
    "nULL": "nULL",
    "true": true,
    "False": false,
    "yes": "yes",
    "on": "on",
    "off": "off",
    "0": 0,
    "-1": -1,
    "+1": 1,
    "8080": 8080,
    "010": 8,
    "09": "09",
    "0x1F": 31,
    "0b11": 3,
    "0o10": "0o10",
    "1_000": 1000,
    "1_": "1_",
    "_1": "_1",
    "1.5": 1.5,
    "1e3": 1000,
    "1.e3": 1000,
    ".5": 0.5,
    "-.5": "-.5",
    ".inf": Infinity,
    "-.INF": -Infinity,
    "10s": "10s",
    "1m30s": "1m30s",
    "1:30": "1:30",
    "1:30.5": "1:30.5",
    "12:30:45": "12:30:45",
    "127.0.0.1:8686": "127.0.0.1:8686",
    "2xx": "2xx",
    "2026-01-01": "2026-01-01",
    "'8080'": "8080",
    '"a\\tb\\u0041"': "a\tbA",
    "a: ": { a: null },
    "a: [1, b, {c: d}]": { a: [1, "b", { c: "d" }] },
    "a: |\n  x\n  y\n": { a: "x\ny\n" },
    "a: >-\n  x\n  y\n": { a: "x y" },
    "- a\n-\n- b": ["a", null, "b"],
    "1: a\ntrue: b\n~: c": { "1": "a", "true": "b", "null": "c" },
    "\ufeffa: 1": { a: 1 },
    "a: 1\r\nb: 2": { a: 1, b: 2 },
    "a: !!str 1": { a: "1" },
    "%YAML 1.2\n---\na: 1": { a: 1 },
    "a: 1\n...\n": { a: 1 },
    "? a\n: b": { a: "b" },
    "\ue0f01: a\n'\ue0f11': b": { "\ue0f01": "a", "\ue0f11": "b" },
    "${A}": "${A}",
    "a: ${A:-b}": { a: "${A:-b}" },
  };
  for (const [text, value] of Object.entries(cases)) {
    assertEquals(core(text), value, JSON.stringify(text));
  }
  assert(Number.isNaN(core(".nan")));
});

Deno.test("parse() shares what is aliased, and has no merge keys in core", () => {
  const value = core("a: &x { k: 1 }\nb: *x\nc: { <<: *x }") as Record<
    string,
    unknown
  >;
  assertStrictEquals(value["a"], value["b"]);
  assertEquals(value["c"], { "<<": { k: 1 } });
  assertEquals(parse("a: &x { k: 1 }\nc: { <<: *x, l: 2 }"), {
    a: { k: 1 },
    c: { k: 1, l: 2 },
  });
  const loop = core("&x [*x]") as unknown[];
  assertStrictEquals(loop[0], loop);
});

Deno.test("parseAll() reads every document", () => {
  const cases: Record<string, unknown[]> = {
    "": [],
    "# nothing": [null],
    "a: 1": [{ a: 1 }],
    "a: 1\n---\n- b\n...\n---\n8080": [{ a: 1 }, ["b"], 8080],
    "---\na: 1\n---\n": [{ a: 1 }, null],
  };
  for (const [text, values] of Object.entries(cases)) {
    assertEquals(parseAll(text, { schema: "core" }), values, text);
  }
  assertThrows(
    () => parseAll("a: 1\n---\nb: [", { schema: "core" }),
    SyntaxError,
  );
});

Deno.test("parse() makes own properties only", () => {
  const value = core("__proto__: { polluted: true }\nconstructor: 1");
  assertEquals(Object.keys(value as object), ["__proto__", "constructor"]);
  assertStrictEquals(Object.getPrototypeOf(value), Object.prototype);
  assertEquals(({} as Record<string, unknown>)["polluted"], undefined);
});

Deno.test("parse() says what and where is wrong", () => {
  const cases: Record<string, string | undefined> = {
    "a: 1\na: 2": "line 2, column ",
    "a: [1": "line 2, column 1",
    "a: b: c": "line 1, column ",
    "a: 1\n b: 2": "line 2, column ",
    "a: *nope": "line 1, column ",
    "a: !!js/function 'x'": "line 1, column ",
    "a: !mine x": "line 1, column ",
    "a: \0": undefined,
    "a: \x01": "line ",
    "'a": "line ",
    "@a": "line 1, column 1",
    "a: 1\n---\nb: 2": undefined,
  };
  for (const [text, position = ""] of Object.entries(cases)) {
    const error = assertThrows(() => core(text), JSON.stringify(text));
    assertInstanceOf(error, SyntaxError, JSON.stringify(text));
    assertStringIncludes(error.message, position, JSON.stringify(text));
  }
  const options = { schema: "core", allowDuplicateKeys: true } as const;
  assertEquals(parse("a: 1\na: 2", options), { a: 2 });
  assertThrows(() => core("[".repeat(1_000_000)));
});

Deno.test("assertions that hold say nothing", async () => {
  assert(1);
  assertFalse(0);
  assertEquals({ a: [new Date(0), /x/, undefined] }, {
    a: [new Date(0), /x/, undefined],
  });
  assertEquals(new Map([["a", new Set([1])]]), new Map([["a", new Set([1])]]));
  assertEquals(NaN, NaN);
  assertNotEquals<object>({ a: undefined }, {});
  assertNotEquals<unknown>([1], ["1"]);
  assertStrictEquals(NaN, NaN);
  assertNotStrictEquals({}, {});
  assertExists("");
  assertInstanceOf(new TypeError(), Error);
  assertAlmostEquals(0.1 + 0.2, 0.3);
  assertAlmostEquals(1, 1.5, 0.5);
  assertGreater(2, 1);
  assertGreaterOrEqual(1, 1);
  assertLess(1, 2);
  assertLessOrEqual(1, 1);
  assertStringIncludes("abc", "b");
  assertMatch("abc", /b/);
  assertNotMatch("abc", /d/);
  assertArrayIncludes([1, { a: 1 }], [{ a: 1 }]);
  assertObjectMatch({ a: 1, b: { c: [1, 2], d: 3 } }, { b: { c: [1] } });
  const error = new TypeError("no way");
  const throws = () => {
    throw error;
  };
  assertStrictEquals(assertThrows(throws), error);
  assertStrictEquals(assertThrows(throws, TypeError, "way"), error);
  const rejects = () => Promise.reject(error);
  assertStrictEquals(await assertRejects(rejects), error);
  assertStrictEquals(await assertRejects(rejects, Error, "no"), error);
});

Deno.test("assertions that do not hold throw an AssertionError", async () => {
  const cases: (() => void)[] = [
    () => assert(0),
    () => assertFalse(1),
    () => assertEquals<unknown>({ a: 1 }, { a: 2 }),
    () => assertEquals<unknown>([1, 2], [1]),
    () => assertNotEquals([1], [1]),
    () => assertStrictEquals({}, {}),
    () => assertNotStrictEquals(1, 1),
    () => assertExists(null),
    () => assertInstanceOf(1, Error),
    () => assertAlmostEquals(1, 1.1),
    () => assertGreater(1, 1),
    () => assertGreaterOrEqual(0, 1),
    () => assertLess(1, 1),
    () => assertLessOrEqual(1, 0),
    () => assertStringIncludes("abc", "d"),
    () => assertMatch("abc", /d/),
    () => assertNotMatch("abc", /b/),
    () => assertArrayIncludes([1], [2]),
    () => assertObjectMatch({ a: 1 }, { a: 2 }),
    () => assertObjectMatch({ a: 1 }, { b: undefined }),
    () => assertObjectMatch({ a: [1] }, { a: [1, 2] }),
    () => assertThrows(() => {}),
    () =>
      assertThrows(() => {
        throw new Error("a");
      }, TypeError),
    () =>
      assertThrows(
        () => {
          throw new Error("a");
        },
        Error,
        "b",
      ),
    () => fail(),
    () => unreachable(),
  ];
  for (const run of cases) assertThrows(run, AssertionError, "", `${run}`);
  const rejections: (() => Promise<unknown>)[] = [
    () => assertRejects(() => Promise.resolve()),
    () => assertRejects(() => Promise.reject(new Error("a")), TypeError),
    () => assertRejects(() => Promise.reject("a"), Error),
    () =>
      assertRejects(() => {
        throw new Error("a");
      }),
  ];
  for (const run of rejections) await assertRejects(run, AssertionError);
  assertThrows(() => assertEquals(1, 2, "why"), AssertionError, "why");
});

Deno.test("FakeTime runs timers when due, in order", () => {
  using time = new FakeTime(1000);
  const seen: string[] = [];
  const note = (what: string) => seen.push(`${what}@${Date.now()}`);
  setTimeout(note, 20, "b");
  setTimeout(note, 10, "a");
  setTimeout(note, 20, "c");
  const interval = setInterval(note, 15, "i");
  setTimeout(() => {
    note("d");
    setTimeout(note, 0, "e");
  }, 30);
  time.tick(9);
  assertEquals(seen, []);
  time.tick(21);
  assertEquals(seen, [
    "a@1010",
    "i@1015",
    "b@1020",
    "c@1020",
    "d@1030",
    "i@1030",
    "e@1030",
  ]);
  clearInterval(interval);
  time.tick(100);
  assertEquals([seen.length, time.now, time.start], [7, 1130, 1000]);
  assertThrows(() => time.now = 1, RangeError);
});

Deno.test("FakeTime fakes dates and AbortSignal.timeout only", async () => {
  const before = new Date(5);
  using time = new FakeTime("1970-01-01T00:00:00.005Z");
  const [clock, signal] = [performance.now(), AbortSignal.timeout(1000)];
  assertEquals(new Date(), before);
  assertInstanceOf(before, Date);
  assertEquals(new Date(7).getTime(), 7);
  assertEquals(Date.UTC(1970, 0, 1), 0);
  assertStringIncludes(Date(), "1970");
  time.tick(999);
  assertFalse(signal.aborted);
  time.tick(1);
  assertEquals(signal.reason.name, "TimeoutError");
  assertLess(performance.now() - clock, 900);
  let ran = false;
  queueMicrotask(() => ran = true);
  await Promise.resolve();
  assert(ran);
});

Deno.test("FakeTime runs microtasks before it ticks", async () => {
  using time = new FakeTime();
  const seen: number[] = [];
  const loop = async () => {
    for (let turn = 0; turn < 3; turn++) {
      await new Promise((resolve) => setTimeout(resolve, 10));
      seen.push(Date.now() - time.start);
    }
  };
  const done = loop();
  time.tick(10);
  assertEquals(seen, []);
  await time.runMicrotasks();
  assertEquals(seen, [10]);
  await time.tickAsync(100);
  assert(await time.nextAsync());
  await done;
  assertEquals(seen, [10, 110, 120]);
  assertFalse(time.next());
  assertFalse(await time.nextAsync());
});

Deno.test("FakeTime.next() runs all that are due next", async () => {
  using time = new FakeTime(0);
  const seen: string[] = [];
  setTimeout(() => seen.push("a"), 5);
  setTimeout(() => seen.push("b"), 5);
  setTimeout(() => seen.push("c"), 9);
  clearTimeout(setTimeout(() => seen.push("never"), 1));
  clearTimeout(undefined);
  clearTimeout(12345);
  assert(time.next());
  assertEquals([seen.join(""), time.now], ["ab", 5]);
  setTimeout(() => setTimeout(() => seen.push("d"), 100), 1);
  time.runAll();
  assertEquals([seen.join(""), time.now], ["abcd", 106]);
  setTimeout(() => seen.push("e"), 1);
  await time.runAllAsync();
  assertEquals(seen.at(-1), "e");
});

Deno.test("FakeTime stops at a timer that throws", () => {
  using time = new FakeTime(0);
  let after = false;
  setTimeout(() => {
    throw new TypeError("thrown");
  }, 1);
  setTimeout(() => after = true, 2);
  assertThrows(() => time.tick(10), TypeError, "thrown");
  assertEquals([time.now, after], [1, false]);
  time.tick(1);
  assert(after);
});

Deno.test("FakeTime restores what it faked", async () => {
  const reals = [Date, setTimeout, clearInterval, AbortSignal.timeout];
  const now = () => [Date, setTimeout, clearInterval, AbortSignal.timeout];
  const same = () => now().every((value, index) => value === reals[index]);
  const time = new FakeTime(0);
  assertFalse(same());
  assertThrows(() => new FakeTime(), TimeError);
  assert(await FakeTime.restoreFor(same));
  assertFalse(same());
  await time.delay(1);
  assertEquals(Date.now(), 0);
  FakeTime.restore();
  assert(same());
  assertThrows(() => time.restore(), TimeError);
  assertThrows(() => new FakeTime("never"), TypeError);
});

Deno.test("FakeTime puts the same timers in place each time", () => {
  const timers = () => {
    using _time = new FakeTime();
    return [setTimeout, clearTimeout, setInterval, clearInterval];
  };
  assertEquals(timers(), timers());
});
