import { described, HOST_ALONE, PORT } from "../../schema/values.ts";
import { FAMILY } from "../connection_schemas.ts";
import type { Kind } from "../kind.ts";
import {
  type ConfiguredExpected,
  type ConfiguredSent,
  EXPECTED,
  meant,
  SENT,
} from "../tcp/configured.ts";
import { udp, type UdpOptions } from "./udp.ts";

/** Options as a config has them. */
type ConfiguredUdp = Omit<UdpOptions, "send" | "expect"> & {
  readonly send: ConfiguredSent;
  readonly expect: ConfiguredExpected;
};

/**
 * The kind of `udp` checks. They have no targets on the command line: there is
 * nothing to expect of a host and a port alone.
 */
export const udpKind: Kind<ConfiguredUdp> = {
  make: ({ send, expect, ...options }) =>
    udp({
      ...options,
      send: meant("send", send),
      expect: meant("expect", expect),
    }),
  schema: {
    properties: {
      port: described(PORT, "The port to send to"),
      host: described(
        HOST_ALONE,
        "The host, a name or an address",
        "127.0.0.1",
      ),
      send: described(SENT, "What to send, in one datagram"),
      expect: described(
        EXPECTED,
        "What the first 4 KiB of an answer must contain or match",
      ),
      family: { ...FAMILY, description: "The version of IP to use" },
    },
    required: ["port", "send", "expect"],
  },
};
