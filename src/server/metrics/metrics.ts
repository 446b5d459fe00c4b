import type { ClusterLog } from "../../core/cluster/status.ts";
import { VERDICTS } from "../../core/outcome.ts";
import { STATUSES } from "../../core/rollup.ts";
import type { NotifierStatus } from "../../core/notify/status.ts";
import type { DetailMetric, Snapshot, Verdict } from "../../core/types.ts";
import type { ProcessFigures } from "../../io/process_figures.ts";
import type { Ratios } from "../../fleet/past/uptime_ratios.ts";
import type { UptimeWindow } from "../../fleet/past/windows.ts";
import type { FleetStats } from "../../fleet/stats.ts";
import { VERSION } from "../../version.ts";
import { clusterFamilies } from "./cluster.ts";
import {
  escaped,
  family,
  type FamilyName,
  head,
  histogram,
  labelsOf,
  single,
} from "./families.ts";
import type { IncidentCounts } from "./incident_counts.ts";

/** The content type of the text format 0.0.4 of Prometheus. */
export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

/** How the config was last loaded. */
export interface ConfigLoad {
  /** Whether the last attempt to load it succeeded. */
  readonly successful: boolean;
  /** When it was last loaded successfully. */
  readonly succeededAt: Date;
}

/** The data of the metrics. */
export interface MetricsContent {
  readonly snapshots: readonly Snapshot[];
  /** Returns the metrics of a check's details. */
  readonly metricsOf: (id: string) => readonly DetailMetric[] | undefined;
  readonly stats: FleetStats;
  readonly process: ProcessFigures;
  /** Absent if nobody looks for incidents. */
  readonly incidents?: IncidentCounts | undefined;
  /** Absent if nothing is kept of the past. */
  readonly uptimes?: ReadonlyMap<UptimeWindow, Ratios> | undefined;
  /** Absent if there are no notifiers. */
  readonly notifiers?: readonly NotifierStatus[] | undefined;
  /** Absent if no other agents share the checks. */
  readonly cluster?: ClusterLog | undefined;
  /** Absent if others were not told yet that the agent works. */
  readonly lastAliveAt?: number | undefined;
  /** Absent if there is no config. */
  readonly configLoad?: ConfigLoad | undefined;
}

/**
 * Writes the metrics of a fleet and its checks in the text format 0.0.4 of
 * Prometheus. The metrics of checks are named as in blackbox_exporter, so that
 * its dashboards work.
 */
export function metrics(
  { stats, process, notifiers, cluster, configLoad, lastAliveAt, ...checks }:
    MetricsContent,
): string {
  return checkFamilies(checks) + fleetFamilies(stats) +
    notifierFamilies(notifiers) +
    (cluster === undefined ? "" : clusterFamilies(cluster, checks.snapshots)) +
    family("lifesign_build_info", [
      `lifesign_build_info{version="${escaped(VERSION)}"} 1\n`,
    ]) +
    single(
      "lifesign_alive_last_success_timestamp_seconds",
      lastAliveAt && lastAliveAt / 1000,
    ) + configFamilies(configLoad) + processFamilies(process);
}

function checkFamilies(
  { snapshots, metricsOf, incidents, uptimes }: Omit<
    MetricsContent,
    "stats" | "process" | "notifiers" | "cluster"
  >,
): string {
  const labels = snapshots.map(labelsOf);
  /** One sample for each check that has a value. */
  const perCheck = (
    name: FamilyName,
    valueOf: (snapshot: Snapshot) => number | null,
  ): string =>
    family(
      name,
      snapshots.map((snapshot, i) => {
        const value = valueOf(snapshot);
        return value === null ? "" : `${name}{${labels[i]}} ${value}\n`;
      }),
    );
  return perCheck("probe_success", ({ verdict }) => toSuccess(verdict)) +
    perCheck(
      "probe_duration_seconds",
      ({ durationMs }) => durationMs === null ? null : durationMs / 1000,
    ) +
    detailFamilies(snapshots, labels, metricsOf) +
    family(
      "lifesign_check_status",
      snapshots.map(({ status }, i) =>
        STATUSES.map((each) =>
          `lifesign_check_status{${labels[i]},status="${each}"} ${
            status === each ? 1 : 0
          }\n`
        ).join("")
      ),
    ) +
    perCheck("lifesign_check_transitions_total", (it) => it.transitions) +
    incidentFamilies(incidents, perCheck) +
    uptimeFamily(snapshots, labels, uptimes);
}

function incidentFamilies(
  counts: IncidentCounts | undefined,
  perCheck: (
    name: FamilyName,
    valueOf: (snapshot: Snapshot) => number,
  ) => string,
): string {
  if (counts === undefined) return "";
  const open = counts.open();
  return perCheck("lifesign_incidents_total", ({ id }) => counts.begun(id)) +
    perCheck("lifesign_incident_open", ({ id }) => open.has(id) ? 1 : 0);
}

