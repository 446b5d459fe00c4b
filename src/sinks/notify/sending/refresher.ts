import type { Message, ToldIncident } from "../../../core/notify/message.ts";
import { wallTime } from "../../../io/clock.ts";
import { sleep } from "../../../io/sleep.ts";

/** How long what is over is told again, in milliseconds. */
const OVER_MS = 5 * 60_000;

/** What a {@linkcode Refresher} needs. */
export interface RefresherOptions {
  /** What was told and lasts, and what was and has ended since an instant. */
  readonly standing: (since: number) => readonly ToldIncident[];
  /** Tells it. */
  readonly send: (message: Message) => Promise<void>;
}

/** Tells again, every so often, what a receiver would forget. */
export class Refresher {
  readonly #options: RefresherOptions;
  #everyMs: number | undefined;
  #running: AbortController | null = null;

  constructor(options: RefresherOptions) {
    this.#options = options;
  }

  /** Tells again every so many milliseconds from now on, or never. */
  set everyMs(ms: number | undefined) {
    if (ms === this.#everyMs) return;
    this.#running?.abort();
    this.#running = null;
    this.#everyMs = ms;
    this.look();
  }

  /** Begins, if there may be something to tell again. */
  look(): void {
    if (this.#everyMs === undefined || this.#running !== null) return;
    if (this.#standing().length === 0) return;
    this.#running = new AbortController();
    void this.#run(this.#everyMs, this.#running);
  }

  #standing(): readonly ToldIncident[] {
    return this.#options.standing(wallTime() - OVER_MS);
  }

  async #run(everyMs: number, running: AbortController): Promise<void> {
    const { signal } = running;
    while (true) {
      await sleep(everyMs, signal);
      if (signal.aborted) return;
      const incidents = this.#standing();
      if (incidents.length === 0) break;
      const at = wallTime();
      await this.#options.send({
        id: `refresh-${at}`,
        event: "reminder",
        at,
        incidents,
        closed: [],
      });
    }
    this.#running = null;
  }
}
