import { type Json, mapStrings } from "../core/json.ts";
import { error } from "../core/outcome.ts";
import { thrownInWords } from "../core/text.ts";
import type { Ping, ProbeHost, Snapshot } from "../core/types.ts";
import type { Dispatch } from "./dispatch.ts";
import type { AttemptOptions } from "./fleet_options.ts";
import type { Member } from "./member.ts";
import type { Roster } from "./roster.ts";
import { LateReports } from "./run/late_reports.ts";
import type { Runner } from "./run/runner.ts";
import type { Step } from "./step.ts";

/** The parts of a fleet that passive probes use. */
export interface FollowedFleet {
  readonly roster: Roster;
  readonly runner: Runner;
  readonly dispatch: Dispatch;
  attempt(id: string, options: AttemptOptions): Promise<Snapshot>;
}

/** Lets passive probes follow their targets, and other checks of their fleet. */
export class Following {
  readonly #fleet: FollowedFleet;
  /** Who is to be called, by the ids of the checks that they follow. */
  readonly #followers = new Map<string, Set<() => void>>();
  /** Ends the observing, which lasts while there are followers. */
  #end: AbortController | undefined;

  constructor(fleet: FollowedFleet) {
    this.#fleet = fleet;
  }

  /** Starts a member's probe, if it is a passive one. */
  start(member: Member): void {
    const { follow } = member.probe;
    // An observer may have removed it already.
    if (follow === undefined || member.removed) return;
    /** What ends with the check; `DisposableStack` is not everywhere. */
    const ends: (() => void)[] = [];
    member.following = {
      [Symbol.dispose]: () => ends.splice(0).forEach((end) => this.#try(end)),
    };
    const reports = this.#reportsOf(member);
    ends.push(() => reports[Symbol.dispose]());
    try {
      const followed = follow(this.#hostOf(member, reports, ends));
      ends.push(() => followed[Symbol.dispose]());
      member.followed = followed;
      // An observer of what it has reported already may have removed it.
      if (member.removed) member.following[Symbol.dispose]();
    } catch (thrown) {
      const message = `The probe cannot start: ${thrownInWords(thrown)}`;
      // What a held check is, another agent says.
      if (member.removed || member.held) return;
      reports.take(error({ code: "internal", message }), {});
    }
  }

  /** Starts the probe anew, with what it remembers by now. */
  restart(member: Member): void {
    const { following } = member;
    if (following === null) return;
    // What the one before says as it ends is of no interest.
    member.following = member.followed = null;
    following[Symbol.dispose]();
    this.start(member);
  }

  /** Takes over what the probe of another agent remembers. */
  recall(member: Member, memory: Json): void {
    if (!member.isPassive) return;
    this.#remember(member, memory);
    // It shows when the next ping is due.
    this.restart(member);
  }

  /** Passes on a ping. Returns `false` if its probe takes none. */
  receive(member: Member, ping: Ping): boolean {
    const { followed } = member;
    if (typeof followed?.receive !== "function") return false;
    this.#try(() => {
      if (member.held) this.#fleet.runner.sharing?.receive(member.id, ping);
      else followed.receive!(ping);
    });
    return true;
  }

  /** Whether a token allows pings of a member, if that has one of its own. */
  admits({ followed }: Member, token: string | undefined): boolean | undefined {
    let admitted: boolean | undefined = false;
    this.#try(() => admitted = followed?.admits?.(token));
    return admitted;
  }

  #hostOf(
    member: Member,
    reports: LateReports,
    ends: (() => void)[],
  ): ProbeHost {
    const { roster, attempt } = this.#fleet;
    const { id, following } = member;
    /** Whether it is this one's turn: the probe was not started anew since. */
    const isOn = (): boolean =>
      !member.removed && member.following === following;
    return {
      id,
      memory: member.memory,
      report: (outcome, options = {}) => {
        // What a held check is, another agent says.
        if (isOn() && !member.held) reports.take(outcome, options);
      },
      plan: (at) => {
        if (isOn()) member.due = at === null ? null : at.getTime();
      },
      remember: (memory) => {
        if (isOn() && !member.held) this.#remember(member, memory);
      },
      get: (id) => roster.get(id)?.snapshot,
      attempt: (id, options = {}) => attempt(id, options),
      onChange: (ids, callback) => {
        if (isOn()) ends.push(this.#join(ids, callback));
      },
    };
  }

  #reportsOf(member: Member): LateReports {
    const { runner, dispatch } = this.#fleet;
    return new LateReports({
      acts: () => runner.sharing?.acts() ?? true,
      report: (outcome, options) => {
        // It may have been held since it was to be told.
        if (!member.held) runner.report(member, outcome, options);
      },
      onError: (thrown) => dispatch.report(thrown),
    });
  }

  #remember(member: Member, memory: Json): void {
    const { secrets } = member.probe;
    // It outlives the process in files.
    member.memory = secrets === undefined
      ? memory
      : mapStrings(memory, (text) => secrets.redact(text));
    this.#fleet.dispatch.remembered(member);
  }

  /** Follows checks. Returns what ends that. */
  #join(ids: readonly string[], callback: () => void): () => void {
    this.#end ??= this.#observe();
    // It may be the callback of others, too.
    const follower = (): void => callback();
    for (const id of ids) {
      const followers = this.#followers.get(id);
      if (followers !== undefined) followers.add(follower);
      else this.#followers.set(id, new Set([follower]));
    }
    return () => {
      for (const id of ids) {
        const followers = this.#followers.get(id);
        followers?.delete(follower);
        if (followers?.size === 0) this.#followers.delete(id);
      }
      if (this.#followers.size > 0) return;
      this.#end?.abort();
      this.#end = undefined;
    };
  }

  /** Calls what a probe gave, which may throw. */
  #try(run: () => void): void {
    try {
      run();
    } catch (thrown) {
      this.#fleet.dispatch.report(thrown);
    }
  }

  #observe(): AbortController {
    const end = new AbortController();
    this.#fleet.dispatch.observe((step) => {
      if (!("id" in step) || !isNews(step)) return;
      const followers = this.#followers.get(step.id);
      if (followers === undefined) return;
      for (const follower of [...followers]) this.#try(follower);
    }, end.signal);
    return end;
  }
}

/** Whether what is known of a check may have changed. */
function isNews(step: Step): boolean {
  switch (step.type) {
    case "end": {
      const { before, after } = step;
      return before.status !== after.status || before.stale !== after.stale ||
        before.reason?.message !== after.reason?.message;
    }
    case "join":
    case "replace":
    case "leave":
      return true;
    default:
      return false;
  }
}
