import type { Endpoint, Fields } from "./endpoint.ts";

/** Settings of a client without which there is no answer. */
const REQUIRED = ["oauth2", "identity-aware-proxy", "tunnel"];

/**
 * The keys of a check for the settings of the client for HTTP; `undefined` if
 * there can be no check with them.
 */
export function clientFields(
  endpoint: Endpoint,
  isTls: boolean,
): Fields | undefined {
  const { client } = endpoint;
  const follows = !client.get("ignore-redirect").boolean();
  const proxy = client.get("proxy-url").words("a URL");
  if (!canConnect(endpoint)) return undefined;
  const isOther = proxy !== undefined && !/^https?:/.test(proxy.text) &&
    (proxy.text !== "" || proxy.parts === undefined);
  if (isOther) {
    client.get("proxy-url").warn(
      "not imported: only HTTP proxies are supported",
    );
    return undefined;
  }
  if (client.get("store-cookies").boolean()) {
    client.get("store-cookies").warn(
      "cookies are kept in one attempt only, not for the next one",
    );
  }
  return {
    ...(follows && { redirect: "follow" }),
    ...(proxy !== undefined && { proxy: proxy.template }),
    ...(isTls || follows ? tlsFields(endpoint) : {}),
  };
}

/** Whether there can be a connection without what is not supported. */
export function canConnect({ node, client }: Endpoint): boolean {
  const missing = REQUIRED.find((key) => client.get(key).exists);
  if (missing !== undefined) {
    node.warn(`not imported: client.${missing} is not supported`);
    return false;
  }
  if (client.get("dns-resolver").exists) {
    client.get("dns-resolver").warn(
      "not imported: names are resolved by the system",
    );
  }
  return true;
}

/** The keys of a check for TLS. */
export function tlsFields(endpoint: Endpoint): Fields {
  const tls = endpoint.client.get("tls");
  return {
    ...(!isVerified(endpoint) && { verify: false }),
    cert: tls.get("certificate-file").words("a path")?.template,
    key: tls.get("private-key-file").words("a path")?.template,
  };
}

/** Whether the certificate has to be verified. */
export function isVerified({ client }: Endpoint): boolean {
  return !client.get("insecure").boolean();
}
