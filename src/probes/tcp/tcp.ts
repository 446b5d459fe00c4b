import {
  type Duration,
  formatDuration,
  parseDuration,
} from "../../core/duration.ts";
import { error, fail, pass } from "../../core/outcome.ts";
import {
  mustBeBoolean,
  OptionError,
  readOption,
} from "../../core/option_error.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import type { Outcome, Probe } from "../../core/types.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { authority, placesOf } from "../address.ts";
import {
  type AddressOptions,
  atAddresses,
  mustBeAddresses,
  netPermissions,
} from "../connection/addresses.ts";
import { sayFarewell } from "../connection/farewell.ts";
import { isTlsAlert } from "../connection/alert.ts";
import { type ExpiryLimits, expiryTest } from "../connection/expiry.ts";
import type { TlsConnection } from "../connection/tls.ts";
import { define } from "../define.ts";
import { mustBeOfFamily } from "../family.ts";
import { mustBePlain, tlsFiles } from "../tls_options.ts";
import { withOutcome } from "../with_outcome.ts";
import { type Dialogue, openDialogue } from "./dialogue.ts";
import {
  type SecurePeer,
  type Security,
  securityOf,
  type SecurityOptions,
  TLS_METRICS,
  tlsDetail,
} from "./security.ts";
import {
  expecting,
  readSteps,
  sending,
  type Step,
  type TcpExpected,
  type TcpSent,
  type TcpStep,
} from "./steps.ts";

/** Options for {@linkcode tcp}. */
export interface TcpOptions extends SecurityOptions, AddressOptions {
  /** The port, from 1 to 65535. */
  port: number;
  /**
   * The host: a name or an address, IPv6 with or without brackets.
   *
   * @default {"127.0.0.1"}
   */
  host?: string;
  /** What to send once connected: a string as UTF-8, or bytes. */
  send?: TcpSent;
  /** What the first 4 KiB of the answer should contain or match. */
  expect?: TcpExpected;
  /**
   * A dialogue, instead of `send` and `expect`: what to expect and to send, in
   * this order.
   */
  steps?: readonly TcpStep[];
  /**
   * Whether the connection is over TLS from the start. Like a step with
   * `starttls`, it verifies the certificate for `host`.
   *
   * @default {false}
   */
  tls?: boolean;
  /**
   * When a certificate that ends soon warns or fails: a duration such as
   * `"21d"`, or a share of its lifetime such as `"20%"`. Of those that the target
   * shows, the one that ends first counts, but no roots.
   */
  certificate?: ExpiryLimits;
  /**
   * How long the target should leave the connection open after all of that.
   * Without it, one that is closed as soon as it was made passes, too, as long as
   * nothing is expected.
   */
  staysOpen?: Duration;
  /**
   * Where to connect instead of to `host`, such as a container's address; it
   * may have a port of its own.
   */
  address?: string;
}

/**
 * Probes a TCP port: it passes if a connection is made and, where something is
 * expected, the answer has it. That a port is open is not yet health: ask for
 * an answer where there is one.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tcp } from "@lifesign/lifesign";
 *
 * const redis = tcp({ port: 6379, send: "PING\r\n", expect: "+PONG" });
 * assertEquals(redis.target, "127.0.0.1:6379");
 * ```
 */
