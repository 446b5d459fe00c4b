import { VERDICTS } from "../../core/outcome.ts";
import type { Reason } from "../../core/types.ts";
import type { History, PastAttempt } from "../../fleet/history.ts";

/**
 * A history by columns, each with one value of every attempt, which takes a
 * quarter of the room that a list of attempts would.
 */
export interface HistoryColumns {
  readonly passed: number;
  readonly failed: number;
  /** The first letters of the verdicts. */
  readonly verdicts: string;
  /** The time of the first attempt, then the time from each to the next. */
  readonly times: readonly number[];
  readonly durations: readonly (number | null)[];
  /** The places of the attempts' reasons in `reasons`. */
  readonly reasonOf: readonly (number | null)[];
  readonly reasons: readonly Reason[];
}

/** The first letters of verdicts, in their order. */
const LETTERS = VERDICTS.map((verdict) => verdict[0]!).join("");

/** A string of verdicts, as a pattern. */
export const VERDICTS_PATTERN: string = `^[${LETTERS}]*$`;

/** Writes a history by columns. */
export function toColumns(
  { attempts, passed, failed }: History,
): HistoryColumns {
  const places = new Map<Reason, number>();
  let before = 0;
  const times: number[] = [];
  const reasonOf: (number | null)[] = [];
  let verdicts = "";
  for (const { verdict, at, reason } of attempts) {
    verdicts += verdict[0];
    times.push(at - before);
    before = at;
    if (reason === undefined) {
      reasonOf.push(null);
      continue;
    }
    // Attempts share the reasons that are the same.
    if (!places.has(reason)) places.set(reason, places.size);
    reasonOf.push(places.get(reason)!);
  }
  return {
    passed,
    failed,
    verdicts,
    times,
    durations: attempts.map(({ durationMs }) => durationMs),
    reasonOf,
    reasons: [...places.keys()],
  };
}

/**
 * Reads a history by columns.
 *
 * @throws {TypeError} If the columns do not belong together.
 */
export function fromColumns(columns: HistoryColumns): History {
  const { passed, failed, verdicts, times, durations, reasonOf } = columns;
  const { length } = verdicts;
  const isEven = [times, durations, reasonOf].every((column) =>
    column.length === length
  );
  if (!isEven) {
    throw new TypeError(`history: expected ${length} values in each column`);
  }
  let at = 0;
  const attempts = Array.from({ length }, (_, i): PastAttempt => {
    at += times[i]!;
    return {
      verdict: VERDICTS[LETTERS.indexOf(verdicts[i]!)]!,
      at,
      durationMs: durations[i]!,
      ...reasonAt(columns, i),
    };
  });
  return { attempts, passed, failed };
}

function reasonAt(
  { reasonOf, reasons }: HistoryColumns,
  i: number,
): { readonly reason?: Reason } {
  const place = reasonOf[i]!;
  if (place === null) return {};
  const reason = reasons[place];
  if (reason === undefined) {
    throw new TypeError(
      `history.reasonOf[${i}]: expected the place of a reason`,
    );
  }
  return { reason };
}
