import type { Shown } from "./certificate.ts";

/**
 * Whether a certificate of version 1 was signed by its issuer: of these, Deno
 * compares the name of the issuer only. It verifies all others itself.
 */
export async function isSigned(
  certificate: Shown["certificate"],
): Promise<boolean> {
  if (!isVersion1(certificate.raw)) return true;
  const { X509Certificate } = await import("node:crypto");
  const issuer = certificate.issuerCertificate ?? certificate;
  return new X509Certificate(certificate.raw)
    .verify(new X509Certificate(issuer.raw).publicKey);
}

/** Whether the DER of a certificate has no version (RFC 5280, section 4.1). */
function isVersion1(der: Uint8Array): boolean {
  const afterHeader = (at: number): number =>
    at + 2 + (der[at + 1]! > 0x80 ? der[at + 1]! - 0x80 : 0);
  return der[afterHeader(afterHeader(0))] !== 0xa0;
}
