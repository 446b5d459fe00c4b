import type { Reason } from "../types.ts";

/**
 * A time in which a check was down: from when it settles `unhealthy` until it
 * settles `healthy` or `degraded`, or is removed. While it is `unknown` the
 * incident goes on. Times are milliseconds of the epoch.
 */
export interface Incident {
  /** Unique among all incidents, for ever; safe in a URL. */
  readonly id: string;
  /** The id of the check. */
  readonly check: string;
  /** When it began. */
  readonly began: number;
  /** When it ended; `null` while it lasts. */
  readonly ended: number | null;
  /** How it ended; `null` while it lasts. */
  readonly end: "recovered" | "removed" | null;
  /** Why it began. */
  readonly firstReason: Reason;
  /** Why the check was last down. */
  readonly lastReason: Reason;
  /** Why nobody is told of it now; `null` if people are to be told. */
  readonly muted: Muted | null;
}

/** Why nobody is told of an incident while this holds. */
export type Muted =
  /** A maintenance window covers its check. */
  | { readonly by: "maintenance" }
  /** A check that it depends on has failed. */
  | { readonly by: "dependency"; readonly check: string };

/**
 * What happens to incidents: one begins, its last reason or its mute changes, or
 * it ends. Or a maintenance window begins or ends for a check, which may have no
 * incident.
 */
export type IncidentStep =
  | { readonly type: "begin" | "change" | "end"; readonly incident: Incident }
  | {
    readonly type: "maintenance";
    readonly check: string;
    readonly at: number;
    /** Whether it begins. */
    readonly active: boolean;
  };
