import type { PeerCertificate } from "node:tls";
import { altNamesOf } from "./alt_names.ts";

/** What a certificate says of itself. */
export interface Facts {
  /** Its hosts, such as `DNS:db.example` and `IP Address:10.0.0.7`. */
  readonly altNames: readonly string[];
  /** When it begins and ends to be valid, in milliseconds of the epoch. */
  readonly from: number;
  readonly to: number;
  /** Whether it names itself as its issuer. */
  readonly isSelfIssued: boolean;
}

/** How many certificates are remembered. */
const MAX_KNOWN = 1000;

/** The facts of certificates by their SHA-256, the oldest first. */
const known = new Map<string, Facts>();

/** Reads a certificate, once: servers show mostly the same one. */
export function factsOf(certificate: PeerCertificate): Facts {
  const { fingerprint256 } = certificate;
  let facts = known.get(fingerprint256);
  if (facts === undefined) {
    const { raw, valid_from, valid_to, subject, issuer } = certificate;
    facts = {
      altNames: altNamesOf(raw),
      from: Date.parse(valid_from),
      to: Date.parse(valid_to),
      isSelfIssued: JSON.stringify(subject) === JSON.stringify(issuer),
    };
    if (known.size === MAX_KNOWN) known.delete(known.keys().next().value!);
    known.set(fingerprint256, facts);
  }
  return facts;
}
