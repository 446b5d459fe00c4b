import { VERDICTS } from "../core/outcome.ts";
import type { Reason, Verdict } from "../core/types.ts";
import { durationCode, durationOf } from "../core/past/duration_code.ts";

/** The result of one attempt, as far as the history has it. */
export interface PastAttempt {
  /** What it found. */
  readonly verdict: Verdict;
  /** When it ended, in milliseconds of the epoch. */
  readonly at: number;
  /**
   * How long it took, in milliseconds, to three digits; `null` for a result that
   * was reported without a duration.
   */
  readonly durationMs: number | null;
  /**
   * Why it did not pass. It is left out of one that passed, and of older ones
   * where more than 15 different reasons were given since.
   */
  readonly reason?: Reason;
}

/** The results of a check's past attempts. */
export interface History {
  /** The last attempts, at most 60, oldest first. */
  readonly attempts: readonly PastAttempt[];
  /** How many attempts passed since the start, with a warning or without. */
  readonly passed: number;
  /** How many failed since the start. Errors are in neither number. */
  readonly failed: number;
}

/** The most attempts of a check that the history has. */
const MAX_ATTEMPTS = 60;

/** The most different reasons of a check that the history has. */
const MAX_REASONS = 15;

/** The latest time that fits into 44 bits, in the year 2527. */
const MAX_AT = 2 ** 44 - 1;

/**
 * An attempt has four numbers of 16 bits: its duration's code, times 4, plus its
 * verdict's place; the lower and the middle 16 bits of its time; and the upper
 * 12 bits of its time, times 16, plus the number of its reason, or 0.
 */
const PARTS = 4;

/** How many rings share a block, as many small ones would take more memory. */
const RINGS = 64;

let block = new Uint16Array(0);
let used = 0;

/** The last attempts at one check, in a ring. */
export class AttemptRing {
  readonly #block: Uint16Array;
  readonly #offset: number;
  /** The reasons of attempts that did not pass, by their numbers less 1. */
  #reasons: Reason[] | null = null;
  #passed = 0;
  #failed = 0;
  #noted = 0;

  constructor() {
    if (used === block.length) {
      block = new Uint16Array(RINGS * MAX_ATTEMPTS * PARTS);
      used = 0;
    }
    this.#block = block;
    this.#offset = used;
    used += MAX_ATTEMPTS * PARTS;
  }

  /** Notes the result of an attempt. */
  note({ verdict, at, durationMs, reason }: PastAttempt): void {
    const number = reason === undefined ? 0 : this.#numberOf(reason);
    const time = Math.min(Math.max(0, Math.round(at)), MAX_AT);
    const place = this.#placeOf(this.#noted++);
    const block = this.#block;
    block[place] = durationCode(durationMs) * 4 + VERDICTS.indexOf(verdict);
    // Only the lower 16 bits of a number are stored.
    block[place + 1] = time;
    block[place + 2] = Math.floor(time / 2 ** 16);
    block[place + 3] = Math.floor(time / 2 ** 32) * 16 + number;
    if (verdict === "fail") this.#failed++;
    else if (verdict !== "error") this.#passed++;
  }

  /** Goes on from a past. */
  resume({ attempts, passed, failed }: History): void {
    for (const attempt of attempts) this.note(attempt);
    this.#passed = passed;
    this.#failed = failed;
  }

  /** The history by now. */
  take(): History {
    const length = Math.min(this.#noted, MAX_ATTEMPTS);
    return {
      attempts: Array.from(
        { length },
        (_, i) => this.#attemptAt(this.#noted - length + i),
      ),
      passed: this.#passed,
      failed: this.#failed,
    };
  }

  /** Where in the block an attempt is. */
  #placeOf(nth: number): number {
    return this.#offset + nth % MAX_ATTEMPTS * PARTS;
  }

  #attemptAt(nth: number): PastAttempt {
    const place = this.#placeOf(nth);
    const result = this.#block[place]!;
    const upper = this.#block[place + 3]!;
    const reason = this.#reasons?.[upper % 16 - 1];
    return {
      verdict: VERDICTS[result % 4]!,
      at: Math.floor(upper / 16) * 2 ** 32 +
        this.#block[place + 2]! * 2 ** 16 + this.#block[place + 1]!,
      durationMs: durationOf(result >> 2),
      ...(reason !== undefined && { reason }),
    };
  }

  /** The number of a reason; a new one may take that of the oldest one. */
  #numberOf(reason: Reason): number {
    const { code, message } = reason;
    const reasons = this.#reasons ??= [];
    const known = reasons.findIndex((other) =>
      other.message === message && other.code === code
    );
    if (known >= 0) return known + 1;
    const number = this.#freeNumber();
    reasons[number - 1] = reason;
    return number;
  }

  /** A number that no attempt has; all attempts may have to give one up. */
  #freeNumber(): number {
    const seen = new Set<number>();
    const length = Math.min(this.#noted, MAX_ATTEMPTS);
    // From the newest on, so that the last one seen is the oldest.
    for (let i = 1; i <= length; i++) {
      const number = this.#block[this.#placeOf(this.#noted - i) + 3]! % 16;
      if (number > 0) seen.add(number);
    }
    for (let number = 1; number <= MAX_REASONS; number++) {
      if (!seen.has(number)) return number;
    }
    const oldest = [...seen].at(-1)!;
    for (let i = 1; i <= length; i++) {
      const place = this.#placeOf(this.#noted - i) + 3;
      if (this.#block[place]! % 16 === oldest) this.#block[place]! -= oldest;
    }
    return oldest;
  }
}
