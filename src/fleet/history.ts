import { VERDICTS } from "../core/outcome.ts";
import type { Verdict } from "../core/types.ts";
import type { AttemptResult } from "./attempt.ts";

/** What came of one attempt, as far as it is kept. */
export interface PastAttempt {
  /** What it found. */
  readonly verdict: Verdict;
  /** How long it took, in milliseconds, to three digits. */
  readonly durationMs: number;
}

/** What is kept of the past of a check. */
export interface History {
  /** The last attempts, at most 60, oldest first. */
  readonly attempts: readonly PastAttempt[];
  /** How many attempts passed since the start, with a warning or without. */
  readonly passed: number;
  /** How many failed since the start. Errors are in neither number. */
  readonly failed: number;
}

/** How many attempts are kept. */
const KEPT = 60;

/** How many codes of 14 bits there are for each of ten powers of ten. */
const CODES = 1638;

/** The longest duration that has a code, in microseconds: 18 days. */
const MAX_US = 1637e9;

/** Writes milliseconds as three digits of microseconds and a power of ten. */
function encode(durationMs: number): number {
  let digits = Math.min(durationMs * 1000, MAX_US);
  let power = 0;
  for (; digits >= CODES - 0.5; power++) digits /= 10;
  return power * CODES + Math.round(digits);
}

function decode(code: number): number {
  return code % CODES * 10 ** Math.floor(code / CODES) / 1000;
}

/** How many rings share a block, as many small ones would take more memory. */
const RINGS = 64;

let block = new Uint16Array(0);
let used = 0;

/** The last attempts at one check, in a ring. */
export class AttemptRing {
  /** Each number is a duration's code, times 4, plus the verdict's place. */
  readonly #block: Uint16Array;
  readonly #offset: number;
  #passed = 0;
  #failed = 0;
  #noted = 0;

  constructor() {
    if (used === block.length) {
      block = new Uint16Array(RINGS * KEPT);
      used = 0;
    }
    this.#block = block;
    this.#offset = used;
    used += KEPT;
  }

  /** Notes what came of an attempt. */
  note({ outcome: { verdict }, durationMs }: AttemptResult): void {
    this.#block[this.#offset + this.#noted++ % KEPT] = encode(durationMs) * 4 +
      VERDICTS.indexOf(verdict);
    if (verdict === "fail") this.#failed++;
    else if (verdict !== "error") this.#passed++;
  }

  /** Goes on from a past. */
  resume({ attempts, passed, failed }: History): void {
    for (const { verdict, durationMs } of attempts) {
      this.note({ outcome: { verdict }, durationMs });
    }
    this.#passed = passed;
    this.#failed = failed;
  }

  /** What is kept by now. */
  take(): History {
    const length = Math.min(this.#noted, KEPT);
    return {
      attempts: Array.from({ length }, (_, i) => {
        const at = this.#offset + (this.#noted - length + i) % KEPT;
        const entry = this.#block[at]!;
        return {
          verdict: VERDICTS[entry % 4]!,
          durationMs: decode(entry >> 2),
        };
      }),
      passed: this.#passed,
      failed: this.#failed,
    };
  }
}
