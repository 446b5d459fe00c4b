import type { Desk } from "../../core/notify/desk.ts";
import type { Message } from "../../core/notify/message.ts";
import type { NotifierPolicy } from "../../core/notify/policy.ts";
import type { Scene, Sighting } from "../../core/notify/sighting.ts";
import type { Delivery, NotifierStatus } from "../../core/notify/status.ts";
import { thrownInWords } from "../../core/text.ts";
import { untilAborted } from "../../io/abort.ts";
import { Alarm } from "../../io/alarm.ts";
import { wallTime } from "../../io/clock.ts";
import { patience } from "../../io/sleep.ts";
import { ownTurn } from "../../io/turn.ts";
import type { Onlooker } from "./follower.ts";
import type { Letter } from "./receiver.ts";
import {
  deliver,
  type DeliverOptions,
  type Destination,
} from "./sending/deliver.ts";
import { Refresher } from "./sending/refresher.ts";
import { Taken } from "./sending/taken.ts";
import { Troubles } from "./sending/troubles.ts";

/** How long a message waits until it is written that it will be sent. */
const WRITE_MS = 5000;

/** How long the last messages may take, when a notifier ends. */
const LAST_MS = 3000;

/** However soon something is due: nothing happens more often than this. */
const LEAST_WAIT_MS = 50;

/** How often it is asked whether it may tell, while it may not, in milliseconds. */
const TELLS_POLL_MS = 1000;

/** What a notifier needs, beside where its letters go. */
export interface NotifierOptions {
  /** Its name, as in the config file. */
  readonly name: string;
  readonly desk: Desk;
  readonly scene: Scene;
  /** Tries checks that tell whether the agent's own network works. */
  readonly trySelf: (checks: readonly string[]) => Promise<void>;
  /** Resolves once what the desk has saved is written, if it can be. */
  readonly written: () => Promise<unknown>;
  /** Whether it may tell people now; it is asked before each message. */
  readonly tells: () => boolean;
  /** Puts a message in words. */
  readonly toLetter: (message: Message) => Letter;
  readonly onError: (error: unknown) => void;
}

/** A notifier that runs: it looks what is to be told, and sends it. */
export class Notifier implements Onlooker {
  readonly #options: NotifierOptions;
  readonly #desk: Desk;
  #policy: NotifierPolicy;
  #destination: Destination;
  #troubles: Troubles;
  readonly #refresher: Refresher;
  readonly #alarm: Alarm;
  #ending = new AbortController();
  /** When it wakes up; `Infinity` if it does not. */
  #wakeAt = Infinity;
  /** Whether it looks, or waits for checks before it does. */
  #isLooking = false;
  /** Resolves once it does not. */
  #looking: Promise<void> = Promise.resolve();
  /** The sending of messages that is under way. */
  #sending: Promise<void> | null = null;
  readonly #taken = new Taken();
  #isPaused = true;
  /** Resolves once it does nothing any more, after it was paused. */
  #paused: Promise<void> = Promise.resolve();

