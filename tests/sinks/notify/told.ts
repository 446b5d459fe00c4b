/**
 * A fleet whose notifiers say what they tell, in faked time. The statuses of its
 * checks are reported.
 *
 * @module
 */

import { FakeTime } from "@std/testing/time";
import type { ClusterLog, Telling } from "../../../src/core/cluster/status.ts";
import type { Incident } from "../../../src/core/past/incident.ts";
import type { Outcome, Probe } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";
import { Incidents } from "../../../src/fleet/past/incidents.ts";
import type { Kept } from "../../../src/fleet/past/kept.ts";
import { Notifiers } from "../../../src/sinks/notify/notifiers.ts";
import type { NotifyValue } from "../../../src/sinks/notify/spec.ts";
import { specsOf } from "../../../src/sinks/notify/spec.ts";
import { scripted } from "../../support/probes.ts";
import { advance, START } from "../../support/time.ts";

export const SECOND_MS = 1000;
export const MINUTE_MS = 60_000;

/** Values that outlive a fleet, in memory. */
export class KeptMap implements Kept {
  readonly values: Map<string, string> = new Map();

  list(prefix: string): [string, string][] {
    return [...this.values].filter(([name]) => name.startsWith(prefix));
  }

  put(name: string, value: string | null): void {
    if (value === null) this.values.delete(name);
    else this.values.set(name, value);
  }

  written(): Promise<boolean> {
    return Promise.resolve(true);
  }
}

/** What a {@linkcode Told} begins with. */
export interface ToldOptions {
  readonly notify: NotifyValue;
  /** The checks, with a probe for each that makes attempts. */
  readonly checks: Readonly<Record<string, Probe | null>>;
  readonly groups?: Readonly<Record<string, string>>;
  readonly dependsOn?: Readonly<Record<string, readonly string[]>>;
  readonly kept?: Kept;
  readonly telling?: Telling;
  readonly cluster?: ClusterLog;
  /** Whether attempts are made by themselves. */
  readonly background?: boolean;
  /** The checks that were not tried since the start. */
  readonly untried?: readonly string[];
  /** When it begins. */
  readonly at?: number;
  /** The incidents from before. */
  readonly resume?: readonly Incident[];
  /** Called once the fleet has its checks, before anything is told. */
  readonly before?: (told: Told) => void;
}

/** A fleet with notifiers. */
export class Told implements AsyncDisposable {
  readonly fleet: Fleet;
  readonly incidents: Incidents;
  readonly notifiers: Notifiers;
  readonly errors: unknown[] = [];
  #said: string[] = [];

  constructor(readonly time: FakeTime, options: ToldOptions) {
    const onError = (error: unknown) => this.errors.push(error);
    const { checks, groups = {}, background = false } = options;
    this.fleet = new Fleet({ background, onError });
    this.incidents = new Incidents(this.fleet, onError);
    this.incidents.depend(new Map(Object.entries(options.dependsOn ?? {})));
    this.incidents.resume(options.resume ?? []);
    this.notifiers = new Notifiers({
      cluster: options.cluster,
      fleet: this.fleet,
      incidents: this.incidents,
      kept: options.kept,
      telling: options.telling,
      say: (message) => this.#said.push(message),
      onError,
    }, { timeZone: "UTC", siteUrl: undefined });
    this.set(options.notify);
    for (const [id, probe] of Object.entries(checks)) {
      const group = groups[id];
      this.fleet.add(probe ?? scripted([{ verdict: "pass" }]), {
        id,
        interval: "1h",
        retries: 1,
        ...(group !== undefined && { group }),
      });
    }
    options.before?.(this);
    this.incidents.settle();
    this.notifiers.begin();
    for (const id of background ? [] : Object.keys(checks)) {
      if (options.untried?.includes(id)) continue;
      if (this.fleet.get(id)!.attempts > 0) continue;
      this.fleet.report(id, { verdict: "pass" });
    }
  }

  set(notify: NotifyValue, timeZone = "UTC"): void {
    this.notifiers.set(specsOf(notify), { timeZone, siteUrl: undefined });
  }

  /** Lets time go by, and returns what was said meanwhile. */
  async after(ms: number): Promise<string[]> {
    await advance(this.time, ms);
    return this.#said.splice(0);
  }

  /** Reports how a check is. */
  report(id: string, outcome: Outcome): void {
    this.fleet.report(id, outcome);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.fleet.close(), this.notifiers.close()]);
    if (this.errors.length > 0) throw this.errors[0];
  }
}

/** Runs with a fleet in faked time. */
export async function withTold(
  options: ToldOptions,
  run: (told: Told) => Promise<void>,
): Promise<void> {
  using time = new FakeTime(options.at ?? START);
  await using told = new Told(time, options);
  await run(told);
}
