import type { CheckPlan, ClusterLog, Telling } from "../core/cluster/status.ts";
import type { Say } from "../core/say.ts";
import type { NotificationLog } from "../core/notify/status.ts";
import type { From } from "../core/cluster/vantage.ts";
import type { Probe } from "../core/types.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { FleetLimits } from "../fleet/fleet_options.ts";
import type { MonitorOptions } from "../fleet/monitor.ts";
import type { HandChange } from "../core/past/by_hand.ts";
import type { Incident } from "../core/past/incident.ts";
import type { Archive } from "../fleet/past/archive.ts";
import type { IncidentLog } from "../fleet/past/incident_log.ts";
import type { Kept } from "../fleet/past/kept.ts";
import type { MaintenanceLog } from "../fleet/past/maintenance_log.ts";
import type { CheckRecord } from "../fleet/record.ts";
import type { ConfigIssue } from "../schema/issue.ts";
import type { Schema } from "../schema/schema.ts";

/**
 * A part of an agent with a top-level key of its own in the config file, such
 * as `history` or `listen`: what the key's value may be, which permissions it
 * needs, and how it starts and ends.
 */
export interface Section<Value, Context = SectionContext> {
  /** The key, or a name for a section without a schema. */
  readonly key: string;
  /**
   * What the key's value may be. A section without a schema has no key in the
   * config file and always starts.
   */
  readonly schema?: Schema;
  /**
   * Makes the section's value of the key's value, which has met the schema and
   * is `undefined` if the key is absent. The section does not start if the
   * result is `undefined`. By default the value is used as it is.
   */
  // deno-lint-ignore no-explicit-any
  readonly parse?: (value: any) => Value | undefined;
  /** The permissions that the section needs. */
  readonly needs?: (
    value: Value,
    config: SectionConfig,
  ) => readonly Deno.PermissionDescriptor[];
  /** Reads the files of the value, and finds what is wrong with them. */
  readonly verify?: (value: Value) => Promise<SectionVerification>;
  /**
   * Starts the section, before any check is added to the fleet. The section
   * does nothing more if the result is `undefined`.
   */
  readonly start: (
    value: Value,
    context: Context,
  ) => Promise<RunningSection<Value> | undefined>;
}

/** What {@linkcode Section.verify} found. */
export interface SectionVerification {
  /** The problems. */
  readonly issues: readonly ConfigIssue[];
  /** The permissions that are missing to verify the rest. */
  readonly missing: readonly Deno.PermissionDescriptor[];
}

/** The part of a config that every section may know. */
export interface SectionConfig {
  /** The bearer token of the HTTP app, if the file has one. */
  readonly token?: string;
  /** The time zone of schedules, of maintenance and of days. */
  readonly timezone: string;
  /** The path of an image file, or an image as a `data:` URI. */
  readonly logo?: string;
  /** Where the HTTP app is, as others see it: where links point. */
  readonly url?: string;
}

/** What a section is started with. */
export interface SectionContext {
  /** The agent's fleet, still without checks. */
  readonly fleet: Fleet;
  /** The incidents of its checks; those from before are not in it yet. */
  readonly incidents: IncidentLog;
  /** What the sections that started before keep of the past, if one does. */
  readonly archive: () => Archive | undefined;
  /** Where the sections that started before keep values, if one does. */
  readonly kept: () => Kept | undefined;
  /** What is known of other agents that share the checks, if there may be any. */
  readonly cluster: () => ClusterLog | undefined;
  /** The fleet beside that of the agent, once all sections have started. */
  readonly beside: () => Fleet | undefined;
  /** Whether this agent tells people, if there are others that may. */
  readonly telling: () => Telling | undefined;
  /** The checks that the agent starts with, as far as agents share them. */
  readonly plan: () => CheckPlan;
  /** The maintenance of its checks. */
  readonly maintenance: MaintenanceLog;
  /** The limits of the fleet, for one beside it. */
  readonly limits: FleetLimits;
  /** The time zone whose days there are. */
  readonly timeZone: string;
  /** Where the HTTP app is, as others see it, if that is known. */
  readonly siteUrl: string | undefined;
  /** Tells the user something, in one line without a line break. */
  readonly say: Say;
  /** Takes errors that concern nobody else. */
  readonly onError: (error: unknown) => void;
}

/** A check as it is added to the fleet. */
export interface AddedCheck {
  /** Its id. */
  readonly id: string;
  /** Its probe. */
  readonly probe: Probe;
  /** Its group, what is for people, and its policy. */
  readonly options: MonitorOptions;
  /** Which agents run it, if not any one of them. */
  readonly from?: From;
  /** In how many regions it has to fail to be down; more than half by default. */
  readonly need?: number;
}

/** A section that has started. Every part is optional. */
export interface RunningSection<Value = unknown> {
  /** What was known of the checks before, by their ids. */
  readonly records?: Pick<ReadonlyMap<string, CheckRecord>, "get">;
  /**
   * The incidents from before: all that lasted, and the last ones that ended. They
   * are read once all sections have started.
   */
  readonly incidents?: Iterable<Incident>;
  /** What was done by hand to maintenance before, likewise. */
  readonly maintenance?: Iterable<HandChange>;
  /** What it keeps of the past. */
  readonly archive?: Archive;
  /** Where other sections can keep values. */
  readonly kept?: Kept;
  /** What it knows of other agents that share the checks. */
  readonly cluster?: ClusterLog;
  /** A fleet beside the agent's, whose attempts are this agent's as well. */
  readonly beside?: Fleet;
  /** Says whether this agent tells people. */
  readonly telling?: Telling;
  /** The notifiers that it runs. */
  readonly notifications?: NotificationLog;
  /**
   * When others were last told that the agent works, in milliseconds of the epoch;
   * `null` if they were not, or are not to be.
   */
  readonly lastAliveAt?: () => number | null;
  /** The URL of the HTTP app. */
  readonly url?: string;
  /** Changes a check, but not its id, before it is added to the fleet. */
  wrap?(check: AddedCheck): AddedCheck;
  /** Called once, when all checks have been added. */
  begin?(): void;
  /**
   * Takes over another config and returns what changed, in words such as
   * `token changed`. It is called on each reload of a config that is valid, once
   * the fleet has its checks.
   */
  reload?(
    value: Value | undefined,
    config: SectionConfig,
    plan: () => CheckPlan,
  ): readonly string[];
  /**
   * Whether `reload()` applies another value. If not, the user is told that a
   * restart is needed.
   */
  readonly isReloadable?: boolean;
  /** Ends the section. The fleet is being closed at the same time. */
  close?(): Promise<void>;
}
