import type { Period } from "../../core/past/period.ts";
import { uptimeOf } from "../../core/past/uptime.ts";
import type { Archive } from "../../fleet/past/archive.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import { nextTurn } from "../../io/turn.ts";
import {
  dayBars,
  DAYS,
  type Days,
  daysOf,
  type KnownDay,
  uptimeOfDays,
} from "../look/days.ts";

/** How long what is known of today may be out of date. */
const FRESH_MS = 60_000;

const DAY_MS = 86_400_000;

/** The longest time that drawing holds up the event loop, in milliseconds. */
const SLICE_MS = 5;

/** What is asked for again of a day that was not over. */
const OVERLAP_MS = 60_000;

/** For how many checks days are read ahead at a time. */
const AHEAD = 20;

/** Of more checks, nothing is read ahead: they take too much memory. */
const MAX_AHEAD = 1000;

/** The rest after that, as a multiple of the time that it took. */
const REST = 2;

/** The last days of a check, drawn. */
export interface DrawnDays {
  /** The bars, as SVG. */
  readonly bars: string;
  /** The uptime, such as `99.95 %`; empty if it is not known. */
  readonly uptime: string;
  /** The uptime from 0 to 1; `null` if it is not known. */
  readonly ratio: number | null;
}

interface Entry {
  readonly days: Map<number, KnownDay>;
  drawn: DrawnDays;
}

/**
 * The last days of checks, for a page with many of them: days that are over are
 * read once, and today once a minute.
 */
export class KeptDays {
  readonly #archive: Archive;
  readonly #zone: string;
  readonly #entries = new Map<string, Entry>();
  #readAt = -Infinity;
  #reading: Promise<void> | null = null;

  constructor(archive: Archive, zone: string) {
    this.#archive = archive;
    this.#zone = zone;
  }

  /** The days of a check as they were read last. */
  get(id: string): DrawnDays {
    return this.#entries.get(id)?.drawn ?? NOTHING;
  }

  /** Whether what was read is out of date. */
  isDue(now: number): boolean {
    return this.#reading === null &&
      !(Math.abs(now - this.#readAt) < FRESH_MS);
  }

  /**
   * Reads the days of checks, a few at a time and with rests, so that a page needs
   * not to wait for them. Ends early if the signal aborts, or if they cannot be read.
   */
  async readAhead(ids: readonly string[], signal: AbortSignal): Promise<void> {
    if (ids.length > MAX_AHEAD) return;
    for (let i = 0; i < ids.length; i += AHEAD) {
      while (this.#reading !== null) await this.#reading.catch(() => {});
      if (signal.aborted) return;
      // A page may have read all of them meanwhile.
      const some = ids.slice(i, i + AHEAD).filter((id) =>
        !this.#entries.has(id)
      );
      if (some.length === 0) continue;
      const startedAt = monotonicTime();
      const now = wallTime();
      if (this.#readAt === -Infinity) this.#readAt = now;
      try {
        await this.#alone(() => this.#readDays(some, firstOf(now), now));
      } catch {
        // A page asks again, and the archive says itself what is wrong.
        return;
      }
      await sleep(REST * (monotonicTime() - startedAt), signal);
    }
  }

  /** Reads the days of these checks, if that is due, and forgets others. */
  async refresh(ids: readonly string[], now: number): Promise<void> {
    while (this.#reading !== null) await this.#reading;
    if (!this.isDue(now) && ids.every((id) => this.#entries.has(id))) return;
    await this.#alone(() => this.#read(ids, now));
  }

  async #alone(read: () => Promise<void>): Promise<void> {
    this.#reading = read();
    try {
      await this.#reading;
    } finally {
      this.#reading = null;
    }
  }

  async #read(ids: readonly string[], now: number): Promise<void> {
    const known = ids.filter((id) => this.#entries.has(id));
    const others = ids.filter((id) => !this.#entries.has(id));
    const wanted = new Set(ids);
    for (const id of this.#entries.keys()) {
      if (!wanted.has(id)) this.#entries.delete(id);
    }
    const first = firstOf(now);
    // A clock that was set back says nothing of what is over.
    const since = Math.min(this.#readAt, now) - OVERLAP_MS;
    // An archive that fails is asked again in a minute, too.
    this.#readAt = now;
    await this.#readDays(known, Math.max(first, since), now);
    await this.#readDays(others, first, now);
  }

  async #readDays(
    ids: readonly string[],
    from: number,
    to: number,
  ): Promise<void> {
    if (ids.length === 0) return;
    const found = await this.#archive.periods(ids, "day", { from, to }, {
      latency: false,
    });
    let startedAt = monotonicTime();
    for (const id of ids) {
      this.#note(id, found.get(id) ?? [], to);
      if (monotonicTime() - startedAt < SLICE_MS) continue;
      await nextTurn();
      startedAt = monotonicTime();
    }
  }

  #note(id: string, periods: readonly Period[], now: number): void {
    const days = this.#entries.get(id)?.days ?? new Map<number, KnownDay>();
    for (const { from, to, spans } of periods) {
      days.set(from, { from, to, spans });
    }
    for (const from of days.keys()) {
      if (now - from > (DAYS + 1) * DAY_MS) days.delete(from);
    }
    const sorted = [...days.values()].sort((a, b) => a.from - b.from);
    const drawn = draw(daysOf(sorted, now), this.#zone);
    this.#entries.set(id, { days, drawn });
  }
}

/** A time in the first of the last days. */
function firstOf(now: number): number {
  return now - (DAYS - 1) * DAY_MS;
}

function draw(days: Days, zone: string): DrawnDays {
  return {
    bars: dayBars(days, zone),
    uptime: uptimeOfDays(days),
    ratio: uptimeOf(days.spans, days.lengthMs).ratio,
  };
}

/** The days of a check that is new. */
const NOTHING = draw(daysOf([], 0), "UTC");

const shared = new WeakMap<Archive, Map<string, KeptDays>>();

/** The days that an archive has, in a time zone: all pages share them. */
export function keptDaysOf(archive: Archive, zone: string): KeptDays {
  const ofArchive = shared.get(archive) ?? new Map<string, KeptDays>();
  shared.set(archive, ofArchive);
  const days = ofArchive.get(zone) ?? new KeptDays(archive, zone);
  ofArchive.set(zone, days);
  return days;
}