export function tcp(options: TcpOptions): Probe {
  const { host = "127.0.0.1", port, address, family } = options;
  mustBeAddresses(options);
  const { named, to } = placesOf({ host, port, address });
  mustBeOfFamily(to.hostname, family);
  const peer = authority(to);
  const steps = stepsOf(options);
  const security = securityFor(options, steps, {
    peer,
    hostname: named.hostname,
    detailOf: tlsDetail,
  });
  const expiry = expiryTest("certificate", options.certificate ?? {});
  const openMs = options.staysOpen === undefined
    ? 0
    : readOption("staysOpen", () => parseDuration(options.staysOpen!));

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    const isChosen = family !== undefined || options.addresses === "all";
    if (!("Deno" in globalThis) && (security !== undefined || isChosen)) {
      const what = security === undefined ? "choice of addresses" : "TLS";
      return error({
        code: "unsupported",
        message: `This runtime has no ${what} for tcp checks: only Deno has`,
      });
    }
    using dialogue = await openDialogue(to, signal, family);
    if (steps.length === 0 && openMs === 0) return pass();
    const found: Found = {};
    const fault = await converse(dialogue, signal, found) ??
      await stayOpen(dialogue, signal);
    const { secured } = found;
    if (fault !== undefined || secured === undefined) return fault ?? pass();
    const detail = tlsDetail(secured);
    const outcome = expiry(secured.lifetime, wallTime(), detail) ??
      pass(detail);
    if (steps.at(-1)?.type === "starttls" && openMs === 0) {
      findAtDeadline(signal, () => outcome);
      await sayFarewell(secured);
    }
    return outcome;
  }

  /** Makes all steps; returns nothing if they went well. */
  async function converse(
    dialogue: Dialogue,
    signal: AbortSignal,
    found: Found,
  ): Promise<Outcome | undefined> {
    let groups: readonly string[] = [];
    const offset = options.tls === true ? 0 : 1;
    for (const [i, step] of steps.entries()) {
      const where = options.steps === undefined ? "" : ` in step ${i + offset}`;
      if (step.type === "send") {
        enterStage(signal, `sending${where}`);
        await dialogue.send(step.bytes(groups));
        continue;
      }
      if (step.type === "starttls") {
        const isSecure = await dialogue.secure(async (connection) =>
          found.secured = await security!.secure(connection, signal)
        );
        if (isSecure) continue;
        return fail({
          code: "protocol",
          message: `${peer} sent more than its answer before TLS${where}`,
        });
      }
      enterStage(signal, `waiting for an answer${where}`);
      const mismatch = (): Outcome | undefined => {
        const { answer } = dialogue;
        if (answer.length === 0) return undefined;
        return isTlsAlert(answer)
          ? fail({
            code: "protocol",
            message: `${peer} speaks TLS: expected tls: true`,
          })
          : fail({
            code: "mismatch",
            message: step.expected.complaint(answer, where),
          });
      };
      findAtDeadline(signal, mismatch);
      const heard = await dialogue.hear(step.expected);
      if (heard === undefined) {
        signal.throwIfAborted();
        return mismatch() ?? fail({
          code: "reset",
          message: `${peer} closed the connection without an answer${where}`,
        });
      }
      groups = heard;
    }
    return undefined;
  }

  async function stayOpen(
    dialogue: Dialogue,
    signal: AbortSignal,
  ): Promise<Outcome | undefined> {
    if (openMs === 0) return undefined;
    enterStage(signal, "seeing whether the connection stays open");
    const since = monotonicTime();
    const stayedOpen = await dialogue.staysOpen(openMs, signal);
    signal.throwIfAborted();
    if (stayedOpen) return undefined;
    const after = formatDuration(Math.round(monotonicTime() - since));
    return fail({
      code: "reset",
      message: `Expected the connection to stay open for ${
        formatDuration(openMs)
      }, but ${peer} closed it after ${after}`,
    });
  }

  const run = withOutcome(attempt, peer);

  return define(atAddresses(options, () => to, run, tcp), {
    type: "tcp",
    target: authority(named),
    permissions: [
      ...netPermissions(to, options),
      ...tlsFiles(options).map((path) => ({ name: "read", path }) as const),
    ],
    ...(security !== undefined && "Deno" in globalThis &&
      { prepare: security.prepare, metrics: TLS_METRICS }),
  });
}

/** What the steps have found. */
interface Found {
  secured?: TlsConnection;
}

/** The steps of the options; `tls`, `send` and `expect` are such, too. */
function stepsOf({ tls, send, expect, steps }: TcpOptions): Step[] {
  mustBeBoolean("tls", tls);
  const first: Step[] = tls === true ? [{ type: "starttls" }] : [];
  if (steps === undefined) {
    if (send !== undefined) first.push(sending("send", send));
    if (expect !== undefined) first.push(expecting("expect", expect));
    return first;
  }
  if (send !== undefined || expect !== undefined) {
    throw new OptionError("steps", "expected no send and no expect with it");
  }
  return [...first, ...readSteps(steps)];
}

/** What TLS needs, if there is any; it is not started twice. */
function securityFor(
  options: TcpOptions,
  steps: readonly Step[],
  peer: SecurePeer,
): Security | undefined {
  const times = steps.filter(({ type }) => type === "starttls").length;
  if (times > 1) {
    throw new OptionError("steps", "expected TLS to start once, got it twice");
  }
  if (times === 1) return securityOf(options, peer);
  mustBePlain(options, "expected tls: true or a step with starttls with it");
  return undefined;
}
