import { CLEAN_UP_MS, patience } from "../../io/sleep.ts";
import type { Member } from "../member.ts";

/** What {@linkcode Leaving} calls. */
export interface LeavingListener {
  /** A member leaves. */
  onEnd(member: Member): void;
  /** It has come to rest, or is not waited for any longer. */
  onLeft(member: Member): void;
}

/** The checks that leave a fleet, until they have come to rest, by their ids. */
export class Leaving {
  readonly #listener: LeavingListener;
  readonly #leaving = new Map<string, Promise<void>>();

  constructor(listener: LeavingListener) {
    this.#listener = listener;
  }

  /** Gives up the attempt of a member. Resolves when it has come to rest. */
  retire(member: Member): Promise<void> {
    return member.retiring ??= this.#end(member);
  }

  /**
   * Remembers a check until a promise resolves. Resolves when it and all earlier
   * ones with its id have come to rest.
   */
  async add(id: string, atRest: Promise<void>): Promise<void> {
    const left = Promise.all([this.#leaving.get(id), atRest]).then(() => {});
    this.#leaving.set(id, left);
    await left;
    // Another one with that id may be leaving by now.
    if (this.#leaving.get(id) === left) this.#leaving.delete(id);
  }

  /** Resolves when those with an id are at rest, if any are not. */
  left(id: string): Promise<void> {
    return this.#leaving.get(id) ?? Promise.resolve();
  }

  /** Retires all members. Resolves when they and all that leave are at rest. */
  async close(members: Iterable<Member>): Promise<void> {
    await Promise.all([
      ...this.#leaving.values(),
      ...Array.from(members, (member) => this.retire(member)),
    ]);
  }

  async #end(member: Member): Promise<void> {
    member.removed = true;
    member.unlisten?.();
    member.following?.[Symbol.dispose]();
    this.#listener.onEnd(member);
    member.due = null;
    // A probe that removes its own check as it starts is not in flight yet.
    if (member.activity === "trying" && member.attempt === null) {
      await undefined;
    }
    const { attempt } = member;
    if (attempt !== null) {
      attempt.abort();
      await patience(attempt.atRest, CLEAN_UP_MS);
    }
    member.result?.resolve();
    this.#listener.onLeft(member);
  }
}
