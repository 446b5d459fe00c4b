import type { Say } from "../../../core/say.ts";

/** How many kinds of failures are said until it works again. */
const MAX_KINDS = 10;

/**
 * What may be another text each time: what is quoted, and such words as times, but
 * for a status or an exit code.
 */
const OTHER_EACH_TIME = /: ".*|(?<!\b(?:got|code) )\b\w*\d[\w:.+-]*/gs;

/** Says what goes wrong with a notifier: each kind of failure once. */
export class Troubles {
  readonly #say: Say;
  readonly #kinds = new Set<string>();

  /** Takes what tells the user, in the name of the notifier. */
  constructor(say: Say) {
    this.#say = say;
  }

  /** Says that something cannot be sent now. */
  say(why: string): void {
    const kind = why.replace(OTHER_EACH_TIME, "");
    if (this.#kinds.has(kind) || this.#kinds.size >= MAX_KINDS) return;
    this.#kinds.add(kind);
    this.#say(`cannot send, trying again: ${why}`, "warn");
  }

  /** Says that messages are given up. */
  gaveUp(count: number, why: string): void {
    const what = count === 1 ? "a message" : `${count} messages`;
    this.#kinds.add("");
    this.#say(`gave up ${what}: ${why}`, "error");
  }

  /** Says that it works again, if that is news. */
  over(): void {
    if (this.#kinds.size > 0) this.#say("sends again");
    this.forget();
  }

  /** Says everything again that goes wrong from now on. */
  forget(): void {
    this.#kinds.clear();
  }
}
