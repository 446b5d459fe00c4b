import { fail, pass } from "../../core/outcome.ts";
import { OptionError } from "../../core/option_error.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import type { Outcome, Probe } from "../../core/types.ts";
import { authority, placesOf } from "../address.ts";
import { type Family, mustBeAddresses } from "../connection/addresses.ts";
import {
  datagramPermissions,
  loadDatagrams,
  openDatagrams,
} from "../connection/datagram.ts";
import { define } from "../define.ts";
import { mustBeOfFamily } from "../family.ts";
import { expecting, sending } from "../tcp/steps.ts";
import { withOutcome } from "../with_outcome.ts";

/** What a datagram may have over IPv4. */
const MAX_SENT_BYTES = 65_507;

/** How much of an answer is looked at. */
const MAX_ANSWER_BYTES = 4096;

/** Options for {@linkcode udp}. */
export interface UdpOptions {
  /** The port, from 1 to 65535. */
  port: number;
  /**
   * The host: a name, of which the first address is asked, or an address, IPv6
   * with or without brackets.
   *
   * @default {"127.0.0.1"}
   */
  host?: string;
  /**
   * What to send in one datagram: a string as UTF-8, or bytes, 65507 at most.
   */
  send: string | Uint8Array;
  /** What the first 4 KiB of an answer should contain or match. */
  expect: string | RegExp | Uint8Array;
  /** Which version of IP to use. */
  family?: Family;
}

/**
 * Probes a UDP port: it sends one datagram, and passes if one comes back from the
 * same address and port that has what is expected. Others that come meanwhile
 * are ignored if the right one comes in time. Silence says nothing of a port, so
 * that something has to be expected.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { udp } from "@lifesign/lifesign/probes";
 *
 * const game = udp({ port: 27015, send: "ping", expect: "pong" });
 * assertEquals(game.target, "127.0.0.1:27015");
 * ```
 */
export function udp(options: UdpOptions): Probe {
  const { host = "127.0.0.1", port, family } = options;
  const { named } = placesOf({ host, port });
  mustBeAddresses(family === undefined ? {} : { family });
  mustBeOfFamily(named.hostname, family);
  const sent = sending("send", options.send).bytes([]);
  if (sent.length > MAX_SENT_BYTES) {
    throw new OptionError(
      "send",
      `expected at most ${MAX_SENT_BYTES} bytes, got ${sent.length}`,
    );
  }
  const { expected } = expecting("expect", options.expect);
  const peer = authority(named);

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    using datagrams = await openDatagrams(named, signal, family);
    enterStage(signal, "waiting for an answer");
    let wrong: Uint8Array | undefined;
    findAtDeadline(signal, () =>
      wrong && fail({
        code: "mismatch",
        message: expected.complaint(wrong, ""),
      }));
    await datagrams.send(sent);
    return await datagrams.find((bytes) => {
      const answer = bytes.slice(0, MAX_ANSWER_BYTES);
      const place = { isLineStart: true, isComplete: true };
      if (expected.find(answer, place) !== undefined) return pass();
      wrong ??= answer;
      return undefined;
    }, signal);
  }

  return define(withOutcome(attempt, peer), {
    type: "udp",
    target: peer,
    permissions: datagramPermissions(named),
    prepare: () => loadDatagrams()?.then(() => {}),
  });
}
