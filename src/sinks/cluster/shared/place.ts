/** A check as one agent at a time runs it: its id, and its region if it has one. */
export type Place = readonly [id: string, region: string | null];

/** A text for each place. */
export function keyOf([id, region]: Place): string {
  return JSON.stringify(region === null ? [id] : [id, region]);
}

/** The place that a key is of; nothing if it is of none. */
export function placeOf(key: string): Place | undefined {
  try {
    const [id, region = null] = JSON.parse(key);
    const isOne = typeof id === "string" &&
      (region === null || typeof region === "string");
    return isOne ? [id, region] : undefined;
  } catch {
    return undefined;
  }
}
