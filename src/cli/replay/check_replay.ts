import {
  compare,
  type Comparison,
  type Side,
} from "../../core/past/comparison.ts";
import type { Incident } from "../../core/past/incident.ts";
import { type Recording, type Replay, replay } from "../../core/past/replay.ts";
import type { Policy } from "../../core/policy.ts";
import type { Archive, Range } from "../../fleet/past/archive.ts";
import type { Check } from "../targets.ts";

/** What became of the replay of a check. */
export interface CheckReplay
  extends Comparison, Pick<Replay, "made" | "unseen" | "cutShort"> {
  readonly id: string;
  readonly group: string | null;
  /** How many attempts are kept of the range. */
  readonly attempts: number;
  /** When the first of them ended; `null` if there is none. */
  readonly firstAt: number | null;
  /** Whether that is the first one ever. */
  readonly isNew: boolean;
  /** Whether the policy of the file alone leads to the incidents that were. */
  readonly isConsistent: boolean;
}

/** The policies of a check. */
export interface Policies {
  readonly inFile: Policy;
  readonly changed: Policy;
}

/** The most attempts that are read of a check, some 17 weeks of one each 10 s. */
const MAX_ATTEMPTS = 1_000_000;

/** For how many delays before the range attempts are read, to know its beginning. */
const DELAYS_BEFORE = 20;

const HOUR_MS = 3_600_000;

/** Replays the attempts at a check in a range of time. */
export async function replayCheck(
  archive: Archive,
  check: Check,
  { inFile, changed }: Policies,
  { from, to }: Range,
): Promise<CheckReplay> {
  const { id } = check;
  const delayMs = Math.max(inFile.intervalMs, inFile.backoffMaxMs);
  const range = { from: from - DELAYS_BEFORE * delayMs, to };
  const [attempts, newestFirst] = await Promise.all([
    archive.attempts(id, range, MAX_ATTEMPTS),
    archive.incidents({ ...range, checks: [id], limit: MAX_ATTEMPTS }),
  ]);
  const incidents = newestFirst.toReversed();
  const first = attempts[0]?.at ?? null;
  const isNew = first !== null && first - range.from > 2 * delayMs &&
    await isFirst(archive, id, first);
  const recording: Recording = {
    check: id,
    attempts,
    incidents,
    from,
    isNew,
    isPassive: check.probe.follow !== undefined,
    policy: inFile,
  };
  const { incidents: would, expected, ...counts } = replay(recording, changed);
  const kept = attempts.filter(({ at }) => at >= from);
  // Where no attempts are kept, incidents cannot be found again.
  const knownFrom = Math.max(from, first ?? to);
  const compared = { from: knownFrom, to, attempts, was: incidents };
  return {
    id,
    group: check.options.group ?? null,
    attempts: kept.length,
    firstAt: kept[0]?.at ?? null,
    ...counts,
    isNew,
    isConsistent: areSame(expected, incidents, first ?? to),
    ...compare({ ...compared, would }),
  };
}

/** Whether nothing is known of a check before the hour of its first attempt. */
async function isFirst(
  archive: Archive,
  id: string,
  at: number,
): Promise<boolean> {
  const found = await archive.periods([id], "hour", { from: 0, to: at }, {
    latency: false,
    merged: true,
  });
  const earliest = found.get(id)?.[0]?.from ?? at;
  return at - earliest < HOUR_MS;
}

/** Whether the incidents that ended after a time are the same. */
function areSame(
  a: readonly Incident[],
  b: readonly Incident[],
  after: number,
): boolean {
  const [one, other] = [a, b].map((incidents) =>
    incidents.filter(({ ended }) => (ended ?? Infinity) > after)
      .map(({ began, ended }) => `${began} ${ended}`).join()
  );
  return one === other;
}

/** The figures of several checks together. */
export interface ReplaySum {
  readonly was: Side;
  readonly would: Side;
  readonly found: number;
  readonly missed: number;
  readonly shortened: number;
  readonly added: number;
}

/** Adds up the replays of checks. */
export function sumOf(replays: readonly CheckReplay[]): ReplaySum {
  const sum = (figure: (replay: CheckReplay) => number): number =>
    replays.reduce((total, replay) => total + figure(replay), 0);
  const side = (name: "was" | "would"): Side => {
    const delays = replays.flatMap(({ outages }) =>
      outages.flatMap((pair) => pair[name]?.delayMs ?? [])
    );
    return {
      incidents: sum((it) => it[name].incidents),
      downMs: sum((it) => it[name].downMs),
      messages: sum((it) => it[name].messages),
      meanDelayMs: delays.length === 0
        ? null
        : delays.reduce((total, ms) => total + ms, 0) / delays.length,
    };
  };
  return {
    was: side("was"),
    would: side("would"),
    found: sum(({ found }) => found),
    missed: sum(({ missed }) => missed),
    shortened: sum(({ shortened }) => shortened),
    added: sum(({ added }) => added),
  };
}
