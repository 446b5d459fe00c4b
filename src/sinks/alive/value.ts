/** What to call, and how often. */
export interface AliveValue {
  /** The URL, which is secret. */
  readonly url: string;
  /** The method of the request. */
  readonly method: string;
  /** The time from one call to the next, in milliseconds. */
  readonly everyMs: number;
}

/** The permission to connect to the host of a URL. */
export function hostOf(url: string): Deno.PermissionDescriptor {
  const { protocol, hostname, port } = new URL(url);
  const usual = protocol === "https:" ? 443 : 80;
  return { name: "net", host: `${hostname}:${port || usual}` };
}
