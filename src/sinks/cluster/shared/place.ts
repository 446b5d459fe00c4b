import type { CheckPlan } from "../../../core/cluster/status.ts";
import { type Vantage, vantagesOf } from "../../../core/cluster/vantage.ts";

/** A check as one agent at a time runs it: its id, and its region if it has one. */
export type Place = readonly [id: string, region: string | null];

/** A text for each place. */
export function keyOf([id, region]: Place): string {
  return JSON.stringify(region === null ? [id] : [id, region]);
}

/** The place that a key is of; nothing if it is of none. */
export function placeOf(key: string): Place | undefined {
  try {
    const words: unknown = JSON.parse(key);
    if (!Array.isArray(words) || words.length > 2) return undefined;
    const [id, region = null] = words;
    const isOne = typeof id === "string" &&
      (region === null || typeof region === "string");
    return isOne ? [id, region] : undefined;
  } catch {
    return undefined;
  }
}

/** Where checks are run, and the index of each place by its key. */
export type Placed = readonly [
  vantages: readonly Vantage[],
  indices: ReadonlyMap<string, number>,
];

/** Where the checks of a plan are run. */
export function placed({ checks }: CheckPlan): Placed {
  const vantages = checks.flatMap(({ id, from }) => {
    const labels = from?.labels ?? {};
    const regions = from?.regions ?? null;
    return [
      // What regions see, anybody may judge.
      ...vantagesOf(id, {
        regions: null,
        labels: regions === null ? labels : {},
      }),
      ...(regions === null ? [] : vantagesOf(id, { regions, labels })),
    ];
  });
  return [
    vantages,
    new Map(vantages.map(({ check, region }, index) => [
      keyOf([check, region]),
      index,
    ])),
  ];
}
