import type { PeerCertificate } from "node:tls";
import type { Reason } from "../../core/types.ts";
import { oneLine } from "../../core/text.ts";
import { factsOf } from "./facts.ts";

/** How a server's certificate is verified. */
export interface Trust {
  /**
   * Whether the certificate is verified: its issuer, its dates and its name.
   *
   * @default {true}
   */
  readonly verify?: boolean | undefined;
  /**
   * The SHA-256 fingerprint of the certificate, as hexadecimal digits in lower
   * case. It takes the place of the issuer.
   */
  readonly fingerprint?: string | undefined;
}

/** A certificate as a handshake showed it. */
export interface Shown {
  /** With its chain, as far as it is known. */
  readonly certificate: PeerCertificate & {
    readonly issuerCertificate?: PeerCertificate;
  };
  /** Whether the runtime trusts its issuer. */
  readonly authorized: boolean;
  /** Why it does not, as a code of the runtime. */
  readonly code: string;
  /** The names of the certificate do not have this host, if it is set. */
  readonly wrongName: boolean;
}

/** DER of identifiers, in hexadecimal digits. */
const EXTENDED_KEY_USAGE = "0603551d25";
const FOR_SERVERS = /06082b06010505070301|0604551d2500/;
const SHA1_SIGNATURE = /06092a864886f70d010105|06072a8648ce3d0401/;

/**
 * Returns what is wrong with a certificate, if anything. The runtime's own code
 * does not tell an expired certificate from one of an unknown issuer, and its
 * verification skips the dates of a certificate that is its own authority.
 */
export function certificateFault(
  shown: Shown,
  hostname: string,
  trust: Trust,
  now: number,
): Reason | undefined {
  const { certificate } = shown;
  const { verify = true, fingerprint } = trust;
  if (fingerprint !== undefined) {
    const got = fingerprintOf(certificate);
    if (got !== fingerprint) {
      return untrusted(
        `Expected a certificate with the fingerprint sha256:${fingerprint}, got sha256:${got}`,
      );
    }
  }
  if (!verify) return undefined;
  const { from, to } = factsOf(certificate);
  if (to < now) {
    return {
      code: "expired",
      message: `The certificate expired on ${dateOf(certificate.valid_to)}`,
    };
  }
  if (from > now) {
    const day = dateOf(certificate.valid_from);
    return untrusted(`The certificate is not valid before ${day}`);
  }
  const issuerFault = fingerprint === undefined ? issuerFaultOf(shown) : "";
  if (issuerFault !== "") {
    return untrusted(`The certificate is not trusted: ${issuerFault}`);
  }
  return shown.wrongName
    ? untrusted(
      `The certificate is not for ${hostname}, but ${namesOf(certificate)}`,
    )
    : undefined;
}

/** Why the issuer is not trusted; empty if it is. */
function issuerFaultOf({ certificate, authorized, code }: Shown): string {
  if (authorized) return "";
  const der = hexOf(certificate.raw);
  if (der.includes(EXTENDED_KEY_USAGE) && !FOR_SERVERS.test(der)) {
    return "it is not for servers";
  }
  const { bits } = certificate as { bits?: number };
  if (bits !== undefined && bits > 600 && bits < 2048) {
    return `its key of ${bits} bits is too weak`;
  }
  if (factsOf(certificate).isSelfIssued) return "it is self-signed";
  const [last, length] = lastOf(certificate);
  const issuer = nameOf(last.issuer);
  const expired = expiredIssuer(certificate);
  if (expired !== undefined) return expired;
  if (SHA1_SIGNATURE.test(der)) return "its signature is weak, with SHA-1";
  if (factsOf(last).isSelfIssued) {
    return `it was issued by an unknown authority, ${issuer}`;
  }
  const hasMore = certificate.infoAccess?.["CA Issuers - URI"] !== undefined;
  if (length === 1 && hasMore) {
    return `the server sent no certificate of its issuer, ${issuer}: the chain is incomplete`;
  }
  return /UNABLE_TO|SELF_SIGNED/.test(code)
    ? `it was issued by an unknown authority, ${issuer}, of which the server sent no certificate`
    : oneLine(code, 120);
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(
    "",
  );
}

