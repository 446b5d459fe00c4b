import { http, type HttpOptions } from "./http.ts";
import {
  BOOLEAN,
  described,
  HOST,
  NON_EMPTY_TEXT,
  POSITIVE_DURATION,
  REGEX,
  TEXT,
  TEXTS,
  toTexts,
} from "../../schema/values.ts";
import type { Kind } from "../kind.ts";
import { PROXY_VARIABLES } from "./proxy_env.ts";
import type { Schema } from "../../schema/schema.ts";

const STATUS: Schema = {
  title: 'a status such as 200, "2xx" or "200-399"',
  anyOf: [
    { type: "integer", minimum: 100, maximum: 999 },
    { type: "string", pattern: "^([1-5][xX]{2}|[1-9]\\d{2}(-[1-9]\\d{2})?)$" },
  ],
};

const URL_TEXT: Schema = {
  title: "an absolute URL with http: or https:",
  type: "string",
  pattern: "^[hH][tT][tT][pP][sS]?://",
  format: "uri",
};

/** Options as a config has them: numbers may stand for texts. */
type ConfiguredHttp = Omit<HttpOptions, "headers" | "responseHeaders"> & {
  readonly url: string;
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly responseHeaders?: Readonly<Record<string, unknown>>;
};

/** The `http` checks of a config file. */
export const httpKind: Kind<ConfiguredHttp> = {
  make: ({ url, headers, responseHeaders, ...options }) =>
    http(url, {
      ...options,
      ...(headers !== undefined && { headers: toTexts(headers) }),
      ...(responseHeaders !== undefined &&
        { responseHeaders: toTexts(responseHeaders) }),
    }),
  target: {
    prefixes: ["http://", "https://"],
    forms: ["http://HOST/PATH", "https://HOST/PATH"],
    parse: (url) => ({ url }),
  },
  // `fetch` takes a proxy from these.
  env: PROXY_VARIABLES,
  // These say where to connect, too.
  defaults: { address: ["unix", "proxy"] },
  schema: {
    properties: {
      url: {
        ...described(URL_TEXT, "What to ask for"),
        examples: ["http://localhost:8080/health"],
      },
      method: described(NON_EMPTY_TEXT, "The request's method", "GET"),
      headers: {
        ...described(TEXTS, "The request's headers"),
        examples: [{ authorization: "Bearer ${TOKEN}" }],
      },
      body: described(TEXT, "The request's body"),
      status: {
        title: 'a status such as 200, "2xx" or "200-399", or a list of them',
        description: "Which statuses pass",
        default: "200-299",
        examples: [200, "2xx", "200-399", [200, 204]],
        anyOf: [
          ...STATUS.anyOf!,
          { type: "array", items: STATUS, minItems: 1 },
        ],
      },
      redirect: {
        title: '"manual" or "follow"',
        description: "Whether redirects are answers or are followed",
        enum: ["manual", "follow"],
        default: "manual",
      },
      contains: described(TEXT, "What the body should contain"),
      matches: described(REGEX, "What the body should match"),
      json: {
        title: "a map of dotted paths to values",
        description: "What a JSON body should hold",
        examples: [{ "status": "ok", "checks.0.up": true }],
        type: "object",
      },
      health: described(
        BOOLEAN,
        "Whether the body tells of the target's health, as health+json",
        false,
      ),
      response_headers: described(
        TEXTS,
        "What headers of the answer should contain",
      ),
      latency: {
        title: "a map such as { warn: 500ms, fail: 2s }",
        description: "How long the attempt may take",
        examples: [{ warn: "500ms", fail: "2s" }],
        type: "object",
        additionalProperties: false,
        properties: {
          warn: described(POSITIVE_DURATION, "Beyond this it is degraded"),
          fail: described(POSITIVE_DURATION, "Beyond this it has failed"),
        },
      },
      max_body: {
        title: "a number of bytes",
        description: "How much of the body is looked at",
        type: "integer",
        minimum: 0,
        default: 65536,
      },
      address: described(HOST, "Where to connect instead of to the URL's host"),
      ca: described(
        NON_EMPTY_TEXT,
        "An authority to trust, as PEM or the path of a PEM file",
      ),
      cert: described(NON_EMPTY_TEXT, "A certificate to show, likewise"),
      key: described(NON_EMPTY_TEXT, "The certificate's key, likewise"),
      unix: described(NON_EMPTY_TEXT, "The Unix socket to connect to instead"),
      proxy: described(URL_TEXT, "The proxy to go through"),
      keep_alive: described(
        BOOLEAN,
        "Whether a connection may serve many attempts",
        false,
      ),
    },
    required: ["url"],
  },
};
