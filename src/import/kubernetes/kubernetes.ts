import { closest } from "../../core/text.ts";
import { documentsOf } from "../documents.ts";
import type { ImportedCheck } from "../config_text.ts";
import { type PodCheck, podChecks } from "./pod.ts";
import type { Workload } from "./workload.ts";
import type { Node } from "../node.ts";
import type { ImportOptions, Source } from "../options.ts";
import type { Report } from "../report.ts";

/** Kinds that have pods: the path to the pod's spec, and the name for kubectl. */
const WORKLOADS: Readonly<
  Record<string, { readonly path: readonly string[]; readonly kubectl: string }>
> = {
  Pod: { path: ["spec"], kubectl: "pod" },
  Deployment: { path: ["spec", "template", "spec"], kubectl: "deploy" },
  StatefulSet: { path: ["spec", "template", "spec"], kubectl: "statefulset" },
  DaemonSet: { path: ["spec", "template", "spec"], kubectl: "daemonset" },
  ReplicaSet: { path: ["spec", "template", "spec"], kubectl: "replicaset" },
  ReplicationController: { path: ["spec", "template", "spec"], kubectl: "rc" },
  Job: { path: ["spec", "template", "spec"], kubectl: "job" },
  // The names of its jobs are generated.
  CronJob: {
    path: ["spec", "jobTemplate", "spec", "template", "spec"],
    kubectl: "",
  },
};

/** Kinds without pods in the API groups that have no domain in their names. */
const WITHOUT_PODS: ReadonlySet<string> = new Set(
  "Binding ComponentStatus ConfigMap ControllerRevision Endpoints Event Eviction HorizontalPodAutoscaler Ingress LimitRange Namespace NetworkPolicy Node PersistentVolume PersistentVolumeClaim PodDisruptionBudget PodSecurityPolicy PodTemplate ResourceQuota Scale Secret Service ServiceAccount Status"
    .split(" "),
);

/** Reads the probes of Kubernetes manifests. */
export function importKubernetes(
  sources: readonly Source[],
  options: ImportOptions,
  report: Report,
): ImportedCheck[] {
  const checks = sources.flatMap(({ name, text }) => {
    const origin = { file: name, report };
    const documents = documentsOf(text, origin);
    const file = { file: name, path: "" };
    if (documents === undefined) {
      if (/\{\{/.test(text)) {
        report.complain(
          file,
          "for a Helm chart, import the output of helm template",
        );
      }
      return [];
    }
    if (documents.length === 0) report.warn(file, "has no Kubernetes objects");
    return documents.flatMap((document) => objectsOf(document))
      .flatMap((object) => objectChecks(object, options));
  });
  return withIds(checks);
}

/** The objects of a document: one, or those of a list. */
function objectsOf(document: Node): Node[] {
  if (!document.isMap) {
    document.expected("a Kubernetes object");
    return [];
  }
  const kind = document.get("kind").text("the kind of an object");
  if (kind?.endsWith("List") && document.get("items").isList) {
    return document.get("items").items().flatMap(objectsOf);
  }
  return [document];
}

function objectChecks(object: Node, options: ImportOptions): PodCheck[] {
  const kindNode = object.get("kind");
  const kind = kindNode.text("the kind of an object");
  if (kind === undefined) {
    if (!kindNode.exists) kindNode.expected("the kind of an object");
    return [];
  }
  const known = Object.hasOwn(WORKLOADS, kind) ? WORKLOADS[kind] : undefined;
  const template = object.get("spec").get("template").get("spec");
  const spec = known
    ? known.path.reduce((node, key) => node.get(key), object)
    : template;
  if (known === undefined && !template.get("containers").exists) {
    checkKind(kind, kindNode, object);
    return [];
  }
  if (!spec.isMap) {
    spec.expected("the spec of a pod");
    return [];
  }
  const workload = workloadOf(object, kind, known?.kubectl ?? "");
  return workload === undefined ? [] : podChecks(spec, workload, options);
}

function workloadOf(
  object: Node,
  kind: string,
  kubectl: string,
): Workload | undefined {
  const metadata = object.get("metadata");
  const name = metadata.get("name").text("a name");
  const prefix = metadata.get("generateName").text()?.replace(/-$/, "");
  const shown = name || prefix;
  if (!shown) {
    metadata.get("name").complain("expected a name, got nothing");
    return undefined;
  }
  const namespace = metadata.get("namespace").text();
  return {
    kind,
    name: shown,
    ...(namespace !== undefined && { namespace }),
    ...(name && kubectl !== "" && { kubectl: `${kubectl}/${name}` }),
  };
}

/** Notes if a kind without pods is not known. */
function checkKind(kind: string, node: Node, object: Node): void {
  const version = object.get("apiVersion").text() ?? "";
  if (WITHOUT_PODS.has(kind) || /\.k8s\.io\//.test(version)) return;
  if (version.includes(".")) {
    node.warn(
      `${JSON.stringify(kind)} of ${version} is an unknown kind: not imported`,
    );
    return;
  }
  const meant = closest(kind, Object.keys(WORKLOADS));
  node.complain(
    `unknown kind ${JSON.stringify(kind)}` +
      (meant === undefined ? "" : `; did you mean ${JSON.stringify(meant)}?`),
  );
}

/** Gives each check the shortest unique id. */
function withIds(checks: readonly PodCheck[]): ImportedCheck[] {
  const taken = new Set<string>();
  return checks.map(({ workload, part, ...check }) => {
    const { kind, name, namespace } = workload;
    const names = [
      `${name}/${part}`,
      `${namespace ?? "default"}/${name}/${part}`,
      `${namespace ?? "default"}/${kind}/${name}/${part}`,
    ];
    let id = names.find((name) => !taken.has(name));
    for (let i = 2; id === undefined; i++) {
      const numbered = `${names[2]}/${i}`;
      if (!taken.has(numbered)) id = numbered;
    }
    taken.add(id);
    return { ...check, id };
  });
}
