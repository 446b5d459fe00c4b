import { assertEquals, assertThrows } from "@std/assert";
import {
  type StatusExpectation,
  statusTest,
} from "../../../src/probes/http/status.ts";

Deno.test("statusTest() knows every form of a status", () => {
  const table: [StatusExpectation, number[], number[], string][] = [
    [200, [200], [199, 201], "200"],
    ["204", [204], [200, 205], "204"],
    ["2xx", [200, 204, 299], [199, 300], "2xx"],
    ["5XX", [500, 599], [499, 600], "5XX"],
    ["200-399", [200, 301, 399], [199, 400], "200-399"],
    ["302-302", [302], [301, 303], "302-302"],
    [[200, 204], [200, 204], [201, 203], "200 or 204"],
    [
      ["2xx", "401-403", 418],
      [299, 402, 418],
      [300, 404],
      "2xx or 401-403 or 418",
    ],
    [["1xx"], [100, 101, 199], [200], "1xx"],
  ];
  for (const [expected, passing, failing, text] of table) {
    const test = statusTest(expected);
    assertEquals(test.text, text);
    for (const status of passing) {
      assertEquals(test.passes(status), true, `${text} passes ${status}`);
    }
    for (const status of failing) {
      assertEquals(test.passes(status), false, `${text} fails ${status}`);
    }
  }
});

Deno.test("statusTest() refuses what is no status", () => {
  const table: StatusExpectation[] = [
    99,
    1000,
    -200,
    200.5,
    NaN,
    "",
    "ok",
    "20x",
    "6xx",
    "0xx",
    "2xxx",
    "200-",
    "-200",
    "399-200",
    "200 - 299",
    "200,204",
    " 200",
    [200, "nope"],
    null as never,
    undefined as never,
  ];
  for (const expected of table) {
    assertThrows(
      () => statusTest(expected),
      Error,
      undefined,
      JSON.stringify(expected),
    );
  }
  assertThrows(() => statusTest("20x"), RangeError, 'got "20x"');
  assertThrows(() => statusTest([200, 99]), RangeError, "got 99");
  assertThrows(() => statusTest([]), RangeError, "got an empty list");
});
