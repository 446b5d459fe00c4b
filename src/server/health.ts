import type { Rollup } from "../core/rollup.ts";
import { summary } from "../core/summary.ts";
import { oneLine } from "../core/text.ts";
import type { Snapshot, Status } from "../core/types.ts";
import { VERSION } from "../version.ts";
import { linkTo } from "./link.ts";

/** A status in the words of the health+json draft. */
type HealthStatus = "pass" | "warn" | "fail";

/** From names of relations (RFC 8288) to where they lead. */
type Links = Readonly<Record<string, string>>;

/** What one check measured, as the draft has it. */
export interface HealthCheck {
  readonly componentType: string;
  readonly observedValue?: number;
  readonly observedUnit?: "ms";
  readonly status: HealthStatus;
  readonly time?: string;
  readonly output?: string;
  readonly links: Links;
}

/** An answer of type `application/health+json`. */
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

/** What is to be said of a fleet. */
export interface HealthContent {
  /** What the service is called by those who run it. */
  readonly title: string;
  readonly rollup: Rollup;
  readonly snapshots: readonly Snapshot[];
}

/** Degraded and unknown serve on, with a warning. */
const HEALTH_STATUS: Readonly<Record<Status, HealthStatus>> = {
  healthy: "pass",
  degraded: "warn",
  unknown: "warn",
  unhealthy: "fail",
};

/**
 * Says how things are in the format of draft-inadarei-api-health-check-06.
 * Its links are relative to where it is itself.
 */
export function toHealth(
  { title, rollup, snapshots }: HealthContent,
): Health {
  const status = HEALTH_STATUS[rollup.status];
  const sentence = summary(rollup);
  return {
    status,
    // What changes only where the interface does, unlike the release.
    version: VERSION.replace(/\..*/, ""),
    releaseId: VERSION,
    serviceId: "lifesign",
    description: title,
    notes: [sentence],
    // The draft wants it left out for pass.
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

/** The draft's HTTP status: 2xx for pass and warn, 5xx for fail. */
export function httpStatusOf({ status }: Health): 200 | 503 {
  return status === "fail" ? 503 : 200;
}

/** Those that made it what it is, and why. */
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
