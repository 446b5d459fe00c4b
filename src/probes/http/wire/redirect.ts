import { failure } from "../../failure.ts";
import type { HttpRequest } from "../transport.ts";

/** The Fetch standard's limit on redirects. */
export const MAX_REDIRECTS = 20;

/** A request and where it goes. */
export interface Hop {
  readonly url: URL;
  readonly request: HttpRequest;
}

/**
 * Returns the next request if a response is a redirect to follow, as `fetch`
 * follows it.
 *
 * @throws {Failure} If it does not lead to an HTTP URL.
 */
export function nextHop(
  { url, request }: Hop,
  status: number,
  location: string | undefined,
): Hop | undefined {
  if (
    request.redirect === "manual" || location === undefined ||
    ![301, 302, 303, 307, 308].includes(status)
  ) {
    return undefined;
  }
  const next = URL.parse(location, url);
  if (next === null || !/^https?:$/.test(next.protocol)) {
    throw failure(
      "protocol",
      "Expected a redirect to an HTTP URL, got another",
    );
  }
  let { method, headers, body } = request;
  if (next.origin !== url.origin) headers = forOtherOrigin(headers);
  if (status === 303 || status < 303 && method === "POST") {
    [method, body] = [method === "HEAD" ? "HEAD" : "GET", undefined];
    const { "content-type": _, ...others } = headers;
    headers = others;
  }
  return { url: next, request: { ...request, method, headers, body } };
}

/** The headers that may be sent to another origin, as in `fetch`. */
function forOtherOrigin(
  headers: HttpRequest["headers"],
): HttpRequest["headers"] {
  const {
    authorization: _,
    cookie: __,
    host: ___,
    "proxy-authorization": ____,
    ...others
  } = headers;
  return others;
}
