import type { Letter, LetterIncident } from "../receiver.ts";

/**
 * What a letter says of each key, for services that have an alert for each. Of an
 * incident that is over, nothing is said: what is to be closed is in `closed`.
 */
export function lastingByKey(letter: Letter): ReadonlyMap<string, Letter> {
  return byKey(letter, ({ ended }) => ended === null);
}

/** What a letter says of each key of some of its incidents. */
export function byKey(
  letter: Letter,
  isKept: (incident: LetterIncident) => boolean = () => true,
): ReadonlyMap<string, Letter> {
  const keys = new Set(letter.incidents.filter(isKept).map(({ key }) => key));
  return new Map(
    Array.from(keys, (key) => [
      key,
      keys.size === 1
        ? letter
        : letter.only((incident) => incident.key === key),
    ]),
  );
}
