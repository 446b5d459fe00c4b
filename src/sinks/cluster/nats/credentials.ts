import {
  type Authenticator,
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
} from "@nats-io/transport-node";
import { X509Certificate } from "node:crypto";
import type { ClusterLogin, ClusterTls } from "../value.ts";

/** Matches each certificate of a PEM string. */
const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/**
 * Makes what answers the server's question who this is.
 *
 * Throws a `TypeError` without anything secret if it cannot.
 */
export function authenticatorOf(auth: ClusterLogin): Authenticator {
  const encoder = new TextEncoder();
  switch (auth.type) {
    case "token":
      return tokenAuthenticator(auth.token);
    case "user":
      return usernamePasswordAuthenticator(auth.user, auth.password);
    case "nkey":
      return tried(
        nkeyAuthenticator(encoder.encode(auth.seed.trim())),
        "Expected the seed of an nkey of a user",
      );
    case "credentials":
      return tried(
        credsAuthenticator(encoder.encode(auth.text)),
        "Expected the contents of a credentials file, with a JWT and a seed",
      );
    default:
      return auth satisfies never;
  }
}

function tried(authenticator: Authenticator, message: string): Authenticator {
  try {
    authenticator("nonce");
  } catch {
    // The cause may have a part of it.
    throw new TypeError(message);
  }
  return authenticator;
}

/**
 * Tries certificates and a key: `node:tls` ends the process for some that are not
 * valid, and waits for ever for others.
 *
 * Throws a `TypeError` without anything secret if one is not.
 */
export function tryTls({ ca, cert, key }: ClusterTls): void {
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("Expected a certificate and its key");
  }
  try {
    if (ca !== undefined) {
      for (const one of ca.match(CERTIFICATES) ?? [ca]) {
        new X509Certificate(one);
      }
    }
    if (cert !== undefined && key !== undefined) {
      Deno.createHttpClient({ cert, key }).close();
    }
  } catch {
    throw new TypeError(
      "Expected certificates of authorities, a certificate and its key as PEM",
    );
  }
}
