import type { Schema } from "../../schema/schema.ts";
import {
  described,
  HOST,
  NON_EMPTY_STRING,
  SECRET_STRINGS,
  toStrings,
} from "../../schema/values.ts";
import {
  CERTIFICATE_LIMITS,
  FAMILY,
  TLS_SCHEMAS,
} from "../connection_schemas.ts";
import type { Kind } from "../kind.ts";
import {
  type ConfiguredExpected,
  type ConfiguredSent,
  EXPECTED,
  meant,
  SENT,
} from "../tcp/configured.ts";
import { verifyTls } from "../tls_verification.ts";
import { websocket, type WebSocketOptions } from "./websocket.ts";

/** Options as a config has them: numbers may take the place of strings. */
type ConfiguredWebSocket =
  & Omit<WebSocketOptions, "headers" | "send" | "expect">
  & {
    readonly url: string;
    readonly headers?: Readonly<Record<string, unknown>>;
    readonly send?: ConfiguredSent;
    readonly expect?: ConfiguredExpected;
  };

const URL_STRING: Schema = {
  title: "an absolute URL with ws: or wss:",
  type: "string",
  pattern: "^[wW][sS][sS]?://",
  format: "uri",
};

/** The kind of `websocket` checks. */
export const websocketKind: Kind<ConfiguredWebSocket> = {
  make: ({ url, headers, send, expect, ...options }) =>
    websocket(url, {
      ...options,
      ...(headers !== undefined && { headers: toStrings(headers) }),
      ...(send !== undefined && { send: meant("send", send) }),
      ...(expect !== undefined && { expect: meant("expect", expect) }),
    }),
  target: {
    prefixes: ["ws://", "wss://"],
    forms: ["ws://HOST/PATH", "wss://HOST/PATH"],
    parse: (url) => ({ url }),
  },
  defaults: { address: [] },
  verify: verifyTls,
  schema: {
    properties: {
      url: {
        ...described(URL_STRING, "The URL of the WebSocket"),
        examples: ["wss://example.com/live"],
      },
      protocols: {
        title: "a list of subprotocols",
        description:
          "The subprotocols to offer, of which the server must choose one",
        examples: [["graphql-transport-ws"]],
        type: "array",
        items: NON_EMPTY_STRING,
        minItems: 1,
      },
      headers: {
        ...described(SECRET_STRINGS, "The headers of the handshake"),
        examples: [{ origin: "https://example.com" }],
      },
      send: described(SENT, "What to send: a text message, or a binary one"),
      expect: described(
        EXPECTED,
        "What the first 64 KiB of a message must contain or match",
      ),
      address: described(
        HOST,
        "Where to connect instead of to the host of the URL",
      ),
      family: FAMILY,
      ...TLS_SCHEMAS,
      certificate: CERTIFICATE_LIMITS,
    },
    required: ["url"],
  },
};
