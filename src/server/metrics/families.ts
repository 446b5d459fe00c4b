import type { Distribution } from "../../core/histogram.ts";
import type { Snapshot } from "../../core/types.ts";

/** The type and the help text of each family of metrics. */
const FAMILIES = {
  probe_success: ["gauge", "Whether the last attempt passed."],
  probe_duration_seconds: ["gauge", "How long the last attempt took."],
  lifesign_check_status: ["gauge", "1 for the settled status of a check."],
  lifesign_check_transitions_total: ["counter", "Changes of a check's status."],
  lifesign_incidents_total: ["counter", "Incidents that began."],
  lifesign_incident_open: ["gauge", "Whether an incident lasts."],
  lifesign_uptime_ratio: [
    "gauge",
    "The share of the known time that a check was up.",
  ],
  lifesign_notifications_total: [
    "counter",
    "Messages that were sent or given up, and attempts to send one that failed.",
  ],
  lifesign_notifications_pending: ["gauge", "Messages that wait to be sent."],
  lifesign_notifications_last_success_timestamp_seconds: [
    "gauge",
    "When a message was sent last.",
  ],
  lifesign_attempts_total: ["counter", "Attempts that ended."],
  lifesign_attempt_duration_seconds: ["histogram", "How long attempts took."],
  lifesign_schedule_lag_seconds: [
    "histogram",
    "How long after they were due attempts began.",
  ],
  lifesign_attempts_in_flight: ["gauge", "Attempts in flight."],
  lifesign_slots_skipped_total: [
    "counter",
    "Slots skipped as the attempt before took too long.",
  ],
  lifesign_alive_last_success_timestamp_seconds: [
    "gauge",
    "When a call of alive last succeeded.",
  ],
  lifesign_cluster_connected: [
    "gauge",
    "Whether this agent reaches the cluster's server.",
  ],
  lifesign_cluster_members: ["gauge", "Agents of the cluster by their state."],
  lifesign_cluster_owned_checks: ["gauge", "Checks that this agent runs."],
  lifesign_cluster_uncovered_checks: ["gauge", "Checks that no agent may run."],
  lifesign_cluster_takeovers_total: [
    "counter",
    "Checks that this agent has taken over from others.",
  ],
  lifesign_cluster_teller: ["gauge", "Whether this agent sends messages."],
  lifesign_check_agent_info: ["gauge", "1 for the agent that runs a check."],
  lifesign_check_region_up: [
    "gauge",
    "Whether a check is healthy or degraded from a region.",
  ],
  lifesign_check_region_duration_seconds: [
    "gauge",
    "How long the last attempt from a region took.",
  ],
  lifesign_build_info: ["gauge", "1 for the version of lifesign."],
  // Named like the metrics of Prometheus about its own config.
  lifesign_config_last_reload_successful: [
    "gauge",
    "Whether the config was last loaded with success.",
  ],
  lifesign_config_last_reload_success_timestamp_seconds: [
    "gauge",
    "When the config was last loaded with success.",
  ],
  process_start_time_seconds: ["gauge", "When this process started."],
  process_cpu_seconds_total: ["counter", "The CPU time of this process."],
  process_resident_memory_bytes: ["gauge", "The memory of this process."],
  process_heap_bytes: ["gauge", "The part of its heap that is in use."],
} as const;

/** The name of a family. */
export type FamilyName = keyof typeof FAMILIES;

/** A family with its samples, or nothing if it has none. */
export function family(
  name: FamilyName,
  samples: readonly string[],
): string {
  const text = samples.join("");
  if (text === "") return "";
  const [type, help] = FAMILIES[name];
  return head(name, type, help) + text;
}

/** What stands before the samples of a family. */
export function head(name: string, type: string, help: string): string {
  const escapedHelp = help.replace(/[\\\n]/g, (char) => ESCAPES[char]!);
  return `# HELP ${name} ${escapedHelp}\n# TYPE ${name} ${type}\n`;
}

/** A family of one sample without labels, or nothing if there is no value. */
export function single(
  name: FamilyName,
  value: number | undefined,
): string {
  return family(name, value === undefined ? [] : [`${name} ${value}\n`]);
}

/** A histogram of milliseconds, in seconds. */
export function histogram(
  name: FamilyName,
  { bounds, counts, count, sum }: Distribution,
): string {
  return family(name, [
    ...bounds.map((bound, i) =>
      `${name}_bucket{le="${bound / 1000}"} ${counts[i]}\n`
    ),
    `${name}_bucket{le="+Inf"} ${count}\n`,
    `${name}_sum ${sum / 1000}\n`,
    `${name}_count ${count}\n`,
  ]);
}

/** The labels of a check as one string, since several samples have them. */
export function labelsOf({ id, type, group, target }: Snapshot): string {
  return [
    `check="${escaped(id)}"`,
    `type="${escaped(type)}"`,
    `group="${escaped(group ?? "")}"`,
    `instance="${escaped(target)}"`,
  ].join(",");
}

const ESCAPES: Readonly<Record<string, string>> = {
  "\\": "\\\\",
  '"': '\\"',
  "\n": "\\n",
};

/** The value of a label, as valid UTF-8. */
export function escaped(text: string): string {
  return text.toWellFormed().replace(/[\\"\n]/g, (char) => ESCAPES[char]!);
}
