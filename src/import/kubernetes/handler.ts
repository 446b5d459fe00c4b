import type { Field } from "../config_text.ts";
import { escaped } from "../escape.ts";
import { expanded } from "./expand.ts";
import type { Workload } from "./workload.ts";
import type { Node } from "../node.ts";
import type { ImportOptions } from "../options.ts";

/** What a probe belongs to. */
export interface Probed {
  /** Its container. */
  readonly container: Node;
  /** The container's name. */
  readonly name: string;
  /** The owner of the pod. */
  readonly workload: Workload;
  /** How checks are imported. */
  readonly options: ImportOptions;
  /** The comments of the check, to add to. */
  readonly comments: string[];
  /** The comments for the top of the config, to add to. */
  readonly notes: string[];
}

const HANDLERS = ["exec", "grpc", "httpGet", "tcpSocket"];

const TIMING = [
  "initialDelaySeconds",
  "periodSeconds",
  "timeoutSeconds",
  "failureThreshold",
  "successThreshold",
  "terminationGracePeriodSeconds",
];

/** The handler of a probe: `httpGet`, `tcpSocket`, `exec` or `grpc`. */
export function handlerOf(probe: Node): Node | undefined {
  const [handler, ...others] = HANDLERS.map((key) => probe.get(key))
    .filter((node) => node.exists);
  return others.length === 0 ? handler : undefined;
}

/** The keys of a check from a handler; `undefined` if it is not supported. */
export function handlerFields(
  handler: Node,
  probed: Probed,
): Record<string, Field | undefined> | undefined {
  const kind = /(\w+)$/.exec(handler.path)?.[1];
  switch (kind) {
    case "httpGet":
      return ofHttp(handler, probed);
    case "tcpSocket":
      return ofTcp(handler, probed);
    case "exec":
      return ofExec(handler, probed);
    default:
      return ofGrpc(handler, probed);
  }
}

/** Notes an issue if a probe does not have exactly one handler. */
export function checkProbe(probe: Node): void {
  if (!probe.isMap) return probe.expected("a probe");
  probe.onlyKeys([...HANDLERS, ...TIMING]);
  const count = HANDLERS.filter((key) => probe.get(key).exists).length;
  if (count === 1) return;
  probe.complain(
    `expected one of ${HANDLERS.join(", ")}, got ${
      count === 0 ? "none" : count
    }`,
  );
}

function ofHttp(
  handler: Node,
  probed: Probed,
): Record<string, Field | undefined> | undefined {
  handler.onlyKeys(["host", "httpHeaders", "path", "port", "scheme"]);
  const port = portOf(handler.get("port"), probed.container);
  const schemeNode = handler.get("scheme");
  const scheme = (schemeNode.text() || "HTTP").toLowerCase();
  if (scheme !== "http" && scheme !== "https") {
    schemeNode.expected('"HTTP" or "HTTPS"');
  }
  const path = handler.get("path").text("a path") || "/";
  const headers = headersOf(handler.get("httpHeaders"));
  if (port === undefined) return undefined;
  probed.notes.push(
    "Kubernetes follows redirects on the same host; here a redirect passes",
  );
  const host = hostOf(handler, probed);
  const authority = host.includes(":") ? `[${host}]` : host;
  return {
    type: "http",
    url: escaped(
      `${scheme}://${authority}:${port}${
        path.startsWith("/") ? "" : "/"
      }${path}`,
    ),
    headers,
    status: "200-399",
    // The kubelet accepts any certificate.
    ...(scheme === "https" && { verify: false }),
  };
}

function ofTcp(
  handler: Node,
  probed: Probed,
): Record<string, Field | undefined> | undefined {
  handler.onlyKeys(["host", "port"]);
  const port = portOf(handler.get("port"), probed.container);
  return port === undefined
    ? undefined
    : { type: "tcp", host: escaped(hostOf(handler, probed)), port };
}

function ofGrpc(
  handler: Node,
  { options }: Probed,
): Record<string, Field | undefined> | undefined {
  handler.onlyKeys(["port", "service"]);
  const node = handler.get("port");
  const expected = "a port between 1 and 65535, not the name of one";
  // The kubelet asks the pod: there is no host, and no TLS.
  const port = node.exists
    ? node.integer({ min: 1, max: 65535, expected })
    : node.expected(expected);
  const service = handler.get("service").text("the name of a service");
  return port === undefined ? undefined : {
    type: "grpc",
    host: escaped(options.address),
    port,
    service: service ? escaped(service) : undefined,
  };
}

function ofExec(
  handler: Node,
  { container, name, workload, comments }: Probed,
): Record<string, Field | undefined> | undefined {
  handler.onlyKeys(["command"]);
  const node = handler.get("command");
  const items = node.items("a list of a program and its arguments");
  const command = items.map((item) => {
    if (!item.exists) item.expected("a string");
    return escaped(expanded(item.text() ?? "", container));
  });
  if (command[0] === undefined || command[0] === "") {
    if (!node.exists || node.isList) {
      node.complain("expected a command, got an empty one");
    }
    return undefined;
  }
  if (workload.kubectl === undefined) {
    handler.warn(
      `not imported: kubectl cannot find the pods of a ${workload.kind} by its name`,
    );
    return undefined;
  }
  if (workload.kind !== "Pod") comments.push("Runs in one of its pods");
  return {
    type: "command",
    command: [
      "kubectl",
      "exec",
      ...(workload.namespace === undefined
        ? []
        : ["-n", escaped(workload.namespace)]),
      escaped(workload.kubectl),
      "-c",
      escaped(name),
      "--",
      ...command,
    ],
  };
}

function hostOf(handler: Node, { options }: Probed): string {
  const host = handler.get("host").text("a host") || options.address;
  return host.replace(/^\[(.*)\]$/, "$1");
}

/** A port by its number, or by its name in the container's ports. */
function portOf(node: Node, container: Node): number | undefined {
  const expected = "a port between 1 and 65535, or the name of one";
  const text = node.text(expected);
  if (text === undefined) {
    return node.exists ? undefined : node.expected(expected);
  }
  for (const port of container.get("ports").items("a list of ports")) {
    if (port.get("name").text() === text) {
      return port.get("containerPort").integer({
        min: 1,
        max: 65535,
        expected: "a port between 1 and 65535",
      });
    }
  }
  if (/^[a-z]/i.test(text)) {
    node.complain(
      `the container has no port named ${JSON.stringify(text)}`,
    );
    return undefined;
  }
  return node.integer({ min: 1, max: 65535, expected });
}

/** Headers that an http check cannot have. */
const NOT_SENT = /^(?:content-length|transfer-encoding)$/i;

/** Headers by their names. The values of a repeated header are joined by commas. */
function headersOf(node: Node): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  for (const item of node.items("a list of names with values")) {
    const name = item.get("name").text("a name");
    const value = item.get("value").words()?.template ?? "";
    if (name === undefined) {
      item.get("name").expected("a name");
      continue;
    }
    if (NOT_SENT.test(name)) {
      item.warn(
        `not imported: a check cannot have the header ${name}`,
      );
      continue;
    }
    headers[name] = Object.hasOwn(headers, name)
      ? `${headers[name]}, ${value}`
      : value;
  }
  return Object.keys(headers).length === 0 ? undefined : headers;
}
