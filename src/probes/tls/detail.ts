import { oneLine } from "../../core/text.ts";
import type { Detail } from "../../core/types.ts";
import {
  fingerprintOf,
  hostsOf,
  shortName,
} from "../connection/certificate.ts";
import type { TlsConnection } from "../connection/tls.ts";
import { tlsDetail } from "../tcp/security.ts";

/** How many characters of the names of a certificate are told. */
const MAX_NAMES = 300;

/** What a handshake showed, trusted or not. */
export function handshakeDetail(secured: TlsConnection): Detail {
  const { certificate } = secured;
  const told = {
    certSubject: shortName(certificate.subject),
    certIssuer: shortName(certificate.issuer),
    certNames: oneLine(hostsOf(certificate).join(", "), MAX_NAMES) || undefined,
  };
  return {
    ...tlsDetail(secured),
    ...Object.fromEntries(
      Object.entries(told).filter((entry): entry is [string, string] =>
        entry[1] !== undefined
      ),
    ),
    certFingerprint: `sha256:${fingerprintOf(certificate)}`,
  };
}
