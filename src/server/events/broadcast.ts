import type { Snapshot } from "../../core/types.ts";
import { sleep } from "../../io/sleep.ts";
import type { Fleet } from "../../fleet/fleet.ts";
import type { CheckInfo } from "../../fleet/step.ts";
import { eventText } from "./event_text.ts";
import { Pending } from "./pending.ts";

/** How often changes are sent: at most four a second of one check. */
const FLUSH_MS = 250;

/** How often something is sent, so that nobody between us hangs up. */
const HEARTBEAT_MS = 15_000;

/** How soon a fleet is tried again while somebody listens, at the least. */
const MIN_REFRESH_MS = 1000;

/** The longest that a timer can wait; one that should wait longer does not. */
const LONGEST_MS = 2 ** 31 - 1;

/** When whoever lost the connection should come back. */
const RETRY_MS = 2000;

/** About so much goes out in one piece, and waits in memory for a reader. */
const PIECE_CHARS = 64 * 1024;

/** Who has missed that so many checks are gone had better start anew. */
const MAX_GONE = 1000;

const encoder = new TextEncoder();

/** What is sent of a fleet. */
export interface BroadcastOptions {
  /** The name of the event that tells of a check. */
  readonly event: string;
  /** What that event says. */
  readonly toData: (snapshot: Snapshot) => string;
  /** How often a fleet that does nothing by itself is tried meanwhile. */
  readonly onDemandMs?: number | undefined;
}

/** What says whether somebody wants to hear of a check. */
type NamedCheck = Pick<CheckInfo, "id" | "group">;

/** Somebody who listens. */
interface Listener {
  /** Which checks they want to hear of, or `null` for all. */
  readonly wants: ((check: NamedCheck) => boolean) | null;
  /** The checks of which they do not have the newest. */
  readonly missing: Set<string>;
  /** The checks that are gone, which they have not heard yet. */
  readonly gone: Set<string>;
  /** Whether they have not heard of another order. */
  isOrderNew: boolean;
  /** Takes the next piece, `null` at the end, while they wait for one. */
  take: ((piece: Uint8Array<ArrayBuffer> | null) => void) | null;
  ended: boolean;
}

/**
 * Sends what is known of a fleet to any number of listeners as server-sent
 * events: everything first, then whatever changes. An event is made once for
 * all of them, and who does not read costs a list of what they have missed.
 */
export class Broadcast {
  readonly #fleet: Fleet;
  readonly #options: BroadcastOptions;
  readonly #listeners = new Set<Listener>();
  readonly #events = new WeakMap<Snapshot, string>();
  /** What has changed since the last flush. */
  readonly #pending = new Pending();
  #sequence = 0;
  /** Ends what runs while somebody listens. */
  #end: AbortController | null = null;

  constructor(fleet: Fleet, options: BroadcastOptions) {
    this.#fleet = fleet;
    this.#options = options;
  }

  /**
   * A stream of what is known of all checks, or those that somebody wants. It
   * costs nothing until it is read, and ends when the fleet is closed.
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
    // A new listener gets the list of now: what came before is sent first, so
    // that what comes after is news to all.
    if (this.#pending.isListNew) this.#flush();
    const snapshots = this.#fleet.list();
    const listener: Listener = {
      wants,
      missing: new Set(wantedOf(snapshots, wants).map(({ id }) => id)),
      gone: new Set(),
      isOrderNew: false,
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
    this.#pending.take();
  }

  /** What a listener should read next, as soon as there is anything. */
  async #next(
    listener: Listener,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const { gone, missing, wants } = listener;
    let text = this.#changesOfList([...gone], listener.isOrderNew);
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
        // What the fleet last said is still to be heard.
        this.#flush();
      } finally {
        for (const listener of [...this.#listeners]) this.#leave(listener);
      }
    }, { signal });
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const comment = encoder.encode(":\n\n");
    while (true) {
      await sleep(HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      this.#flush();
      for (const { take } of this.#listeners) take?.(comment);
    }
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
        // What was tried by the last round is due again in this one.
        await this.#fleet.attemptAll({ maxAge: everyMs / 2, signal });
      } catch {
        // The signal has aborted, or the fleet is closed and all of this ends.
        return;
      }
    }
  }

  /** Sends what has changed to those who wait, and notes it for the others. */
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

function wantedOf<C extends NamedCheck>(
  checks: readonly C[],
  wants: Listener["wants"],
): readonly C[] {
  return wants === null ? checks : checks.filter(wants);
}
