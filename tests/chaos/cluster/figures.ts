/** What the attempts and transitions of a cluster say about it. */

/** One attempt, as its target has seen it. */
export interface Attempt {
  /** The id of the check. */
  readonly check: string;
  /** In milliseconds of the epoch. */
  readonly at: number;
}

/** A time, in milliseconds of the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A time during which a target was down; `to` is `Infinity` while it is. */
export interface Outage extends Span {
  readonly check: string;
}

/** A change of status that an agent has shown. */
export interface Transition {
  /** The id of the agent. */
  readonly agent: string;
  readonly check: string;
  readonly from: string;
  readonly to: string;
  readonly at: number;
}

/** The longest time without an attempt of a check. */
export interface Gap extends Span {
  readonly check: string;
}

/** Attempts by their checks, in the order of time. */
export function byCheck(attempts: readonly Attempt[]): Map<string, number[]> {
  const all = new Map<string, number[]>();
  for (const { check, at } of attempts) {
    const times = all.get(check);
    if (times === undefined) all.set(check, [at]);
    else times.push(at);
  }
  for (const times of all.values()) times.sort((a, b) => a - b);
  return all;
}

/**
 * The longest gap that ends within a span, or lasts at its end. A check whose
 * first attempt is later than `from` counts from there.
 */
export function longestGap(
  times: ReadonlyMap<string, readonly number[]>,
  checks: readonly string[],
  { from, to }: Span,
): Gap {
  let longest: Gap = { check: "", from, to: from };
  for (const check of checks) {
    let last = from;
    for (const at of [...times.get(check) ?? [], to]) {
      if (at > to) continue;
      if (at > from && at - last > longest.to - longest.from) {
        longest = { check, from: last, to: at };
      }
      if (at <= from || at > last) last = at;
    }
  }
  return longest;
}

/** How many attempts came within half an interval of the one before. */
export function repeated(
  times: ReadonlyMap<string, readonly number[]>,
  { from, to }: Span,
  intervalMs: number,
): { readonly repeated: number; readonly of: number } {
  let [count, of] = [0, 0];
  for (const each of times.values()) {
    for (const [i, at] of each.entries()) {
      if (at < from || at > to) continue;
      of++;
      if (i > 0 && at - each[i - 1]! < intervalMs / 2) count++;
    }
  }
  return { repeated: count, of };
}

/**
 * The transitions that nothing explains: what fails when its target is up, or
 * recovers when it is down, at most so long ago; what is known and then is not;
 * and what comes more than once of one outage, at one agent.
 */
export function falseTransitions(
  transitions: readonly Transition[],
  outages: readonly Outage[],
  latestMs: number,
): Transition[] {
  const seen = new Set<string>();
  return transitions.filter(({ agent, check, from, to, at }) => {
    if (to === "healthy" && from === "unknown") return false;
    if (to !== "unhealthy" && to !== "healthy") return true;
    const cause = outages.findLast((it) => {
      const since = to === "unhealthy" ? it.from : it.to;
      return it.check === check && since <= at;
    });
    if (cause === undefined) return true;
    const until = to === "unhealthy" ? cause.to : nextOf(outages, cause);
    if (at > until + latestMs) return true;
    if (from === "unknown") return false;
    const key = `${agent} ${check} ${cause.from} ${to}`;
    if (seen.has(key)) return true;
    seen.add(key);
    return false;
  });
}

/** When the outage after one begins. */
function nextOf(outages: readonly Outage[], { check, to }: Outage): number {
  return outages.find((it) => it.check === check && it.from >= to)?.from ??
    Infinity;
}
