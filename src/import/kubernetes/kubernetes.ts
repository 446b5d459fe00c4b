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
      .flatMap((object) => objectChecks(object, options, report));
  });
  return withIds(checks);
}

/** A Kubernetes object. In a list of one kind, its items may have no kind. */
interface KubernetesObject {
  readonly node: Node;
  readonly kind: string;
  readonly version: string;
}

/** The objects of a document: one, or those of a list. */
function objectsOf(
  document: Node,
  list: Partial<KubernetesObject> = {},
): KubernetesObject[] {
  if (!document.isMap) {
    document.expected("a Kubernetes object");
    return [];
  }
  const kindNode = document.get("kind");
  const kind = kindNode.text("the kind of an object") ?? list.kind;
  const version = document.get("apiVersion").text() ?? list.version ?? "";
  const items = document.get("items");
  const itemKind = kind?.endsWith("List") ? kind.slice(0, -4) : undefined;
  // The API has null for no items.
  if (
    itemKind !== undefined &&
    (items.isList || !items.exists && Object.hasOwn(WORKLOADS, itemKind))
  ) {
    return items.items().flatMap((item) =>
      objectsOf(item, itemKind === "" ? {} : { kind: itemKind, version })
    );
  }
  if (kind !== undefined) return [{ node: document, kind, version }];
  if (!kindNode.exists) kindNode.expected("the kind of an object");
  return [];
}

function objectChecks(
  object: KubernetesObject,
  options: ImportOptions,
  report: Report,
): PodCheck[] {
  const { node, kind, version } = object;
  // The API groups of Kubernetes itself that have pods have no domain.
  const isCustom = /\..*\//.test(version);
  const known = !isCustom && Object.hasOwn(WORKLOADS, kind)
    ? WORKLOADS[kind]
    : undefined;
  const template = node.get("spec").get("template").get("spec");
  if (known === undefined && !template.get("containers").exists) {
    checkKind(object);
    return [];
  }
  const spec = known
    ? known.path.reduce((node, key) => node.get(key), node)
    : template;
  const read = (): PodCheck[] => {
    if (!spec.isMap) {
      spec.expected("the spec of a pod");
      return [];
    }
    const workload = workloadOf(node, kind, known?.kubectl ?? "");
    return workload === undefined ? [] : podChecks(spec, workload, options);
  };
  if (!isCustom) return read();
  // Its fields may have another meaning, so that it is not wrong.
  const { value, issue } = report.attempt(read);
  if (issue === undefined) return value;
  node.get("kind").warn(
    `${
      JSON.stringify(kind)
    } of ${version} is not imported: ${issue.path}: ${issue.message}`,
  );
  return [];
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
function checkKind({ node: object, kind, version }: KubernetesObject): void {
  const node = object.get("kind");
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
