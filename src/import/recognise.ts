import { splitTag, withTagsInKeys } from "./compose/tags.ts";
import { documentsOf } from "./documents.ts";
import type { Node } from "./node.ts";
import { Report } from "./report.ts";

/** A format that health checks are imported from. */
export type Format =
  | "blackbox"
  | "compose"
  | "gatus"
  | "kubernetes"
  | "kuma"
  | "zlayer";

/** What a file may turn out to be, with the words for it in messages. */
export const NAMES: Readonly<Record<Format | "lifesign", string>> = {
  blackbox: "a config file of blackbox_exporter or Prometheus",
  compose: "a Compose file",
  gatus: "a config file of Gatus",
  kubernetes: "a Kubernetes manifest",
  kuma: "a backup of Uptime Kuma",
  zlayer: "a ZLayer deployment",
  lifesign: "a config file of lifesign",
};

/** Lists that only Gatus has. In old versions, `services` is one, too. */
const GATUS_KEYS = ["endpoints", "external-endpoints", "suites"];

/** Keys of a service that Compose has and ZLayer does not. */
const COMPOSE_KEYS = [
  "build",
  "container_name",
  "depends_on",
  "environment",
  "healthcheck",
  "ports",
  "restart",
];

/** Keys of a service that ZLayer has and Compose does not. */
const ZLAYER_KEYS = ["endpoints", "health", "rtype"];

/**
 * What a file is by its keys; `undefined` if they do not tell, or if it is not
 * YAML or JSON.
 */
export function recognise(text: string): keyof typeof NAMES | undefined {
  // The import itself says what is wrong with the file.
  const unread = { file: "", report: new Report() };
  return documentsOf(withTagsInKeys(text), unread)?.map(nameOf)
    .find((name) => name !== undefined);
}

function nameOf(document: Node): keyof typeof NAMES | undefined {
  const modules = document.get("modules");
  if (document.get("monitorList").exists) return "kuma";
  const isBlackbox = document.get("scrape_configs").isList ||
    modules.isMap &&
      modules.keys().some((name) => modules.get(name).get("prober").exists) ||
    document.get("kind").text() === "Probe" &&
      /^monitoring\.coreos\.com\//.test(
        document.get("apiVersion").text() ?? "",
      );
  if (isBlackbox) return "blackbox";
  if (document.get("apiVersion").exists && document.get("kind").exists) {
    return "kubernetes";
  }
  const services = document.get("services");
  const isOldGatus = services.isList &&
    services.items().some((item) => item.get("conditions").exists);
  const isGatus = isOldGatus ||
    GATUS_KEYS.some((key) => document.get(key).isList);
  if (isGatus) return "gatus";
  if (!services.isMap) {
    return document.get("checks").isMap ? "lifesign" : undefined;
  }
  if (document.get("deployment").exists) return "zlayer";
  const keys = services.keys().flatMap((name) => services.get(name).keys())
    .map((key) => splitTag(key).key);
  const isCompose = COMPOSE_KEYS.some((key) => keys.includes(key));
  const isZlayer = ZLAYER_KEYS.some((key) => keys.includes(key));
  if (isCompose === isZlayer) return undefined;
  return isCompose ? "compose" : "zlayer";
}
