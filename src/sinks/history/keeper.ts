import type { Say } from "../../core/say.ts";
import { wallTime } from "../../io/clock.ts";
import { patience, sleep } from "../../io/sleep.ts";
import type { Entry } from "./batch.ts";
import { type Followed, Follower } from "./follower.ts";
import { KeptValues } from "./kept_values.ts";
import type { Line } from "./line.ts";
import { Pending } from "./pending.ts";
import type { Saying } from "./protocol.ts";

/** The time from one write to the next, in milliseconds. */
const PACE_MS = 1000;

/** The least time from one write to the next, where somebody waits for it. */
const EARLY_MS = 200;

/** The longest time that states hold up the event loop at a time. */
const SLICE_MS = 4;

/** The pause after that, where there are more states. */
const PAUSE_MS = 20;

/** The most that waits to be written, in bytes, where that is not possible. */
const MAX_BYTES = 16 * 1024 * 1024;

/** How long the last write may take, in milliseconds. */
const LAST_MS = 10_000;

/** Options for a {@linkcode Keeper}. */
export interface KeeperOptions extends Followed {
  /** What reaches the engine. */
  readonly line: Line;
  /** The file, for messages. */
  readonly path: string;
  /** The numbers of checks by their ids. */
  readonly checks: ReadonlyMap<string, number>;
  /** The values that it keeps for others. */
  readonly kept: ReadonlyMap<string, string>;
  /** Why nothing can be written now, `null` if it can. */
  readonly trouble: string | null;
  /** Tells the user something. */
  readonly say: Say;
}

/**
 * Has a fleet and its incidents written once a second, and sooner if somebody waits
 * for a value to be kept.
 */
export class Keeper {
  readonly #options: KeeperOptions;
  readonly #pending = new Pending(wallTime());
  readonly #follower: Follower;
  readonly #end = new AbortController();
  /** Ends the wait for the next write. */
  #early = new AbortController();
  #keeping: Promise<void> | undefined;
  #trouble: string | null;
  /** Whether no history can be kept any more. */
  #isRefused = false;
  /** What it keeps for others, written together with the incidents. */
  readonly kept: KeptValues;

  /** Follows them from now on; the fleet has no checks yet. */
  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#trouble = options.trouble;
    this.#follower = new Follower(options, options.checks, this.#pending);
    this.kept = new KeptValues({
      stored: options.trouble === null ? options.kept : null,
      onAwaited: () => this.#early.abort(),
    });
  }

  /** Begins to write, when all checks have been added. */
  begin(): void {
    this.#follower.begin();
    this.#keeping = this.#keep();
  }

  /** Writes what is known at the end, after the fleet was closed. */
  async close(): Promise<void> {
    this.#end.abort();
    this.#early.abort();
    this.#follower[Symbol.dispose]();
    const { line } = this.#options;
    await patience(this.#keeping ?? Promise.resolve(), LAST_MS);
    if (!this.#isRefused) {
      this.#follower.touchAll();
      this.#follower.takeStates(Infinity);
      const entry = this.#take();
      const closed = line.ask({ type: "close", entry }).then((reply) => {
        if (reply.isWritten) this.kept.done(entry.kept);
      });
      await patience(closed, LAST_MS);
    }
    this.kept.failed();
    line[Symbol.dispose]();
  }

  async #keep(): Promise<void> {
    const { signal } = this.#end;
    while (!signal.aborted && !this.#isRefused) {
      const isAll = await this.#write();
      await (isAll ? this.#rest() : sleep(PAUSE_MS, signal));
    }
  }

  /** Waits until the next write is due. */
  async #rest(): Promise<void> {
    await sleep(EARLY_MS, this.#end.signal);
    if (this.kept.isAwaited || this.#end.signal.aborted) return;
    this.#early = new AbortController();
    await sleep(PACE_MS - EARLY_MS, this.#early.signal);
  }

  /** Writes what there is. Returns whether that is all of it. */
  async #write(): Promise<boolean> {
    const taken = this.#follower.takeStates(SLICE_MS);
    const entry = this.#take();
    const { line } = this.#options;
    const reply = await line.ask({ type: "write", entry })
      .catch(({ message }: Error) => fatal(message));
    switch (reply.type) {
      case "written":
        this.kept.done(entry.kept);
        this.#recovered();
        return !this.#follower.hasStates;
      case "trouble":
        this.#pending.putBack(entry);
        this.#follower.putBack(taken);
        this.kept.failed(entry.kept);
        this.#troubled(reply.why);
        if (this.#pending.bytes > MAX_BYTES) this.#follower.restart();
        return true;
      case "restarted":
        this.#tell(reply.said);
        this.#follower.restart(reply.checks);
        this.kept.restart(reply.kept);
        return false;
      case "refused":
        this.#isRefused = true;
        this.kept.failed(entry.kept);
        this.#follower[Symbol.dispose]();
        this.#tell(reply.said);
        return true;
      default:
        return reply satisfies never;
    }
  }

  #take(): Entry {
    const kept = this.kept.take();
    return { ...this.#pending.take(wallTime()), ...(kept && { kept }) };
  }

  #troubled(why: string): void {
    const { say, path } = this.#options;
    if (this.#trouble !== why) {
      say(`${path}: the history cannot be kept: ${why}`, "warn");
    }
    this.#trouble = why;
  }

  #recovered(): void {
    if (this.#trouble === null) return;
    this.#trouble = null;
    const { say, path } = this.#options;
    say(`${path}: the history is kept again`);
  }

  #tell(said: readonly Saying[]): void {
    for (const [message, level] of said) this.#options.say(message, level);
  }
}

/** What is said of a worker that has ended. */
function fatal(
  why: string,
): { readonly type: "refused"; readonly said: readonly Saying[] } {
  return {
    type: "refused",
    said: [[`the history is not kept any more: ${why}`, "error"]],
  };
}
