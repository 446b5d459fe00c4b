import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  keyOf,
  type Place,
  placed,
  placeOf,
} from "../../../../src/sinks/cluster/shared/place.ts";

const place = fc.tuple(
  fc.string({ unit: "binary" }),
  fc.option(fc.string({ unit: "binary" })),
);

Deno.test("each place has a key of its own, which says the place", () => {
  fc.assert(fc.property(place, place, (one, other) => {
    assertEquals(placeOf(keyOf(one as Place)), one as Place);
    const isSame = one[0] === other[0] && one[1] === other[1];
    assertEquals(keyOf(one as Place) === keyOf(other as Place), isSame);
  }));
});

Deno.test("what is no key of a place is none, and never throws", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    const read = placeOf(text);
    if (read !== undefined) assertEquals(typeof read[0], "string");
  }));
  for (const key of ["", "{}", "null", '"ab"', "[]", "[1]", '["a","b","c"]']) {
    assertEquals(placeOf(key), undefined, key);
  }
});

Deno.test("a check of regions is run in each, and judged by anybody", () => {
  const labels = { disk: "ssd" };
  const [vantages, indices] = placed({
    hash: "",
    checks: [
      { id: "a" },
      { id: "b", from: { regions: ["eu", "us"], labels } },
      { id: "__proto__", from: { regions: null, labels } },
    ],
  });
  assertEquals(vantages, [
    { check: "a", region: null, labels: {} },
    { check: "b", region: null, labels: {} },
    { check: "b", region: "eu", labels },
    { check: "b", region: "us", labels },
    { check: "__proto__", region: null, labels },
  ]);
  for (const [index, { check, region }] of vantages.entries()) {
    assertEquals(indices.get(keyOf([check, region])), index);
  }
});
