import { mustBeBoolean, readOption } from "../../core/option_error.ts";
import { fingerprintFrom } from "../connection/certificate.ts";
import type { Connection } from "../connection/connection.ts";
import { OwnTls } from "../connection/own_tls.ts";
import {
  HandshakeEnded,
  loadTls,
  secure,
  type TlsConnection,
} from "../connection/tls.ts";
import { mustBeTls } from "../tls_options.ts";
import { isClosedByPeer } from "./dialogue.ts";

/** How a connection over TLS is made. */
export interface SecurityOptions {
  /** An authority to trust, as PEM or the path of a PEM file. */
  ca?: string;
  /**
   * Whether the server's certificate is verified: its issuer, dates and name.
   *
   * @default {true}
   */
  verify?: boolean;
  /**
   * The SHA-256 fingerprint of the server's certificate, such as
   * `"sha256:2744…"`, with or without colons between the bytes. It takes the
   * place of the issuer: a certificate that has it may be self-signed.
   */
  fingerprint?: string;
  /** A certificate to show, likewise; it needs `key`. */
  cert?: string;
  /** The certificate's private key, likewise. */
  key?: string;
}

/** Makes connections over TLS. */
export interface Security {
  /** Gets ready what an attempt needs; returns nothing if all is ready. */
  prepare(signal: AbortSignal): Promise<void> | undefined;
  /** Makes a connection over TLS of one without. */
  secure(connection: Connection, signal: AbortSignal): Promise<TlsConnection>;
}

/** Whom a connection over TLS is to. */
export interface SecurePeer {
  /** What messages call it. */
  readonly peer: string;
  /** Its name or address, for SNI and to verify the certificate. */
  readonly hostname: string;
  /** The protocols to offer, such as `["dot"]`. */
  readonly protocols?: readonly string[];
}

/**
 * Reads the options of TLS for a peer.
 *
 * @throws {OptionError} If one is not valid.
 */
export function securityOf(
  options: SecurityOptions,
  to: SecurePeer,
): Security {
  const { peer } = to;
  const { ca, cert, key, verify, fingerprint: text } = options;
  const files = { ca, cert, key };
  mustBeTls(files);
  mustBeBoolean("verify", verify);
  const fingerprint = text === undefined
    ? undefined
    : readOption("fingerprint", () => fingerprintFrom(text));
  const own = new OwnTls(files);

  async function prepare(signal: AbortSignal): Promise<void> {
    await loadTls();
    await own.prepare(signal);
  }

  return {
    prepare: (signal) =>
      !own.isEmpty || loadTls() !== undefined ? prepare(signal) : undefined,
    async secure(connection, signal) {
      const tls = await own.take(signal);
      const settings = { ...tls, ...to, verify, fingerprint };
      try {
        return await secure(connection, settings, signal);
      } catch (thrown) {
        signal.throwIfAborted();
        throw isClosedByPeer(thrown) ? new HandshakeEnded(peer) : thrown;
      }
    },
  };
}