function uptimeFamily(
  snapshots: readonly Snapshot[],
  labels: readonly string[],
  uptimes: MetricsContent["uptimes"],
): string {
  if (uptimes === undefined) return "";
  const windows = [...uptimes];
  let samples = "";
  for (const [i, { id }] of snapshots.entries()) {
    const start = `lifesign_uptime_ratio{${labels[i]},window="`;
    for (const [window, ratios] of windows) {
      const ratio = ratios.get(id);
      // With a template, 160,000 of these take twice as long.
      if (ratio !== undefined) samples += start + window + '"} ' + ratio + "\n";
    }
  }
  return family("lifesign_uptime_ratio", [samples]);
}

/** The families of the details that checks have metrics of. */
function detailFamilies(
  snapshots: readonly Snapshot[],
  labels: readonly string[],
  metricsOf: MetricsContent["metricsOf"],
): string {
  const families = new Map<string, { metric: DetailMetric; text: string }>();
  for (const [i, { id, detail }] of snapshots.entries()) {
    if (detail === null) continue;
    for (const metric of metricsOf(id) ?? []) {
      const value = valueOf(metric, detail[metric.key]);
      if (value === undefined) continue;
      const family = families.get(metric.name) ?? { metric, text: "" };
      family.text += `${metric.name}{${labels[i]}${
        ownLabels(metric)
      }} ${value}\n`;
      families.set(metric.name, family);
    }
  }
  return Array.from(
    families.values(),
    ({ metric: { name, type = "gauge", help }, text }) =>
      `${head(name, type, help)}${text}`,
  ).join("");
}

/** The number that a metric makes of a detail, if it makes one. */
function valueOf(
  { value = Number }: DetailMetric,
  detail: string | number | boolean | undefined,
): number | undefined {
  if (detail === undefined) return undefined;
  if (value === Number && typeof detail === "string") return undefined;
  try {
    const number = value(detail);
    return Number.isFinite(number) ? number : undefined;
  } catch {
    return undefined;
  }
}

/** A check that warns is alive, which is a success. */
function toSuccess(verdict: Verdict | null): number | null {
  return verdict === null
    ? null
    : verdict === "pass" || verdict === "warn"
    ? 1
    : 0;
}

function fleetFamilies(
  { attempts, durationMs, lagMs, inFlight, skipped }: FleetStats,
): string {
  const byVerdict = VERDICTS.map((verdict) =>
    `lifesign_attempts_total{verdict="${verdict}"} ${attempts[verdict]}\n`
  );
  return family("lifesign_attempts_total", byVerdict) +
    histogram("lifesign_attempt_duration_seconds", durationMs) +
    histogram("lifesign_schedule_lag_seconds", lagMs) +
    single("lifesign_attempts_in_flight", inFlight) +
    single("lifesign_slots_skipped_total", skipped);
}

function notifierFamilies(
  notifiers: readonly NotifierStatus[] = [],
): string {
  // Those of another agent are its own: each is counted once.
  const own = notifiers.filter(({ waiting }) => waiting !== "teller");
  const labelled = own.map((notifier) => ({
    ...notifier,
    label: `notifier="${escaped(notifier.name)}"`,
  }));
  const total = "lifesign_notifications_total";
  const pending = "lifesign_notifications_pending";
  const last = "lifesign_notifications_last_success_timestamp_seconds";
  return family(
    total,
    labelled.map(({ label, sent, failed, givenUp }) =>
      [["sent", sent], ["failed", failed], ["given_up", givenUp]].map((
        [result, count],
      ) => `${total}{${label},result="${result}"} ${count}\n`).join("")
    ),
  ) +
    family(
      pending,
      labelled.map(({ label, pending: count }) =>
        `${pending}{${label}} ${count}\n`
      ),
    ) +
    family(
      last,
      labelled.map(({ label, lastSuccessAt }) =>
        lastSuccessAt === null
          ? ""
          : `${last}{${label}} ${lastSuccessAt / 1000}\n`
      ),
    );
}

function configFamilies(load: ConfigLoad | undefined): string {
  if (load === undefined) return "";
  return single(
    "lifesign_config_last_reload_successful",
    load.successful ? 1 : 0,
  ) +
    single(
      "lifesign_config_last_reload_success_timestamp_seconds",
      load.succeededAt.getTime() / 1000,
    );
}

function processFamilies(
  { startedAt, cpuSeconds, residentBytes, heapBytes }: ProcessFigures,
): string {
  return single("process_start_time_seconds", startedAt / 1000) +
    single("process_cpu_seconds_total", cpuSeconds) +
    single("process_resident_memory_bytes", residentBytes) +
    single("process_heap_bytes", heapBytes);
}

/** The labels that a metric has besides those of all checks. */
function ownLabels({ labels = {} }: DetailMetric): string {
  return Object.entries(labels).map(([name, value]) =>
    `,${name}="${escaped(value)}"`
  ).join("");
}
