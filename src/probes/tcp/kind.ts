import { described, HOST, PORT, STRING } from "../../schema/values.ts";
import type { Kind } from "../kind.ts";
import { tcp, type TcpOptions } from "./tcp.ts";

/** The kind of `tcp` checks. */
export const tcpKind: Kind<TcpOptions> = {
  make: (options) => tcp(options),
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
  schema: {
    properties: {
      port: described(PORT, "The port to connect to"),
      host: described(HOST, "The host, a name or an address", "127.0.0.1"),
      address: described(HOST, "Where to connect instead of to the host"),
      send: {
        ...described(STRING, "A string to send once connected"),
        writeOnly: true,
      },
      expect: described(
        STRING,
        "A string that the first 4 KiB of the answer must contain",
      ),
    },
    required: ["port"],
  },
};
