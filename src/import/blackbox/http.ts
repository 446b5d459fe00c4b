import { escaped } from "../escape.ts";
import type { Node } from "../node.ts";
import { translated } from "./go_regexp.ts";
import { headersOf } from "./headers.ts";
import {
  familyOf,
  type Fields,
  onlyKnown,
  type Target,
  tlsFields,
} from "./target.ts";

/** The exporter reads all of a body. */
const MAX_BODY = 10 * 1024 * 1024;

const KEYS: Readonly<Record<string, string | true>> = {
  valid_status_codes: true,
  valid_http_versions: true,
  preferred_ip_protocol: true,
  ip_protocol_fallback: true,
  skip_resolve_phase_with_proxy: true,
  no_follow_redirects: true,
  follow_redirects: true,
  fail_if_ssl: true,
  fail_if_not_ssl: true,
  method: true,
  headers: true,
  http_headers: true,
  fail_if_body_matches_regexp: true,
  fail_if_body_not_matches_regexp: true,
  fail_if_body_json_matches_cel: true,
  fail_if_body_json_not_matches_cel: true,
  fail_if_header_matches: true,
  fail_if_header_not_matches: true,
  body: true,
  compression: true,
  enable_http2: true,
  basic_auth: true,
  authorization: true,
  bearer_token: true,
  tls_config: true,
  proxy_url: true,
  body_size_limit: "not imported: of a longer body, the beginning is judged",
  no_proxy: "not imported: proxy_url is used for every host",
  proxy_from_environment: "not imported: set proxy",
  proxy_connect_header: "not imported",
};

/** Keys without which there is no such request. */
const REQUIRED = ["body_file", "bearer_token_file", "oauth2", "enable_http3"];

/** The keys of a check by a module for HTTP. */
export function httpFields(
  options: Node,
  target: Target,
): Fields | undefined {
  const missing = REQUIRED.find((key) => options.get(key).exists);
  if (missing !== undefined) {
    options.get(missing).warn("not supported: there are no checks by it");
    return undefined;
  }
  onlyKnown(options, KEYS);
  const headers = headersOf(options, options.get("headers"));
  if (headers === undefined) return undefined;
  const place = placeOf(options, target, headers);
  const statuses = options.get("valid_status_codes").items("a list of statuses")
    .map((item) =>
      item.integer({ min: 100, max: 999, expected: "a status such as 200" })
    ).filter((status) => status !== undefined);
  const isTls = /^https:/i.test(place.url);
  const follows = !options.get("no_follow_redirects").boolean() &&
    (!options.get("follow_redirects").exists ||
      options.get("follow_redirects").boolean());
  warnOfVersions(options.get("valid_http_versions"));
  warnOfTls(options, isTls, follows);
  const method = options.get("method").text() || "GET";
  const proxy = options.get("proxy_url").words();
  return {
    type: "http",
    ...place,
    ...(method !== "GET" && { method: escaped(method) }),
    headers: Object.keys(headers).length === 0 ? undefined : headers,
    body: options.get("body").words()?.template || undefined,
    status: statuses.length === 0
      ? undefined
      : statuses.length === 1
      ? statuses[0]
      : statuses,
    ...bodyFields(options),
    ...(follows && { redirect: "follow" }),
    ...(proxy !== undefined && { proxy: proxy.template }),
    ...(isTls || follows ? tlsFields(options.get("tls_config")) : {}),
    ...familyOf(options, target),
  };
}

/** The URL, and where to connect if the name of the host is another. */
function placeOf(
  options: Node,
  { target, hostname }: Target,
  headers: Record<string, string>,
): { readonly url: string; readonly address?: string } {
  const text = /^https?:\/\//i.test(target) ? target : `http://${target}`;
  const given = Object.keys(headers).find((name) =>
    name.toLowerCase() === "host"
  );
  const server = options.get("tls_config").get("server_name").text();
  const name = hostname ?? (given === undefined ? undefined : headers[given]) ??
    server;
  if (!name || !URL.canParse(text)) return { url: escaped(text) };
  const url = new URL(text);
  const { host, port, protocol } = url;
  const address = port === ""
    ? `${host}:${protocol === "https:" ? 443 : 80}`
    : host;
  // A name with a port is what it is as a header only.
  if (server !== undefined && hostname === undefined && given === undefined) {
    headers["Host"] = escaped(host);
  }
  url.hostname = name.replace(/:\d+$/, "");
  return { url: escaped(url.href), address: escaped(address) };
}