  constructor(
    options: NotifierOptions,
    policy: NotifierPolicy,
    destination: Destination,
  ) {
    this.#options = options;
    this.#desk = options.desk;
    this.#policy = policy;
    this.#destination = destination;
    this.#troubles = new Troubles(destination.say);
    this.#refresher = new Refresher({
      standing: (since) => this.#desk.standing(since),
      send: (message) => this.#refresh(message),
    });
    const wake = (): void => this.#wake();
    this.#alarm = new Alarm({
      onDue: wake,
      onClockSet: wake,
      onStall: wake,
    });
  }

  isWatching(check: string): boolean {
    return this.#desk.isWatching(check);
  }

  watched(): Iterable<string> {
    return this.#desk.watched();
  }

  see(sighting: Sighting): void {
    this.#desk.see(sighting);
    this.#arm();
  }

  leave(check: string, at: number): void {
    this.#desk.leave(check, at);
    this.#arm();
  }

  /** Looks and sends from now on. */
  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#ending = new AbortController();
    this.#refresher.everyMs = this.#destination.receiver.refreshMs;
    this.#wake();
  }

  /** Sends what is due within a moment if it may tell, and then does nothing. */
  pause(): Promise<void> {
    if (this.#isPaused) return this.#paused;
    this.#isPaused = true;
    return this.#paused = this.#end();
  }

  async #end(): Promise<void> {
    const ending = this.#ending;
    this.#alarm.set(null);
    this.#refresher.everyMs = undefined;
    if (this.#options.tells()) {
      const now = wallTime();
      if (this.#desk.nextLook <= now) this.#look(now);
      void this.#send();
    }
    await patience(Promise.resolve(this.#sending), LAST_MS);
    ending.abort();
    await this.#sending;
    await patience(this.#looking, LAST_MS);
  }

  /** Takes over another policy, or another place where its letters go. */
  change(policy: NotifierPolicy, destination: Destination): void {
    this.#policy = policy;
    this.#destination = destination;
    this.#troubles = new Troubles(destination.say);
    this.#desk.change(policy);
    if (this.#isPaused) return;
    this.#refresher.everyMs = destination.receiver.refreshMs;
    this.#wake();
  }

  /** How it does. */
  status(): NotifierStatus {
    const { name } = this.#options;
    const { type } = this.#destination.receiver;
    return { name, type, ...this.#desk.status() };
  }

  #wake(): void {
    this.#wakeAt = Infinity;
    if (!this.#mayTell()) return;
    const isDue = this.#desk.nextLook <= wallTime();
    if (isDue && !this.#isLooking) this.#looking = this.#lookSoon();
    void this.#send();
    this.#arm();
  }

  /** Whether it may tell people; if not, it asks again after a while. */
  #mayTell(): boolean {
    if (this.#options.tells()) return true;
    this.#wakeAt = wallTime() + TELLS_POLL_MS;
    if (!this.#isPaused) this.#alarm.set(this.#wakeAt);
    return false;
  }

  /** Whether there may be something to tell. */
  get #hasNews(): boolean {
    const [lasting] = this.#desk.watched();
    return lasting !== undefined || this.#desk.status().pending > 0;
  }

  /** Looks once it is known how the checks are that tell of the own network. */
  async #lookSoon(): Promise<void> {
    const { self } = this.#policy;
    this.#isLooking = true;
    try {
      if (self.length > 0 && this.#hasNews) await this.#options.trySelf(self);
      // Other notifiers have as much to do at the same time.
      await ownTurn();
    } finally {
      this.#isLooking = false;
    }
    if (this.#isPaused || !this.#mayTell()) return;
    this.#look(wallTime());
    void this.#send();
    this.#arm();
  }

  #look(now: number): void {
    try {
      this.#desk.look(now, this.#options.scene);
    } catch (error) {
      this.#options.onError(error);
    }
    this.#refresher.look();
  }

  /** Wakes up when there may be something to do. */
  #arm(): void {
    if (this.#isPaused) return;
    const { nextLook, nextSend } = this.#desk;
    const look = this.#isLooking ? Infinity : nextLook;
    const next = this.#sending === null ? Math.min(look, nextSend) : look;
    if (next === Infinity || next >= this.#wakeAt) return;
    this.#wakeAt = Math.ceil(Math.max(next, wallTime() + LEAST_WAIT_MS));
    this.#alarm.set(this.#wakeAt);
  }

  /** Sends all that is to be sent now, one message after the other. */
  #send(): Promise<void> {
    return this.#sending ??= this.#sendAll().catch(this.#options.onError)
      .finally(() => {
        this.#sending = null;
        this.#arm();
      });
  }

  async #sendAll(): Promise<void> {
    const { signal } = this.#ending;
    while (!signal.aborted && this.#mayTell()) {
      const { givenUp } = this.#desk.status();
      const message = this.#desk.next(wallTime());
      this.#sayGivenUp(givenUp, "it could not be sent for too long");
      if (message === undefined) return;
      await this.#sendOne(message, signal);
    }
  }

  async #sendOne(message: Message, signal: AbortSignal): Promise<void> {
    const { id } = message;
    const { givenUp } = this.#desk.status();
    this.#desk.sending(id, wallTime());
    // What is tried again was written before.
    if (this.#taken.begin(id)) {
      await untilAborted(patience(this.#options.written(), WRITE_MS), signal);
    }
    await ownTurn();
    const delivery = signal.aborted || !this.#options.tells()
      ? failed("ended before it was sent")
      : await this.#deliver(message, { signal, ...this.#taken.of(id) });
    this.#desk.delivered(id, delivery, wallTime(), Math.random());
    // Soon, so that a crash hardly ever repeats it.
    void this.#options.written();
    this.#refresher.look();
    if (delivery.ok) {
      this.#taken.end(id);
      this.#troubles.over();
    } else if (!this.#sayGivenUp(givenUp, delivery.why) && this.#mayTell()) {
      this.#troubles.say(delivery.why);
    }
  }

  /** Puts a message in words, and delivers it. It never rejects. */
  async #deliver(message: Message, options: DeliverOptions): Promise<Delivery> {
    let letter: Letter;
    try {
      letter = this.#options.toLetter(message);
    } catch (error) {
      this.#options.onError(error);
      return failed(thrownInWords(error));
    }
    return await deliver(letter, this.#destination, options);
  }

  /** Says that messages were given up, if more are now than before. */
  #sayGivenUp(before: number, why: string): boolean {
    const count = this.#desk.status().givenUp - before;
    if (count > 0) this.#troubles.gaveUp(count, why);
    return count > 0;
  }

  /** Tells all that lasts, or is over since a moment, beside the messages. */
  async #refresh(message: Message): Promise<void> {
    if (!this.#options.tells()) return;
    const { signal } = this.#ending;
    const delivery = await this.#deliver(message, { signal });
    if (delivery.ok) this.#troubles.over();
    else if (!this.#isPaused) this.#troubles.say(delivery.why);
  }
}

/** A message was not sent at all. */
function failed(why: string): Delivery {
  return { ok: false, why, isFinal: false, mayHaveArrived: false };
}
