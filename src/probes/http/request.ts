import { OptionError, readOption } from "../../core/option_error.ts";
import {
  likelySecrets,
  querySecrets,
  type Secrets,
  unescaped,
  withoutCredentials,
} from "../../core/secrets.ts";
import { excerpt, parsedUrl } from "../../core/text.ts";
import type { HttpOptions } from "./options.ts";
import { basic, proxyAuthorization } from "./wire/proxy.ts";
import type { HttpRequest } from "./transport.ts";

/** The secrets in a request, which its server may repeat. */
export function secretsOf(
  url: URL,
  { headers }: HttpRequest,
  { proxy }: HttpOptions,
): Secrets {
  const passwords = [
    url.password,
    proxy === undefined ? "" : new URL(proxy).password,
  ].filter((password) => password !== "");
  const sent = {
    ...headers,
    ...(proxy !== undefined && proxyAuthorization(new URL(proxy))),
  };
  return likelySecrets(Object.entries(sent), [
    ...querySecrets(url.search),
    ...passwords,
    ...passwords.map(unescaped),
  ]);
}

/** What most requests are, made once. */
const USUAL: HttpRequest = {
  method: "GET",
  headers: { "user-agent": "lifesign" },
  body: undefined,
  redirect: "manual",
};

/** What is asked, checked as `fetch` would check it. */
export function requestOf(url: URL, options: HttpOptions): HttpRequest {
  const { method = "GET", body, redirect = "manual" } = options;
  if (redirect !== "manual" && redirect !== "follow") {
    throw new OptionError(
      "redirect",
      `expected "manual" or "follow", got ${JSON.stringify(redirect)}`,
    );
  }
  const headers = headersOf(url, options);
  if (method !== "GET" || body !== undefined) {
    readOption("method", () => mustBeMethod(method));
    if (body !== undefined && /^head$/i.test(method)) {
      throw new OptionError("body", "cannot be used with HEAD");
    }
  } else if (headers === USUAL.headers && redirect === USUAL.redirect) {
    return USUAL;
  }
  return { method: method.toUpperCase(), headers, body, redirect };
}

/**
 * Checks a method as the Fetch standard has it, which not every runtime does.
 *
 * @throws {TypeError} If it is not one, or not one that `fetch` may use.
 */
function mustBeMethod(method: string): void {
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(method)) {
    throw new TypeError("Method is not valid");
  }
  if (/^(?:connect|trace|track)$/i.test(method)) {
    throw new TypeError("Method is forbidden");
  }
}

/** The URL as it is asked for and shown: its credentials go in a header. */
export function hrefOf(url: URL): string {
  if (url.username === "" && url.password === "" && url.hash === "") {
    return url.href;
  }
  const shown = new URL(url);
  shown.username = shown.password = shown.hash = "";
  return shown.href;
}

/** The headers to send, with the URL's credentials among them. */
function headersOf(
  { username, password }: URL,
  options: HttpOptions,
): HttpRequest["headers"] {
  if (options.headers === undefined && username === "" && password === "") {
    return USUAL.headers;
  }
  const headers = readOption("headers", () => headersFrom(options.headers));
  for (const name of ["content-length", "transfer-encoding"]) {
    if (!headers.has(name)) continue;
    throw new OptionError(
      "headers",
      `expected no ${name}, which comes of the body`,
    );
  }
  if (!headers.has("user-agent")) headers.set("user-agent", "lifesign");
  if ((username !== "" || password !== "") && !headers.has("authorization")) {
    headers.set("authorization", basic(username, password));
  }
  return Object.fromEntries(headers);
}

function headersFrom(init: HeadersInit | undefined): Headers {
  try {
    return new Headers(init);
  } catch (error) {
    const { message } = error as Error;
    if (!/header value|invalid value/i.test(message)) throw error;
    // The runtime quotes the value, which may be secret.
    throw new TypeError("Invalid header value", { cause: error });
  }
}

export function parseUrl(option: "url" | "proxy", url: string | URL): URL {
  const parsed = parsedUrl(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new OptionError(
      option,
      `expected an absolute URL with http: or https:, got ${
        parsed === null
          ? excerpt(withoutCredentials(String(url)))
          : `"${parsed.protocol}"`
      }`,
    );
  }
  return parsed;
}
