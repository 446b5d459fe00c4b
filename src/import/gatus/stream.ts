import { durationText } from "../duration_text.ts";
import { escaped } from "../escape.ts";
import { NEVER, textTestOf } from "./body.ts";
import { canConnect, tlsFields } from "./client.ts";
import { type Condition, holdsFor } from "./condition.ts";
import {
  applyConditions,
  type Endpoint,
  expiryOf,
  type Fields,
  type HostPort,
  hostPortOf,
  latencyOf,
} from "./endpoint.ts";

/** Any answer at all. */
const ANYTHING = { matches: "[\\s\\S]" };

/** The keys of a check of an endpoint for `tcp:`, `tls:` or `udp:`. */
export function streamFields(
  endpoint: Endpoint,
  scheme: "tcp" | "tls" | "udp",
): Fields | undefined {
  const place = placeOf(endpoint, new RegExp(`^${scheme}://`));
  if (place === undefined || !canConnect(endpoint)) return undefined;
  const { body } = endpoint;
  if (scheme === "udp" && body === undefined) {
    endpoint.node.warn(
      "not imported: without a body, nothing is sent and nothing can be told",
    );
    return undefined;
  }
  if (/\[LOCAL_ADDRESS\]/.test(body?.text ?? "")) {
    endpoint.node.get("body").warn("[LOCAL_ADDRESS] is sent as it is");
  }
  const stream = new StreamExpectations(endpoint);
  const seen = {
    STATUS: "0",
    DNS_RCODE: "",
    CONNECTED: "true",
    ...(scheme !== "tls" && { CERTIFICATE_EXPIRATION: "0" }),
    ...(body === undefined && { BODY: "" }),
  };
  if (!applyConditions(endpoint, seen, (c) => stream.add(c))) return undefined;
  return {
    type: scheme === "udp" ? "udp" : "tcp",
    ...place,
    ...(scheme === "tls" && { tls: true, ...tlsFields(endpoint) }),
    ...(body !== undefined && { send: body.template }),
    ...stream.fields(),
  };
}

/** The keys of a check of an endpoint for `starttls:`, which is of SMTP. */
export function starttlsFields(endpoint: Endpoint): Fields | undefined {
  const place = placeOf(endpoint, /^starttls:\/\//);
  if (place === undefined || !canConnect(endpoint)) return undefined;
  const stream = new StreamExpectations({ ...endpoint, body: undefined });
  const seen = { STATUS: "0", DNS_RCODE: "", CONNECTED: "true", BODY: "" };
  if (!applyConditions(endpoint, seen, (c) => stream.add(c))) return undefined;
  return {
    type: "tls",
    ...place,
    starttls: "smtp",
    ...tlsFields(endpoint),
    // Without it, there are limits by default.
    certificate: {},
    ...stream.fields(),
  };
}

/** The keys of a check of an endpoint for `ssh:`, whose banner is looked at. */
export function sshFields(endpoint: Endpoint): Fields | undefined {
  const { node } = endpoint;
  const place = placeOf(endpoint, /^ssh:\/\//, 22);
  if (place === undefined || !canConnect(endpoint)) return undefined;
  const ssh = node.get("ssh");
  const hasLogin = ["username", "password", "private-key"].some((key) =>
    (ssh.get(key).text() ?? "") !== ""
  );
  if (hasLogin) {
    node.warn("not imported: no check logs in by SSH and runs a command");
    return undefined;
  }
  const stream = new StreamExpectations(endpoint);
  const seen = {
    STATUS: "0",
    DNS_RCODE: "",
    CONNECTED: "true",
    BODY: "",
    CERTIFICATE_EXPIRATION: "0",
  };
  if (!applyConditions(endpoint, seen, (c) => stream.add(c))) return undefined;
  return { type: "tcp", ...place, expect: ANYTHING, ...stream.fields() };
}

/** Where to connect. */
export function placeOf(
  { node, url }: Endpoint,
  scheme: RegExp,
  fallbackPort?: number,
): HostPort | undefined {
  const place = hostPortOf(url, scheme, fallbackPort);
  if (place === undefined) {
    node.get("url").warn("not imported: expected a host and a port");
  }
  return place && { host: place.host, port: place.port };
}

/** What the conditions of an endpoint ask of a connection or a message. */
export class StreamExpectations {
  readonly #endpoint: Endpoint;
  readonly #anything: Fields["expect"];
  #expect: Fields["expect"];
  #latencyMs: number;
  #expiryMs = -Infinity;

  constructor(
    endpoint: Endpoint,
    // Gatus waits for an answer to what it sends.
    anything: Fields["expect"] = endpoint.body && ANYTHING,
  ) {
    this.#endpoint = endpoint;
    this.#latencyMs = endpoint.timeoutMs;
    this.#anything = this.#expect = anything;
  }

  /** Adds a condition; returns why it cannot be, if so. */
  add(condition: Condition): string | undefined {
    if (condition.right.name !== undefined) return "these cannot be compared";
    switch (condition.left.name) {
      case "RESPONSE_TIME": {
        const limit = latencyOf(condition);
        if (typeof limit === "string") return limit;
        this.#latencyMs = Math.min(this.#latencyMs, limit);
        return undefined;
      }
      case "CERTIFICATE_EXPIRATION": {
        const limit = expiryOf(condition);
        if (typeof limit === "string") return limit;
        this.#expiryMs = Math.max(this.#expiryMs, limit);
        return undefined;
      }
      case "BODY":
        return this.#addBody(condition);
      default:
        return "it cannot be told of a connection";
    }
  }

  #addBody(condition: Condition): string | undefined {
    const { left } = condition;
    if (left.call === "has" && left.path === "") {
      return holdsFor(condition, "x") ? undefined : NEVER;
    }
    if (left.path !== "" || left.call !== undefined) {
      return "only all of the answer can be compared";
    }
    if (this.#expect !== this.#anything) {
      return "there is another about the answer";
    }
    const test = textTestOf(condition);
    if (test === "nothing") return undefined;
    if ("complaint" in test) return test.complaint;
    if (!("text" in test) || test.text.key.endsWith("_not")) {
      return "the answer can only be asked for what it has";
    }
    const { key, value } = test.text;
    this.#expect = key === "contains"
      ? escaped(value)
      : { matches: escaped(inLines(value)) };
    return undefined;
  }

  /** The keys of the check. */
  fields(): Fields {
    return {
      ...(this.#expect !== undefined && { expect: this.#expect }),
      ...(this.#expiryMs > 0 && {
        certificate: { fail: durationText(this.#expiryMs) },
      }),
      ...(this.#latencyMs < this.#endpoint.timeoutMs && {
        timeout: durationText(this.#latencyMs),
      }),
    };
  }
}

/** A regular expression in which `^` and `$` match at lines. */
function inLines(source: string): string {
  return source.replace(/^\^/, "(?<![\\s\\S])").replace(
    /\$$/,
    "(?![\\s\\S])",
  );
}
