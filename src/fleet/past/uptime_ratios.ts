import { Moment, wallTime } from "../../io/clock.ts";
import type { Fleet } from "../fleet.ts";
import type { Archive } from "./archive.ts";
import { uptimesIn, type UptimeWindow, WINDOW_MS } from "./windows.ts";

/** The uptime of checks by their ids, as far as it is known. */
export type Ratios = ReadonlyMap<string, number>;

/** How old ratios become, as a share of their window, before they are read again. */
const MAX_AGE = 1 / 1440;

/** How old they become at most, in milliseconds. */
const MAX_AGE_MS = 900_000;

/** How old they become at least, as a multiple of how long it takes to read them. */
const MIN_AGE = 100;

/** How many checks are read at a time, so that nothing else waits long. */
const CHUNK = 500;

const WINDOWS = Object.keys(WINDOW_MS) as UptimeWindow[];

/** The ratios of a window. */
interface Known {
  readonly ratios: Ratios;
  /** When they were begun to be read. */
  readonly at: Moment;
  /** How old they become, in milliseconds. */
  readonly maxAgeMs: number;
}

/**
 * The uptime of all checks of a fleet in each window. To read it takes long where
 * there are many checks, so that it is read in the background and kept for one to
 * 15 minutes, depending on the window, or longer if there are very many.
 */
export class UptimeRatios {
  readonly #fleet: Fleet;
  readonly #archive: Archive;
  readonly #known = new Map<UptimeWindow, Known>();
  #reading: Promise<void> | null = null;

  constructor(fleet: Fleet, archive: Archive) {
    this.#fleet = fleet;
    this.#archive = archive;
  }

  /** The ratios that were read last. */
  get latest(): ReadonlyMap<UptimeWindow, Ratios> {
    return new Map(
      Array.from(this.#known, ([window, { ratios }]) => [window, ratios]),
    );
  }

  /**
   * Reads those again that are too old. Resolves when that is done, or cannot be
   * done: then there are none until it can.
   */
  refresh(): Promise<void> {
    return this.#reading ??= this.#readOld().finally(() => {
      this.#reading = null;
    });
  }

  async #readOld(): Promise<void> {
    for (const window of WINDOWS) {
      const known = this.#known.get(window);
      if (known !== undefined && known.at.elapsedMs() < known.maxAgeMs) {
        continue;
      }
      const at = new Moment();
      try {
        const ratios = await this.#read(window);
        const maxAgeMs = Math.max(
          Math.min(WINDOW_MS[window] * MAX_AGE, MAX_AGE_MS),
          at.elapsedMs() * MIN_AGE,
        );
        this.#known.set(window, { ratios, at, maxAgeMs });
      } catch {
        // Whoever keeps the archive says so.
        this.#known.delete(window);
      }
    }
  }

  async #read(window: UptimeWindow): Promise<Ratios> {
    const ids = this.#fleet.list().map(({ id }) => id);
    const ratios = new Map<string, number>();
    for (let i = 0; i < ids.length; i += CHUNK) {
      const chunk = ids.slice(i, i + CHUNK);
      const found = await uptimesIn(this.#archive, chunk, window, wallTime());
      for (const [id, { ratio }] of found) {
        if (ratio !== null) ratios.set(id, ratio);
      }
    }
    return ratios;
  }
}
