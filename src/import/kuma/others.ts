import { durationText } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import { tlsFields } from "./http.ts";
import { type Fields, filled, type Monitor, placeOf } from "./monitor.ts";

/** The keys of a check by a monitor of a TCP port. */
export function portFields(monitor: Monitor): Fields | undefined {
  const place = placeOf(monitor);
  return place && { type: "tcp", ...place };
}

/** The keys of a check by a monitor that pings. */
export function pingFields({ node }: Monitor): Fields | undefined {
  const host = node.get("hostname").words("a host");
  if (host === undefined || host.text === "") {
    return node.get("hostname").expected("a host");
  }
  const number = (key: string): number | undefined =>
    node.get(key).integer({ min: 0, expected: "a whole number" });
  // Old versions send one packet.
  const count = number("ping_count") || 1;
  const size = number("packetSize") ?? 56;
  return {
    type: "ping",
    host: host.template.replace(/^\[(.*)\]$/, "$1"),
    count,
    size: size === 56 ? undefined : Math.max(size, 16),
    // One answer is enough.
    ...(count > 1 && { loss: { warn: 99.9, fail: 100 } }),
  };
}

/** The keys of a check by a monitor for DNS. */
export function dnsFields(monitor: Monitor): Fields | undefined {
  const { node } = monitor;
  const name = node.get("hostname").words("a name");
  if (name === undefined || name.text === "") {
    return node.get("hostname").expected("a name");
  }
  const conditions = node.get("conditions");
  if (conditions.exists && !/^(?:\[\]|"(?:\[\])?")$/.test(conditions.json)) {
    conditions.warn("not imported: use expect, expect_any or not");
  }
  const [server, ...others] = (node.get("dns_resolve_server").text() ?? "")
    .split(",").map((text) => text.trim()).filter((text) => text !== "");
  if (others.length > 0) {
    node.get("dns_resolve_server").warn(`only ${server} is asked`);
  }
  const port = node.get("port").integer({
    min: 1,
    max: 65535,
    expected: "a port between 1 and 65535",
  });
  return {
    type: "dns",
    name: name.template,
    record: escaped(filled(node.get("dns_resolve_type")) ?? "A"),
    server: server === undefined ? undefined : escaped(server),
    port: port === 53 ? undefined : port,
  };
}

/** The keys of a check by a monitor that jobs push to. */
export function pushFields(
  { node, intervalS, retryS, maxRetries, notes }: Monitor,
): Fields | undefined {
  const token = node.get("pushToken").words("a token");
  notes.add(
    "Jobs that call /api/push/TOKEN of Uptime Kuma have to ping /ping/ID here, with the same token",
  );
  return {
    type: "heartbeat",
    every: durationText(intervalS * 1000),
    // A second, and the time of the retries.
    grace: durationText((1 + maxRetries * retryS) * 1000),
    token: token?.template || undefined,
  };
}

/** The keys of a check by a monitor of a container. */
export function dockerFields({ node, notes }: Monitor): Fields | undefined {
  const name = node.get("docker_container").words("a name");
  if (name === undefined || name.text === "") {
    return node.get("docker_container").expected("the name of a container");
  }
  notes.add(
    "Containers are those of the Docker that the command docker speaks to",
  );
  return {
    type: "command",
    command: [
      "docker",
      "inspect",
      "--format",
      "{{.State.Status}} {{with .State.Health}}{{.Status}}{{end}}",
      "--",
      name.template,
    ],
    matches: "^running (?:none|healthy|starting)?$",
  };
}

/** The keys of a check by a monitor for gRPC that asks the health service. */
export function grpcFields({ node }: Monitor): Fields | undefined {
  const [, host, port] = /^(?:\w+:\/\/)?(\[[^\]]+\]|[^:/]+):(\d+)\/?$/.exec(
    node.get("grpcUrl").text() ?? "",
  ) ?? [];
  const isHealth = /\bgrpc\.health\.v1\b/.test(
    node.get("grpcProtobuf").text() ?? "",
  ) &&
    /^check$/i.test(node.get("grpcMethod").text() ?? "") &&
    /^"?SERVING"?$/.test(node.get("keyword").text()?.trim() ?? "") &&
    !node.get("invertKeyword").boolean();
  if (host === undefined || !isHealth) {
    node.warn(
      "not imported: there are no checks by gRPC but those of grpc.health.v1 for SERVING",
    );
    return undefined;
  }
  const service = /"service"\s*:\s*"([^"\\]*)"/.exec(
    node.get("grpcBody").text() ?? "",
  )?.[1];
  const isTls = node.get("grpcEnableTls").boolean();
  return {
    type: "grpc",
    host: escaped(host.replace(/^\[(.*)\]$/, "$1")),
    port: Number(port),
    service: service ? escaped(service) : undefined,
    ...(isTls && { tls: true, ...tlsFields(node) }),
  };
}

/** The keys of a check by a monitor of the opening of a WebSocket. */
export function websocketFields({ node }: Monitor): Fields | undefined {
  const url = node.get("url").words("a URL");
  if (url === undefined || url.text === "") {
    return node.get("url").expected("a URL");
  }
  if (node.get("wsIgnoreSecWebsocketAcceptHeader").boolean()) {
    node.get("wsIgnoreSecWebsocketAcceptHeader").warn(
      "not imported: the header must be right",
    );
  }
  const protocols = (node.get("wsSubprotocol").text() ?? "").split(",")
    .map((text) => escaped(text.trim())).filter((text) => text !== "");
  return {
    type: "websocket",
    url: url.template,
    ...(protocols.length > 0 && { protocols }),
    ...(/^wss:/i.test(url.text) && tlsFields(node)),
  };
}
