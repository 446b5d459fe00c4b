import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { LatencyHistogram } from "../../../src/core/past/latency.ts";

const DAY_MS = 86_400_000;

function histogramOf(durations: readonly number[]): LatencyHistogram {
  const histogram = new LatencyHistogram();
  for (const ms of durations) histogram.observe(ms);
  return histogram;
}

/** A duration from 10 µs to 20 days, each power of ten as often as any other. */
const duration = fc.double({
  min: Math.log10(0.01),
  max: Math.log10(20 * DAY_MS),
  noNaN: true,
}).map((power) => 10 ** power);

function assertWithin5Percent(actual: number | null, expected: number): void {
  assert(
    actual !== null && Math.abs(actual / expected - 1) < 0.05,
    `${actual} is not within 5 % of ${expected}`,
  );
}

/** The duration that so many percent of all are at most. */
function nearestRank(durations: readonly number[], percent: number): number {
  const sorted = durations.toSorted((a, b) => a - b);
  return sorted[Math.max(1, Math.ceil(sorted.length * percent / 100)) - 1]!;
}

Deno.test("LatencyHistogram has percentiles within 5 % of those of all durations", () => {
  fc.assert(fc.property(
    fc.array(duration, { minLength: 1, maxLength: 300 }),
    (durations) => {
      const histogram = histogramOf(durations);
      assertEquals(histogram.count, durations.length);
      for (const percent of [0, 1, 50, 95, 99, 99.9, 100]) {
        assertWithin5Percent(
          histogram.percentile(percent),
          nearestRank(durations, percent),
        );
      }
    },
  ));
});

Deno.test("LatencyHistogram has its percentiles within 5 % at both ends", () => {
  for (const ms of [0.01, 0.010001, 0.0101, 19.99 * DAY_MS, 20 * DAY_MS]) {
    assertWithin5Percent(histogramOf([ms]).percentile(50), ms);
  }
});

Deno.test("LatencyHistogram takes durations beyond its ends for those at its ends", () => {
  for (const ms of [0, -1, NaN, 0.001]) {
    assertWithin5Percent(histogramOf([ms]).percentile(50), 0.01);
  }
  for (const ms of [365 * DAY_MS, Infinity]) {
    const found = histogramOf([ms]).percentile(50);
    assert(found! >= 20 * DAY_MS * 0.95, `${found}`);
  }
});

Deno.test("LatencyHistogram has no percentile of nothing", () => {
  const histogram = new LatencyHistogram();
  assertEquals(histogram.count, 0);
  assertEquals(histogram.percentile(50), null);
  assertEquals(histogram.toBytes().length, 0);
  assertEquals(
    LatencyHistogram.fromBytes(new Uint8Array()).percentile(99),
    null,
  );
});

Deno.test("LatencyHistogram is the same whether durations come at once or are merged", () => {
  fc.assert(fc.property(
    fc.array(fc.array(duration, { maxLength: 50 }), { maxLength: 5 }),
    (parts) => {
      const merged = new LatencyHistogram();
      for (const part of parts) {
        merged.merge(LatencyHistogram.fromBytes(histogramOf(part).toBytes()));
      }
      const whole = histogramOf(parts.flat());
      assertEquals(merged.toBytes(), whole.toBytes());
      assertEquals(merged.count, whole.count);
      assertEquals(merged.percentile(95), whole.percentile(95));
    },
  ));
});

Deno.test("LatencyHistogram keeps counts of more than 32 bits in its bytes", () => {
  const histogram = histogramOf([1, 2]);
  for (let i = 0; i < 40; i++) {
    histogram.merge(LatencyHistogram.fromBytes(histogram.toBytes()));
  }
  assertEquals(histogram.count, 2 ** 41);
  const { count } = LatencyHistogram.fromBytes(histogram.toBytes());
  assertEquals(count, 2 ** 41);
});

Deno.test("LatencyHistogram takes some bytes for the attempts of five minutes", () => {
  // 300 durations around 40 ms, up to a factor of 1.5.
  const durations = Array.from(
    { length: 300 },
    (_, i) => 40 * 1.5 ** (i / 300),
  );
  const { length } = histogramOf(durations).toBytes();
  assert(length <= 12, `${length} bytes`);
});

Deno.test("LatencyHistogram refuses bytes that were cut off", () => {
  const bytes = histogramOf([1, 500]).toBytes();
  assertThrows(
    () => LatencyHistogram.fromBytes(bytes.subarray(0, -1)),
    RangeError,
    "Expected a whole number in the histogram, got only its first 0 bytes",
  );
});
