import { assertEquals, assertFalse } from "@std/assert";
import {
  Body,
  type BodyExpectation,
  bodyTest,
} from "../../../src/probes/http/body.ts";

function bodyOf(text: string, limit?: number): Body {
  return new Body(new TextEncoder().encode(text), null, limit);
}

const TABLE: readonly (readonly [
  expected: BodyExpectation,
  beginning: string,
  isSettled: boolean,
])[] = [
  [{ contains: "ok" }, "it is o", false],
  [{ contains: "ok" }, "it is ok", true],
  [{ containsNot: "error" }, "it is ok", false],
  [{ containsNot: "error" }, "an error", true],
  [{ contains: "ok", containsNot: "error" }, "it is ok", false],
  [{ contains: "ok", containsNot: "error" }, "ok, an error", true],
  [{ matches: "^ok$" }, "ok", false],
  [{ contains: "ok", matches: "^ok$" }, "ok", false],
  [{ contains: "ok", matchesNot: "^ok$" }, "ok", false],
  [{ json: { a: 1 } }, '{"a":1}', false],
  [{ contains: "1", json: { a: 1 } }, '{"a":1}', false],
];

for (const [expected, beginning, isSettled] of TABLE) {
  const what = JSON.stringify(expected);
  Deno.test(`bodyTest() of ${what} needs ${isSettled ? "no " : ""}more than ${beginning}`, () => {
    for (const size of [1, 4, 100]) {
      const isEnough = bodyTest(expected).settled(null);
      const bytes = new TextEncoder().encode(beginning);
      let is = false;
      for (let at = 0; at < bytes.length; at += size) {
        is = isEnough?.(bytes.subarray(at, at + size)) ?? false;
      }
      assertEquals(is, isSettled);
    }
  });
}

Deno.test("bodyTest() needs no body if nothing is expected of it", () => {
  assertFalse(bodyTest({}).isNeeded);
  for (const [expected] of TABLE) {
    assertEquals(bodyTest(expected).isNeeded, true, JSON.stringify(expected));
  }
});

Deno.test("bodyTest() names the limit that cut a body", () => {
  const { complaint } = bodyTest({ contains: "end", json: {} });
  assertEquals(
    complaint(bodyOf("the be", 6)),
    'Expected the first 6 bytes of the body to contain "end", got "the be…"',
  );
  assertEquals(
    complaint(bodyOf('{"end', 5)),
    "Expected a JSON body of at most 5 bytes, got a longer one",
  );
});
