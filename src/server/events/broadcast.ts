import { LONGEST_MS } from "../../core/policy.ts";
import type { Snapshot } from "../../core/types.ts";
import { sleep } from "../../io/sleep.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CheckInfo } from "../../fleet/step.ts";
import { eventText } from "./event_text.ts";
import { type Listener, wantedOf } from "./listener.ts";
import type { Notice } from "./notice.ts";
import { Pending } from "./pending.ts";

/** The interval at which changes are sent: at most four a second for one check. */
const FLUSH_MS = 250;

/** The interval of signs of life, so that no proxy closes an idle connection. */
const HEARTBEAT_MS = 15_000;

/** The interval at which it is seen whether there is something to notice. */
const NOTICE_MS = 1000;

/** The shortest interval of attempts on demand while there are listeners. */
const MIN_REFRESH_MS = 1000;

/** How long a client that lost the connection waits before it reconnects. */
const RETRY_MS = 2000;

/** The approximate size of a chunk, which waits in memory for its reader. */
const PIECE_CHARS = 64 * 1024;

/** A listener that has missed more removals is disconnected, to start afresh. */
const MAX_GONE = 1000;

const encoder = new TextEncoder();

/** Options for a {@linkcode Broadcast}. */
export interface BroadcastOptions {
  /** The name of the event for a check. */
  readonly event: string;
  /** The data of that event. */
  readonly toData: (snapshot: Snapshot) => string;
  /**
   * The event that is sent while there is nothing else to send, for scripts that
   * cannot see comments. Without it, a comment is sent.
   */
  readonly beat?: string;
  /** The data of that event; `1` without it. */
  readonly toBeatData?: () => string;
  /** What listeners are told beside the checks. */
  readonly notice?: Notice | undefined;
  /** How often a fleet without background attempts is tried meanwhile. */
  readonly onDemandMs?: number | undefined;
}

/**
 * Sends the snapshots of a fleet to any number of listeners as server-sent
 * events: all of them first, then every change. An event is made once for all
 * listeners. A listener that does not read costs the set of ids it has missed.
 */
export class Broadcast {
  readonly #fleet: Fleet;
  readonly #options: BroadcastOptions;
  readonly #listeners = new Set<Listener>();
  readonly #events = new WeakMap<Snapshot, string>();
  /** The changes since the last flush. */
  readonly #pending = new Pending();
  /** What is told beside the checks, as it was a moment ago. */
  #noticed: ReturnType<Notice["read"]> | undefined;
  #sequence = 0;
  /** Ends the work that is done while there are listeners. */
  #end: AbortController | null = null;

  constructor(fleet: Fleet, options: BroadcastOptions) {
    this.#fleet = fleet;
    this.#options = options;
  }

  /**
   * Makes a stream of all checks, or of those that are wanted. It costs nothing
   * until it is read, and ends when the fleet is closed.
   */
  stream(
    wants: Listener["wants"] = null,
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    let listener: Listener | null = null;
    return new ReadableStream({
      pull: async (controller) => {
        if (listener === null) {
          listener = this.#join(wants);
          controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
          return;
        }
        const piece = await this.#next(listener);
        if (piece === null) controller.close();
        else controller.enqueue(piece);
      },
      cancel: () => {
        if (listener !== null) this.#leave(listener);
      },
    }, { highWaterMark: 0 });
  }

  #join(wants: Listener["wants"]): Listener {
    // A new listener gets the current list. Earlier changes are sent to the
    // others first, so that later ones are new to all.
    if (this.#pending.isListNew) this.#flush();
    const snapshots = this.#fleet.list();
    const listener: Listener = {
      wants,
      missing: new Set(wantedOf(snapshots, wants).map(({ id }) => id)),
      gone: new Set(),
      isOrderNew: false,
      noticed: undefined,
      take: null,
      ended: false,
    };
    this.#listeners.add(listener);
    if (this.#end === null) this.#start(this.#end = new AbortController());
    return listener;
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    listener.ended = true;
    listener.take?.(null);
    if (this.#listeners.size > 0) return;
    this.#end?.abort();
    this.#end = null;
    this.#noticed = undefined;
    this.#pending.take();
  }

  /** Returns the next chunk for a listener, as soon as there is one. */
  async #next(
    listener: Listener,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const { gone, missing, wants } = listener;
    let text = this.#news(listener) +
      this.#changesOfList([...gone], listener.isOrderNew);
    gone.clear();
    listener.isOrderNew = false;
    for (const id of missing) {
      if (text.length > PIECE_CHARS) break;
      missing.delete(id);
      const snapshot = this.#fleet.get(id);
      if (snapshot !== undefined && (wants?.(snapshot) ?? true)) {
        text += this.#event(snapshot);
      }
    }
    if (text !== "") return encoder.encode(text);
    if (listener.ended) return null;
    return await new Promise((resolve) => {
      listener.take = (piece) => {
        listener.take = null;
        resolve(piece);
      };
    });
  }

  #start({ signal }: AbortController): void {
    this.#observe(signal);
    void this.#beat(signal);
    const { notice } = this.#options;
    if (notice !== undefined) void this.#notice(notice, signal);
    if (this.#options.onDemandMs !== undefined) {
      void this.#refresh(this.#options.onDemandMs, signal);
    }
  }

