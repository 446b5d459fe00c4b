import { documentsOf } from "../documents.ts";
import { durationText, readDuration } from "../duration_text.ts";
import type { Field, ImportedCheck } from "../config_text.ts";
import { escaped } from "../escape.ts";
import { parseHumantime } from "./humantime.ts";
import type { Node } from "../node.ts";
import type { ImportOptions, Source } from "../options.ts";
import { type Report, textOf } from "../report.ts";

const PORT = { min: 0, max: 65535, expected: "a port between 0 and 65535" };

/** Reads the health checks of ZLayer deployments. */
export function importZlayer(
  sources: readonly Source[],
  options: ImportOptions,
  report: Report,
): ImportedCheck[] {
  const taken = new Set<string>();
  const checks: ImportedCheck[] = [];
  for (const { name, text } of sources) {
    for (const document of documentsOf(text, { file: name, report }) ?? []) {
      const deployment = document.get("deployment").text() ?? name;
      const services = document.get("services");
      if (!services.exists) {
        services.complain("expected a map of services, got nothing");
      }
      for (const key of services.keys("a map of services")) {
        const service = services.get(key);
        if (!service.isMap) {
          service.expected("a service");
          continue;
        }
        const check = serviceCheck(service, options);
        if (check === undefined) continue;
        let id = taken.has(key) ? `${deployment}/${key}` : key;
        for (let i = 2; taken.has(id); i++) id = `${deployment}/${key}/${i}`;
        taken.add(id);
        checks.push({ ...check, id });
      }
    }
  }
  return checks;
}

function serviceCheck(
  service: Node,
  options: ImportOptions,
): Omit<ImportedCheck, "id"> | undefined {
  const health = service.get("health");
  const rtype = service.get("rtype").text() ?? "service";
  if (!health.exists && rtype !== "service") {
    service.warn(`no check, because a ${rtype} without health has none`);
    return undefined;
  }
  if (health.exists && !health.isMap) return health.expected("a map");
  health.onlyKeys([
    "start_grace",
    "interval",
    "timeout",
    "retries",
    "check",
  ]);
  const check = health.get("check");
  if (health.exists && !check.exists) {
    return check.expected("a map with a type, such as { type: tcp, port: 80 }");
  }
  const fields = check.exists
    ? checkFields(check, service, options)
    : defaultEndpoint(service, options);
  const policy = policyOf(health);
  return fields && {
    comments: [
      textOf(health) + (health.exists ? "" : ", from ZLayer's defaults"),
    ],
    fields: { ...fields, ...policy },
  };
}

/** ZLayer's HTTP client gives up after 5 seconds, whatever the timeout is. */
const MAX_HTTP_MS = 5000;

function policyOf(health: Node): Record<string, Field | undefined> {
  const duration = (key: string): number | undefined =>
    readDuration(health.get(key), parseHumantime, '"1m 30s"');
  const positive = (key: string, fallbackMs: number): number => {
    const ms = duration(key);
    if (ms === 0) health.get(key).expected('a duration above 0 such as "10s"');
    return ms || fallbackMs;
  };
  const isHttp = health.get("check").get("type").text() === "http";
  const graceMs = duration("start_grace") ?? 5000;
  const retries = health.get("retries").integer({
    min: 0,
    expected: "a whole number of 0 or more",
  });
  if (retries === 0) {
    health.get("retries").warn("becomes 1, the lowest value");
  }
  return {
    interval: durationText(positive("interval", 10_000)),
    timeout: durationText(
      Math.min(positive("timeout", 5000), isHttp ? MAX_HTTP_MS : Infinity),
    ),
    retries: Math.max(retries ?? 3, 1),
    initial_delay: graceMs === 0 ? undefined : durationText(graceMs),
  };
}

function checkFields(
  check: Node,
  service: Node,
  options: ImportOptions,
): Record<string, Field | undefined> | undefined {
  if (!check.isMap) {
    return check.expected("a map with a type, such as { type: tcp, port: 80 }");
  }
  const type = check.get("type");
  const read = READERS.get(type.text() ?? "");
  return read === undefined
    ? type.expected('"tcp", "http" or "command"')
    : read(check, service, options);
}

