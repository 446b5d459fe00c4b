import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import { jsonQueryFields } from "./json_query.ts";
import { type Fields, filled, type Monitor } from "./monitor.ts";

/** Uptime Kuma reads all of a body. */
const MAX_BODY = 10 * 1024 * 1024;

/** The media types of bodies by `httpBodyEncoding`. */
const TYPES: Readonly<Record<string, string>> = {
  json: "application/json",
  form: "application/x-www-form-urlencoded",
  xml: "text/xml; charset=utf-8",
};

/** The keys of a check by a monitor for HTTP, a keyword or a JSON query. */
export function httpFields(monitor: Monitor): Fields | undefined {
  const { node, type, notes } = monitor;
  const url = node.get("url").words("a URL");
  if (url === undefined || url.text === "") {
    return node.get("url").expected("a URL");
  }
  const isTls = /^https:/i.test(url.text);
  const headers = headersOf(node);
  const proxy = proxyOf(monitor);
  const asked = type === "keyword"
    ? keywordFields(monitor)
    : type === "json-query"
    ? jsonQueryFields(monitor)
    : {};
  if (headers === undefined || proxy === undefined || asked === undefined) {
    return undefined;
  }
  const redirects = filled(node.get("maxredirects"));
  const follows = redirects !== "0";
  const warnsOfEnd = isTls && node.get("expiryNotification").boolean();
  if (warnsOfEnd) {
    notes.add(
      "Uptime Kuma notifies of certificates that end in 21, 14 and 7 days; here the check is degraded then",
    );
  }
  const method = filled(node.get("method"))?.toUpperCase() ?? "GET";
  const family = /^ipv([46])$/.exec(node.get("ipFamily").text() ?? "")?.[1];
  return {
    type: "http",
    url: url.template,
    ...(method !== "GET" && { method: escaped(method) }),
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    body: node.get("body").text()?.trim()
      ? node.get("body").words()!.template
      : undefined,
    ...statusFields(node.get("accepted_statuscodes")),
    ...asked,
    ...(Object.keys(asked).length > 0 && { max_body: MAX_BODY }),
    ...(warnsOfEnd && { certificate: { warn: "21d" } }),
    ...(follows && { redirect: "follow" }),
    ...proxy,
    ...(isTls || follows ? tlsFields(node) : {}),
    family: family === undefined ? undefined : Number(family),
  };
}

function statusFields(node: Node): Fields {
  const statuses = node.items("a list of statuses")
    .map((item) => item.text() ?? "");
  const isUsual = statuses.length === 0 ||
    statuses.length === 1 && statuses[0] === "200-299";
  return isUsual ? {} : { status: statuses };
}

function keywordFields({ node, notes }: Monitor): Fields | undefined {
  const keyword = node.get("keyword").words("a keyword");
  if (keyword === undefined || keyword.text === "") {
    return node.get("keyword").expected("a keyword");
  }
  if (/["{}[\]:,]/.test(keyword.text)) {
    notes.add(
      "Uptime Kuma looks for keywords in JSON without white space; here in the body as it is",
    );
  }
  return node.get("invertKeyword").boolean()
    ? { contains_not: keyword.template }
    : { contains: keyword.template };
}

/** The headers, with those of credentials; nothing if there are none for it. */
function headersOf(node: Node): Record<string, string> | undefined {
  const headers: Record<string, string> = {};
  const encoding = filled(node.get("httpBodyEncoding")) ?? "json";
  if (node.get("body").text()?.trim() && Object.hasOwn(TYPES, encoding)) {
    headers["Content-Type"] = TYPES[encoding]!;
  }
  const method = node.get("authMethod");
  switch (filled(method) ?? "null") {
    case "null":
    case "none":
    case "mtls":
      break;
    case "basic": {
      const text = [node.get("basic_auth_user"), node.get("basic_auth_pass")]
        .map((part) => part.text() ?? "").join(":");
      headers["Authorization"] = `Basic ${
        new TextEncoder().encode(text).toBase64()
      }`;
      break;
    }
    case "bearer":
      headers["Authorization"] = escaped(
        `Bearer ${node.get("bearer_token").text() ?? ""}`,
      );
      break;
    default:
      method.warn(`not imported: there are no checks with ${method.text()}`);
      return undefined;
  }
  return { ...headers, ...ownHeaders(node.get("headers")) };
}

/** The headers of the monitor, which are a JSON object in a string. */
function ownHeaders(node: Node): Record<string, string> {
  const text = filled(node);
  if (text === undefined) return {};
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Not its value: it may have secrets.
    node.complain("expected a JSON object in a string, got another string");
    return {};
  }
  return Object.fromEntries(
    Object.entries(value ?? {}).map(([name, value]) => [
      name,
      escaped(String(value)),
    ]),
  );
}

/** The key of the proxy; nothing if there can be no check through it. */
function proxyOf({ node, proxies }: Monitor): Fields | undefined {
  const id = filled(node.get("proxyId"));
  if (id === undefined) return {};
  const proxy = proxies.find((each) => each.get("id").text() === id);
  const protocol = proxy?.get("protocol").text() ?? "";
  if (proxy === undefined || !/^https?$/.test(protocol)) {
    node.get("proxyId").warn(
      proxy === undefined
        ? "not imported: the proxy is not in the file"
        : "not imported: only HTTP proxies are supported",
    );
    return undefined;
  }
  if (proxy.get("active").exists && !proxy.get("active").boolean()) return {};
  const part = (key: string): string =>
    encodeURIComponent(proxy.get(key).text() ?? "");
  const credentials = proxy.get("auth").boolean()
    ? `${part("username")}:${part("password")}@`
    : "";
  const host = proxy.get("host").text() ?? "";
  return {
    proxy: escaped(
      `${protocol}://${credentials}${host}:${proxy.get("port").text() ?? ""}`,
    ),
  };
}

/** The keys of a check for TLS. */
export function tlsFields(node: Node): Fields {
  const isMutual = node.get("authMethod").text() === "mtls";
  const pem = (key: string): string | undefined =>
    isMutual ? node.get(key).words()?.template || undefined : undefined;
  return {
    ...(node.get("ignoreTls").boolean() && { verify: false }),
    ca: pem("tlsCa"),
    cert: pem("tlsCert"),
    key: pem("tlsKey"),
  };
}
