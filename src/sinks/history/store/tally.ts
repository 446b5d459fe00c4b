import { LatencyHistogram } from "../../../core/past/latency.ts";
import type { Reason } from "../../../core/types.ts";
import { readEvents } from "../events.ts";
import { durationIn, type PackedAttempt } from "../packed.ts";
import { FIVE_MINUTES_MS, fiveMinutesOf } from "./times.ts";

/** The place of maintenance in {@linkcode Figures.spans}, after the statuses. */
const MAINTENANCE = 4;

/** What is known of a check in a period, as numbers. */
export interface Figures {
  /** How many attempts had each verdict. */
  readonly counts: number[];
  /** For how many milliseconds it had each status, or was in maintenance. */
  readonly spans: number[];
  /** How long the attempts took that passed. */
  latency: LatencyHistogram | null;
}

/** What is known of a check in five minutes. */
export interface Bucket extends Figures {
  readonly attempts: PackedAttempt[];
}

/** A row of the log. */
export interface LogRow {
  readonly seq: number;
  readonly since: number;
  readonly until: number;
  readonly events: Uint8Array;
  readonly reasons: readonly Reason[];
}

/** What is known of a check at the beginning of the log. */
export interface Beginning {
  readonly number: number;
  /** The code of its status. */
  readonly status: number;
  readonly maintenance: boolean;
  /** The last row of the log that its state knows of. */
  readonly knownTo: number;
  /** The first row of the log that counts for it. */
  readonly firstSeq: number;
}

/** A check while the log is read. */
export interface Tallied extends Beginning {
  status: number;
  maintenance: boolean;
  /** Its figures by the starts of five minutes. */
  readonly buckets: Map<number, Bucket>;
  /** All of its attempts. */
  readonly attempts: PackedAttempt[];
  /**
   * The first of them at the target that it has at the end; `null` if it had no
   * other.
   */
  recentFrom: number | null;
  /** Those that its state does not know of. */
  readonly unknown: PackedAttempt[];
  /** Up to where its time is counted: a place among the rows, and a time. */
  row: number;
  at: number;
}

/** What a {@linkcode Tally} is made for: the figures, the attempts, or both. */
export type TallyParts = "figures" | "attempts" | "all";

/** Adds up what the log has of checks, by five minutes. */
export class Tally {
  readonly #checks = new Map<number, Tallied>();
  /** The rows so far, which have the time in which checks were watched. */
  readonly #rows: Pick<LogRow, "seq" | "since" | "until">[] = [];

  readonly #parts: TallyParts;
  /** The range of the numbers of the checks. */
  #first = Infinity;
  #last = -Infinity;

