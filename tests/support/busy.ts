/**
 * What tests do about a machine that is busy with something else: nothing here
 * makes a test pass that would not pass on an idle one.
 *
 * @module
 */

import type { Ended } from "./program.ts";

/**
 * Tries something with more and more time, until it came as far as it should.
 * With the most it has to: that result is given as it is.
 */
export async function givenTime<T>(
  attempt: (timeoutMs: number) => Promise<T>,
  isFarEnough: (result: T) => boolean,
): Promise<T> {
  for (let timeoutMs = 80;; timeoutMs *= 10) {
    const result = await attempt(timeoutMs);
    if (isFarEnough(result) || timeoutMs >= 8000) return result;
  }
}

/** Whether something has no verdict as its process did not get on. */
export function wasStalled(text: string | undefined): boolean {
  return text?.includes("this process itself was stalled") ?? false;
}

/** Runs a program again that did not get on, a few times. */
export async function unstalled(run: () => Promise<Ended>): Promise<Ended> {
  for (let i = 0;; i++) {
    const ended = await run();
    if (!wasStalled(ended.stdout + ended.stderr) || i === 4) return ended;
  }
}
