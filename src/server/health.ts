import type { Rollup } from "../core/rollup.ts";
import type { Snapshot, Status } from "../core/types.ts";

/** A status in the words of the health+json draft. */
type HealthStatus = "pass" | "warn" | "fail";

/** What one check measured, as the draft has it. */
interface HealthCheck {
  readonly componentType: string;
  readonly observedValue?: number;
  readonly observedUnit?: "ms";
  readonly status: HealthStatus;
  readonly time?: string;
  readonly output?: string;
}

/** An answer of type `application/health+json`. */
export interface Health {
  readonly status: HealthStatus;
  readonly checks: Readonly<Record<string, readonly HealthCheck[]>>;
}

/** Degraded and unknown serve on, with a warning. */
const HEALTH_STATUS: Readonly<Record<Status, HealthStatus>> = {
  healthy: "pass",
  degraded: "warn",
  unknown: "warn",
  unhealthy: "fail",
};

/**
 * Says how things are in the format of draft-inadarei-api-health-check-06,
 * section 4.
 */
export function toHealth(
  { status }: Rollup,
  snapshots: readonly Snapshot[],
): Health {
  return {
    status: HEALTH_STATUS[status],
    checks: Object.fromEntries(
      snapshots.map((snapshot) => [
        `${snapshot.id}:responseTime`,
        [toHealthCheck(snapshot)],
      ]),
    ),
  };
}

/** The draft's HTTP status: 2xx for pass and warn, 5xx for fail. */
export function httpStatusOf({ status }: Health): 200 | 503 {
  return status === "fail" ? 503 : 200;
}

function toHealthCheck(snapshot: Snapshot): HealthCheck {
  const { type, durationMs, checkedAt, reason } = snapshot;
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
    // The draft wants it left out for pass.
    ...(status !== "pass" && reason !== null && { output: reason.message }),
  };
}
