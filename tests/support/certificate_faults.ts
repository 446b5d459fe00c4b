import type { ReasonCode } from "../../src/core/types.ts";

/** A certificate that `root.pem` does not vouch for, and what is said of it. */
export type CertificateFault<Options> = readonly [
  name: string,
  options: Options,
  code: ReasonCode,
  message: RegExp,
];

/** A file of the folder with certificates and keys. */
export function read(name: string): string {
  return Deno.readTextFileSync(new URL(`tls/faults/${name}`, import.meta.url));
}

/** Faults that every kind over TLS names alike, for the host `localhost`. */
export const CERTIFICATE_FAULTS: readonly CertificateFault<
  { readonly fingerprint?: string }
>[] = [
  ["expired", {}, "expired", /^The certificate expired on 2021/],
  ["early", {}, "tls", /^The certificate is not valid before 2100/],
  [
    "names",
    {},
    "tls",
    /^The certificate is not for localhost, but for a\.test/,
  ],
  ["unchained", {}, "tls", /issued by an unknown authority/],
  ["self", {}, "tls", /it is self-signed$/],
  ["client", {}, "tls", /it is not for servers$/],
  [
    "chained",
    { fingerprint: "0".repeat(64) },
    "tls",
    /^Expected a certificate with the fingerprint sha256:0/,
  ],
];
