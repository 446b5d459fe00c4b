/** From where a check is run, and which members may run it there. */

/** Which members may run a check, as `from` in the config says. */
export interface From {
  /**
   * The regions that it is run in, by one member in each. `null` is one member
   * wherever it is.
   */
  readonly regions: readonly string[] | null;
  /** The labels that a member must have. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Any one member. */
const FROM_ANYWHERE: From = { regions: null, labels: {} };

/** A check as one member at a time runs it. */
export interface Vantage {
  /** The id of the check. */
  readonly check: string;
  /** The region that it is run in; `null` is anywhere. */
  readonly region: string | null;
  /** The labels that the member must have. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Where a member is, as far as that decides what it may run. */
export interface Place {
  /** Its region, `null` if it has none. */
  readonly region: string | null;
  /** Its other labels. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The vantages of a check: one for each region, or one if it names none. */
export function vantagesOf(
  check: string,
  { regions, labels }: From = FROM_ANYWHERE,
): Vantage[] {
  return (regions ?? [null]).map((region) => ({ check, region, labels }));
}

/** Whether a member may run what is restricted in this way. */
export function allows(
  { region, labels }: Place,
  { region: place, labels: own }: Place,
): boolean {
  return (region === null || region === place) &&
    Object.entries(labels).every(([name, value]) =>
      Object.hasOwn(own, name) && own[name] === value
    );
}

/** A text that is the same for places that are the same. */
export function placeKey({ region, labels }: Place): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([region, sorted]);
}
