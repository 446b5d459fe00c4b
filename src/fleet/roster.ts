import { noCounts, type Rollup, rollup } from "../core/rollup.ts";
import type { Snapshot, Status } from "../core/types.ts";
import type { Member } from "./member.ts";
import { Waiter } from "./watch/waiter.ts";

/** The members of a fleet in their order, and the number of each status. */
export class Roster {
  #members = new Map<string, Member>();
  readonly #counts = noCounts();
  #revision = 0;

  /** The number of members. */
  get size(): number {
    return this.#members.size;
  }

  /** How often members were added, removed, replaced or rearranged. */
  get revision(): number {
    return this.#revision;
  }

  /** The ids of all members. */
  ids(): string[] {
    return [...this.#members.keys()];
  }

  /** The member with an id. */
  get(id: string): Member | undefined {
    return this.#members.get(id);
  }

  /** @throws {RangeError} If there is no member with this id. */
  require(id: string): Member {
    const member = this.#members.get(id);
    if (member === undefined) {
      throw new RangeError(`There is no check named ${JSON.stringify(id)}`);
    }
    return member;
  }

  /** @throws {Error} If there is a member with this id. */
  mustBeFree(id: string): void {
    if (!this.#members.has(id)) return;
    throw new Error(`There is a check named ${JSON.stringify(id)} already`);
  }

  /** All members. */
  values(): IterableIterator<Member> {
    return this.#members.values();
  }

  /** The snapshots of all members. */
  snapshots(): Snapshot[] {
    return Array.from(this.#members.values(), (member) => member.snapshot);
  }

  /** Adds a member at the end. */
  add(member: Member): void {
    this.#members.set(member.id, member);
    this.#counts[member.state.status]++;
    this.#revision++;
  }

  /** Removes a member. */
  delete(member: Member): void {
    this.#members.delete(member.id);
    this.#counts[member.state.status]--;
    this.#revision++;
  }

  /** Puts a member in the place of another one with the same id. */
  replace(old: Member, member: Member): void {
    this.#members.set(member.id, member);
    this.count(old.state.status, member.state.status);
    this.#revision++;
  }

  /**
   * Puts the members with some ids first, in the order of the ids. Returns
   * `false` if they are in that order already.
   *
   * @throws {RangeError} If there is no member with one of the ids.
   */
  arrange(ids: Iterable<string>): boolean {
    const first = new Map(
      Array.from(ids, (id) => [id, this.require(id)] as const),
    );
    const before = this.#members.keys();
    if ([...first.keys()].every((id) => id === before.next().value)) {
      return false;
    }
    // A map keeps the place of a key that it has.
    this.#members = new Map([...first, ...this.#members]);
    this.#revision++;
    return true;
  }

  /** Counts a change from one status to another. */
  count(before: Status, after: Status): void {
    this.#counts[before]--;
    this.#counts[after]++;
  }

  /** @throws {RangeError} If there is no member with one of the ids. */
  rollup(ids: Iterable<string> | undefined): Rollup {
    if (ids === undefined) return rollup(this.#counts);
    const counts = noCounts();
    for (const id of new Set(ids)) counts[this.require(id).state.status]++;
    return rollup(counts);
  }

  /**
   * Makes a waiter until all members, or some, have one of the statuses; it
   * already has their statuses of now.
   *
   * @throws {RangeError} If there is no member with one of the ids.
   */
  waiter(
    statuses: Iterable<Status>,
    ids: Iterable<string> | undefined,
  ): Waiter<Snapshot[]> {
    const chosen = ids === undefined ? undefined : [...new Set(ids)];
    const members = chosen?.map((id) => this.require(id)) ?? this.values();
    const take = (): Snapshot[] =>
      chosen?.flatMap((id) => this.get(id)?.snapshot ?? []) ?? this.snapshots();
    const describe = (id: string): string => {
      const { currentStatus, state: { reason } } = this.require(id);
      const why = reason === null ? "" : ` (${reason.message})`;
      return `${JSON.stringify(id)} is ${currentStatus}${why}`;
    };
    const waiter = new Waiter({ statuses, ids: chosen, take, describe });
    for (const { id, currentStatus } of members) waiter.note(id, currentStatus);
    waiter.conclude();
    return waiter;
  }
}
