import type { Node } from "../node.ts";
import { parseGoDuration } from "../compose/go_duration.ts";
import { readDuration } from "../duration_text.ts";
import { type Labels, relabelled } from "./relabel.ts";

/** A target of a job, and what the exporter is asked. */
export interface Probed {
  readonly job: string;
  readonly target: string;
  readonly module: string;
  readonly hostname: string | undefined;
  /** What the target is called. */
  readonly instance: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly node: Node;
}

/** How often a job is scraped, and how long that may take. */
interface Timing {
  readonly intervalMs: number;
  readonly timeoutMs: number;
}

/** Prometheus's own. */
const USUAL: Timing = { intervalMs: 60_000, timeoutMs: 10_000 };

/** The targets of the jobs of a config file of Prometheus. */
export function jobsOf(document: Node): Probed[] {
  const usual = timingOf(document.get("global"), USUAL);
  return document.get("scrape_configs").items("a list of jobs")
    .flatMap((job) => jobTargets(job, usual));
}

function jobTargets(job: Node, usual: Timing): Probed[] {
  const name = job.get("job_name").text() ?? "";
  const timing = timingOf(job, usual);
  const rules = job.get("relabel_configs");
  const params = job.get("params");
  const path = job.get("metrics_path").text() ?? "/metrics";
  const base = new Map([
    ["job", name],
    ["__metrics_path__", path],
    ["__scheme__", job.get("scheme").text() ?? "http"],
    ...params.keys("a map of parameters").map((key) =>
      [
        `__param_${key}`,
        params.get(key).items("a list of values")[0]?.text() ?? "",
      ] as const
    ),
  ]);
  // Others are of other exporters.
  const mentions = (text: string): boolean => job.json.includes(text);
  if (!mentions("__param_target") && !base.has("__param_target")) return [];
  if (!mentions("/probe")) return [];
  for (const key of job.keys()) {
    if (/_sd_configs$/.test(key)) {
      job.get(key).warn("not imported: these targets are not in the file");
    }
  }
  return job.get("static_configs").items("a list of targets")
    .flatMap((group) =>
      group.get("targets").items("a list of targets").map((node) => {
        const labels = new Map([...base, ...labelsOf(group.get("labels"))]);
        labels.set("__address__", node.text("a target") ?? "");
        return probedOf(relabelled(labels, rules), timing, node);
      })
    ).filter((probed) => probed !== undefined);
}

/** The targets of a `Probe` of the Prometheus operator. */
export function probesOf(document: Node): Probed[] {
  const spec = document.get("spec");
  const fixed = spec.get("targets").get("staticConfig");
  const timing = timingOf(spec, USUAL, ["interval", "scrapeTimeout"]);
  if (spec.get("targets").get("ingress").exists) {
    spec.get("targets").get("ingress").warn(
      "not imported: these targets are not in the file",
    );
  }
  if (fixed.get("relabelingConfigs").exists) {
    fixed.get("relabelingConfigs").warn(
      "not imported: targets stay as they are",
    );
  }
  const job = spec.get("jobName").text() ||
    document.get("metadata").get("name").text() || "";
  return fixed.get("static").items("a list of targets").map((node) =>
    probedOf(
      new Map([
        ["job", job],
        ["__param_target", node.text("a target") ?? ""],
        ["__param_module", spec.get("module").text() ?? ""],
      ]),
      timing,
      node,
    )
  ).filter((probed) => probed !== undefined);
}

function probedOf(
  labels: Labels | undefined,
  timing: Timing,
  node: Node,
): Probed | undefined {
  const target = labels?.get("__param_target") ?? "";
  if (labels === undefined || target === "") return undefined;
  return {
    job: labels.get("job") ?? "",
    target,
    module: labels.get("__param_module") || "http_2xx",
    hostname: labels.get("__param_hostname"),
    instance: labels.get("instance") ?? target,
    ...timing,
    node,
  };
}

function labelsOf(node: Node): (readonly [string, string])[] {
  return node.keys("a map of labels").map((name) => [
    name,
    node.get(name).text() ?? "",
  ]);
}

function timingOf(
  node: Node,
  usual: Timing,
  [interval, timeout]: readonly [string, string] = [
    "scrape_interval",
    "scrape_timeout",
  ],
): Timing {
  const read = (key: string): number | undefined =>
    readDuration(node.get(key), parseGoDuration, "1m30s");
  const intervalMs = read(interval) || usual.intervalMs;
  return {
    intervalMs,
    timeoutMs: read(timeout) || Math.min(usual.timeoutMs, intervalMs),
  };
}
