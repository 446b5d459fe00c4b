import { durationText } from "../duration_text.ts";
import { canConnect, tlsFields } from "./client.ts";
import { type Condition, holdsFor } from "./condition.ts";
import {
  applyConditions,
  type Endpoint,
  type Fields,
  latencyOf,
} from "./endpoint.ts";
import { headersOf } from "./http.ts";
import { placeOf, StreamExpectations } from "./stream.ts";

const SEEN = { STATUS: "0", DNS_RCODE: "", CONNECTED: "true" };

/** The keys of a check of an endpoint for `ws:` or `wss:`. */
export function websocketFields(endpoint: Endpoint): Fields | undefined {
  if (!canConnect(endpoint)) return undefined;
  const { node, url, body } = endpoint;
  const headers = headersOf(node.get("headers"));
  const hasOrigin = Object.keys(headers).some((name) =>
    name.toLowerCase() === "origin"
  );
  // It waits for a message, which may be empty, whatever it has sent.
  const stream = new StreamExpectations(endpoint, "");
  const seen = { ...SEEN, CERTIFICATE_EXPIRATION: "0" };
  if (!applyConditions(endpoint, seen, (c) => stream.add(c))) return undefined;
  return {
    type: "websocket",
    url: url.template,
    headers: { ...(!hasOrigin && { origin: "http://localhost/" }), ...headers },
    send: body?.template ?? "",
    ...(/^wss:/.test(url.text) && tlsFields(endpoint)),
    ...stream.fields(),
  };
}

/** What Gatus takes for the body if a server serves, and if it does not. */
const SERVING = '{"status":"SERVING"}';
const NOT_SERVING = '{"status":"NOT_SERVING"}';

/** The keys of a check of an endpoint for `grpc:` or `grpcs:`. */
export function grpcFields(endpoint: Endpoint): Fields | undefined {
  const place = placeOf(endpoint, /^grpcs?:\/\//);
  if (place === undefined || !canConnect(endpoint)) return undefined;
  const { node, conditions, url } = endpoint;
  const stream = new StreamExpectations(endpoint);
  const seen = { ...SEEN, CERTIFICATE_EXPIRATION: "0" };
  const add = (condition: Condition): string | undefined =>
    condition.left.name !== "BODY" ? stream.add(condition) : servingComplaint(
      condition,
    );
  if (!applyConditions(endpoint, seen, add)) return undefined;
  const needsServing = conditions.some((condition) =>
    condition.left.name === "BODY" && !isMet(condition, NOT_SERVING)
  );
  if (!needsServing) {
    node.warn(
      "Gatus passes if the server says that it does not serve; here it fails",
    );
  }
  const isTls = /^grpcs:/.test(url.text);
  const { expect: _, ...fields } = stream.fields();
  return {
    type: "grpc",
    ...place,
    ...(isTls && { tls: true, ...tlsFields(endpoint) }),
    ...fields,
  };
}

/** Why a condition about the body cannot be what a check asks for, if so. */
function servingComplaint(condition: Condition): string | undefined {
  const { left, right } = condition;
  const isKnown = right.name === undefined &&
    (left.path === "" || left.path === "status");
  return isKnown && isMet(condition, SERVING)
    ? undefined
    : "a check passes if the server serves";
}

function isMet(condition: Condition, body: string): boolean {
  const status: string = JSON.parse(body).status;
  return holdsFor(condition, condition.left.path === "" ? body : status);
}

/** The keys of a check of an endpoint for `icmp:`. */
export function pingFields(endpoint: Endpoint): Fields | undefined {
  const { node, url, client, timeoutMs } = endpoint;
  const host = (/^icmp:/.test(url.template) ? url.template : url.text)
    .replace(/^icmp:\/\//, "").replace(/^\[(.*)\]$/, "$1");
  if (host === "") {
    node.get("url").warn("not imported: expected a host");
    return undefined;
  }
  let limitMs = timeoutMs;
  const seen = { ...SEEN, BODY: "", CERTIFICATE_EXPIRATION: "0" };
  const add = (condition: Condition): string | undefined => {
    const limit = condition.left.name === "RESPONSE_TIME" &&
        condition.right.name === undefined
      ? latencyOf(condition)
      : "it cannot be told of a ping";
    if (typeof limit === "string") return limit;
    limitMs = Math.min(limitMs, limit);
    return undefined;
  };
  if (!applyConditions(endpoint, seen, add)) return undefined;
  const family = /^ip([46])$/.exec(client.get("network").text() ?? "")?.[1];
  return {
    type: "ping",
    host,
    count: 1,
    family: family === undefined ? undefined : Number(family),
    ...(limitMs < timeoutMs && { latency: { fail: durationText(limitMs) } }),
  };
}
