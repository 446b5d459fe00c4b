import type { Schema } from "../../schema/schema.ts";
import {
  described,
  HOST_ALONE,
  POSITIVE_DURATION,
} from "../../schema/values.ts";
import { FAMILY } from "../connection_schemas.ts";
import type { Kind } from "../kind.ts";
import type { PingOptions } from "./options.ts";
import { DEFAULT_COUNT, INTERVAL_MS, ping } from "./ping.ts";

const PERCENTAGE: Schema = {
  title: "a percentage up to 100",
  type: "number",
  minimum: 0,
  maximum: 100,
};

/** The kind of `ping` checks. */
export const pingKind: Kind<PingOptions & { readonly host: string }> = {
  make: ({ host, ...options }) => ping(host, options),
  target: {
    prefixes: ["ping:"],
    forms: ["ping:HOST"],
    parse(target) {
      const host = target.slice("ping:".length);
      if (host.startsWith("//")) throw new TypeError("Expected ping:HOST");
      return { host };
    },
    format: (target) => `ping:${target}`,
  },
  durations: ["latency.warn", "latency.fail"],
  takesMs: {
    count: (count = DEFAULT_COUNT) => (Number(count) - 1) * INTERVAL_MS,
  },
  schema: {
    properties: {
      host: described(HOST_ALONE, "The host, a name or an address"),
      count: {
        title: "a number of packets from 1 to 100",
        description: "How many packets to send, five a second",
        type: "integer",
        minimum: 1,
        maximum: 100,
        default: DEFAULT_COUNT,
      },
      size: {
        title: "a number of bytes from 16 to 65507",
        description: "How many bytes each packet carries",
        type: "integer",
        minimum: 16,
        maximum: 65_507,
        default: 56,
      },
      family: FAMILY,
      loss: {
        title: "a map such as { warn: 20, fail: 60 }",
        description: "Which percentage of packets may have no answer",
        default: { warn: 50, fail: 100 },
        examples: [{ warn: 20, fail: 60 }],
        type: "object",
        additionalProperties: false,
        properties: {
          warn: described(PERCENTAGE, "With this many or more it warns"),
          fail: described(PERCENTAGE, "With this many or more it fails"),
        },
      },
      latency: {
        title: "a map such as { warn: 50ms, fail: 500ms }",
        description: "How long the mean round trip may take",
        examples: [{ warn: "50ms", fail: "500ms" }],
        type: "object",
        additionalProperties: false,
        properties: {
          warn: described(POSITIVE_DURATION, "A longer one warns"),
          fail: described(POSITIVE_DURATION, "A longer one fails"),
        },
      },
    },
    required: ["host"],
  },
};
