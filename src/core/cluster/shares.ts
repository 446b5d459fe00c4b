/**
 * Who runs what: rendezvous hashing. Each member has a score for each check, and
 * the highest one owns it. A member that comes takes its own share only, and that
 * of one that goes is spread over all others.
 */

import { hashOf, scoreOf } from "./hash.ts";
import { allows, type Place, placeKey, type Vantage } from "./vantage.ts";

/** A member, as far as it decides what it owns. */
export interface Candidate extends Place {
  /** Its id, unique in the cluster. */
  readonly id: string;
}

/** Nobody may run it. */
const NOBODY = -1;

/** What happens to a vantage that has another owner than before. */
export type OnMove = (
  index: number,
  from: string | null,
  to: string | null,
) => void;

/**
 * The owner of one vantage among members, `null` if none of them may run it.
 * It is the same as {@linkcode Shares} says, without having to keep anything.
 */
export function ownerOf(
  vantage: Vantage,
  members: Iterable<Candidate>,
): string | null {
  const check = hashOf(vantage.check);
  let owner: string | null = null;
  let best = 0;
  for (const member of members) {
    if (!allows(vantage, member)) continue;
    const score = scoreOf(check, hashOf(member.id));
    const isBetter = owner === null || score > best ||
      score === best && member.id < owner;
    if (!isBetter) continue;
    owner = member.id;
    best = score;
  }
  return owner;
}

/** Vantages that the same members may run. */
interface Group {
  readonly place: Place;
  /** The indices of its vantages. */
  readonly indices: Uint32Array;
  /** The hashes of their checks. */
  readonly hashes: Int32Array;
  /** The scores of their owners. */
  readonly scores: Int32Array;
  /** Their owners, as indices of `slots`. */
  readonly owners: Int32Array;
  /** The members that may run them; `null` is a free place. */
  readonly slots: (Slot | null)[];
}

interface Slot {
  readonly id: string;
  readonly hash: number;
}

/**
 * The shares of all members. Vantages are named by their index in the list that
 * is given; 12 bytes are kept of each. Sharing anew takes a step for each vantage
 * and member, a change of one member little more than one for each vantage.
 */
export class Shares {
  readonly #groups: readonly Group[];
  /** The group of a vantage, and its place there; made when it is asked for. */
  #places: { readonly group: Uint32Array; readonly at: Uint32Array } | null =
    null;
  readonly #size: number;

  constructor(vantages: readonly Vantage[]) {
    this.#size = vantages.length;
    this.#groups = grouped(vantages);
  }

  /** How many vantages there are. */
  get size(): number {
    return this.#size;
  }

  /** Shares among other members, and tells what has another owner now. */
  change(members: readonly Candidate[], onMove: OnMove = () => {}): void {
    const hashed = members.map((member) => ({
      member,
      slot: { id: member.id, hash: hashOf(member.id) },
    }));
    for (const group of this.#groups) {
      const allowed = hashed.filter(({ member }) =>
        allows(group.place, member)
      );
      changeGroup(group, allowed.map(({ slot }) => slot), onMove);
    }
  }

