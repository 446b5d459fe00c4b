import { described, HOST, HOST_ALONE, PORT } from "../../schema/values.ts";
import {
  ADDRESSES,
  CERTIFICATE_LIMITS,
  FAMILY,
  TLS_SCHEMAS,
} from "../connection_schemas.ts";
import type { Kind } from "../kind.ts";
import { verifyTls } from "../tls_verification.ts";
import { STARTTLS } from "./starttls.ts";
import { tls, type TlsProbeOptions } from "./tls.ts";

/** The kind of `tls` checks. */
export const tlsKind: Kind<TlsProbeOptions> = {
  make: tls,
  target: {
    prefixes: ["tls://"],
    forms: ["tls://HOST:PORT"],
    parse(target) {
      const [, host, port] =
        /^tls:\/\/(\[[^\]]*\]|[^:/?#@\s]+)(?::(\d+))?\/?$/i.exec(target) ?? [];
      if (host === undefined) throw new TypeError("Expected tls://HOST:PORT");
      return { host, ...(port !== undefined && { port: Number(port) }) };
    },
    format: (target) => `tls://${target}`,
  },
  defaults: { address: [] },
  verify: verifyTls,
  schema: {
    properties: {
      host: described(HOST_ALONE, "The host, a name or an address"),
      port: described(PORT, "The port; 443, or the usual one of starttls"),
      starttls: {
        title: STARTTLS.join(", "),
        description: "The protocol that is spoken until TLS begins",
        enum: STARTTLS,
      },
      name: described(
        HOST,
        "The name to ask for and to verify, instead of the host",
      ),
      address: described(HOST, "Where to connect instead of to the host"),
      family: FAMILY,
      addresses: ADDRESSES,
      ...TLS_SCHEMAS,
      certificate: {
        ...CERTIFICATE_LIMITS,
        description:
          "How long the certificate has to be valid; { warn: 21d, fail: 7d }, or less if it is short-lived",
      },
    },
    required: ["host"],
  },
};
