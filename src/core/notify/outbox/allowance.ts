import type { Pending } from "../case.ts";

const HOUR_MS = 3_600_000;

/** Counts the messages within the last hour, for the limit. */
export class Allowance {
  #sent: readonly number[];

  /** `sent` is when messages were sent that do not wait any more. */
  constructor(sent: readonly number[]) {
    this.#sent = sent;
  }

  /** When messages were sent within the last hour that do not wait any more. */
  get sent(): readonly number[] {
    return this.#sent;
  }

  /** Notes that a message does not wait any more. */
  leave({ countedAt }: Pending, now: number): void {
    this.#sent = [...this.#sent, countedAt].filter((at) => isRecent(at, now));
  }

  /**
   * When another message may be made: `now` if that is at once. Those that wait
   * count since they were made.
   */
  nextMake(limit: number, waiting: Iterable<Pending>, now: number): number {
    const times = [...this.#sent];
    for (const { countedAt, at } of waiting) {
      times.push(isRecent(countedAt, now) ? countedAt : at);
    }
    return nextFree(times, limit, now);
  }

  /** When one of the messages that wait may be sent: `now` if that is at once. */
  nextSend(
    message: Pending,
    { limit, waiting, now }: {
      readonly limit: number;
      readonly waiting: Iterable<Pending>;
      readonly now: number;
    },
  ): number {
    if (isRecent(message.countedAt, now)) return now;
    const times = [...this.#sent];
    for (const { countedAt } of waiting) times.push(countedAt);
    return nextFree(times, limit, now);
  }
}

function isRecent(at: number, now: number): boolean {
  // The clock may have been set back.
  return at > now - HOUR_MS && at <= now;
}

function nextFree(
  times: readonly number[],
  limit: number,
  now: number,
): number {
  const recent = times.filter((at) => isRecent(at, now)).sort((a, b) => a - b);
  const most = Math.max(1, limit);
  if (recent.length < most) return now;
  return recent[recent.length - most]! + HOUR_MS;
}
