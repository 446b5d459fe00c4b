import type { Schema } from "../schema/schema.ts";
import { FINGERPRINT_PATTERN } from "./connection/certificate.ts";
import {
  BOOLEAN,
  CERTIFICATES,
  described,
  POSITIVE_DURATION,
} from "../schema/values.ts";

/** The schemas of the options that a connection over TLS is made with. */
export const TLS_SCHEMAS: Readonly<
  Record<"ca" | "cert" | "key" | "verify" | "fingerprint", Schema>
> = {
  ...CERTIFICATES,
  verify: described(
    BOOLEAN,
    "Whether the server's certificate is verified",
    true,
  ),
  fingerprint: {
    title: 'a fingerprint such as "sha256:2744…"',
    description:
      "The SHA-256 fingerprint of the server's certificate, which is trusted then",
    type: "string",
    pattern: FINGERPRINT_PATTERN,
  },
};

/** The schema of the version of IP. */
export const FAMILY: Schema = {
  title: "4 or 6",
  description: "The version of IP to connect by",
  type: "integer",
  enum: [4, 6],
};

/** Which addresses of a host have to answer. */
export const ADDRESSES: Schema = {
  title: '"any" or "all"',
  description: "any: one address of the host has to answer; all: each of them",
  enum: ["any", "all"],
  default: "any",
};

const EXPIRY_LIMIT: Schema = {
  title: 'a duration such as "21d", or a share of the lifetime such as "20%"',
  anyOf: [
    // No timer waits for it: it may be longer than 24 days.
    { type: "string", pattern: POSITIVE_DURATION.pattern! },
    { type: "string", pattern: "^\\d+(?:\\.\\d+)?%$" },
  ],
};

/** How long a certificate has to be valid. */
export const CERTIFICATE_LIMITS: Schema = {
  title: 'a map such as { warn: 21d, fail: "10%" }',
  description: "How long the certificate has to be valid",
  examples: [{ warn: "21d", fail: "7d" }, { warn: "20%" }],
  type: "object",
  additionalProperties: false,
  properties: {
    warn: described(EXPIRY_LIMIT, "With less than this it warns"),
    fail: described(EXPIRY_LIMIT, "With less than this it fails"),
  },
};