  constructor(checks: Iterable<Beginning>, parts: TallyParts) {
    this.#parts = parts;
    for (const check of checks) {
      this.#first = Math.min(this.#first, check.number);
      this.#last = Math.max(this.#last, check.number);
      this.#checks.set(check.number, {
        ...check,
        buckets: new Map(),
        attempts: [],
        recentFrom: null,
        unknown: [],
        row: -1,
        at: 0,
      });
    }
  }

  /** Reads a row. */
  add({ seq, since, until, events, reasons }: LogRow): void {
    const row = this.#rows.push({ seq, since, until }) - 1;
    const checkOf = (number: number): Tallied | undefined => {
      const check = this.#checks.get(number);
      return check !== undefined && seq >= check.firstSeq ? check : undefined;
    };
    const changes = (check: Tallied, at: number): void =>
      this.#count(check, row, Math.min(Math.max(at, since), until));
    readEvents(events, {
      attempt: (number, code, at, place) => {
        const check = checkOf(number);
        if (check === undefined) return;
        const reason = place === undefined ? undefined : reasons[place];
        this.#note(check, { code, at, reason }, seq);
      },
      status(number, code, at) {
        const check = checkOf(number);
        if (check === undefined) return;
        changes(check, at);
        check.status = code;
      },
      maintenance(number, active, at) {
        const check = checkOf(number);
        if (check === undefined) return;
        changes(check, at);
        check.maintenance = active;
      },
      reset(number) {
        const check = checkOf(number);
        if (check === undefined) return;
        check.recentFrom = check.attempts.length;
      },
      session: (at) => {
        for (const check of this.#checks.values()) {
          if (seq < check.firstSeq) continue;
          changes(check, at);
          check.status = 0;
          check.maintenance = false;
        }
      },
    }, { first: this.#first, last: this.#last });
  }

  /** What it came to. */
  finish(): Iterable<Tallied> {
    if (this.#parts === "attempts") return this.#checks.values();
    /** The time of checks that had one status all the while, by its beginning. */
    const whole = new Map<number, ReadonlyMap<number, number>>();
    for (const check of this.#checks.values()) {
      if (check.status === 0) continue;
      if (check.row >= 0) {
        this.#count(check, this.#rows.length, 0);
        continue;
      }
      const first = this.#firstRowOf(check);
      let spans = whole.get(first);
      if (spans === undefined) whole.set(first, spans = this.#spansFrom(first));
      for (const [start, ms] of spans) addTime(check, start, ms);
    }
    return this.#checks.values();
  }

  #firstRowOf({ firstSeq }: Beginning): number {
    const first = this.#rows.findIndex(({ seq }) => seq >= firstSeq);
    return first < 0 ? this.#rows.length : first;
  }

  #note(check: Tallied, attempt: PackedAttempt, seq: number): void {
    const { code, at } = attempt;
    if (this.#parts !== "figures") {
      check.attempts.push(attempt);
      if (seq > check.knownTo) check.unknown.push(attempt);
    }
    if (this.#parts === "attempts") return;
    const bucket = bucketOf(check, fiveMinutesOf(at));
    bucket.counts[code & 3]!++;
    if (this.#parts === "all") bucket.attempts.push(attempt);
    const durationMs = durationIn(code);
    // A pass, or a warning.
    if ((code & 3) > 1 || durationMs === null) return;
    bucket.latency ??= new LatencyHistogram();
    bucket.latency.observe(durationMs);
  }

  /** Counts the time of a check up to a time in a row. */
  #count(check: Tallied, row: number, at: number): void {
    if (check.row < 0) {
      check.row = this.#firstRowOf(check);
      check.at = this.#rows[check.row]?.since ?? at;
    }
    for (; check.row < row; check.row++) {
      const { until } = this.#rows[check.row]!;
      this.#countSpan(check, check.at, until);
      check.at = this.#rows[check.row + 1]?.since ?? until;
    }
    // A result that was reported late may have happened before.
    if (row === this.#rows.length || at <= check.at) return;
    this.#countSpan(check, check.at, at);
    check.at = at;
  }

  #countSpan(check: Tallied, from: number, to: number): void {
    if (check.status === 0) return;
    for (const [start, ms] of split(from, to)) addTime(check, start, ms);
  }

  #spansFrom(first: number): ReadonlyMap<number, number> {
    const spans = new Map<number, number>();
    for (const { since, until } of this.#rows.slice(first)) {
      for (const [start, ms] of split(since, until)) {
        spans.set(start, (spans.get(start) ?? 0) + ms);
      }
    }
    return spans;
  }
}

/** A range of time by five minutes: their starts, and how much is in them. */
function* split(from: number, to: number): Generator<[number, number]> {
  for (let at = from; at < to;) {
    const start = fiveMinutesOf(at);
    const end = Math.min(to, start + FIVE_MINUTES_MS);
    yield [start, end - at];
    at = end;
  }
}

function addTime(check: Tallied, start: number, ms: number): void {
  const place = check.maintenance ? MAINTENANCE : check.status - 1;
  bucketOf(check, start).spans[place]! += ms;
}

function bucketOf({ buckets }: Tallied, start: number): Bucket {
  let bucket = buckets.get(start);
  if (bucket === undefined) {
    bucket = {
      counts: [0, 0, 0, 0],
      spans: [0, 0, 0, 0, 0],
      latency: null,
      attempts: [],
    };
    buckets.set(start, bucket);
  }
  return bucket;
}
