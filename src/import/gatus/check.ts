import { durationText, readDuration } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import type { Unnamed } from "../ids.ts";
import type { Node, Words } from "../node.ts";
import { textOf } from "../report.ts";
import { wordsOf } from "../words.ts";
import type { Alerts } from "./alerts.ts";
import { readCondition } from "./condition.ts";
import { dnsFields } from "./dns.ts";
import type { Endpoint, Fields } from "./endpoint.ts";
import { externalFields } from "./external.ts";
import { parseDuration } from "./go_values.ts";
import { httpFields } from "./http.ts";
import { grpcFields, pingFields, websocketFields } from "./message.ts";
import { sshFields, starttlsFields, streamFields } from "./stream.ts";

/** Keys of an endpoint that have no counterpart. */
const ENDPOINT_NOT_IMPORTED: Readonly<Record<string, string>> = {
  "extra-labels": "not imported: metrics have no labels of their own",
  "maintenance-windows": "not imported: checks have no maintenance windows",
};

const ENDPOINT_KEYS = [
  "alerts",
  "always-run",
  "body",
  "client",
  "conditions",
  "dns",
  "enabled",
  "extra-labels",
  "graphql",
  "group",
  "headers",
  "interval",
  "maintenance-windows",
  "method",
  "name",
  "ssh",
  "store",
  "ui",
  "url",
];

/** Whether an endpoint is there and not disabled. */
function isEnabled(node: Node): boolean {
  if (!node.isMap) {
    node.expected("an endpoint");
    return false;
  }
  const enabled = node.get("enabled");
  if (!enabled.exists || enabled.boolean()) return true;
  node.warn("not imported: it is disabled");
  return false;
}

function readName(node: Node): string {
  const name = node.get("name").text("a name") ?? "";
  if (name === "") node.get("name").expected("a name");
  return name;
}

function readGroup(node: Node): string {
  return node.get("group").words()?.template ?? "";
}

/** The check of an endpoint. */
export function checkOf(node: Node, alerts: Alerts): Unnamed | undefined {
  if (!isEnabled(node)) return undefined;
  warnOfKeys(node);
  const name = readName(node);
  const url = node.get("url").words("a URL");
  if (url === undefined) {
    if (!node.get("url").exists) node.get("url").expected("a URL");
    return undefined;
  }
  const group = readGroup(node);
  const conditions = node.get("conditions");
  const items = conditions.items("a list of conditions");
  if (items.length === 0 && !conditions.isMap) {
    conditions.expected("a list of conditions");
  }
  const client = node.get("client");
  const intervalMs = readDuration(
    emptyAsMissing(node.get("interval")),
    parseDuration,
    "1m30s",
  ) ||
    60_000;
  const timeoutMs =
    readDuration(emptyAsMissing(client.get("timeout")), parseDuration, "10s") ||
    10_000;
  const notes = new Set<string>();
  const endpoint: Endpoint = {
    node,
    url,
    conditions: items.map(readCondition)
      .filter((condition) => condition !== undefined),
    body: sentBody(node, url),
    client,
    timeoutMs,
    notes,
  };
  const fields = fieldsOf(endpoint);
  if (fields === undefined) return undefined;
  const thresholds = alerts.of(node);
  if (thresholds !== undefined) {
    notes.add(
      "Gatus shows each failure, and sends alerts after failure-threshold ones: here the status changes then",
    );
  }
  return {
    name,
    group,
    comments: [textOf(node)],
    notes: [...notes],
    fields: {
      ...fields,
      ...(group !== "" && { group }),
      ...(intervalMs !== 60_000 && { interval: durationText(intervalMs) }),
      ...(timeoutMs !== 10_000 && fields.timeout === undefined &&
        { timeout: durationText(timeoutMs) }),
      ...(thresholds !== undefined && {
        ...(thresholds.retries !== 1 && { retries: thresholds.retries }),
        ...(thresholds.rise !== 1 && { rise: thresholds.rise }),
      }),
    },
  };
}

