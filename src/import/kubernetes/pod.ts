import { durationText, fitting } from "../duration_text.ts";
import type { Field, ImportedCheck } from "../config_text.ts";
import { escaped } from "../escape.ts";
import { checkProbe, handlerFields, handlerOf } from "./handler.ts";
import type { Node } from "../node.ts";
import type { ImportOptions } from "../options.ts";
import { textOf } from "../report.ts";
import type { Workload } from "./workload.ts";

/** A check of a pod, without an id yet. */
export interface PodCheck extends Omit<ImportedCheck, "id"> {
  /** The owner of the pod. */
  readonly workload: Workload;
  /** The part of the pod: `liveness`, or `nginx/liveness`. */
  readonly part: string;
}

/** A container and its name. */
interface Container {
  readonly node: Node;
  readonly name: string;
}

const PROBES = ["liveness", "readiness", "startup"] as const;

/** The checks of a pod's containers. */
export function podChecks(
  spec: Node,
  workload: Workload,
  options: ImportOptions,
): PodCheck[] {
  const containers = spec.get("containers");
  if (!containers.exists) containers.expected("a list of containers");
  const probed = [
    ...containers.items("a list of containers"),
    ...sidecars(spec.get("initContainers")),
  ].map(named).filter((container) => container !== undefined);
  const isOnlyOne = probed.length === 1;
  return probed.flatMap((container) =>
    containerChecks(container, workload, options).map((check) =>
      isOnlyOne ? check : { ...check, part: `${container.name}/${check.part}` }
    )
  );
}

/** Init containers that run beside the other containers. */
function sidecars(initContainers: Node): Node[] {
  return initContainers.items("a list of containers").filter((node) => {
    if (node.get("restartPolicy").text() === "Always") return true;
    for (const probe of PROBES) {
      const probeNode = node.get(`${probe}Probe`);
      if (probeNode.exists) {
        probeNode.warn(
          "not imported: its container ends before the pod starts",
        );
      }
    }
    return false;
  });
}

/** A container that has a probe. */
function named(node: Node): Container | undefined {
  if (!node.isMap) return node.expected("a container");
  if (!PROBES.some((probe) => node.get(`${probe}Probe`).exists)) {
    return undefined;
  }
  const name = node.get("name");
  const text = name.text("a name");
  if (text === undefined && !name.exists) name.expected("a name");
  return text === undefined ? undefined : { node, name: text };
}

function containerChecks(
  { node, name }: Container,
  workload: Workload,
  options: ImportOptions,
): PodCheck[] {
  const startup = node.get("startupProbe");
  const others = [node.get("livenessProbe"), node.get("readinessProbe")]
    .filter((probe) => probe.exists);
  for (const probe of [startup, ...others]) {
    if (probe.exists) checkProbe(probe);
  }
  const start = startup.exists ? startOf(startup) : {};
  if (startup.exists && others.length > 0) {
    const handler = handlerOf(startup)?.json;
    if (others.some((probe) => handlerOf(probe)?.json !== handler)) {
      startup.warn(
        "becomes the start period of the other probes; its own request is not imported",
      );
    }
  }
  const probes = others.length > 0 || !startup.exists ? others : [startup];
  return probes.flatMap((probe) => {
    const handler = handlerOf(probe);
    if (handler === undefined) return [];
    const comments = [
      `${
        textOf(probe)
      } of ${workload.kind} ${workload.name}, container ${name}`,
    ];
    const notes: string[] = [];
    const fields = handlerFields(handler, {
      container: node,
      name,
      workload,
      options,
      comments,
      notes,
    });
    const policy = policyOf(probe);
    if (fields === undefined) return [];
    const part = /(\w+)Probe$/.exec(probe.path)![1]!;
    const group = [workload.namespace, workload.name].filter(Boolean).join("/");
    return [{
      workload,
      part,
      comments,
      notes,
      fields: { ...fields, ...policy, ...start, group: escaped(group) },
    }];
  });
}

/** A number of a probe. As in Kubernetes, 0 means the default. */
function numberOf(probe: Node, key: string, fallback: number): number {
  return probe.get(key).integer({
    min: 0,
    expected: "a whole number of 0 or more",
  }) || fallback;
}

function seconds(probe: Node, count: number): string {
  return durationText(fitting(count * 1000, probe));
}

function policyOf(probe: Node): Record<string, Field | undefined> {
  const delay = numberOf(probe, "initialDelaySeconds", 0);
  const rise = numberOf(probe, "successThreshold", 1);
  return {
    interval: seconds(probe, numberOf(probe, "periodSeconds", 10)),
    timeout: seconds(probe, numberOf(probe, "timeoutSeconds", 1)),
    retries: numberOf(probe, "failureThreshold", 3),
    rise: rise === 1 ? undefined : rise,
    initial_delay: delay === 0 ? undefined : seconds(probe, delay),
  };
}

/** The start period and the start interval from a startup probe. */
function startOf(startup: Node): Record<string, Field | undefined> {
  const period = numberOf(startup, "periodSeconds", 10);
  const budget = numberOf(startup, "failureThreshold", 3) * period +
    numberOf(startup, "initialDelaySeconds", 0);
  return {
    start_period: seconds(startup, budget),
    start_interval: seconds(startup, period),
  };
}
