import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import { translated } from "./go_regexp.ts";
import { headersOf } from "./headers.ts";
import {
  familyOf,
  type Fields,
  onlyKnown,
  placeOf,
  type Target,
  tlsFields,
} from "./target.ts";

/** The keys of a check by a module for gRPC. */
export function grpcFields(options: Node, target: Target): Fields | undefined {
  const place = placeOf(target);
  if (place === undefined) return undefined;
  onlyKnown(options, {
    service: true,
    tls: true,
    tls_config: true,
    preferred_ip_protocol: true,
    ip_protocol_fallback: true,
    metadata: true,
  });
  const service = options.get("service").words()?.template;
  const isTls = options.get("tls").boolean();
  const metadata = Object.fromEntries(
    options.get("metadata").keys("a map of headers").map((name) => {
      const values = options.get("metadata").get(name);
      const texts = values.isList
        ? values.items().map((value) => value.words()?.template ?? "")
        : [values.words()?.template ?? ""];
      return [name, texts.join(", ")];
    }),
  );
  return {
    type: "grpc",
    host: escaped(place.host),
    port: place.port,
    service: service || undefined,
    metadata: Object.keys(metadata).length === 0 ? undefined : metadata,
    ...(isTls && { tls: true, ...tlsFields(options.get("tls_config")) }),
    ...familyOf(options, target),
  };
}

/** The keys of a check by a module for WebSocket. */
export function websocketFields(
  options: Node,
  target: Target,
): Fields | undefined {
  const client = options.get("http_config");
  onlyKnown(options, {
    http_config: true,
    headers: true,
    query_response: true,
    preferred_ip_protocol: true,
    ip_protocol_fallback: true,
  });
  onlyKnown(client, {
    tls_config: true,
    follow_redirects: true,
    enable_http2: true,
    http_headers: true,
    basic_auth: true,
    authorization: true,
    bearer_token: true,
  });
  const headers = headersOf(client, options.get("headers"));
  if (headers === undefined) return undefined;
  const steps = options.get("query_response").items("a list of steps");
  const step = steps[0];
  const pattern = step?.get("expect").text();
  const regex = pattern === undefined ? undefined : translated(pattern);
  const send = step?.get("send").words()?.template;
  // It expects, and then sends; a check sends first.
  const isSimple = steps.length <= 1 && !(send && pattern) &&
    (pattern === undefined || regex !== undefined);
  if (!isSimple) {
    options.get("query_response").warn(
      "there are no checks that hold such a dialogue",
    );
    return undefined;
  }
  return {
    type: "websocket",
    url: escaped(target.target),
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    send: send || undefined,
    ...(regex !== undefined && { expect: { matches: escaped(regex.source) } }),
    ...(/^wss:/i.test(target.target) && tlsFields(client.get("tls_config"))),
    ...familyOf(options, target),
  };
}

/** The keys of a check by a module for ICMP, which sends one packet. */
export function pingFields(options: Node, target: Target): Fields {
  onlyKnown(options, {
    preferred_ip_protocol: true,
    ip_protocol_fallback: true,
    payload_size: true,
    ttl: "not imported: the system chooses it",
    dont_fragment: "not imported: the system chooses it",
    source_ip_address: "not imported: the system chooses the address",
  });
  const size = options.get("payload_size").integer({
    min: 0,
    expected: "a number of bytes",
  });
  return {
    type: "ping",
    host: escaped(target.target.replace(/^\[(.*)\]$/, "$1")),
    count: 1,
    // A smaller one has no time in it.
    size: size === undefined || size === 0 ? undefined : Math.max(size, 16),
    ...familyOf(options, target),
  };
}