/** The readers of ZLayer's types of checks. */
const READERS: ReadonlyMap<string, typeof checkFields> = new Map([
  ["tcp", ofTcp],
  ["http", ofHttp],
  ["command", ofCommand],
  // ZLayer's examples use it, although its types do not have it.
  ["exec", (check) => {
    check.get("type").warn(
      "is not a type of ZLayer: treated as command",
    );
    return ofCommand(check);
  }],
]);

function ofTcp(
  check: Node,
  service: Node,
  options: ImportOptions,
): Record<string, Field | undefined> | undefined {
  check.onlyKeys(["type", "port"]);
  const node = check.get("port");
  if (!node.exists) return node.expected(PORT.expected);
  const port = node.integer(PORT);
  if (port === 0) return defaultEndpoint(service, options);
  return port === undefined ? undefined : connecting(port, options);
}

function ofHttp(
  check: Node,
  _service: Node,
  { address }: ImportOptions,
): Record<string, Field | undefined> | undefined {
  check.onlyKeys(["type", "url", "expect_status"]);
  const node = check.get("url");
  const words = node.words("a URL");
  const status = check.get("expect_status");
  const code = status.integer({
    min: 0,
    max: 999,
    expected: "a status such as 200",
  });
  if (words === undefined) {
    return node.exists ? undefined : node.expected("a URL");
  }
  if (!/^https?:\/\//i.test(words.text) || !URL.canParse(words.text)) {
    return node.expected("an absolute URL with http: or https:");
  }
  if (code !== undefined && code < 100) {
    status.warn(`becomes 200: ${code} is not an HTTP status`);
  }
  const expected = code === undefined || code < 100 ? 200 : code;
  const { hostname, port, protocol } = new URL(words.text);
  const isLocal = /^(?:localhost|127\.0\.0\.1)$/.test(hostname);
  return {
    type: "http",
    url: words.template,
    status: expected,
    // ZLayer follows redirects, so it can never expect one of these.
    redirect: expected >= 300 && expected < 400 ? undefined : "follow",
    // ZLayer replaces these hosts by the container's address.
    ...(isLocal && address !== "127.0.0.1" && {
      address: `${address.includes(":") ? `[${address}]` : address}:${
        port || (protocol === "http:" ? 80 : 443)
      }`,
    }),
  };
}

function ofCommand(
  check: Node,
): Record<string, Field | undefined> | undefined {
  check.onlyKeys(["type", "command"]);
  const node = check.get("command");
  if (!node.exists) return node.expected("a command");
  const words = node.isList ? node.items() : [node];
  const command = words.map((item) => {
    if (!item.exists) item.expected("a string");
    return item.words("a command")?.template ?? "";
  });
  if (command.length === 0 || command[0]!.trim() === "") {
    if (words.every((item) => item.exists)) {
      node.complain("expected a command, got an empty one");
    }
    return undefined;
  }
  return { type: "command", command: node.isList ? command : command[0]! };
}

/** The port that ZLayer checks where no endpoint says another one. */
const FALLBACK_PORT = 8080;

/** What ZLayer checks by default: its first endpoint for HTTP. */
function defaultEndpoint(
  service: Node,
  options: ImportOptions,
): Record<string, Field | undefined> | undefined {
  const endpoint = service.get("endpoints").items("a list of endpoints").find(
    (node) => /^(?:https?|websocket)$/.test(node.get("protocol").text() ?? ""),
  );
  if (endpoint === undefined) {
    service.warn(
      `ZLayer checks port ${FALLBACK_PORT}, because no endpoint is http, https or websocket`,
    );
    return connecting(FALLBACK_PORT, options);
  }
  const target = endpoint.get("target_port");
  const node = target.exists ? target : endpoint.get("port");
  const expected = "a port between 1 and 65535";
  if (!node.exists) return node.expected(expected);
  const port = node.integer({ ...PORT, min: 1, expected });
  return port === undefined ? undefined : connecting(port, options);
}

function connecting(
  port: number,
  { address }: ImportOptions,
): Record<string, Field | undefined> {
  return { type: "tcp", host: escaped(address), port };
}
