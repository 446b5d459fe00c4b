import type { Endpoint } from "../../address.ts";
import type { Destination } from "../../connection/connect.ts";

/** Where to connect instead of to a URL's host. */
export interface Detour {
  /** An address; its port may be left out. */
  readonly address?: Omit<Endpoint, "port"> & { readonly port?: number };
  /** The path of a Unix socket. */
  readonly unix?: string | undefined;
}

/**
 * Where to connect for a URL. A redirect stays at the given address as long as
 * its host is the same; on another port or by another scheme, it goes to that
 * port of it.
 */
export function destinationOf(
  url: URL,
  first: URL,
  { address, unix }: Detour,
): Destination {
  const own = { hostname: hostOf(url), port: portOf(url) };
  if (url.hostname !== first.hostname) return own;
  if (unix !== undefined) return { path: unix };
  if (address === undefined) return own;
  return {
    hostname: address.hostname,
    port: own.port === portOf(first) ? address.port ?? own.port : own.port,
  };
}

/** The host of a URL, an IPv6 address without brackets. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, "");
}

/** The port of a URL, or that of its scheme. */
export function portOf({ port, protocol }: URL): number {
  return port === "" ? protocol === "https:" ? 443 : 80 : Number(port);
}

/** Where an answer came from after a redirect, without its query. */
export function placeOf(url: URL, first: URL): string {
  return url.origin === first.origin
    ? url.pathname
    : `${url.origin}${url.pathname}`;
}
