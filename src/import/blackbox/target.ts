import type { Field } from "../config_text.ts";
import type { Node } from "../node.ts";

/** What a module is applied to. */
export interface Target {
  /** The target, as the exporter gets it. */
  readonly target: string;
  /** The name of the host in HTTP and TLS, if it is another. */
  readonly hostname: string | undefined;
  /** Where the target comes from. */
  readonly node: Node;
  /** Comments for the top of the config, to add to. */
  readonly notes: Set<string>;
}

/** The keys of a check; `undefined` if there can be none. */
export type Fields = Record<string, Field | undefined>;

/** Warns of the keys of a module that have no counterpart. */
export function onlyKnown(
  options: Node,
  known: Readonly<Record<string, string | true>>,
): void {
  if (!options.exists) return;
  for (const key of options.keys()) {
    const message = Object.hasOwn(known, key)
      ? known[key]
      : "unknown key: not imported";
    if (message !== true) options.get(key).warn(message!);
  }
}

/** The version of IP, where there is no fallback to the other. */
export function familyOf(options: Node, { notes }: Target): Fields {
  const fallback = options.get("ip_protocol_fallback");
  if (!fallback.exists || fallback.boolean()) {
    notes.add(
      "blackbox_exporter asks one address of a host; here another one is asked if it does not answer",
    );
    return {};
  }
  const preferred = options.get("preferred_ip_protocol").text() || "ip6";
  return { family: preferred === "ip4" ? 4 : 6 };
}

/** The keys of a check for `tls_config`. */
export function tlsFields(tls: Node): Fields {
  onlyKnown(tls, {
    ca_file: true,
    cert_file: true,
    key_file: true,
    insecure_skip_verify: true,
    server_name: true,
    ca: true,
    cert: true,
    key: true,
    min_version: "not imported: TLS 1.2 is the oldest version",
    max_version: "not imported: the newest version is used",
  });
  const either = (key: string): string | undefined =>
    (tls.get(key).words() ?? tls.get(`${key}_file`).words())?.template;
  return {
    ca: either("ca"),
    cert: either("cert"),
    key: either("key"),
    ...(tls.get("insecure_skip_verify").boolean() && { verify: false }),
  };
}

/** The host and the port of a target. Without a port, it says that it is none. */
export function placeOf(
  { target, node }: Target,
): { readonly host: string; readonly port: number } | undefined {
  const { host, port } = hostPort(target) ?? {};
  if (host !== undefined && port !== undefined) return { host, port };
  node.warn(`not imported: ${target} is no host and port`);
  return undefined;
}

/** A host and perhaps a port. */
export function hostPort(
  text: string,
): { readonly host: string; readonly port?: number } | undefined {
  const [, host, port] = /^(\[[^\]]+\]|[^:/[\]\s]+)(?::(\d+))?$/.exec(text) ??
    (/^[\da-f:.]+$/i.test(text) ? [text, text] : []);
  return host === undefined ? undefined : {
    host: host.replace(/^\[(.*)\]$/, "$1"),
    ...(port !== undefined && { port: Number(port) }),
  };
}
