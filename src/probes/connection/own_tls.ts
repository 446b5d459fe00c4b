import { tlsClient, tlsError, type TlsOptions } from "../tls_options.ts";

/** Matches each certificate of a PEM string. */
const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/**
 * Tries certificates and keys. `node:tls` never ends with some invalid ones, and
 * throws outside of any promise with others, which ends the process.
 */
export async function tryTls({ ca, cert, key }: TlsOptions): Promise<void> {
  if (ca !== undefined) {
    tlsClient({ ca }).close();
    const { X509Certificate } = await import("node:crypto");
    for (const [certificate] of ca.matchAll(CERTIFICATES)) {
      try {
        new X509Certificate(certificate);
      } catch (error) {
        throw tlsError({ ca }, (error as Error).message);
      }
    }
  }
  if (cert === undefined) return;
  try {
    tlsClient({ cert, key }).close();
  } catch (error) {
    // Unlike `fetch`, `node:tls` accepts certificates of version 1.
    if (!(error as Error).message.includes("CertVersion")) throw error;
  }
}
