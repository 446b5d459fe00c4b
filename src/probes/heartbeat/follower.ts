import { isSameToken } from "../../core/token.ts";
import { error } from "../../core/outcome.ts";
import { thrownInWords } from "../../core/text.ts";
import type { Followed, Outcome, Ping, ProbeHost } from "../../core/types.ts";
import { Alarm } from "../../io/alarm.ts";
import { wallTime } from "../../io/clock.ts";
import {
  away,
  type Beat,
  clockSet,
  deadlineOf,
  dueOf,
  expire,
  initialBeat,
  retimed,
  stalled,
  takePing,
} from "./beat.ts";
import { fromMemory, toMemory } from "./memory.ts";
import type { Rhythm } from "./options.ts";
import { outcomeOf } from "./outcome.ts";
import { printable } from "./output.ts";
import type { Timing } from "./timing.ts";

/** The most pings that wait while the library of schedules is loaded. */
const MAX_WAITING = 100;

const NOT_LOADED: Outcome = error({
  code: "internal",
  message: "No verdict: the schedule is not loaded yet",
});

/** Follows a job by its pings, for one check of a fleet. */
export class Follower implements Followed {
  readonly #host: ProbeHost;
  readonly #rhythm: Rhythm;
  readonly #token: string | undefined;
  readonly #alarm: Alarm;
  #beat: Beat;
  /** It is not there before the library of schedules is loaded. */
  #timing: Timing | undefined;
  #isEnded = false;
  readonly #waiting: { readonly ping: Ping; readonly at: number }[] = [];

  /** Starts with what the host remembers. */
  constructor(host: ProbeHost, rhythm: Rhythm, token: string | undefined) {
    this.#host = host;
    this.#rhythm = rhythm;
    this.#token = token;
    this.#beat = initialBeat(wallTime());
    this.#alarm = new Alarm({
      onDue: () => this.#onDue(),
      onClockSet: (ms) => {
        const timing = this.#timing!;
        const beat = clockSet(this.#beat, ms, wallTime(), timing);
        this.#settle(beat, timing);
      },
      onStall: () =>
        this.#settle(stalled(this.#beat, wallTime()), this.#timing!),
    });
    if (rhythm.timing !== undefined) this.#begin(rhythm.timing);
    else void this.#beginLater();
  }

  /** What is known now. */
  get outcome(): Outcome {
    const timing = this.#timing;
    if (timing === undefined) return NOT_LOADED;
    this.#alarm.look();
    const expired = expire(this.#beat, wallTime(), timing);
    if (expired !== undefined) this.#settle(expired, timing);
    return outcomeOf(this.#beat, timing, this.#rhythm.zone);
  }

  /** Whether a token is that of the check, if it has one. */
  admits(token: string | undefined): boolean | undefined {
    return this.#token === undefined
      ? undefined
      : token !== undefined && isSameToken(token, this.#token);
  }

  /** Takes a ping. */
  receive({ output, ...ping }: Ping): void {
    const clean: Ping = {
      ...ping,
      ...(output !== undefined && { output: printable(output) }),
    };
    if (this.#timing === undefined) {
      if (this.#waiting.length >= MAX_WAITING) this.#waiting.shift();
      this.#waiting.push({ ping: clean, at: wallTime() });
      return;
    }
    this.#alarm.look();
    this.#take(clean, wallTime(), this.#timing);
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    this.#isEnded = true;
    this.#alarm[Symbol.dispose]();
  }

  async #beginLater(): Promise<void> {
    try {
      const timing = await this.#rhythm.load();
      if (!this.#isEnded) this.#begin(timing);
    } catch (thrown) {
      const message = `The schedule cannot be read: ${thrownInWords(thrown)}`;
      this.#host.report(error({ code: "internal", message }));
    }
  }

  #begin(timing: Timing): void {
    this.#timing = timing;
    const now = wallTime();
    const { key, beat } = fromMemory(this.#host.memory, now);
    const { lastAt } = beat;
    // The clock was set back meanwhile.
    const current = lastAt !== null && lastAt > now
      ? clockSet(beat, now - lastAt, now, timing)
      : beat;
    const known = away(current, now);
    this.#settle(key === timing.key ? known : retimed(known, timing), timing);
    // The state is lost if the target is another one, but the memory is not.
    const isLost = this.#host.get(this.#host.id)?.attempts === 0;
    if (isLost && (known.end !== null || known.miss !== null)) {
      this.#report(timing);
    }
    for (const { ping, at } of this.#waiting.splice(0)) {
      this.#take(ping, at, timing);
    }
  }

  #take(ping: Ping, at: number, timing: Timing): void {
    const before = this.#beat;
    const beat = takePing(before, ping, at, timing);
    if (beat === before) return;
    this.#settle(beat, timing);
    if (beat.end !== before.end) this.#report(timing);
  }

  #onDue(): void {
    const timing = this.#timing!;
    const expired = expire(this.#beat, wallTime(), timing);
    this.#settle(expired ?? this.#beat, timing);
    if (expired !== undefined) this.#report(timing);
  }

  /** Goes on with another state: remembers it, and sets the alarm. */
  #settle(beat: Beat, timing: Timing): void {
    this.#beat = beat;
    this.#alarm.set(deadlineOf(beat, timing));
    const due = dueOf(beat, timing);
    this.#host.plan(due === null ? null : new Date(due));
    if (beat.lastAt === null && beat.output === null) return;
    this.#host.remember(toMemory({ key: timing.key, beat }));
  }

  #report(timing: Timing): void {
    const { miss, end } = this.#beat;
    const outcome = outcomeOf(this.#beat, timing, this.#rhythm.zone);
    const durationMs = miss === null ? end?.durationMs ?? null : null;
    this.#host.report(outcome, durationMs === null ? {} : { durationMs });
  }
}
