import { formatDuration } from "../../core/duration.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import type { SectionContext } from "../section.ts";
import { call } from "./call.ts";
import { Pulse } from "./pulse.ts";
import type { AliveValue } from "./value.ts";

/**
 * The longest wait until the first call, and until the next one after a failure, in
 * milliseconds.
 */
const SOON_MS = 30_000;

/** Calls a dead man's switch, one call after the other. */
export class Calls {
  readonly #context: Pick<SectionContext, "fleet" | "say">;
  #isClosed = false;
  /** Ends the calls of now. */
  #end = new AbortController();
  #ended: Promise<unknown> = Promise.resolve();
  #lastSuccessAt: number | null = null;

  /** Calls nobody yet. */
  constructor(context: Pick<SectionContext, "fleet" | "say">) {
    this.#context = context;
  }

  /** When the last call succeeded, in milliseconds of the epoch; `null` if none did. */
  get lastSuccessAt(): number | null {
    return this.#lastSuccessAt;
  }

  /** Makes these calls from now on; none if they are `null`. */
  begin(value: AliveValue | null): void {
    this.#end.abort();
    this.#end = new AbortController();
    this.#lastSuccessAt = null;
    if (value === null || this.#isClosed) return;
    const calling = this.#keepCalling(value, this.#end.signal);
    this.#ended = Promise.all([this.#ended, calling]);
  }

  /** Ends the calls. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#end.abort();
    await this.#ended;
  }

  async #keepCalling(value: AliveValue, signal: AbortSignal): Promise<void> {
    const { fleet, say } = this.#context;
    const pulse = new Pulse(fleet, signal);
    const soonMs = Math.min(value.everyMs, SOON_MS);
    let pauseMs = soonMs;
    let trouble: string | null = null;
    while (true) {
      await sleep(pauseMs, signal);
      if (signal.aborted) return;
      const startedAt = monotonicTime();
      const stillMs = pulse.stillFor();
      const why = stillMs === null
        ? await call(value, { signal })
        : `no attempt has begun for ${formatDuration(stillMs)}`;
      if (signal.aborted) return;
      const before: string | null = trouble;
      if (why === null) {
        trouble = null;
        this.#lastSuccessAt = wallTime();
        if (before !== null) say("alive: the calls succeed again");
      } else {
        trouble = stillMs === null ? "the call failed" : "nothing is called";
        if (trouble !== before) {
          say(`alive: ${trouble}: ${why}`, "warn");
        }
      }
      const restMs = why === null ? value.everyMs : soonMs;
      pauseMs = Math.max(0, restMs - (monotonicTime() - startedAt));
    }
  }
}
