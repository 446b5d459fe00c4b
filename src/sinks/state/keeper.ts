import { type StateFiles, stateFiles } from "./files.ts";
import type { Say } from "../../core/say.ts";
import { monotonicTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import { replaceFile } from "../../io/write_file.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import { toText } from "./format.ts";

/** The time from one writing to the next, at least. */
const PACE_MS = 1000;

/** How much longer it pauses than a writing took, where that is much. */
const MAX_SHARE = 10;

/** Options for a {@linkcode StateKeeper}. */
export interface StateKeeperOptions {
  /** The file to keep the state in. */
  readonly path: string;
  /** What is in it already. */
  readonly text: string;
  /** Says something to whoever runs this. */
  readonly say: Say;
}

/** Keeps in a file what is known of a fleet, until it is disposed of. */
export class StateKeeper implements AsyncDisposable {
  readonly #fleet: Fleet;
  readonly #files: StateFiles;
  readonly #say: Say;
  readonly #end = new AbortController();
  readonly #keeping: Promise<void>;
  /** What is in the file. */
  #text: string;
  /** Why it could not be written the last time. */
  #trouble: string | null = null;

  /** Begins to keep it. */
  constructor(fleet: Fleet, { path, text, say }: StateKeeperOptions) {
    this.#fleet = fleet;
    this.#files = stateFiles(path);
    this.#text = text;
    this.#say = say;
    this.#keeping = this.#keep(this.#end.signal);
  }

  /** Writes it one last time, after the fleet was closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end.signal.aborted) return await this.#keeping;
    this.#end.abort();
    await this.#keeping;
    await this.#write();
  }

  async #keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = monotonicTime();
      // From before the writing, so that nothing is missed meanwhile.
      const changes = this.#fleet.watch({ emit: "attempt", signal });
      const isWritten = await this.#write();
      const tookMs = monotonicTime() - startedAt;
      if (isWritten) await changes.next();
      await changes.return?.();
      await sleep(Math.max(PACE_MS, tookMs * MAX_SHARE), signal);
    }
  }

  /** Writes what is known, if it is something else; `false` if it cannot. */
  async #write(): Promise<boolean> {
    const records = this.#fleet.list()
      .flatMap(({ id }) => this.#fleet.record(id) ?? []);
    const text = toText(records);
    if (text === this.#text) return true;
    try {
      await replaceFile(this.#files, text);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.#trouble) {
        this.#say(
          `${this.#files.path}: the state cannot be kept: ${message}`,
          "warn",
        );
      }
      this.#trouble = message;
      return false;
    }
    if (this.#trouble !== null) {
      this.#say(`${this.#files.path}: the state is kept again`);
    }
    this.#trouble = null;
    this.#text = text;
    return true;
  }
}
