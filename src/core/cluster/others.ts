import type { Entry, Write } from "./register.ts";
import type { Timing } from "./timing.ts";
import { placeKey } from "./vantage.ts";
import type { MemberValue } from "./view.ts";

/** How many keys are asked to be deleted at once. */
const MAX_DELETES = 100;

/** What is known of another member. */
interface Known {
  readonly revision: number;
  readonly value: MemberValue;
  /** When its revision was last seen to change. */
  readonly seenAt: number;
  /** What it says that decides about shares. */
  readonly sharing: string;
  /** When it is forgotten, if the register has lost its key. */
  readonly forgetAt: number | null;
  /** When it was last asked for that its key be deleted. */
  readonly askedAt: number;
}

/** The other members, by what one has seen of their keys. */
export class Others {
  readonly #timing: Timing;
  readonly #known = new Map<string, Known>();
  #changes = 0;
  /** When the next one is forgotten. */
  #forgetAt = Infinity;

  constructor(timing: Timing) {
    this.#timing = timing;
  }

  /** A number that grows when it may matter for shares. */
  get changes(): number {
    return this.#changes;
  }

  /** What a member says of itself. */
  get(id: string): MemberValue | undefined {
    return this.#known.get(id)?.value;
  }

  /** All of them, with when each was last seen to renew its key. */
  *all(): Iterable<readonly [id: string, value: MemberValue, seenAt: number]> {
    for (const [id, { value, seenAt }] of this.#known) {
      yield [id, value, seenAt];
    }
  }

  /**
   * Watching began anew, and these are all keys. Where the register may have lost
   * keys, members without one are remembered until they had time to come back.
   */
  listed(
    entries: readonly Entry<MemberValue>[],
    now: number,
    { mayBeLost }: { readonly mayBeLost: boolean },
  ): void {
    const listed = new Set(entries.map(({ key }) => key));
    for (const [id, known] of this.#known) {
      if (listed.has(id)) continue;
      if (!mayBeLost) this.#remove(id);
      else if (known.forgetAt === null) {
        const forgetAt = now + this.#timing.returnMs;
        this.#known.set(id, { ...known, forgetAt });
        this.#forgetAt = Math.min(this.#forgetAt, forgetAt);
      }
    }
    for (const entry of entries) this.#set(entry, now);
  }

  /** A key was seen to change. What is older than what is known is ignored. */
  changed(entry: Entry<MemberValue>, now: number): void {
    const known = this.#known.get(entry.key);
    const isNewer = known === undefined || known.forgetAt !== null ||
      entry.revision > known.revision;
    if (isNewer) this.#set(entry, now);
  }

  /** The key has another revision than the one that was named in a delete. */
  differs(
    { key, revision }: Pick<Write<MemberValue>, "key" | "revision">,
    entry: Entry<MemberValue> | null,
    now: number,
  ): void {
    if (this.#known.get(key)?.revision !== revision) {
      if (entry !== null) this.changed(entry, now);
    } else if (entry === null) this.#remove(key);
    else this.#set(entry, now);
  }

  /** Forgets those whose time to come back is over. */
  forget(now: number): void {
    if (now < this.#forgetAt) return;
    this.#forgetAt = Infinity;
    for (const [id, { forgetAt }] of this.#known) {
      if (forgetAt === null) continue;
      if (now >= forgetAt) this.#remove(id);
      else this.#forgetAt = Math.min(this.#forgetAt, forgetAt);
    }
  }

  /**
   * The keys to delete, as they were not renewed for as long as others wait. The
   * register was reachable, and this process awake, since `since`.
   */
  silent(
    now: number,
    since: number,
  ): (Write<MemberValue> & { type: "delete" })[] {
    const { takeoverMs, requestMs } = this.#timing;
    if (now - since < takeoverMs) return [];
    const silent = [];
    for (const [key, known] of this.#known) {
      const { revision, seenAt, forgetAt, askedAt } = known;
      if (forgetAt !== null || now - seenAt < takeoverMs) continue;
      if (now - askedAt < requestMs) continue;
      if (silent.length >= MAX_DELETES) break;
      this.#known.set(key, { ...known, askedAt: now });
      silent.push({ type: "delete" as const, key, revision });
    }
    return silent;
  }

  #set({ key, revision, value }: Entry<MemberValue>, now: number): void {
    if (value === null) return this.#remove(key);
    const known = this.#known.get(key);
    const { config, leaving } = value;
    const sharing = JSON.stringify([config, leaving, placeKey(value)]);
    const isSame = known?.revision === revision;
    if (known?.sharing !== sharing) this.#changes++;
    this.#known.set(key, {
      revision,
      value,
      seenAt: isSame ? known!.seenAt : now,
      sharing,
      forgetAt: null,
      askedAt: isSame ? known!.askedAt : -Infinity,
    });
  }

  #remove(id: string): void {
    if (this.#known.delete(id)) this.#changes++;
  }
}
