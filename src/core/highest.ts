/**
 * The highest of some values, but at most so many times their median: one that
 * is far above the rest would make a flat line of all the others in a chart.
 */
export function highest(values: readonly number[], medians: number): number {
  const sorted = Float64Array.from(values).sort();
  const median = sorted[sorted.length >> 1] ?? 0;
  return Math.min(sorted.at(-1) ?? 0, median * medians);
}
