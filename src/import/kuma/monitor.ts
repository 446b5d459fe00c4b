import type { Field } from "../config_text.ts";
import type { Node } from "../node.ts";

/** A monitor, as far as all types have the same. */
export interface Monitor {
  readonly node: Node;
  readonly type: string;
  readonly intervalS: number;
  /** The time until a failure is tried again. */
  readonly retryS: number;
  readonly maxRetries: number;
  readonly proxies: readonly Node[];
  /** Comments for the top of the config, to add to. */
  readonly notes: Set<string>;
}

/** The keys of a check; `undefined` if there can be none. */
export type Fields = Record<string, Field | undefined>;

/** A string that is not empty. */
export function filled(node: Node): string | undefined {
  return node.text() || undefined;
}

/** The host and the port of a monitor. */
export function placeOf({ node }: Monitor): Fields | undefined {
  const host = node.get("hostname").words("a host");
  const port = node.get("port").integer({
    min: 1,
    max: 65535,
    expected: "a port between 1 and 65535",
  });
  if (host === undefined || host.text === "") {
    return node.get("hostname").expected("a host");
  }
  if (port === undefined) {
    if (!node.get("port").exists) node.get("port").expected("a port");
    return undefined;
  }
  return { host: host.template.replace(/^\[(.*)\]$/, "$1"), port };
}