function warnOfVersions(versions: Node): void {
  const known = versions.items("a list of versions").map((item) => item.text());
  if (known.length > 0 && !known.includes("HTTP/1.1")) {
    versions.warn("not imported: a check does not ask for a version of HTTP");
  }
}

function warnOfTls(options: Node, isTls: boolean, follows: boolean): void {
  for (const key of ["fail_if_ssl", "fail_if_not_ssl"]) {
    const node = options.get(key);
    if (!node.boolean()) continue;
    const isMet = isTls === (key === "fail_if_not_ssl");
    if (isMet && !follows) continue;
    node.warn(
      isMet
        ? "not imported of where a redirect leads"
        : `not imported: a URL with ${isTls ? "https:" : "http:"} passes here`,
    );
  }
}

/** What is asked of the body and the headers. */
function bodyFields(options: Node): Fields {
  const fields: Fields = {};
  const assert: string[] = [];
  const read = (key: string): (readonly [Node, string, string])[] =>
    options.get(key).items("a list of regular expressions").flatMap((item) => {
      const regex = regexOf(item);
      return regex === undefined ? [] : [[item, regex.plain, regex.cel]];
    });
  for (
    const [key, field, not] of [
      ["fail_if_body_not_matches_regexp", "matches", ""],
      ["fail_if_body_matches_regexp", "matches_not", "!"],
    ] as const
  ) {
    for (const [item, plain, cel] of read(key)) {
      if (fields[field] === undefined && plain !== "") {
        fields[field] = escaped(plain);
      } else if (cel === "") {
        item.warn("not imported: Unicode classes cannot be used twice");
      } else assert.push(`${not}text.matches(${JSON.stringify(cel)})`);
    }
  }
  for (
    const [key, not] of [
      ["fail_if_header_not_matches", ""],
      ["fail_if_header_matches", "!"],
    ] as const
  ) {
    for (const item of options.get(key).items("a list of headers")) {
      const name = JSON.stringify(
        (item.get("header").text() ?? "").toLowerCase(),
      );
      const regex = regexOf(item.get("regexp"));
      if (regex === undefined) continue;
      const test = `${not}headers[${name}].matches(${
        JSON.stringify(regex.cel || regex.plain)
      })`;
      assert.push(
        item.get("allow_missing").boolean()
          ? `!(${name} in headers) || ${test}`
          : test,
      );
    }
  }
  const expression = options.get("fail_if_body_json_not_matches_cel").text();
  const inverse = options.get("fail_if_body_json_matches_cel").text();
  if (expression !== undefined) assert.push(expression);
  if (inverse !== undefined) assert.push(`!(${inverse})`);
  const isAsked = Object.keys(fields).length + assert.length > 0;
  return {
    ...fields,
    ...(assert.length > 0 && { assert: assert.map(escaped) }),
    ...(isAsked && { max_body: MAX_BODY }),
  };
}

/**
 * A regular expression for `matches` and for `assert`; either is empty if it
 * would not mean the same there.
 */
function regexOf(
  node: Node,
): { readonly plain: string; readonly cel: string } | undefined {
  const text = node.text("a regular expression");
  const regex = text === undefined ? undefined : translated(text);
  if (regex === undefined) {
    node.warn("not imported: it has no counterpart in JavaScript");
    return undefined;
  }
  return {
    // There, the line break at the end need not be matched.
    plain: regex.hasEnd && !regex.isUnicode ? "" : regex.source,
    cel: regex.isUnicode ? "" : regex.source,
  };
}
