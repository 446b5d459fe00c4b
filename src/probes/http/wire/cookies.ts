interface Cookie {
  readonly name: string;
  readonly value: string;
  readonly domain: string;
  /** Whether hosts below the domain get it, too. */
  readonly isShared: boolean;
  readonly path: string;
  readonly isSecure: boolean;
}

/** How many cookies are kept. Browsers keep about as many of a site. */
const MAX_COOKIES = 50;

/** The most characters of a cookie, as browsers have it. */
const MAX_COOKIE_LENGTH = 4096;

/**
 * The cookies that the responses of one attempt set (RFC 6265), which requests
 * after a redirect send back.
 */
export class Cookies {
  readonly #cookies = new Map<string, Cookie>();

  /** Takes the value of a Set-Cookie header from a response of this URL. */
  set(header: string, url: URL, now: number): void {
    const [pair = "", ...attributes] = header.split(";");
    const equals = pair.indexOf("=");
    const name = pair.slice(0, Math.max(equals, 0)).trim();
    // A control character could end the header (RFC 6265bis, section 5.6).
    // deno-lint-ignore no-control-regex
    if (name === "" || /[\0-\x08\x0a-\x1f\x7f]/.test(pair)) return;
    if (pair.length > MAX_COOKIE_LENGTH) return;
    const given = new Map(attributes.map((attribute) => {
      const [key = "", ...value] = attribute.split("=");
      return [key.trim().toLowerCase(), value.join("=").trim()];
    }));
    const host = url.hostname;
    const domain = given.get("domain")?.toLowerCase().replace(/^\./, "") ?? "";
    if (domain !== "" && !isBelow(host, domain)) return;
    // A domain of one label, such as "com", is no one's.
    if (domain !== "" && domain !== host && !domain.includes(".")) return;
    const path = given.get("path") ?? "";
    const cookie: Cookie = {
      name,
      value: pair.slice(equals + 1).trim(),
      domain: domain || host,
      isShared: domain !== "",
      path: path.startsWith("/") ? path : defaultPath(url),
      isSecure: given.has("secure"),
    };
    const key = `${cookie.domain};${cookie.path};${name}`;
    this.#cookies.delete(key);
    if (hasExpired(given, now)) return;
    this.#cookies.set(key, cookie);
    const [oldest] = this.#cookies.keys();
    if (this.#cookies.size > MAX_COOKIES) this.#cookies.delete(oldest!);
  }

  /** The Cookie header of a request, with what it has itself. */
  headerFor(url: URL, own: string | undefined): string | undefined {
    if (this.#cookies.size === 0) return own;
    const sent = [...this.#cookies.values()].filter((cookie) =>
      (cookie.isShared
        ? isBelow(url.hostname, cookie.domain)
        : url.hostname === cookie.domain) &&
      isUnder(url.pathname, cookie.path) &&
      (!cookie.isSecure || url.protocol === "https:")
    );
    const names = new Set(sent.map(({ name }) => name));
    const kept = (own ?? "").split(";").map((pair) => pair.trim()).filter((
      pair,
    ) => pair !== "" && !names.has(pair.split("=")[0]!.trim()));
    return [...kept, ...sent.map(({ name, value }) => `${name}=${value}`)]
      .join("; ") || undefined;
  }
}

function hasExpired(
  attributes: ReadonlyMap<string, string>,
  now: number,
): boolean {
  const maxAge = attributes.get("max-age");
  if (maxAge !== undefined && /^-?\d+$/.test(maxAge)) {
    return Number(maxAge) <= 0;
  }
  return Date.parse(attributes.get("expires") ?? "") <= now;
}

function isBelow(host: string, domain: string): boolean {
  return host === domain ||
    host.endsWith(`.${domain}`) && !/^[\d.]+$|:/.test(host);
}

function isUnder(path: string, prefix: string): boolean {
  return path === prefix ||
    path.startsWith(prefix.endsWith("/") ? prefix : `${prefix}/`);
}

function defaultPath({ pathname }: URL): string {
  return pathname.slice(0, Math.max(pathname.lastIndexOf("/"), 1));
}
