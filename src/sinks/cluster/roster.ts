import type { MemberStatus } from "../../core/cluster/status.ts";
import { type Json, mapOf } from "../../core/json.ts";
import type { MemberValue } from "../../core/cluster/view.ts";
import { wallTime } from "../../io/clock.ts";
import type { Link, Store } from "./link.ts";

/** How often an agent says how it does, in milliseconds. */
export const REPORT_MS = 5_000;

/** How long an agent that is gone is shown, in milliseconds. */
const FORGET_MS = 24 * 3_600_000;

/** How long an agent may be known here before it is known as a member. */
const JOINING_MS = 15_000;

/** What an agent says of itself, beside its membership. */
export interface Profile {
  readonly region: string | null;
  readonly labels: Readonly<Record<string, string>>;
  readonly config: string;
  readonly owned: number;
  /** How late its attempts began of late, in milliseconds. */
  readonly lagMs: number | null;
  readonly version: string;
}

/** What is known of an agent. */
interface Known extends Profile {
  /** When it was last heard of, in milliseconds of the epoch by the own clock. */
  readonly seenAt: number;
}

/** What the membership knows of another agent. */
export interface LiveMember {
  readonly id: string;
  readonly value: Pick<
    MemberValue,
    "region" | "labels" | "config" | "leaving"
  >;
  /** When it was last heard of, in milliseconds of the epoch. */
  readonly seenAt: number;
}

/**
 * All agents that there were. One that ends in order takes itself out. So one that is
 * listed, but is no member, is gone.
 */
export class Roster {
  readonly #store: Store;
  readonly #self: string;
  readonly #known = new Map<string, Known>();
  /** Those that were found gone, until they are back. */
  readonly #gone = new Set<string>();

  /** Watches the roster from now on. */
  constructor(link: Link, self: string) {
    this.#self = self;
    this.#store = link.store("agents", {
      listed: (values) => {
        this.#known.clear();
        for (const [id, value] of values) this.#set(id, value);
      },
      changed: (id, value) => this.#set(id, value),
    });
  }

  /** Says how this agent does, and forgets who is gone for long. */
  report(profile: Profile): void {
    const now = wallTime();
    this.#store.put(this.#self, { ...profile, at: now } as unknown as Json);
    for (const [id, { seenAt }] of this.#known) {
      if (now - seenAt > FORGET_MS && id !== this.#self) this.forget(id);
    }
  }

  /** Takes an agent out: this one, as it ends, or one that does not come back. */
  forget(id: string): void {
    this.#set(id, undefined);
    this.#store.delete(id);
  }

  /**
   * All agents, in the order of their ids. Their silence means something since
   * `heardSince`, in milliseconds of the epoch: when this agent was connected.
   */
  members(live: Iterable<LiveMember>, heardSince: number): MemberStatus[] {
    const now = wallTime();
    const members = new Map<string, MemberStatus>();
    for (const { id, value, seenAt } of live) {
      const { region, labels, config, leaving } = value;
      const known = this.#known.get(id);
      this.#gone.delete(id);
      members.set(id, {
        id,
        region,
        labels,
        config,
        state: leaving ? "leaving" : "live",
        seenAt,
        owned: known?.config === config ? known.owned : null,
        lagMs: known?.lagMs ?? null,
        version: known?.version ?? null,
      });
    }
    for (const [id, known] of this.#known) {
      if (members.has(id) || now - known.seenAt > FORGET_MS) continue;
      const silentMs = now - Math.max(known.seenAt, heardSince);
      if (silentMs < JOINING_MS && !this.#gone.has(id)) continue;
      this.#gone.add(id);
      members.set(id, { id, ...known, state: "gone" });
    }
    return [...members.values()].sort((a, b) => a.id < b.id ? -1 : 1);
  }

  #set(id: string, value: unknown): void {
    const known = value === undefined ? undefined : knownOf(value);
    if (known !== undefined) this.#known.set(id, known);
    else {
      this.#known.delete(id);
      this.#gone.delete(id);
    }
  }
}

function knownOf(value: unknown): Known | undefined {
  const { region, labels, config, owned, lagMs, version, at } = mapOf(value);
  const isOne = (region === null || typeof region === "string") &&
    typeof labels === "object" && labels !== null && !Array.isArray(labels) &&
    Object.values(labels).every((label) => typeof label === "string") &&
    typeof config === "string" && Number.isSafeInteger(owned) &&
    typeof version === "string" && typeof at === "number";
  if (!isOne) return undefined;
  return {
    region,
    labels: labels as Record<string, string>,
    config,
    owned: owned as number,
    lagMs: typeof lagMs === "number" ? lagMs : null,
    version,
    // Its clock may be ahead.
    seenAt: Math.min(at, wallTime()),
  };
}
