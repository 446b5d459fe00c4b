import type { Range } from "../../fleet/past/archive.ts";
import type { CheckReplay, ReplaySum } from "./check_replay.ts";

/** What became of a replay. */
export interface ReplayResult extends Range {
  /** The changes of the policies, as they were written. */
  readonly settings: readonly string[];
  readonly checks: readonly CheckReplay[];
  readonly all: ReplaySum;
}

/** What cannot be known of a replay, in sentences. */
export function notesOf(
  { checks, from, to }: ReplayResult,
  file: string,
): string[] {
  const notes: string[] = [];
  const say = (
    those: readonly CheckReplay[],
    words: (count: number) => string,
    count: (replay: CheckReplay) => number = () => 0,
  ): void => {
    if (those.length === 0) return;
    const total = those.reduce((sum, replay) => sum + count(replay), 0);
    notes.push(`${idsOf(those)}: ${words(total)}`);
  };
  say(
    checks.filter(({ attempts }) => attempts === 0),
    () => "no attempts are kept of this time.",
  );
  // A tenth of the range is more than any delay before the first attempt.
  const late = from + (to - from) / 10;
  say(
    checks.filter(({ firstAt, isNew }) =>
      firstAt !== null && firstAt > late && !isNew
    ),
    () =>
      "attempts are kept of the last part of this time only, and what was before is left out.",
  );
  say(
    checks.filter(({ unseen }) => unseen > 0),
    (count) =>
      `${
        attemptsText(count)
      } would have been made in between, and nobody knows what they would have found.`,
    ({ unseen }) => unseen,
  );
  say(
    checks.filter(({ cutShort }) => cutShort > 0),
    (count) =>
      `${
        attemptsText(count)
      } timed out that would have had more time, and nobody knows what it would have come to.`,
    ({ cutShort }) => cutShort,
  );
  say(
    checks.filter(({ isConsistent, attempts }) =>
      attempts > 0 && !isConsistent
    ),
    () =>
      `the incidents that were are not those of the policy in ${file}: it may have been another one, or the agent was restarted.`,
  );
  return notes;
}

function attemptsText(count: number): string {
  return `${count} attempt${count === 1 ? "" : "s"}`;
}

/** The most checks that a note names. */
const MAX_NAMED = 5;

function idsOf(checks: readonly CheckReplay[]): string {
  const named = checks.slice(0, MAX_NAMED).map(({ id }) => id);
  const more = checks.length - named.length;
  return named.join(", ") + (more > 0 ? ` and ${more} more` : "");
}
