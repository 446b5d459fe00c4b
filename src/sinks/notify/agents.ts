import type { ClusterLog, MemberStatus } from "../../core/cluster/status.ts";
import { agentCaption } from "../../core/notify/agent_caption.ts";
import type { Sighting } from "../../core/notify/sighting.ts";
import { wallTime } from "../../io/clock.ts";

/** How often the agents are looked at, in milliseconds. */
const LOOK_MS = 1_000;

/** Who hears of agents that are gone, and that are back. */
export interface AgentListener {
  see(sighting: Sighting): void;
  leave(check: string, at: number): void;
}

/** Sees the agents of a cluster as notifiers see checks: those that are gone fail. */
export class Agents implements Disposable {
  readonly #cluster: ClusterLog;
  readonly #listener: AgentListener;
  readonly #timer: ReturnType<typeof setInterval>;
  /** The agents that are gone, by their ids. */
  #gone = new Map<string, MemberStatus>();

  /** Looks at them from now on. */
  constructor(cluster: ClusterLog, listener: AgentListener) {
    this.#cluster = cluster;
    this.#listener = listener;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Those that are gone now, as they are seen. */
  gone(): Sighting[] {
    return Array.from(
      this.#gone.values(),
      (member) => this.#sightingOf(member),
    );
  }

  /** How an agent is now; nothing if there is none whose check has this id. */
  get(check: string): Sighting | undefined {
    const member = this.#cluster.members()
      .find(({ id }) => this.#idOf(id) === check);
    return member && this.#sightingOf(member);
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const before = this.#gone;
    const members = this.#cluster.members();
    this.#gone = new Map(
      members.filter(({ state }) => state === "gone")
        .map((member) => [member.id, member]),
    );
    for (const [id, member] of this.#gone) {
      if (!before.has(id)) this.#listener.see(this.#sightingOf(member));
    }
    for (const id of before.keys()) {
      if (this.#gone.has(id)) continue;
      const member = members.find((member) => member.id === id);
      if (member !== undefined) this.#listener.see(this.#sightingOf(member));
      else this.#listener.leave(this.#idOf(id), wallTime());
    }
  }

  #idOf(id: string): string {
    return agentCaption(id, this.#cluster.name).check;
  }

  #sightingOf({ id, state, seenAt }: MemberStatus): Sighting {
    const isGone = state === "gone";
    return {
      ...agentCaption(id, this.#cluster.name),
      status: isGone ? "unhealthy" : "healthy",
      since: isGone ? seenAt : wallTime(),
      reason: isGone
        ? {
          code: "missed",
          message: "It is gone without leaving; other agents run its checks",
        }
        : null,
      incident: null,
      muted: null,
      at: wallTime(),
    };
  }
}
