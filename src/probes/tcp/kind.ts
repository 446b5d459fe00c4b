import {
  BOOLEAN,
  described,
  HOST,
  HOST_ALONE,
  PORT,
  POSITIVE_DURATION,
} from "../../schema/values.ts";
import type { Kind } from "../kind.ts";
import {
  ADDRESSES,
  CERTIFICATE_LIMITS,
  FAMILY,
  TLS_SCHEMAS,
} from "../connection_schemas.ts";
import { verifyTls } from "../tls_verification.ts";
import {
  type ConfiguredExpected,
  type ConfiguredSent,
  EXPECTED,
  meant,
  SENT,
} from "./configured.ts";
import type { TcpStep } from "./steps.ts";
import { tcp, type TcpOptions } from "./tcp.ts";

interface ConfiguredStep {
  readonly expect?: ConfiguredExpected;
  readonly send?: ConfiguredSent;
  readonly starttls?: boolean;
}

/** Options as a config has them. */
type ConfiguredTcp = Omit<TcpOptions, "send" | "expect" | "steps"> & {
  readonly send?: ConfiguredSent;
  readonly expect?: ConfiguredExpected;
  readonly steps?: readonly ConfiguredStep[];
};

function meantStep(step: ConfiguredStep, i: number): TcpStep {
  const at = `steps[${i}]`;
  const { expect, send, starttls } = step;
  // What is missing, or too much, is a problem that tcp() finds.
  return {
    ...(expect !== undefined && { expect: meant(`${at}.expect`, expect) }),
    ...(send !== undefined && { send: meant(`${at}.send`, send) }),
    ...(starttls !== undefined && { starttls }),
  } as TcpStep;
}

/** The kind of `tcp` checks. */
export const tcpKind: Kind<ConfiguredTcp> = {
  make: ({ send, expect, steps, ...options }) =>
    tcp({
      ...options,
      ...(send !== undefined && { send: meant("send", send) }),
      ...(expect !== undefined && { expect: meant("expect", expect) }),
      ...(steps !== undefined && { steps: steps.map(meantStep) }),
    }),
  target: {
    prefixes: ["tcp://"],
    // A host and a port alone.
    pattern: /^(?:\[[^\]]*\]|[^:/\s]+):\d+$/,
    forms: ["tcp://HOST:PORT", "HOST:PORT"],
    parse(target) {
      const [, host, port] =
        /^(?:tcp:\/\/)?(\[[^\]]*\]|[^:/?#@\s]+):(\d+)\/?$/i.exec(target) ?? [];
      if (host === undefined) throw new TypeError("Expected tcp://HOST:PORT");
      return { host, port: Number(port) };
    },
    format: (target) => `tcp://${target}`,
  },
  defaults: { address: [] },
  durations: ["stays_open"],
  verify: verifyTls,
  schema: {
    properties: {
      port: described(PORT, "The port to connect to"),
      host: described(
        HOST_ALONE,
        "The host, a name or an address",
        "127.0.0.1",
      ),
      address: described(HOST, "Where to connect instead of to the host"),
      send: described(SENT, "What to send once connected"),
      expect: described(
        EXPECTED,
        "What the first 4 KiB of the answer must contain or match",
      ),
      steps: {
        title: "a list of steps",
        description: "A dialogue: what to expect and to send, in this order",
        type: "array",
        items: {
          title: "a map with expect, send or starttls",
          // Whatever stands in the place of a step may be what to send.
          writeOnly: true,
          type: "object",
          properties: {
            expect: described(
              EXPECTED,
              "What the next 4 KiB of the answer must contain or match",
            ),
            send: described(
              SENT,
              "What to send; $1 is the first group of the match before",
            ),
            starttls: {
              title: "true",
              description: "Goes on over TLS",
              enum: [true],
            },
          },
          additionalProperties: false,
          minProperties: 1,
        },
        minItems: 1,
      },
      family: FAMILY,
      addresses: ADDRESSES,
      tls: described(BOOLEAN, "Whether it is TLS from the start", false),
      ...TLS_SCHEMAS,
      certificate: CERTIFICATE_LIMITS,
      stays_open: described(
        POSITIVE_DURATION,
        "How long the connection must stay open after that",
      ),
    },
    required: ["port"],
  },
};
