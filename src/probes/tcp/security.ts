import { mustBeBoolean, readOption } from "../../core/option_error.ts";
import type { Detail, DetailMetric } from "../../core/types.ts";
import { wallTime } from "../../io/clock.ts";
import { fingerprintFrom } from "../connection/certificate.ts";
import { type Connection, isClosedByPeer } from "../connection/connection.ts";
import { EXPIRY_METRIC, expiryDetail } from "../connection/expiry.ts";
import { OwnTls } from "../connection/own_tls.ts";
import {
  HandshakeEnded,
  loadTls,
  secure,
  type TlsConnection,
  type TlsSettings,
} from "../connection/tls.ts";
import { mustBeTls } from "../tls_options.ts";

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

/** The version of TLS, and when the certificate ends. */
export function tlsDetail(secured: TlsConnection): Detail {
  const tlsVersion = secured.socket.getProtocol();
  return {
    ...(tlsVersion !== null && { tlsVersion }),
    ...expiryDetail(secured.lifetime, wallTime()),
  };
}

/** The metrics of these details, under the names of blackbox_exporter. */
export const TLS_METRICS: readonly DetailMetric[] = Object.freeze([
  EXPIRY_METRIC,
  ...["1.2", "1.3"].map((version): DetailMetric => ({
    name: "probe_tls_version_info",
    help: "The version of TLS of the last attempt.",
    labels: { version: `TLS ${version}` },
    key: "tlsVersion",
    value: (seen) => seen === `TLSv${version}` ? 1 : NaN,
  })),
]);

/** Makes connections over TLS. */
export interface Security {
  /** Gets ready what an attempt needs; returns nothing if all is ready. */
  prepare(signal: AbortSignal): Promise<void> | undefined;
  /** Makes a connection over TLS of one without. */
  secure(connection: Connection, signal: AbortSignal): Promise<TlsConnection>;
}

/** Whom a connection over TLS is to, and how it is spoken of. */
export type SecurePeer = Pick<
  TlsSettings,
  "peer" | "hostname" | "protocols" | "detailOf"
>;

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
      own.isReady && loadTls() === undefined ? undefined : prepare(signal),
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
