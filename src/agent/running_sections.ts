import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import type { ClusterLog, Telling } from "../core/cluster/status.ts";
import type { NotificationLog } from "../core/notify/status.ts";
import type { Incident } from "../core/past/incident.ts";
import type { Archive } from "../fleet/past/archive.ts";
import type { Kept } from "../fleet/past/kept.ts";
import type { HandChange } from "../core/past/by_hand.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { CheckRecord } from "../fleet/record.ts";
import type { AddedCheck, RunningSection } from "../sinks/section.ts";
import { planOf } from "../config/cluster/plan.ts";
import type { AgentContext, AgentSection } from "./context.ts";

/** A section that was started, or was not since the config does not have it. */
interface Entry {
  readonly section: AgentSection;
  /** What it was started with. */
  readonly value: unknown;
  readonly running: RunningSection | undefined;
}

/** The sections of an agent, from their start to their end. */
export class RunningSections {
  readonly #entries: Entry[] = [];

  /** Starts the sections that the config has, in their order. */
  async start(
    sections: readonly AgentSection[],
    context: AgentContext,
  ): Promise<void> {
    for (const section of sections) {
      const value = context.config.sections[section.key];
      const isWanted = section.schema === undefined || value !== undefined;
      const running = isWanted
        ? await section.start(value, context)
        : undefined;
      this.#entries.push({ section, value, running });
    }
  }

  /** Tells all sections that the fleet has its checks. */
  begin(): void {
    for (const { running } of this.#entries) running?.begin?.();
  }

  /**
   * Ends all sections that were started. Where values are kept comes last, so that
   * what the others put as they end is written, too. Rejects if one of them fails,
   * once all have ended.
   */
  async close(): Promise<void> {
    const running = this.#entries.flatMap(({ running = {} }) => running);
    const ends: PromiseSettledResult<void>[] = [];
    for (const isKeeping of [false, true]) {
      ends.push(
        ...await Promise.allSettled(
          running.filter(({ kept }) => (kept !== undefined) === isKeeping)
            .map(async (section) => await section.close?.()),
        ),
      );
    }
    const failure = ends.find((end) => end.status === "rejected");
    if (failure !== undefined) throw failure.reason;
  }

  /** The URL of the HTTP app, or `null` if there is none. */
  get url(): string | null {
    return this.#entries.find(({ running }) => running?.url)?.running?.url ??
      null;
  }

  /** What one of the sections keeps of the past, if one does. */
  get archive(): Archive | undefined {
    return this.#entries.find(({ running }) => running?.archive)?.running
      ?.archive;
  }

  /** Where sections can keep values, if there is such a place. */
  get kept(): Kept | undefined {
    return this.#entries.find(({ running }) => running?.kept)?.running?.kept;
  }

  /** What one of the sections knows of other agents. */
  get cluster(): ClusterLog | undefined {
    return this.#entries.find(({ running }) => running?.cluster)?.running
      ?.cluster;
  }

  /** The fleet beside that of the agent, if one of the sections has one. */
  get beside(): Fleet | undefined {
    return this.#entries.find(({ running }) => running?.beside)?.running
      ?.beside;
  }

  /** Whether this agent tells people, if one of the sections says. */
  get telling(): Telling | undefined {
    return this.#entries.find(({ running }) => running?.telling)?.running
      ?.telling;
  }

  /** The notifiers that one of the sections runs, if one does. */
  get notifications(): NotificationLog | undefined {
    return this.#entries.find(({ running }) => running?.notifications)?.running
      ?.notifications;
  }

  /** When others were last told that the agent works, if they were. */
  get lastAliveAt(): number | null {
    return this.#entries.find(({ running }) => running?.lastAliveAt)?.running
      ?.lastAliveAt?.() ?? null;
  }

  /** The incidents that the sections know from before. */
  get incidents(): Incident[] {
    return this.#entries.flatMap(({ running }) => [
      ...running?.incidents ?? [],
    ]);
  }

  /** The maintenance by hand that the sections know from before. */
  get maintenance(): HandChange[] {
    return this.#entries.flatMap(({ running }) => [
      ...running?.maintenance ?? [],
    ]);
  }

  /** A check, as the sections want to see it run. */
  wrap(check: AddedCheck): AddedCheck {
    return this.#entries.reduce(
      (check, { running }) => running?.wrap?.(check) ?? check,
      check,
    );
  }

  /**
   * What the sections know of a check from before: the newest, as an agent may have
   * run it last, or another one.
   */
  recordOf(id: string): CheckRecord | undefined {
    let newest: CheckRecord | undefined;
    for (const { running } of this.#entries) {
      const record = running?.records?.get(id);
      if (record === undefined) continue;
      // The first one of those of the same time.
      if (newest === undefined || timeOf(record) > timeOf(newest)) {
        newest = record;
      }
    }
    return newest;
  }

  /** Takes over another config, and returns what changed, in words. */
  reload(next: Config): string[] {
    return this.#entries.flatMap(({ section: { key }, running }) =>
      running?.reload?.(next.sections[key], next, () => planOf(next)) ?? []
    );
  }

  /** The keys that differ in two configs and are applied only by a restart. */
  needRestart(before: Config, next: Config): string[] {
    return this.#entries
      .filter(({ section: { key }, value, running }) =>
        !running?.isReloadable &&
        isNew(before.sections[key], next.sections[key], value)
      ).map(({ section: { key } }) => key);
  }
}

/** When a check was last tried, and never before anything else. */
function timeOf({ checkedAt }: CheckRecord): number {
  return checkedAt ?? -Infinity;
}

/** Whether a value changed to another one than the agent started with. */
export function isNew(
  before: unknown,
  next: unknown,
  started: unknown,
): boolean {
  return !isDeepStrictEqual(before, next) && !isDeepStrictEqual(next, started);
}
