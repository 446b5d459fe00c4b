/** Among whom the checks are shared, as one member sees it. */

import type { Owned } from "./claim.ts";
import { hashOf } from "./hash.ts";
import type { Candidate } from "./shares.ts";
import { type Place, placeKey } from "./vantage.ts";

/** Where a member is, and what it runs. */
export interface Profile extends Place {
  /** The hash of its config: it shares with members that have the same one. */
  readonly config: string;
}

/** What a member says of itself in its key of the register. */
export interface MemberValue extends Owned, Profile {
  /** The digest of the view that it acts on. */
  readonly view: string;
  /** Whether it is about to leave: others own its checks already. */
  readonly leaving: boolean;
}

/** The members that share the checks with each other. */
export interface View {
  /** A number that grows with each change. */
  readonly number: number;
  /** In the order of their ids. */
  readonly members: readonly Candidate[];
  /** Views of other members that have the same digest are the same. */
  readonly digest: string;
}

/** The digest of members in the order of their ids. */
export function digestOf(members: readonly Candidate[]): string {
  const text = members.map((member) =>
    `${JSON.stringify(member.id)}${placeKey(member)}`
  ).join();
  const half = (salt: string) =>
    (hashOf(salt + text) >>> 0).toString(16).padStart(8, "0");
  return half("a") + half("b");
}
