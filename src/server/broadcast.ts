import type { Snapshot } from "../core/types.ts";
import { sleep } from "../io/sleep.ts";
import type { Fleet } from "../monitor/fleet.ts";

/** How often changes are sent: at most four a second of one check. */
const FLUSH_MS = 250;

/** How often something is sent, so that nobody between us hangs up. */
const HEARTBEAT_MS = 15_000;

/** When whoever lost the connection should come back. */
const RETRY_MS = 2000;

/** About so much goes out in one piece, and waits in memory for a reader. */
const PIECE_CHARS = 64 * 1024;

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

/** Somebody who listens. */
interface Listener {
  /** Which checks they want to hear of, or `null` for all. */
  readonly wants: ((snapshot: Snapshot) => boolean) | null;
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
  /** The checks that have changed since the last flush. */
  readonly #changed = new Set<string>();
  readonly #events = new WeakMap<Snapshot, string>();
  /** The checks there were at the last flush in their order, by group. */
  #known = new Map<string, string | null>();
  /** The fleet's revision at the last flush. */
  #revision = -1;
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
    const snapshots = this.#fleet.list();
    if (this.#end === null) {
      this.#known = this.#groups();
      this.#revision = this.#fleet.revision;
      this.#start(this.#end = new AbortController());
    }
    const listener: Listener = {
      wants,
      missing: new Set(
        snapshots.filter((each) => wants?.(each) ?? true).map(({ id }) => id),
      ),
      gone: new Set(),
      isOrderNew: false,
      take: null,
      ended: false,
    };
    this.#listeners.add(listener);
    return listener;
  }

  #leave(listener: Listener): void {
    this.#listeners.delete(listener);
    listener.ended = true;
    listener.take?.(null);
    if (this.#listeners.size > 0) return;
    this.#end?.abort();
    this.#end = null;
    this.#changed.clear();
  }

  /** What a listener should read next, as soon as there is anything. */
  async #next(
    listener: Listener,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const { gone, missing } = listener;
    let text = this.#changesOfList([...gone], listener.isOrderNew);
    gone.clear();
    listener.isOrderNew = false;
    for (const id of missing) {
      if (text.length > PIECE_CHARS) break;
      missing.delete(id);
      const snapshot = this.#fleet.get(id);
      if (snapshot !== undefined) text += this.#event(snapshot);
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
    void this.#watch(signal);
    void this.#beat(signal);
    if (this.#options.onDemandMs !== undefined) {
      void this.#refresh(this.#options.onDemandMs, signal);
    }
  }

  async #watch(signal: AbortSignal): Promise<void> {
    let isDue = false;
    const flushSoon = async (): Promise<void> => {
      isDue = true;
      await sleep(FLUSH_MS, signal);
      isDue = false;
      if (!signal.aborted) this.#flush();
    };
    for await (const { id } of this.#fleet.watch({ emit: "phase", signal })) {
      this.#changed.add(id);
      if (!isDue) void flushSoon();
    }
    if (signal.aborted) return;
    // The fleet was closed. What it last said is still to be heard.
    this.#flush();
    for (const listener of [...this.#listeners]) this.#leave(listener);
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const comment = encoder.encode(":\n\n");
    while (true) {
      await sleep(HEARTBEAT_MS, signal);
      if (signal.aborted) return;
      // Checks may have come and gone without anything having changed.
      this.#flush();
      for (const { take } of this.#listeners) take?.(comment);
    }
  }

  async #refresh(everyMs: number, signal: AbortSignal): Promise<void> {
    while (true) {
      await sleep(everyMs, signal);
      if (signal.aborted) return;
      try {
        // What was tried by the last round is due again in this one.
        await this.#fleet.attempt(undefined, { maxAge: everyMs / 2, signal });
      } catch {
        // The signal has aborted, or the fleet is closed and all of this ends.
        return;
      }
    }
  }

  /** Sends what has changed to those who wait, and notes it for the others. */
  #flush(): void {
    const { gone, isOrderNew } = this.#compare();
    const changed = [...this.#changed].flatMap((id) =>
      this.#fleet.get(id) ?? []
    );
    this.#changed.clear();
    const ofList = this.#changesOfList(gone, isOrderNew);
    const textOf = (snapshots: readonly Snapshot[]): string =>
      ofList + snapshots.map((each) => this.#event(each)).join("");
    const forAll = encoder.encode(textOf(changed));
    for (const listener of this.#listeners) {
      const { wants, take, missing } = listener;
      const wanted = wants === null ? changed : changed.filter(wants);
      if (take === null) {
        for (const { id } of wanted) missing.add(id);
        for (const id of gone) {
          missing.delete(id);
          listener.gone.add(id);
        }
        listener.isOrderNew ||= isOrderNew;
      } else if (wanted.length > 0 || ofList !== "") {
        take(wants === null ? forAll : encoder.encode(textOf(wanted)));
      }
    }
  }

  /**
   * Finds the checks that were removed, notes those that were added, and says
   * whether the others are in another order, or in other groups.
   */
  #compare(): { readonly gone: string[]; readonly isOrderNew: boolean } {
    if (this.#fleet.revision === this.#revision) {
      return { gone: [], isOrderNew: false };
    }
    this.#revision = this.#fleet.revision;
    const before = this.#known;
    const after = this.#known = this.#groups();
    for (const id of after.keys()) if (!before.has(id)) this.#changed.add(id);
    const stayed = [...after].filter(([id]) => before.has(id)).values();
    const gone: string[] = [];
    let isOrderNew = false;
    for (const [id, group] of before) {
      if (!after.has(id)) {
        gone.push(id);
      } else {
        const [at, groupThere] = stayed.next().value!;
        isOrderNew ||= at !== id || groupThere !== group;
      }
    }
    return { gone, isOrderNew };
  }

  #groups(): Map<string, string | null> {
    return new Map(this.#fleet.list().map(({ id, group }) => [id, group]));
  }

  #event(snapshot: Snapshot): string {
    let event = this.#events.get(snapshot);
    if (event === undefined) {
      const { event: name, toData } = this.#options;
      event = this.#toEvent(name, toData(snapshot));
      this.#events.set(snapshot, event);
    }
    return event;
  }

  #changesOfList(gone: readonly string[], isOrderNew: boolean): string {
    return gone.map((id) => this.#toEvent("removed", JSON.stringify({ id })))
      .join("") + (isOrderNew ? this.#toEvent("arranged", "{}") : "");
  }

  /** The HTML standard's event stream, section 9.2.5. */
  #toEvent(name: string, data: string): string {
    const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`);
    return `event: ${name}\nid: ${++this.#sequence}\n${lines.join("")}\n`;
  }
}
