import type {
  Answer,
  Entry,
  Request,
} from "../../../src/core/cluster/register.ts";
import type { Timing } from "../../../src/core/cluster/timing.ts";
import type { Random } from "./random.ts";
import type { SimRegister } from "./sim_register.ts";
import type { Timeline } from "./timeline.ts";

/** What a network does. */
export interface Network {
  /** The longest that a message takes, in milliseconds. */
  maxDelayMs: number;
  /** The share of watch events that are lost. */
  loss: number;
}

/** What a link goes through. */
export interface Air {
  readonly timeline: Timeline;
  readonly random: Random;
  readonly network: Network;
  readonly timing: Timing;
}

/** The process at the end of a link. */
export interface Process {
  /** How fast its clock is; 1 is right. */
  readonly rate: number;
  /** Something arrives: it is run now, or when the process goes on. */
  receive(run: () => void): void;
  /** A timer is due: like what arrives, but it comes first. */
  expire(run: () => void): void;
}

/** From one attempt to connect to the next, in milliseconds. */
const RECONNECT_MS = 250;

/** The connection of one process to a register, by which it writes and watches. */
export class SimLink<V> {
  /** What of it is cut: messages are lost, and nobody is told. */
  readonly cut = { requests: false, watch: false };
  /** When a message was last lost. */
  lostAt: number = -Infinity;
  readonly #air: Air;
  readonly #register: SimRegister<V>;
  readonly #process: Process;
  readonly #changed: (entry: Entry<V>) => void;
  readonly #listed: (entries: readonly Entry<V>[]) => void;
  #isConnected = true;
  /** A number for each connection: what belongs to older ones is lost. */
  #connection = 0;
  #isWatching = false;
  /** A number for each watch. */
  #epoch = 0;
  /** When the last message of the watch arrives: they stay in order. */
  #lastAt = 0;

  constructor(air: Air, register: SimRegister<V>, process: Process, on: {
    readonly changed: (entry: Entry<V>) => void;
    readonly listed: (entries: readonly Entry<V>[]) => void;
  }) {
    this.#air = air;
    this.#register = register;
    this.#process = process;
    this.#changed = on.changed;
    this.#listed = on.listed;
    register.watch((entry) => {
      const { random, network: { loss } } = air;
      if (!this.#isWatching || this.cut.watch || random.next() < loss) return;
      this.#push(() => this.#changed(entry));
    });
  }

  /** The connection breaks; the process is told, and connects again. */
  break(disconnected: () => void): void {
    this.#isConnected = this.#isWatching = false;
    this.#connection++;
    this.#process.receive(disconnected);
    this.#connect(this.#connection);
  }

  /** The watch ends, and the process is not told. */
  deafen(): void {
    this.#isWatching = false;
    this.#epoch++;
  }

  /** Sends a request, which is answered once, in time or as unreachable. */
  send(request: Request<V>, answered: (answer: Answer<V>) => void): void {
    const first = this.#expiring(answered, { type: "unreachable" });
    if (request.type === "list") return this.#list(() => first(null));
    const { write } = request;
    this.#trip(() => {
      const answer = this.#register.write(write);
      if (answer !== "conflict") return () => void first(answer);
      return () => {
        if (!first(null)) return;
        const second = this.#expiring(answered, {
          type: "conflict",
          entry: undefined,
        });
        this.#trip(() => {
          const entry = this.#register.get(write.key);
          return () => void second({ type: "conflict", entry });
        });
      };
    });
  }

  #connect(connection: number): void {
    const { timeline, random } = this.#air;
    timeline.at(
      timeline.now + random.between(1, RECONNECT_MS),
      () =>
        this.#process.receive(() => {
          if (connection !== this.#connection || this.#isConnected) return;
          this.#isConnected = this.#register.isUp && !this.cut.requests;
          if (!this.#isConnected) this.#connect(connection);
        }),
    );
  }

  /** A question that is answered in time, or otherwise with `late`. */
  #expiring(
    answered: (answer: Answer<V>) => void,
    late: Answer<V>,
  ): (answer: Answer<V> | null) => boolean {
    const { timeline, timing } = this.#air;
    let isOpen = true;
    const end = (answer: Answer<V> | null) => {
      if (!isOpen) return false;
      isOpen = false;
      if (answer !== null) answered(answer);
      return true;
    };
    timeline.at(
      timeline.now + timing.requestMs / this.#process.rate,
      () => this.#process.expire(() => end(late)),
    );
    return end;
  }

  /** A list comes by the watch that begins with it. */
  #list(listed: () => void): void {
    this.#trip(() => {
      if (this.cut.watch) return () => {};
      this.#epoch++;
      this.#isWatching = true;
      const entries = this.#register.list();
      this.#push(() => {
        listed();
        this.#listed(entries);
      });
      return () => {};
    });
  }

  /** A message of the watch, which arrives after those before it. */
  #push(run: () => void): void {
    const { timeline } = this.#air;
    const epoch = this.#epoch;
    this.#lastAt = Math.max(this.#lastAt, timeline.now + this.#delay());
    timeline.at(this.#lastAt, () => {
      if (this.cut.watch) return;
      this.#process.receive(() => {
        if (epoch === this.#epoch && this.#isWatching) run();
      });
    });
  }

  /** To the register and back, unless the message is lost on the way. */
  #trip(ask: () => () => void): void {
    const { timeline } = this.#air;
    const connection = this.#connection;
    const isLost = () => {
      const isThere = this.#isConnected && connection === this.#connection &&
        !this.cut.requests && this.#register.isUp;
      if (!isThere) this.lostAt = timeline.now;
      return !isThere;
    };
    if (isLost()) return;
    timeline.at(timeline.now + this.#delay(), () => {
      if (isLost()) return;
      const tell = ask();
      timeline.at(timeline.now + this.#delay(), () => {
        if (!isLost()) this.#process.receive(tell);
      });
    });
  }

  #delay(): number {
    const { random, network } = this.#air;
    return random.between(0.2, network.maxDelayMs);
  }
}