  #observe(signal: AbortSignal): void {
    let isDue = false;
    const flushSoon = async (): Promise<void> => {
      isDue = true;
      await sleep(FLUSH_MS, signal);
      isDue = false;
      if (!signal.aborted) this.#flush();
    };
    this.#fleet.observe((step) => {
      if (step.type !== "close") {
        this.#pending.note(step);
        if (!isDue) void flushSoon();
        return;
      }
      try {
        // The last changes of the fleet are still to be sent.
        this.#flush();
      } finally {
        for (const listener of [...this.#listeners]) this.#leave(listener);
      }
    }, { signal });
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { beat, toBeatData = () => "1" } = this.#options;
    while (true) {
      await sleep(HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      const sign = encoder.encode(
        beat === undefined
          ? ":\n\n"
          : `event: ${beat}\ndata: ${toBeatData()}\n\n`,
      );
      // First the sign: a listener takes one chunk at a time.
      for (const { take } of this.#listeners) take?.(sign);
      this.#flush();
    }
  }

  async #notice(notice: Notice, signal: AbortSignal): Promise<void> {
    while (true) {
      await sleep(NOTICE_MS, signal);
      if (signal.aborted) return;
      this.#noticed = notice.read();
      for (const listener of this.#listeners) {
        const text = listener.take === null ? "" : this.#news(listener);
        if (text !== "") listener.take?.(encoder.encode(text));
      }
    }
  }

  /** What a listener was not told yet beside the checks. */
  #news(listener: Listener): string {
    const { notice } = this.#options;
    if (notice === undefined) return "";
    const { key, data } = this.#noticed ??= notice.read();
    if (key === listener.noticed) return "";
    listener.noticed = key;
    return this.#numbered(notice.event, data());
  }

  async #refresh(onDemandMs: number, signal: AbortSignal): Promise<void> {
    const everyMs = Math.min(
      Math.max(onDemandMs, MIN_REFRESH_MS),
      LONGEST_MS,
    );
    while (true) {
      await sleep(everyMs, signal);
      if (signal.aborted) return;
      try {
        // Checks of the last round are due again in this one.
        await this.#fleet.attemptAll({ maxAge: everyMs / 2, signal });
      } catch {
        // The signal has aborted or the fleet is closed.
        return;
      }
    }
  }

  /** Sends the changes to listeners that wait, and notes them for the others. */
  #flush(): void {
    const { changed: ids, gone, isOrderNew } = this.#pending.take();
    const changed = ids.flatMap((id) => this.#fleet.get(id) ?? []);
    const toPiece = (
      gone: readonly CheckInfo[],
      changed: readonly Snapshot[],
    ): Uint8Array<ArrayBuffer> =>
      encoder.encode(
        this.#changesOfList(gone.map(({ id }) => id), isOrderNew) +
          changed.map((each) => this.#event(each)).join(""),
      );
    let forAll: Uint8Array<ArrayBuffer> | undefined;
    for (const listener of this.#listeners) {
      const { missing, take, wants } = listener;
      const wanted = wantedOf(changed, wants);
      const unwanted = wantedOf(gone, wants);
      if (take === null) {
        for (const { id } of wanted) missing.add(id);
        for (const { id } of unwanted) {
          missing.delete(id);
          listener.gone.add(id);
        }
        listener.isOrderNew ||= isOrderNew;
        if (listener.gone.size > MAX_GONE) this.#leave(listener);
      } else if (isOrderNew || wanted.length + unwanted.length > 0) {
        take(
          wants === null
            ? forAll ??= toPiece(gone, changed)
            : toPiece(unwanted, wanted),
        );
      }
    }
  }

  #event(snapshot: Snapshot): string {
    let event = this.#events.get(snapshot);
    if (event === undefined) {
      const { event: name, toData } = this.#options;
      event = this.#numbered(name, toData(snapshot));
      this.#events.set(snapshot, event);
    }
    return event;
  }

  #changesOfList(gone: readonly string[], isOrderNew: boolean): string {
    return gone.map((id) => this.#numbered("removed", JSON.stringify({ id })))
      .join("") + (isOrderNew ? this.#numbered("arranged", "{}") : "");
  }

  #numbered(name: string, data: string): string {
    return eventText({ name, id: ++this.#sequence, data });
  }
}