/** The last certificate of a chain, and how many there are. */
function lastOf(
  certificate: Shown["certificate"],
): readonly [PeerCertificate, number] {
  let last: Shown["certificate"] = certificate;
  let length = 1;
  // A root is its own issuer.
  while (
    last.issuerCertificate !== undefined && !factsOf(last).isSelfIssued &&
    length < 10
  ) {
    last = last.issuerCertificate;
    length++;
  }
  return [last, length];
}

/** Whether an issuer in the chain has expired, in words. */
function expiredIssuer(certificate: Shown["certificate"]): string | undefined {
  const issuer = certificate.issuerCertificate;
  if (issuer === undefined || factsOf(issuer).isSelfIssued) return undefined;
  return factsOf(issuer).to < factsOf(certificate).from
    ? `the certificate of its issuer, ${nameOf(issuer.subject)}, expired on ${
      dateOf(issuer.valid_to)
    }`
    : undefined;
}

/** The part of a distinguished name that people know, such as `R3`, if any. */
export function shortName(
  name: PeerCertificate["issuer"] | undefined,
): string | undefined {
  const { CN, O, OU } = (name ?? {}) as Record<string, string | string[]>;
  const part = CN ?? O ?? OU;
  return part === undefined ? undefined : oneLine(String(part), 60);
}

function nameOf(name: PeerCertificate["issuer"] | undefined): string {
  return JSON.stringify(shortName(name) ?? "nobody");
}

/** The hosts that a certificate is for: names and addresses. */
export function hostsOf(certificate: PeerCertificate): string[] {
  return factsOf(certificate).altNames.map((name) =>
    name.replace(/^[^:]*:/, "")
  )
    .filter((name) => name !== "");
}

/** The hosts that a certificate is for, in words; three at most. */
function namesOf(certificate: PeerCertificate): string {
  const names = hostsOf(certificate);
  const { subject } = certificate;
  if (names.length === 0) {
    return (subject as { CN?: unknown } | undefined)?.CN === undefined
      ? "has no name"
      : `has only the CN ${
        nameOf(subject)
      }: most clients look only at the subjectAltName, which has no host`;
  }
  const rest = names.length - 3;
  return `for ${oneLine(names.slice(0, 3).join(", "), 120)}${
    rest > 0 ? ` and ${rest} more` : ""
  }`;
}

/** The SHA-256 fingerprint as hexadecimal digits in lower case. */
export function fingerprintOf({ fingerprint256 }: PeerCertificate): string {
  return fingerprint256.replaceAll(":", "").toLowerCase();
}

/** What a fingerprint looks like. */
export const FINGERPRINT_PATTERN =
  "^(?:[sS][hH][aA]-?256:)?(?:[\\da-fA-F]{2}:?){31}[\\da-fA-F]{2}$";

/**
 * Reads a fingerprint such as `"sha256:27:44:…"`.
 *
 * @throws {TypeError} If it is not the one of SHA-256.
 */
export function fingerprintFrom(text: string): string {
  if (new RegExp(FINGERPRINT_PATTERN, "u").test(text)) {
    return text.replaceAll(":", "").slice(-64).toLowerCase();
  }
  throw new TypeError(
    `expected "sha256:" and 64 hexadecimal digits, got ${
      JSON.stringify(oneLine(text, 80))
    }`,
  );
}

function untrusted(message: string): Reason {
  return { code: "tls", message };
}

/** A date of a certificate as `2026-11-26T17:21:36Z`. */
function dateOf(text: string): string {
  const date = new Date(text);
  return Number.isNaN(date.getTime())
    ? oneLine(text, 40)
    : date.toISOString().replace(".000Z", "Z");
}
