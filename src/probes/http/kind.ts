import { http } from "./http.ts";
import type { HttpOptions } from "./options.ts";
import {
  BOOLEAN,
  described,
  HOST,
  NON_EMPTY_STRING,
  POSITIVE_DURATION,
  REGEX,
  SECRET_STRINGS,
  STRING,
  STRINGS,
  toStrings,
} from "../../schema/values.ts";
import type { Kind } from "../kind.ts";
import { loadAssertions } from "./assert/assertions.ts";
import {
  ADDRESSES,
  CERTIFICATE_LIMITS,
  FAMILY,
  TLS_SCHEMAS,
} from "../connection_schemas.ts";
import { verifyTls } from "../tls_verification.ts";
import type { Schema } from "../../schema/schema.ts";

const STATUS: Schema = {
  title: 'a status such as 200, "2xx" or "200-399"',
  anyOf: [
    { type: "integer", minimum: 100, maximum: 999 },
    { type: "string", pattern: "^([1-5][xX]{2}|[1-9]\\d{2}(-[1-9]\\d{2})?)$" },
  ],
};

const URL_STRING: Schema = {
  title: "an absolute URL with http: or https:",
  type: "string",
  pattern: "^[hH][tT][tT][pP][sS]?://",
  format: "uri",
};

/** Options as a config has them: numbers may take the place of strings. */
type ConfiguredHttp = Omit<HttpOptions, "headers" | "responseHeaders"> & {
  readonly url: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly responseHeaders?: Readonly<Record<string, unknown>>;
};

/** The kind of `http` checks. */
export const httpKind: Kind<ConfiguredHttp> = {
  make: ({ url, headers, responseHeaders, ...options }) =>
    http(url, {
      ...options,
      ...(headers !== undefined && { headers: toStrings(headers) }),
      ...(responseHeaders !== undefined &&
        { responseHeaders: toStrings(responseHeaders) }),
    }),
  target: {
    prefixes: ["http://", "https://"],
    forms: ["http://HOST/PATH", "https://HOST/PATH"],
    parse: (url) => ({ url }),
  },
  load: { assert: loadAssertions },
  // These say where to connect, too.
  defaults: { address: ["unix", "proxy"] },
  durations: ["latency.warn", "latency.fail"],
  verify: verifyTls,
  schema: {
    properties: {
      url: {
        ...described(URL_STRING, "The URL to request"),
        examples: ["http://localhost:8080/health"],
      },
      method: described(NON_EMPTY_STRING, "The request's method", "GET"),
      headers: {
        ...described(SECRET_STRINGS, "The request's headers"),
        examples: [{ authorization: "Bearer ${TOKEN}" }],
      },
      body: {
        ...described(STRING, "The request's body"),
        writeOnly: true,
      },
      status: {
        title: 'a status such as 200, "2xx" or "200-399", or a list of them',
        description: "The statuses that pass",
        default: "200-299",
        examples: [200, "2xx", "200-399", [200, 204]],
        anyOf: [
          ...STATUS.anyOf!,
          { type: "array", items: STATUS, minItems: 1 },
        ],
      },
      redirect: {
        title: '"manual" or "follow"',
        description: "manual judges a redirect itself, follow follows it",
        enum: ["manual", "follow"],
        default: "manual",
      },
      contains: described(STRING, "A string that the body must contain"),
      contains_not: described(
        STRING,
        "A string that the body must not contain",
      ),
      matches: described(
        REGEX,
        "A regular expression that the body must match",
      ),
      matches_not: described(
        REGEX,
        "A regular expression that the body must not match",
      ),
      json: {
        title: "a map of dotted paths to values",
        description: "Values that a JSON body must have",
        examples: [{ "status": "ok", "checks.0.up": true }],
        type: "object",
      },
      assert: {
        title: "a list of CEL expressions",
        description:
          "Expressions that must be true of status, headers, body, text and duration",
        examples: [["body.queue.length < 100", 'duration < duration("2s")']],
        type: "array",
        items: NON_EMPTY_STRING,
        minItems: 1,
      },
      health: described(
        BOOLEAN,
        "Whether the body is health+json, whose status counts",
        false,
      ),
      response_headers: described(
        STRINGS,
        "Strings that headers of the response must contain",
      ),
      latency: {
        title: "a map such as { warn: 500ms, fail: 2s }",
        description: "How long the attempt may take",
        examples: [{ warn: "500ms", fail: "2s" }],
        type: "object",
        additionalProperties: false,
        properties: {
          warn: described(POSITIVE_DURATION, "Slower attempts warn"),
          fail: described(POSITIVE_DURATION, "Slower attempts fail"),
        },
      },
      certificate: CERTIFICATE_LIMITS,
      max_body: {
        title: "a number of bytes",
        description: "How many bytes of the body are read",
        type: "integer",
        minimum: 0,
        default: 65536,
      },
      address: described(
        HOST,
        "Where to connect instead of to the host of the URL",
      ),
      ...TLS_SCHEMAS,
      unix: described(
        NON_EMPTY_STRING,
        "The path of a Unix socket to connect to instead",
      ),
      proxy: described(URL_STRING, "The proxy to use"),
      family: FAMILY,
      addresses: ADDRESSES,
      keep_alive: described(
        BOOLEAN,
        "Whether attempts may share a connection",
        false,
      ),
    },
    required: ["url"],
  },
};
