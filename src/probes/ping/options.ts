import type { Duration } from "../../core/duration.ts";
import type { AddressOptions } from "../connection/addresses.ts";

/** Options for `ping()`. */
export interface PingOptions extends Pick<AddressOptions, "family"> {
  /**
   * How many packets to send, from 1 to 100, five a second.
   *
   * @default {3}
   */
  count?: number;
  /**
   * How many bytes each packet carries, from 16 to 65,507.
   *
   * @default {56}
   */
  size?: number;
  /**
   * From which percentage of packets without an answer an attempt warns or fails.
   *
   * @default {{ warn: 50, fail: 100 }}
   */
  loss?: { warn?: number; fail?: number };
  /** How long the mean round trip may take. */
  latency?: { warn?: Duration; fail?: Duration };
}
