import { OptionError } from "../../core/option_error.ts";
import { excerpt } from "../../core/text.ts";
import { failure } from "../failure.ts";
import { requestOf } from "../http/request.ts";
import type { HttpRequest } from "../http/transport.ts";
import { type Head, valuesOf } from "../http/wire/head.ts";

/** What a client asks for in its handshake, but for the key. */
export interface Wish {
  /** The URL, with `http:` for `ws:`. */
  readonly url: URL;
  readonly request: HttpRequest;
  /** The subprotocols to offer. */
  readonly protocols: readonly string[];
}

/** The headers that the handshake itself has. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  "connection",
  "upgrade",
  "sec-websocket-key",
  "sec-websocket-version",
  "sec-websocket-accept",
  "sec-websocket-extensions",
]);

/** A token of HTTP (RFC 9110, section 5.6.2). */
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/**
 * Reads what is asked for.
 *
 * @throws {OptionError} If an option is not valid.
 */
export function wishOf(
  url: URL,
  { headers, protocols = [] }: {
    readonly headers?: HeadersInit | undefined;
    readonly protocols?: readonly string[] | undefined;
  },
): Wish {
  const request = requestOf(url, headers === undefined ? {} : { headers });
  for (const name of Object.keys(request.headers)) {
    if (name === "sec-websocket-protocol") {
      throw new OptionError("headers", `expected no ${name}: use protocols`);
    }
    if (!OWN_HEADERS.has(name)) continue;
    throw new OptionError(
      "headers",
      `expected no ${name}, which comes of the handshake itself`,
    );
  }
  if (!Array.isArray(protocols)) {
    throw new OptionError("protocols", "expected a list of strings");
  }
  for (const [i, protocol] of protocols.entries()) {
    if (typeof protocol === "string" && TOKEN.test(protocol)) continue;
    throw new OptionError(
      `protocols[${i}]`,
      `expected a name without spaces and commas, got ${
        JSON.stringify(protocol)
      }`,
    );
  }
  return { url, request, protocols: [...protocols] };
}

/** Makes a key that a server has not seen before. */
export function newKey(): string {
  return crypto.getRandomValues(new Uint8Array(16)).toBase64();
}

/** The request of a handshake. */
export function handshakeRequest(
  { request, protocols }: Wish,
  key: string,
): HttpRequest {
  return {
    ...request,
    headers: {
      ...request.headers,
      connection: "Upgrade",
      upgrade: "websocket",
      "sec-websocket-version": "13",
      "sec-websocket-key": key,
      ...(protocols.length > 0 &&
        { "sec-websocket-protocol": protocols.join(", ") }),
    },
  };
}

/**
 * Verifies the answer of a server (RFC 6455, section 4.1), and returns the
 * subprotocol that it chose, if it chose one.
 *
 * Rejects with a `Failure` if it is not one that opens a WebSocket.
 */
export async function chosenProtocol(
  head: Head,
  { url, protocols }: Wish,
  key: string,
): Promise<string | undefined> {
  if (head.status !== 101) {
    throw failure(
      "status",
      `Expected status 101, got ${shownStatus(head, url)}`,
    );
  }
  const upgrade = valuesOf(head, "upgrade").join(", ");
  if (upgrade.toLowerCase() !== "websocket") {
    throw wrong('the header "Upgrade: websocket"', upgrade);
  }
  const connection = valuesOf(head, "connection").join(", ");
  if (!/(?:^|,)\s*upgrade\s*(?:,|$)/i.test(connection)) {
    throw wrong('the header "Connection: Upgrade"', connection);
  }
  const accept = valuesOf(head, "sec-websocket-accept").join(", ");
  if (accept !== await acceptOf(key)) {
    throw wrong("the Sec-WebSocket-Accept that answers our key", accept);
  }
  const extensions = valuesOf(head, "sec-websocket-extensions").join(", ");
  if (extensions !== "") throw wrong("no extensions", extensions);
  const [chosen, ...others] = valuesOf(head, "sec-websocket-protocol");
  const isRight = others.length === 0 &&
    (chosen === undefined
      ? protocols.length === 0
      : protocols.includes(chosen));
  if (isRight) return chosen;
  const [first, ...more] = protocols.map((name) => JSON.stringify(name));
  throw wrong(
    first === undefined
      ? "no subprotocol"
      : more.length === 0
      ? `the subprotocol ${first}`
      : `one of the subprotocols ${[first, ...more].join(", ")}`,
    [chosen, ...others].join(", "),
  );
}

function wrong(expected: string, got: string) {
  return failure(
    "protocol",
    `Expected ${expected}, got ${got === "" ? "none" : excerpt(got)}`,
  );
}

/** A status, and where it redirects to. */
function shownStatus(head: Head, url: URL): string {
  const { status } = head;
  const [location] = valuesOf(head, "location");
  const to = status >= 300 && status < 400 && location !== undefined
    ? URL.parse(location, url)
    : null;
  return to === null
    ? String(status)
    : `${status}, a redirect to ${
      to.origin === "null" ? to.protocol : to.origin + to.pathname
    }`;
}

/** What the key has to be answered with (RFC 6455, section 4.2.2). */
async function acceptOf(key: string): Promise<string> {
  const text = `${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`;
  const digest = await crypto.subtle.digest(
    "SHA-1",
    new TextEncoder().encode(text),
  );
  return new Uint8Array(digest).toBase64();
}
