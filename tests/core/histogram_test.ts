import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { Histogram } from "../../src/core/histogram.ts";

Deno.test("Histogram counts for each bound the values that are at most the bound", () => {
  const histogram = new Histogram([1, 10]);
  for (const value of [0, 1, 1.5, 10, 10.5, Infinity]) histogram.observe(value);
  assertEquals(histogram.distribution, {
    bounds: [1, 10],
    counts: [2, 4],
    count: 6,
    sum: Infinity,
  });
});

Deno.test("Histogram gives what was observed up to then, and not later", () => {
  const histogram = new Histogram([1]);
  const before = histogram.distribution;
  histogram.observe(0.5);
  assertEquals([before.counts, before.count, before.sum], [[0], 0, 0]);
});

Deno.test("Histogram agrees with counting all that was observed, for each bound", () => {
  const number = fc.double({ min: 0, max: 1e6, noNaN: true });
  fc.assert(fc.property(
    fc.uniqueArray(number, { maxLength: 20 }),
    // On a bound as well as between them.
    fc.array(fc.oneof(number, fc.nat(19)), { maxLength: 100 }),
    (numbers, observed) => {
      const bounds = numbers.toSorted((a, b) => a - b);
      const values = observed.map((n) => bounds[n] ?? n);
      const histogram = new Histogram(bounds);
      for (const value of values) histogram.observe(value);
      const { counts, count, sum } = histogram.distribution;
      assertEquals(
        counts,
        bounds.map((bound) => values.filter((n) => n <= bound).length),
      );
      assertEquals(count, values.length);
      assertAlmostEquals(sum, values.reduce((a, b) => a + b, 0), 1e-3);
      assert(counts.every((n) => n <= count));
    },
  ));
});
