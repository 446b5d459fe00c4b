import { type StateFiles, stateFiles } from "./files.ts";
import type { Say } from "../../core/say.ts";
import { monotonicTime } from "../../io/clock.ts";
import { sleep } from "../../io/sleep.ts";
import { replaceFile } from "../../io/write_file.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { Step } from "../../fleet/step.ts";
import type { CheckRecord } from "../../fleet/record.ts";
import { toPieces } from "./format.ts";

/** The least time from one write to the next, in milliseconds. */
const PACE_MS = 1000;

/** How many times as long as a write the pause after it is, at least. */
const PAUSE_FACTOR = 10;

/** The longest time that writing holds up the event loop, in milliseconds. */
const SLICE_MS = 5;

/** Options for a {@linkcode StateKeeper}. */
export interface StateKeeperOptions {
  /** The file to keep the state in. */
  readonly path: string;
  /** Tells the user something. */
  readonly say: Say;
}

/**
 * Keeps the state of a fleet in a file until it is disposed of: it writes the
 * file at once, and again after steps that change what is saved.
 */
export class StateKeeper implements AsyncDisposable {
  readonly #fleet: Fleet;
  readonly #files: StateFiles;
  readonly #say: Say;
  readonly #end = new AbortController();
  readonly #keeping: Promise<void>;
  /** Whether the file lacks something. */
  #isDirty = true;
  /** Ends the wait for something to write. */
  #wake: (() => void) | null = null;
  /** Why the last write failed, `null` if it did not. */
  #trouble: string | null = null;

  /** Starts to keep it. */
  constructor(fleet: Fleet, { path, say }: StateKeeperOptions) {
    this.#fleet = fleet;
    this.#files = stateFiles(path);
    this.#say = say;
    const { signal } = this.#end;
    fleet.observe((step) => this.#note(step), { signal });
    signal.addEventListener("abort", () => this.#wake?.());
    this.#keeping = this.#keep(signal);
  }

  /** Writes it one last time, after the fleet was closed. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end.signal.aborted) return await this.#keeping;
    this.#end.abort();
    await this.#keeping;
    await this.#write();
  }

  #note(step: Step): void {
    switch (step.type) {
      case "end":
      case "replace":
      case "leave":
      case "arrange":
      case "remember":
        this.#isDirty = true;
        this.#wake?.();
        break;
      case "join":
      case "begin":
      case "close":
        // Nothing of this is saved.
        break;
      default:
        step satisfies never;
    }
  }

  async #keep(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const startedAt = monotonicTime();
      await this.#write();
      const tookMs = monotonicTime() - startedAt;
      await sleep(Math.max(PACE_MS, tookMs * PAUSE_FACTOR), signal);
      await this.#untilDirty(signal);
    }
  }

  async #untilDirty(signal: AbortSignal): Promise<void> {
    if (this.#isDirty || signal.aborted) return;
    await new Promise<void>((resolve) => this.#wake = resolve);
    this.#wake = null;
  }

  /** Writes the file, unless it has everything. */
  async #write(): Promise<void> {
    if (!this.#isDirty) return;
    this.#isDirty = false;
    const { path } = this.#files;
    try {
      await replaceFile(this.#files, this.#slices());
    } catch (error) {
      this.#isDirty = true;
      const { message } = error as Error;
      if (message !== this.#trouble) {
        this.#say(`${path}: the state cannot be kept: ${message}`, "warn");
      }
      this.#trouble = message;
      return;
    }
    if (this.#trouble !== null) {
      this.#say(`${path}: the state is kept again`);
    }
    this.#trouble = null;
  }

  /** The content of the file, in pieces that each take little time to make. */
  *#slices(): Generator<string> {
    let slice = "";
    let startedAt = monotonicTime();
    for (const piece of toPieces(this.#records())) {
      slice += piece;
      if (monotonicTime() - startedAt < SLICE_MS) continue;
      yield slice;
      slice = "";
      startedAt = monotonicTime();
    }
    yield slice;
  }

  *#records(): Generator<CheckRecord> {
    for (const id of this.#fleet.ids()) {
      const record = this.#fleet.record(id);
      if (record !== undefined) yield record;
    }
  }
}
