import { parseDuration } from "../../core/duration.ts";
import { readOption } from "../../core/option_error.ts";
import { unlessAborted } from "../../io/abort.ts";
import { deferred } from "../../io/deferred.ts";
import { CLEAN_UP_MS, patience } from "../../io/sleep.ts";
import type { AttemptOptions } from "../fleet_options.ts";
import type { Member } from "../member.ts";
import type { Sharing } from "../sharing.ts";

/** What {@linkcode Demand} asks of those who use it. */
export interface DemandUser {
  /** Has an attempt made, unless there is one already. */
  request(member: Member): void;
  /** How checks are shared, if they are. */
  sharing(): Sharing | undefined;
  /** Called when a result from before a restart was taken for a current one. */
  onTrust(member: Member): void;
  /** Called with what was thrown by an agent that was asked, or a resource. */
  onError(error: unknown): void;
}

/** Attempts on demand, here or by the agent that runs a check. */
export class Demand {
  readonly #user: DemandUser;
  readonly #closing = new AbortController();

  constructor(user: DemandUser) {
    this.#user = user;
  }

  /** Waits for other agents no more. */
  stop(): void {
    this.#closing.abort();
  }

  /**
   * Makes attempts of the members whose result is too old, or joins those in
   * flight. The other results are current, though they may be from before a
   * restart. Resolves when all have a result.
   */
  async attempt(
    members: readonly Member[],
    { maxAge, signal }: AttemptOptions,
  ): Promise<void> {
    const maxAgeMs = maxAge === undefined
      ? -1
      : readOption("maxAge", () => parseDuration(maxAge));
    const attempts: Promise<void>[] = [];
    for (const member of members) {
      if (member.ageMs > maxAgeMs) {
        attempts.push(this.#attempt(member));
      } else if (member.trust()) this.#user.onTrust(member);
    }
    await unlessAborted(Promise.all(attempts), signal);
  }

  /** Tries a member, or has the agent that runs it do so. */
  async #attempt(member: Member): Promise<void> {
    if (member.activity === "resting" && !member.held) {
      await patience(member.attempt!.atRest, CLEAN_UP_MS);
      // A probe that never comes to rest is not run again.
      if (member.activity === "resting" && !member.held) return;
    }
    if (member.removed) return;
    if (member.held) return await this.ask(member);
    const { promise } = member.result ??= deferred<void>();
    this.#user.request(member);
    await promise;
  }

  /** Has another agent try a member that it runs. Never rejects. */
  async ask({ id }: Member): Promise<void> {
    const { signal } = this.#closing;
    try {
      await unlessAborted(this.#user.sharing()!.attempt(id), signal);
    } catch (error) {
      if (!signal.aborted) this.#user.onError(error);
    }
  }
}
