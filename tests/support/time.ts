import { FakeTime } from "@std/testing/time";
import { setImmediate } from "node:timers/promises";
import { timers } from "../../src/io/deadlines.ts";

/** When faked time begins: attempts keep to a offset of the time of day. */
export const START: number = Date.UTC(2026, 0, 1);

/**
 * Lets faked time go by as real time does: each timer at its own time, and
 * everything it sets off before the next one.
 */
export async function advance(time: FakeTime, ms: number): Promise<void> {
  let over = false;
  setTimeout(() => over = true, ms);
  // As `nextAsync()` does, but without a real timeout for each faked one.
  while (!over) {
    await setImmediate();
    time.next();
  }
  await setImmediate();
}

/** Keeps the event loop from turning, in real time. */
export function block(ms: number): void {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

/**
 * Faked time whose clock can be set, and which can pass while the event loop
 * is blocked. `FakeTime` leaves `performance.now()` alone; here it goes along,
 * as far as time really passes.
 */
export class SettableTime implements Disposable {
  readonly time: FakeTime = new FakeTime(START);
  readonly #Date = Date;
  readonly #timers = { ...timers };
  #setMs = 0;
  #blockedMs = 0;

  constructor() {
    const monotonic = (): number =>
      this.time.now - this.time.start + this.#blockedMs;
    const wall = (): number => this.time.now + this.#blockedMs + this.#setMs;
    globalThis.Date = new Proxy(Date, {
      get: (target, key) => key === "now" ? wall : Reflect.get(target, key),
    });
    // The monotonic clock goes along with these.
    Object.assign(timers, { setTimeout, clearTimeout });
    Object.defineProperty(performance, "now", {
      value: monotonic,
      configurable: true,
    });
  }

  /** Sets the clock forward, or back. */
  setClock(byMs: number): void {
    this.#setMs += byMs;
  }

  /** Lets time pass in which no timer can fire. */
  block(ms: number): void {
    this.#blockedMs += ms;
  }

  /** Lets time go by. */
  advance(ms: number): Promise<void> {
    return advance(this.time, ms);
  }

  [Symbol.dispose](): void {
    Reflect.deleteProperty(performance, "now");
    globalThis.Date = this.#Date;
    Object.assign(timers, this.#timers);
    this.time.restore();
  }
}