  /** The id of the owner of a vantage, `null` if nobody may run it. */
  owner(index: number): string | null {
    this.#places ??= placesOf(this.#groups, this.#size);
    const group = this.#groups[this.#places.group[index]!]!;
    const slot = group.owners[this.#places.at[index]!]!;
    return slot === NOBODY ? null : group.slots[slot]!.id;
  }
}

function grouped(vantages: readonly Vantage[]): Group[] {
  const byKey = new Map<string, { place: Vantage; indices: number[] }>();
  let last: Vantage | undefined;
  let indices: number[] = [];
  for (let index = 0; index < vantages.length; index++) {
    const vantage = vantages[index]!;
    const isLikeLast = last !== undefined && last.region === vantage.region &&
      last.labels === vantage.labels;
    if (!isLikeLast) {
      const key = placeKey(vantage);
      const found = byKey.get(key) ?? { place: vantage, indices: [] };
      byKey.set(key, found);
      last = vantage;
      indices = found.indices;
    }
    indices.push(index);
  }
  return [...byKey.values()].map(({ place, indices }) => {
    const size = indices.length;
    const hashes = new Int32Array(size);
    for (let at = 0; at < size; at++) {
      hashes[at] = hashOf(vantages[indices[at]!]!.check);
    }
    return {
      place,
      indices: Uint32Array.from(indices),
      hashes,
      scores: new Int32Array(size),
      owners: new Int32Array(size).fill(NOBODY),
      slots: [],
    };
  });
}

function placesOf(groups: readonly Group[], size: number): {
  readonly group: Uint32Array;
  readonly at: Uint32Array;
} {
  const places = { group: new Uint32Array(size), at: new Uint32Array(size) };
  for (const [nth, { indices }] of groups.entries()) {
    for (let at = 0; at < indices.length; at++) {
      places.group[indices[at]!] = nth;
      places.at[indices[at]!] = at;
    }
  }
  return places;
}

/** The slots of some members, with the hashes of their ids. */
interface Contenders {
  readonly slots: Int32Array;
  readonly hashes: Int32Array;
}

function changeGroup(
  group: Group,
  members: readonly Slot[],
  onMove: OnMove,
): void {
  const { slots, owners, hashes, indices } = group;
  const before = slots.map((slot) => slot?.id ?? null);
  const added = replaceSlots(slots, members);
  const gone = slots.map((slot, at) => slot === null || added.has(at));
  if (added.size === 0 && !before.some((id, at) => id !== null && gone[at])) {
    return;
  }
  const all = contenders(slots, () => true);
  const news = contenders(slots, (at) => added.has(at));
  for (let at = 0; at < hashes.length; at++) {
    const old = owners[at]!;
    const isFree = old === NOBODY || gone[old]!;
    if (isFree) owners[at] = NOBODY;
    contend(group, at, isFree ? all : news);
    const owner = owners[at]!;
    if (owner === old && !isFree) continue;
    const from = old === NOBODY ? null : before[old]!;
    const to = owner === NOBODY ? null : slots[owner]!.id;
    if (from !== to) onMove(indices[at]!, from, to);
  }
}

/** Gives a vantage to the best of those who contend with its owner, if any. */
function contend(
  { hashes, scores, owners, slots }: Group,
  at: number,
  rivals: Contenders,
): void {
  if (rivals.slots.length === 0) return;
  const check = hashes[at]!;
  const isFree = owners[at] === NOBODY;
  let owner = isFree ? rivals.slots[0]! : owners[at]!;
  let best = isFree ? scoreOf(check, rivals.hashes[0]!) : scores[at]!;
  for (let i = isFree ? 1 : 0; i < rivals.hashes.length; i++) {
    const score = scoreOf(check, rivals.hashes[i]!);
    if (score >= best) {
      const rival = rivals.slots[i]!;
      if (score > best || slots[rival]!.id < slots[owner]!.id) {
        owner = rival;
        best = score;
      }
    }
  }
  owners[at] = owner;
  scores[at] = best;
}

/**
 * Puts members in the slots: each stays where it is, and new ones go where there
 * is room. Returns the slots of the new ones.
 */
function replaceSlots(
  slots: (Slot | null)[],
  members: readonly Slot[],
): Set<number> {
  const byId = new Map(members.map((member) => [member.id, member]));
  for (const [at, slot] of slots.entries()) {
    slots[at] = slot === null ? null : byId.get(slot.id) ?? null;
    if (slot !== null) byId.delete(slot.id);
  }
  const added = new Set<number>();
  let at = 0;
  for (const member of byId.values()) {
    while (at < slots.length && slots[at] !== null) at++;
    slots[at] = member;
    added.add(at);
  }
  return added;
}

function contenders(
  slots: readonly (Slot | null)[],
  isIn: (at: number) => boolean,
): Contenders {
  const chosen = [...slots.keys()].filter((at) =>
    slots[at] !== null && isIn(at)
  );
  return {
    slots: Int32Array.from(chosen),
    hashes: Int32Array.from(chosen, (at) => slots[at]!.hash),
  };
}
