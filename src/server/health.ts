import type { Rollup } from "../core/rollup.ts";
import { summary } from "../core/people/summary.ts";
import { oneLine } from "../core/text.ts";
import type { Snapshot, Status } from "../core/types.ts";
import { VERSION } from "../version.ts";
import { linkTo } from "./link.ts";

/** A status of the health+json draft. */
type HealthStatus = "pass" | "warn" | "fail";

/** From names of link relations (RFC 8288) to URLs. */
type Links = Readonly<Record<string, string>>;

/** A check in the format of the draft. */
export interface HealthCheck {
  readonly componentType: string;
  readonly observedValue?: number;
  readonly observedUnit?: "ms";
  readonly status: HealthStatus;
  readonly time?: string;
  readonly output?: string;
  readonly links: Links;
}

/** A response of type `application/health+json`. */
export interface Health {
  readonly status: HealthStatus;
  readonly version: string;
  readonly releaseId: string;
  readonly serviceId: string;
  readonly description: string;
  readonly notes: readonly string[];
  readonly output?: string;
  readonly checks: Readonly<Record<string, readonly HealthCheck[]>>;
  readonly links: Links;
}

/** What a health response is made of. */
export interface HealthContent {
  /** The title of the service. */
  readonly title: string;
  readonly rollup: Rollup;
  readonly snapshots: readonly Snapshot[];
}

/** Degraded and unknown are warnings: the service still works. */
const HEALTH_STATUS: Readonly<Record<Status, HealthStatus>> = {
  healthy: "pass",
  degraded: "warn",
  unknown: "warn",
  unhealthy: "fail",
};

/**
 * Makes the response of `/health`, in the format of
 * draft-inadarei-api-health-check-06. Its links are relative to its own URL.
 */
export function toHealth(
  { title, rollup, snapshots }: HealthContent,
): Health {
  const status = HEALTH_STATUS[rollup.status];
  const sentence = summary(rollup);
  return {
    status,
    // The version of the interface: the major version of the release.
    version: VERSION.replace(/\..*/, ""),
    releaseId: VERSION,
    serviceId: "lifesign",
    description: title,
    notes: [sentence],
    // The draft says to leave it out for pass.
    ...(status !== "pass" &&
      { output: outputOf(status, snapshots) || sentence }),
    checks: Object.fromEntries(
      snapshots.map((snapshot) => [
        `${snapshot.id}:responseTime`,
        [toHealthCheck(snapshot)],
      ]),
    ),
    links: { self: "health", "service-desc": "openapi.json" },
  };
}

/** The HTTP status that the draft requires: 2xx for pass and warn, 5xx for fail. */
export function httpStatusOf({ status }: Health): 200 | 503 {
  return status === "fail" ? 503 : 200;
}

/** The checks that have this status, and their reasons. */
function outputOf(
  status: HealthStatus,
  snapshots: readonly Snapshot[],
): string {
  return oneLine(
    snapshots.filter((snapshot) => HEALTH_STATUS[snapshot.status] === status)
      .map(({ id, reason, status }) => `${id}: ${reason?.message ?? status}`)
      .join(", "),
  );
}

function toHealthCheck(snapshot: Snapshot): HealthCheck {
  const { id, type, durationMs, checkedAt, reason } = snapshot;
  const status = HEALTH_STATUS[snapshot.status];
  return {
    componentType: type,
    ...(durationMs !== null &&
      {
        observedValue: Math.round(durationMs * 100) / 100,
        observedUnit: "ms",
      }),
    status,
    ...(checkedAt !== null && { time: checkedAt.toISOString() }),
    ...(status !== "pass" && reason !== null && { output: reason.message }),
    links: { self: linkTo(id) },
  };
}
