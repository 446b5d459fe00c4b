import { assertEquals } from "@std/assert";
import {
  jsonComplaint as complaintOf,
  type JsonExpectation,
  readJson,
} from "../../../src/probes/http/json_body.ts";

function jsonComplaint(
  text: string,
  expected: JsonExpectation,
): string | undefined {
  return complaintOf(readJson(text, undefined), expected);
}

const body = JSON.stringify({
  status: "ok",
  ready: true,
  depth: 0,
  nothing: null,
  checks: { db: { up: true, tags: ["a", "b"] }, "cache.main": { up: false } },
  "db.up": "flat",
  "checks.db": { note: "also dotted" },
  list: [{ name: "first" }, { name: "second" }],
  pair: { a: 1, b: [1, { c: 2 }] },
});

Deno.test("jsonComplaint() follows dotted paths", () => {
  const table: JsonExpectation[] = [
    {},
    { status: "ok" },
    { ready: true, depth: 0, nothing: null },
    { "checks.db.up": true },
    { "list.1.name": "second" },
    { "checks.cache.main.up": false },
    { "db.up": "flat" },
    { "checks.db.note": "also dotted" },
    { "checks.db.tags": ["a", "b"] },
    { pair: { b: [1, { c: 2 }], a: 1 } },
  ];
  for (const expected of table) {
    assertEquals(
      jsonComplaint(body, expected),
      undefined,
      JSON.stringify(expected),
    );
  }
});

Deno.test("jsonComplaint() says what is at the path instead", () => {
  const table: [JsonExpectation, string][] = [
    [{ status: "down" }, 'status of the JSON body to be "down", got "ok"'],
    [{ ready: "true" }, 'ready of the JSON body to be "true", got true'],
    [{ depth: false }, "depth of the JSON body to be false, got 0"],
    [{ nothing: 0 }, "nothing of the JSON body to be 0, got null"],
    [{ missing: null }, "missing of the JSON body to be null, got nothing"],
    [
      { "checks.web.up": true },
      "checks.web.up of the JSON body to be true, got nothing",
    ],
    [
      { "status.ok": true },
      "status.ok of the JSON body to be true, got nothing",
    ],
    [
      { "nothing.at.all": 1 },
      "nothing.at.all of the JSON body to be 1, got nothing",
    ],
    [{ "list.2": {} }, "list.2 of the JSON body to be {}, got nothing"],
    [
      { "checks.db.tags": ["b", "a"] },
      'checks.db.tags of the JSON body to be ["b","a"], got ["a","b"]',
    ],
    [
      { "checks.db.tags": ["a"] },
      'checks.db.tags of the JSON body to be ["a"], got ["a","b"]',
    ],
    [
      { "checks.db.tags": { 0: "a", 1: "b" } },
      'checks.db.tags of the JSON body to be {"0":"a","1":"b"}, got ["a","b"]',
    ],
    [
      { "pair.b": [1, { d: 2 }] },
      'pair.b of the JSON body to be [1,{"d":2}], got [1,{"c":2}]',
    ],
    [
      { "pair.b": [1, null] },
      'pair.b of the JSON body to be [1,null], got [1,{"c":2}]',
    ],
    [{ constructor: 1 }, "constructor of the JSON body to be 1, got nothing"],
    [{ "__proto__.x": 1 }, "__proto__.x of the JSON body to be 1, got nothing"],
  ];
  for (const [expected, complaint] of table) {
    assertEquals(jsonComplaint(body, expected), `Expected ${complaint}`);
  }
});

Deno.test("jsonComplaint() names the first path that is wrong", () => {
  assertEquals(
    jsonComplaint(body, { status: "ok", depth: 1, ready: false }),
    "Expected depth of the JSON body to be 1, got 0",
  );
});

Deno.test("jsonComplaint() needs a body of JSON", () => {
  assertEquals(
    jsonComplaint("<html>", { a: 1 }),
    'Expected a JSON body, got "<html>"',
  );
  assertEquals(jsonComplaint("", {}), 'Expected a JSON body, got ""');
});

Deno.test("jsonComplaint() looks into whatever JSON there is", () => {
  for (const text of ["null", "7", '"status"', "true"]) {
    assertEquals(
      jsonComplaint(text, { status: "ok" }),
      'Expected status of the JSON body to be "ok", got nothing',
    );
  }
  assertEquals(jsonComplaint('[{"up":true}]', { "0.up": true }), undefined);
});

Deno.test("jsonComplaint() shortens what it found", () => {
  const complaint = jsonComplaint(JSON.stringify({ a: "x".repeat(1000) }), {
    a: "y",
  });
  assertEquals(
    complaint,
    `Expected a of the JSON body to be "y", got "${"x".repeat(78)}…`,
  );
});

const NUMBERS: readonly (readonly [
  got: string,
  expected: JsonExpectation[string],
  isSame: boolean,
])[] = [
  ["1", 1, true],
  ["1", 1n, true],
  ["1.0", 1n, true],
  ["-0", 0, true],
  ["0.1", 0.1, true],
  // Some servers write 17 digits.
  ["0.10000000000000001", 0.1, true],
  ["9007199254740993", 9007199254740992, false],
  ["9007199254740993", 9007199254740992n, false],
  ["9007199254740993", 9007199254740993n, true],
  ["18446744073709551615", 18446744073709551615n, true],
  ["18446744073709551615", 18446744073709551614n, false],
  ["18446744073709551615", 18446744073709552000, false],
  ["18446744073709552000", 18446744073709552000, true],
  ["-18446744073709551615", -18446744073709551615n, true],
  ["18446744073709551615", "18446744073709551615", false],
  ["1844674407370955161512345", 1844674407370955161512344n, false],
  ["1e400", 1e300, false],
];

for (const [got, expected, isSame] of NUMBERS) {
  const what = `${typeof expected} ${expected}`;
  Deno.test(`jsonComplaint() finds ${got} ${isSame ? "" : "not "}to be the ${what}`, () => {
    for (const at of ["a", "b.0.c"]) {
      const body = at === "a" ? `{"a": ${got}}` : `{"b": [{"c": ${got}}]}`;
      assertEquals(
        jsonComplaint(body, { [at]: expected }) === undefined,
        isSame,
      );
    }
    assertEquals(
      jsonComplaint(`{"list": [${got}]}`, { list: [expected] }) === undefined,
      isSame,
    );
  });
}

Deno.test("jsonComplaint() shows all digits of a number", () => {
  assertEquals(
    jsonComplaint('{"a": {"id": 18446744073709551615}}', {
      a: { id: 18446744073709551614n },
    }),
    'Expected a of the JSON body to be {"id":18446744073709551614}, got {"id":18446744073709551615}',
  );
});