/** A node that an empty string leaves at its default. */
function emptyAsMissing(node: Node): Node {
  return node.isEmptyText ? node.get("") : node;
}

function warnOfKeys(node: Node): void {
  for (const key of node.keys()) {
    const message = Object.hasOwn(ENDPOINT_NOT_IMPORTED, key)
      ? ENDPOINT_NOT_IMPORTED[key]
      : ENDPOINT_KEYS.includes(key)
      ? undefined
      : "unknown key, which Gatus ignores";
    if (message !== undefined) node.get(key).warn(message);
  }
  for (const key of ["hide-hostname", "hide-url", "hide-port"]) {
    const hidden = node.get("ui").get(key);
    if (hidden.exists && hidden.boolean()) {
      hidden.warn("not imported: the page shows the target");
    }
  }
}

/** The body that is sent, with the placeholders in it. */
function sentBody(node: Node, url: Words): Words | undefined {
  const body = node.get("body").words();
  if (body === undefined || body.template === "") return undefined;
  if (/\[RANDOM_STRING_\d+\]/.test(body.text)) {
    node.get("body").warn("[RANDOM_STRING_…] is sent as it is");
  }
  const names: Readonly<Record<string, Words | undefined>> = {
    "[ENDPOINT_NAME]": node.get("name").words(),
    "[ENDPOINT_GROUP]": node.get("group").words(),
    "[ENDPOINT_URL]": url,
  };
  const parts = (body.parts ?? [{ text: body.text }]).flatMap((part) =>
    part.reference !== undefined ? [part] : part.text.split(
      /(\[ENDPOINT_(?:NAME|GROUP|URL)\])/,
    ).flatMap((text) => {
      if (!Object.hasOwn(names, text)) return [{ text }];
      const words = names[text];
      return words?.parts ?? [{ text: words?.text ?? "" }];
    })
  );
  return wordsOf(parts);
}

/** The keys of a check by the kind of an endpoint. */
function fieldsOf(endpoint: Endpoint): Fields | undefined {
  const { node, url } = endpoint;
  if (node.get("dns").exists) return dnsFields(endpoint);
  const scheme = /^(\w+):\/\//.exec(url.text)?.[1] ?? "";
  switch (scheme) {
    case "http":
    case "https":
      return httpFields(endpoint);
    case "tcp":
    case "tls":
    case "udp":
      return streamFields(endpoint, scheme);
    case "starttls":
      return starttlsFields(endpoint);
    case "ssh":
      return sshFields(endpoint);
    case "icmp":
      return pingFields(endpoint);
    case "ws":
    case "wss":
      return websocketFields(endpoint);
    case "grpc":
    case "grpcs":
      return grpcFields(endpoint);
    case "":
      return ofUnknownScheme(endpoint);
    default:
      node.get("url").warn(
        `not imported: there are no checks for ${escaped(scheme)}:`,
      );
      return undefined;
  }
}

/** An endpoint whose scheme is in a variable that is not set, or missing. */
function ofUnknownScheme(endpoint: Endpoint): Fields | undefined {
  const { url, conditions } = endpoint;
  const node = endpoint.node.get("url");
  if (url.parts === undefined || url.text !== "") {
    return node.expected("a URL with a scheme");
  }
  const isHttp = conditions.some(({ left }) => left.name === "STATUS");
  if (!isHttp) {
    node.warn("not imported: a variable has its scheme");
    return undefined;
  }
  node.warn("taken for http: or https:, since it is asked for its status");
  return httpFields(endpoint);
}

/** A check of an endpoint whose results are pushed. */
export function externalCheck(node: Node): Unnamed | undefined {
  if (!isEnabled(node)) return undefined;
  const notes = new Set<string>();
  const fields = externalFields(node, notes);
  return fields && {
    name: readName(node),
    group: readGroup(node),
    comments: [textOf(node)],
    notes: [...notes],
    fields: { ...fields, group: readGroup(node) || undefined },
  };
}
