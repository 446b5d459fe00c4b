import type { AddressOptions } from "../connection/addresses.ts";
import type { HttpExpectations } from "./judge.ts";

/** Options for `http()`. */
export interface HttpOptions extends HttpExpectations, AddressOptions {
  /**
   * The request's method.
   *
   * @default {"GET"}
   */
  method?: string;
  /** The request's headers; a `host` among them is sent as it is. */
  headers?: HeadersInit;
  /** The request's body. */
  body?: string;
  /**
   * Whether redirects are answers themselves or are followed, at most 20.
   *
   * @default {"manual"}
   */
  redirect?: "manual" | "follow";
  /**
   * Where to connect instead, with the URL's host kept for the Host header and
   * for TLS: a host, and perhaps a port.
   */
  address?: string;
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
  /** The path of a Unix socket to connect to instead. */
  unix?: string;
  /** A proxy to go through; the environment's is never used. */
  proxy?: string;
  /**
   * Whether the attempts of a monitor or a fleet may share a connection. That is
   * cheaper, and hides faults of DNS, connecting and TLS.
   *
   * @default {false}
   */
  keepAlive?: boolean;
}
