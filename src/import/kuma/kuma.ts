import type { ImportedCheck } from "../config_text.ts";
import { documentsOf } from "../documents.ts";
import { durationText, fitting } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import { type Unnamed, withIds } from "../ids.ts";
import type { Node } from "../node.ts";
import type { ImportOptions, Source } from "../options.ts";
import { type Report, textOf } from "../report.ts";
import { httpFields } from "./http.ts";
import type { Fields, Monitor } from "./monitor.ts";
import {
  dnsFields,
  dockerFields,
  grpcFields,
  pingFields,
  portFields,
  pushFields,
  websocketFields,
} from "./others.ts";

/** How the types of monitors become keys of a check. */
const TYPES: Readonly<
  Record<string, (monitor: Monitor) => Fields | undefined>
> = {
  http: httpFields,
  keyword: httpFields,
  "json-query": httpFields,
  port: portFields,
  ping: pingFields,
  dns: dnsFields,
  push: pushFields,
  docker: dockerFields,
  "grpc-keyword": grpcFields,
  "websocket-upgrade": websocketFields,
};

/** Reads the monitors of backups of Uptime Kuma. */
export function importKuma(
  sources: readonly Source[],
  _options: ImportOptions,
  report: Report,
): ImportedCheck[] {
  const checks = sources.flatMap(({ name, text }) =>
    (documentsOf(text, { file: name, report }) ?? []).flatMap(backupChecks)
  );
  return withIds(checks);
}

function backupChecks(document: Node): Unnamed[] {
  const list = document.get("monitorList");
  if (!list.exists) {
    list.complain("expected a list of monitors, got nothing");
    return [];
  }
  // A program that asks the server gets them by their ids.
  const monitors = list.isMap
    ? list.keys().map((key) => list.get(key))
    : list.items("a list of monitors");
  const groups = new Map<string, Node>();
  for (const monitor of monitors) {
    if (monitor.get("type").text() === "group") {
      groups.set(monitor.get("id").text() ?? "", monitor);
    }
  }
  const proxies = document.get("proxyList").items("a list of proxies");
  warnOfRest(document, monitors);
  return monitors.map((node) => checkOf(node, groups, proxies))
    .filter((check) => check !== undefined);
}

/** Says what of a backup has no counterpart. */
function warnOfRest(document: Node, monitors: readonly Node[]): void {
  const notifications = document.get("notificationList");
  const names = notifications.items("a list of notifications")
    .map((item) => item.get("name").text() ?? "").filter((name) => name !== "");
  if (names.length > 0) {
    notifications.warn(`these are not sent: ${names.join(", ")}`);
  }
  const hasTags = monitors.some((monitor) =>
    monitor.get("tags").isList && monitor.get("tags").items().length > 0
  );
  if (hasTags) document.get("monitorList").warn("tags are not imported");
}

function checkOf(
  node: Node,
  groups: ReadonlyMap<string, Node>,
  proxies: readonly Node[],
): Unnamed | undefined {
  if (!node.isMap) return node.expected("a monitor");
  const type = node.get("type").text("a type") ?? "";
  if (type === "group") return undefined;
  const active = node.get("active");
  if (active.exists && !active.boolean()) {
    node.warn("not imported: it is paused");
    return undefined;
  }
  if (node.get("upsideDown").boolean()) {
    node.get("upsideDown").warn(
      "not imported: no check is healthy while its target fails",
    );
    return undefined;
  }
  const toFields = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
  if (toFields === undefined) {
    node.get("type").warn(`not imported: there are no checks of ${type}`);
    return undefined;
  }
  const intervalS = seconds(node, "interval") || 60;
  const maxRetries = node.get("maxretries").integer({
    min: 0,
    expected: "a whole number of 0 or more",
  }) ?? 0;
  const retryS = seconds(node, "retryInterval") || intervalS;
  const notes = new Set<string>();
  const monitor: Monitor = {
    node,
    type,
    intervalS,
    retryS,
    maxRetries,
    proxies,
    notes,
  };
  const fields = toFields(monitor);
  if (fields === undefined) return undefined;
  const group = groupOf(node, groups);
  return {
    name: node.get("name").text("a name") || `monitor ${type}`,
    group,
    comments: [textOf(node)],
    notes: [...notes],
    fields: {
      ...fields,
      ...(group !== "" && { group: escaped(group) }),
      ...(type !== "push" && policyOf(monitor)),
    },
  };
}

/** When attempts are made, and how many count. */
function policyOf(
  { node, intervalS, retryS, maxRetries }: Monitor,
): Fields {
  if (maxRetries > 0 && retryS !== intervalS) {
    node.get("retryInterval").warn(
      `not imported: failures are retried each ${
        durationText(intervalS * 1000)
      }`,
    );
  }
  // Old versions have none, and take four fifths of the interval.
  const timeoutMs = (seconds(node, "timeout") ||
    Math.max(Math.floor(intervalS * 0.8), 1)) * 1000;
  const intervalMs = fitting(intervalS * 1000, node.get("interval"));
  return {
    ...(intervalMs !== 60_000 && { interval: durationText(intervalMs) }),
    ...(timeoutMs !== 48_000 &&
      { timeout: durationText(fitting(timeoutMs, node.get("timeout"))) }),
    ...(maxRetries > 0 && { retries: maxRetries + 1 }),
  };
}

function seconds(node: Node, key: string): number | undefined {
  const text = node.get(key).text("a number of seconds");
  if (text === undefined) return undefined;
  const value = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : NaN;
  return Number.isFinite(value)
    ? value
    : node.get(key).expected("a number of seconds");
}

/** The names of the groups that a monitor is in. */
function groupOf(node: Node, groups: ReadonlyMap<string, Node>): string {
  const names: string[] = [];
  const seen = new Set<string>();
  let parent = node.get("parent").text() ?? "";
  while (groups.has(parent) && !seen.has(parent)) {
    seen.add(parent);
    const group = groups.get(parent)!;
    names.unshift(group.get("name").text() ?? "");
    parent = group.get("parent").text() ?? "";
  }
  return names.filter((name) => name !== "").join(" / ");
}
