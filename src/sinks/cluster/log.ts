import type {
  ClusterLog,
  MemberStatus,
  RegionLook,
  Standing,
  Uncovered,
} from "../../core/cluster/status.ts";
import type { Vantage } from "../../core/cluster/vantage.ts";
import type { Profile } from "../../core/cluster/view.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import type { Identity } from "./identity.ts";
import type { Link } from "./link.ts";
import type { Loop } from "./loop.ts";
import type { Roster } from "./roster.ts";
import type { Board } from "./shared/board.ts";
import type { Looks } from "./shared/looks.ts";

/** The parts of a cluster that say how it is. */
export interface LogParts {
  readonly link: Link;
  readonly identity: Identity;
  readonly loop: Loop;
  readonly board: Board;
  readonly roster: Roster;
  readonly looks: Looks;
  readonly vantages: () => readonly Vantage[];
  readonly profile: () => Profile;
}

/** What an agent knows of its cluster. */
export class Log implements ClusterLog {
  readonly name: string;
  readonly self: string;
  readonly #parts: LogParts;

  constructor(parts: LogParts) {
    this.#parts = parts;
    this.name = parts.identity.name;
    this.self = parts.identity.id;
  }

  get standing(): Standing {
    const { stage, view } = this.#parts.loop.membership;
    if (stage === "replaced") return "replaced";
    if (stage !== "joining") return "member";
    return view === null ? "joining" : "alone";
  }

  get isConnected(): boolean {
    return this.#parts.link.isConnected && this.#aloneMs === null;
  }

  get connectedSince(): number {
    const { since } = this.#parts.link;
    const aloneMs = this.#aloneMs;
    return aloneMs === null ? since : Math.max(since, wallTime() - aloneMs);
  }

  /** For how long a server that can be reached does not do what it is asked. */
  get #aloneMs(): number | null {
    const { link, loop: { membership } } = this.#parts;
    return link.isConnected ? membership.aloneMs(monotonicTime()) : null;
  }

  get fault(): string | null {
    return this.#parts.link.fault;
  }

  get teller(): string | null {
    const { loop } = this.#parts;
    return loop.tells ? this.self : loop.teller.holder;
  }

  get untoldSince(): number | null {
    const { untoldMs } = this.#parts.loop;
    return untoldMs === null ? null : wallTime() - untoldMs;
  }

  get owned(): number {
    return this.#parts.loop.assignment.running;
  }

  get takeovers(): number {
    return this.#parts.board.takeovers;
  }

  members(): readonly MemberStatus[] {
    const { link, loop: { membership }, profile, roster } = this.#parts;
    const gained = wallTime() - monotonicTime();
    const others = Array.from(
      membership.others(),
      ([id, value, seenAt]) => ({ id, value, seenAt: seenAt + gained }),
    );
    const leaving = membership.stage === "leaving";
    return roster.members([...others, {
      id: this.self,
      value: { ...profile(), leaving },
      seenAt: wallTime(),
    }], this.isConnected ? link.since : Infinity);
  }

  uncovered(limit: number): readonly Uncovered[] {
    const { vantages, loop: { assignment } } = this.#parts;
    const uncovered: Uncovered[] = [];
    // Before it is one of them, it does not know who runs what.
    if (this.#parts.loop.membership.view === null) return uncovered;
    for (const [index, { check, region }] of vantages().entries()) {
      if (uncovered.length >= limit) break;
      if (assignment.owner(index) === null) uncovered.push({ check, region });
    }
    return uncovered;
  }

  regionsOf(check: string): readonly RegionLook[] {
    return this.#parts.looks.of(check);
  }
}
