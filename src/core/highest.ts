/**
 * The highest of some values, but at most their median times `medians`: in a
 * chart, one value far above the rest would make the others a flat line.
 */
export function highest(values: readonly number[], medians: number): number {
  const sorted = Float64Array.from(values).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  return Math.min(sorted.at(-1) ?? 0, median * medians);
}
