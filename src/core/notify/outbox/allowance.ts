import type { Pending } from "../case.ts";

const HOUR_MS = 3_600_000;

/** Counts the messages within the last hour, for the limit. */
export class Allowance {
  /** When those were sent that may have arrived, oldest first. */
  #sent: number[];

  constructor(sent: readonly number[] = []) {
    this.#sent = [...sent];
  }

  /** When messages were sent within the last hour. */
  get sent(): readonly number[] {
    return this.#sent;
  }

  /** Notes that a message was sent, unless it counts already. */
  count(message: Pending, now: number): void {
    if (message.countedAt > now - HOUR_MS) return;
    message.countedAt = now;
    this.#sent = [...this.#sent.filter((at) => isRecent(at, now)), now];
  }

  /**
   * When another message may be made: `now` if that is at once. Those that wait
   * count since they were made.
   */
  nextMake(limit: number, waiting: Iterable<Pending>, now: number): number {
    const made = [...waiting].filter(({ countedAt }) =>
      countedAt <= now - HOUR_MS
    ).map(({ at }) => at);
    return nextFree([...this.#sent, ...made], limit, now);
  }

  /** When a message may be sent: `now` if that is at once. */
  nextSend(limit: number, message: Pending, now: number): number {
    if (message.countedAt > now - HOUR_MS) return now;
    return nextFree(this.#sent, limit, now);
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
