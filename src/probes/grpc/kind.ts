import {
  BOOLEAN,
  described,
  HOST,
  HOST_ALONE,
  PORT,
  SECRET_STRINGS,
  STRING,
  toStrings,
} from "../../schema/values.ts";
import {
  CERTIFICATE_LIMITS,
  FAMILY,
  TLS_SCHEMAS,
} from "../connection_schemas.ts";
import type { Kind } from "../kind.ts";
import { verifyTls } from "../tls_verification.ts";
import { grpc, type GrpcOptions } from "./grpc.ts";

/** Options as a config has them: numbers may take the place of strings. */
type ConfiguredGrpc = Omit<GrpcOptions, "metadata"> & {
  readonly metadata?: Readonly<Record<string, unknown>>;
};

/** The kind of `grpc` checks. */
export const grpcKind: Kind<ConfiguredGrpc> = {
  make: ({ metadata, ...options }) =>
    grpc({
      ...options,
      ...(metadata !== undefined && { metadata: toStrings(metadata) }),
    }),
  target: {
    prefixes: ["grpc://", "grpcs://"],
    forms: ["grpc://HOST:PORT/SERVICE", "grpcs://HOST:PORT/SERVICE"],
    parse(target) {
      const [, scheme, host, port, path = ""] =
        /^(grpcs?):\/\/(\[[^\]]*\]|[^:/?#@\s]+):(\d+)(?:\/([^?#]*))?$/i
          .exec(target) ?? [];
      if (host === undefined) {
        throw new TypeError("Expected grpc://HOST:PORT/SERVICE");
      }
      return {
        host,
        port: Number(port),
        service: decoded(path),
        tls: scheme!.toLowerCase() === "grpcs",
      };
    },
  },
  defaults: { address: [] },
  verify: verifyTls,
  schema: {
    properties: {
      port: described(PORT, "The port to connect to"),
      host: described(
        HOST_ALONE,
        "The host, a name or an address",
        "127.0.0.1",
      ),
      service: {
        ...described(STRING, "The service to ask for; empty: the server", ""),
        examples: ["shop.v1.Orders"],
      },
      tls: described(BOOLEAN, "Whether the connection is over TLS", false),
      authority: described(
        HOST,
        "What to send as :authority instead of the host and the port",
      ),
      metadata: {
        ...described(SECRET_STRINGS, "Headers to send"),
        examples: [{ authorization: "Bearer ${TOKEN}" }],
      },
      address: described(HOST, "Where to connect instead of to the host"),
      family: FAMILY,
      ...TLS_SCHEMAS,
      certificate: CERTIFICATE_LIMITS,
    },
    required: ["port"],
  },
};

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new TypeError("Expected a valid percent-encoding of the service");
  }
}
