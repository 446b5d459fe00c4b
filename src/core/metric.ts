import type { DetailMetric } from "./types.ts";

/** A name that lifesign itself has metrics of, or will have. */
const OWN_NAME = /^(?:lifesign_|process_|probe_(?:success|duration_seconds)$)/;

/** The labels that each sample has. */
const OWN_LABELS: ReadonlySet<string> = new Set([
  "check",
  "type",
  "group",
  "instance",
]);

/**
 * Checks the metrics of a probe, which may be anything.
 *
 * @throws {TypeError} If they are not a list of valid metrics with different
 * names.
 */
export function checkMetrics(metrics: unknown): void {
  if (!Array.isArray(metrics)) {
    throw new TypeError(`Expected a list of metrics, got ${typeof metrics}`);
  }
  const names = new Set<string>();
  for (const metric of metrics as readonly DetailMetric[]) {
    checkMetric(metric);
    const sample = metric.name + JSON.stringify(metric.labels ?? {});
    if (names.has(sample)) {
      throw new TypeError(`Expected one metric ${metric.name}, got two`);
    }
    names.add(sample);
  }
}

function checkMetric(metric: Partial<DetailMetric> | null | undefined): void {
  const { name, help, type = "gauge", labels = {}, key, value } = metric ?? {};
  if (typeof name !== "string" || !/^[a-zA-Z_]\w*$/.test(name)) {
    throw new TypeError(
      `Expected a metric's name such as "probe_queue_depth", got ${
        JSON.stringify(name)
      }`,
    );
  }
  if (OWN_NAME.test(name)) {
    throw new TypeError(
      `Expected another name than ${name}, which lifesign itself uses`,
    );
  }
  if (typeof help !== "string" || help.trim() === "") {
    throw new TypeError(`Expected a help text of the metric ${name}`);
  }
  if (type !== "gauge" && type !== "counter") {
    throw new TypeError(
      `Expected the type of the metric ${name} to be "gauge" or "counter", got ${
        JSON.stringify(type)
      }`,
    );
  }
  for (const [label, value] of Object.entries(labels)) {
    if (!/^[a-zA-Z]\w*$/.test(label) || OWN_LABELS.has(label)) {
      throw new TypeError(
        `Expected a label of the metric ${name} such as "phase", got ${
          JSON.stringify(label)
        }`,
      );
    }
    if (typeof value !== "string") {
      throw new TypeError(
        `Expected the label ${label} of the metric ${name} to be a string, got ${typeof value}`,
      );
    }
  }
  if (typeof key !== "string" || key === "") {
    throw new TypeError(`Expected a key of the detail for the metric ${name}`);
  }
  if (value !== undefined && typeof value !== "function") {
    throw new TypeError(
      `Expected the value of the metric ${name} to be a function, got ${typeof value}`,
    );
  }
}

/**
 * Metrics of several probes by their names: probes may share a metric, if it
 * is the same one.
 */
export class MetricNames {
  readonly #owners = new Map<string, { type: string; metric: DetailMetric }>();
  /** Lists that were added before: all probes of a kind share one. */
  readonly #lists = new Set<readonly DetailMetric[]>();

  /**
   * Adds the metrics of a probe of a type.
   *
   * @throws {TypeError} If one of them has the name of another one.
   */
  add(type: string, metrics: readonly DetailMetric[]): void {
    if (this.#lists.has(metrics)) return;
    this.#lists.add(metrics);
    for (const metric of metrics) {
      const owner = this.#owners.get(metric.name);
      if (owner === undefined) this.#owners.set(metric.name, { type, metric });
      else if (!isSame(owner.metric, metric)) {
        throw new TypeError(
          `Expected another name than ${metric.name}, which is a different metric of ${owner.type} checks`,
        );
      }
    }
  }
}

function isSame(a: DetailMetric, b: DetailMetric): boolean {
  return a.help === b.help && (a.type ?? "gauge") === (b.type ?? "gauge");
}
