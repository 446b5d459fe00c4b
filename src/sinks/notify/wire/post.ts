/**
 * What receivers share that post JSON to a URL: how the request is made, what of the
 * URL is secret, and what an answer says.
 *
 * @module
 */

import type { Delivery } from "../../../core/notify/status.ts";
import type { Json } from "../../../core/json.ts";
import {
  querySecrets,
  unescaped,
  urlPasswords,
} from "../../../core/secrets.ts";
import { oneLine } from "../../../core/text.ts";
import type { Schema } from "../../../schema/schema.ts";
import type { ReceiverRequest, ReceiverResponse } from "../receiver.ts";
import { jsonText } from "./json_text.ts";

/** An absolute URL with `http:` or `https:`. */
export const WEB_URL: Schema = {
  title: "an absolute URL with http: or https:",
  type: "string",
  pattern: "^[hH][tT][tT][pP][sS]?://",
  format: "uri",
};

/** The same, if whoever knows it may post there. */
export const SECRET_URL: Schema = { ...WEB_URL, writeOnly: true };

/** Posts JSON. The user and the password of a URL become a header. */
export function postJson(
  url: string,
  body: Json,
  headers: Readonly<Record<string, string>> = {},
): ReceiverRequest {
  const to = new URL(url);
  const credentials = credentialsOf(to);
  to.username = to.password = to.hash = "";
  return {
    url: to.href,
    headers: {
      // Microsoft Teams takes each byte for two if there is no charset.
      "content-type": "application/json; charset=utf-8",
      ...(credentials !== null && { authorization: `Basic ${credentials}` }),
      ...headers,
    },
    body: jsonText(body),
  };
}

/** The user and the password of a URL as a header has them, if it has some. */
function credentialsOf({ username, password }: URL): string | null {
  const credentials = [username, password].map(unescaped).join(":");
  return credentials === ":" ? null : btoa(credentials);
}

/** The permission to connect to the host of a URL. */
export function hostNeeds(url: string): Deno.PermissionDescriptor[] {
  const { protocol, hostname, port } = new URL(url);
  const known = protocol === "https:" ? 443 : 80;
  return [{ name: "net", host: `${hostname}:${port || known}` }];
}

/** The last part of a path is a key if it is as long as this. */
const MIN_KEY_LENGTH = 12;

/**
 * What of a URL is secret: all but the host, which messages may name, each part that
 * is as long as a key, and what is secret by its name.
 */
export function urlSecrets(url: string): string[] {
  const parsed = new URL(url);
  const { pathname, search, searchParams, href } = parsed;
  const credentials = credentialsOf(parsed);
  const parts = [...pathname.split("/"), ...searchParams.values()];
  return [
    `${pathname}${search}`,
    pathname,
    ...urlPasswords(href),
    ...(credentials === null ? [] : [credentials]),
    ...querySecrets(search),
    ...parts.filter(({ length }) => length >= MIN_KEY_LENGTH),
  ].filter((secret) => secret !== "" && secret !== "/");
}

/** What came back as JSON, if it is whole: only its beginning is read. */
export function jsonOf(
  { body }: ReceiverResponse,
): Readonly<Record<string, unknown>> | undefined {
  try {
    const value = JSON.parse(body);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a JSON object came back, or its beginning. */
export function isJson({ body }: ReceiverResponse): boolean {
  return /^\s*\{/.test(body);
}

/** Whether a page came back, which no service for programs answers with. */
export function isPage({ body }: ReceiverResponse): boolean {
  return /^\s*</.test(body);
}

/** Whether a response says that it went well. */
export function isSuccess({ status }: ReceiverResponse): boolean {
  return status >= 200 && status <= 299;
}

/**
 * What a refusal amounts to: 408, 425, 429 and 5xx are tried again, and everything
 * else is final. A service may say how many seconds to wait, or its header may.
 */
export function refusal(
  { status, headers }: Pick<ReceiverResponse, "status" | "headers">,
  said: string,
  waitSeconds: unknown = Number(headers.get("retry-after")),
): Delivery {
  const isServer = status >= 500;
  const isFinal = !isServer && ![408, 425, 429].includes(status);
  return {
    ok: false,
    why: oneLine(`got ${status}: ${said}`),
    isFinal,
    mayHaveArrived: isServer,
    ...(!isFinal && typeof waitSeconds === "number" && waitSeconds > 0 &&
      { retryAfterMs: Math.ceil(waitSeconds * 1000) }),
  };
}

/**
 * The failure if a success is not one of the service: something between answered,
 * such as a page where one has to log in. It may be gone the next time.
 */
export function notOf(
  service: string,
  { status }: ReceiverResponse,
): Delivery {
  return {
    ok: false,
    why: `expected an answer of ${service}, got ${status} of something else`,
    isFinal: false,
    mayHaveArrived: true,
  };
}
