/** What a check amounts to that is run in several regions. */

import { error, fail, pass, warn } from "../outcome.ts";
import type { Outcome, Reason, Status } from "../types.ts";

/** How a check is, seen from one region. */
export interface RegionState {
  /** The name of the region. */
  readonly region: string;
  /** Its settled status there; `unknown` also if nobody looks from there. */
  readonly status: Status;
  /** Why it is not healthy there. */
  readonly reason: Reason | null;
}

/** When a check is down. */
export interface RegionRule {
  /**
   * In how many regions it has to fail. `null` is more than half; it is up again
   * once it fails in fewer than half, so an even split changes nothing.
   */
  readonly need: number | null;
  /** Whether it was down before. */
  readonly wasDown: boolean;
}

/** The most regions that are named. */
const MAX_NAMED = 5;

/**
 * Judges a check by all regions that it is run in. It fails if enough regions see
 * it fail, and warns if fewer do, or if one sees it degraded. A region that is not
 * known does not make it fail, and does not end that it fails either. It is an
 * error if nothing is known.
 *
 * The statuses are settled, so what it finds is to be taken at once: `retries` and
 * `rise` are 1.
 */
export function judgeRegions(
  states: readonly RegionState[],
  { need, wasDown }: RegionRule,
): Outcome {
  const having = (status: Status) =>
    states.filter((state) => state.status === status);
  const down = having("unhealthy");
  const degraded = having("degraded");
  const unknown = having("unknown");
  const all = states.length;
  const detail = {
    up: all - down.length - unknown.length,
    down: down.length,
    of: all,
  };
  const fails = down.length >= (need ?? Math.floor(all / 2) + 1);
  const mayFail = down.length + unknown.length >= (need ?? all / 2);
  const isDown = fails || wasDown && mayFail;
  if (unknown.length === all || isDown && down.length === 0) {
    return error({
      code: "mismatch",
      message: `Nothing is known from ${named(unknown)}`,
    }, detail);
  }
  if (isDown) {
    return fail(
      reasonOf(`Fails from ${named(down)} (${down.length} of ${all})`, down),
      detail,
    );
  }
  if (down.length > 0) {
    return warn(reasonOf(`Fails from ${named(down)}`, down), detail);
  }
  return degraded.length === 0 ? pass(detail) : warn(
    reasonOf(`Degraded from ${named(degraded)}`, degraded),
    detail,
  );
}

/** The reason of the first region that has one, with what comes before it. */
function reasonOf(text: string, states: readonly RegionState[]): Reason {
  const reason = states.find(({ reason }) => reason !== null)?.reason;
  return reason === null || reason === undefined
    ? { code: "mismatch", message: text }
    : { code: reason.code, message: `${text}: ${reason.message}` };
}

/** The names of some regions, in words. */
function named(states: readonly RegionState[]): string {
  const names = states.map(({ region }) => region);
  const more = names.length - MAX_NAMED;
  const shown = more > 1
    ? [...names.slice(0, MAX_NAMED), `${more} more`]
    : names;
  const last = shown.at(-1)!;
  return shown.length === 1
    ? last
    : `${shown.slice(0, -1).join(", ")} and ${last}`;
}
