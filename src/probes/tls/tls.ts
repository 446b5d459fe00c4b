import { error, fail, pass } from "../../core/outcome.ts";
import { OptionError } from "../../core/option_error.ts";
import { enterStage, findAtDeadline } from "../../core/stage.ts";
import type { Outcome, Probe } from "../../core/types.ts";
import { wallTime } from "../../io/clock.ts";
import { authority, placesOf, withoutPort } from "../address.ts";
import {
  type AddressOptions,
  atAddresses,
  mustBeAddresses,
  netPermissions,
} from "../connection/addresses.ts";
import { type ExpiryLimits, expiryTest } from "../connection/expiry.ts";
import type { TlsConnection } from "../connection/tls.ts";
import { define } from "../define.ts";
import { mustBeOfFamily } from "../family.ts";
import { openDialogue } from "../tcp/dialogue.ts";
import {
  securityOf,
  type SecurityOptions,
  TLS_METRICS,
} from "../tcp/security.ts";
import { tlsFiles } from "../tls_options.ts";
import { withOutcome } from "../with_outcome.ts";
import { handshakeDetail } from "./detail.ts";
import { sayFarewell } from "../connection/farewell.ts";
import { speak, STARTTLS, type StartTls, usualPort } from "./starttls.ts";
import { usualLimits } from "./usual_limits.ts";

/** Options for {@linkcode tls}. */
export interface TlsProbeOptions extends SecurityOptions, AddressOptions {
  /** The host: a name or an address, IPv6 with or without brackets. */
  host: string;
  /**
   * The port, from 1 to 65535. With `starttls`, it defaults to the usual one of
   * the protocol: 25, 143, 110, 21, 5432 or 3306.
   *
   * @default {443}
   */
  port?: number;
  /** The protocol that is spoken until TLS begins. */
  starttls?: StartTls;
  /**
   * The name to ask for, and to verify the certificate for.
   *
   * @default {The host.}
   */
  name?: string;
  /**
   * Where to connect instead of to `host`, such as a container's address; it
   * may have a port of its own.
   */
  address?: string;
  /**
   * When a certificate that ends soon warns or fails: a duration such as
   * `"21d"`, or a share of its lifetime such as `"20%"`. Of those that the server
   * shows, the one that ends first counts, but no roots.
   *
   * @default {`{ warn: "21d", fail: "7d" }`, and `{ warn: "25%", fail: "10%" }` if it is valid for less than 12 weeks}
   */
  certificate?: ExpiryLimits;
}

/**
 * Probes a server's certificate: it passes if a TLS handshake succeeds, the
 * certificate is trusted, and it does not end soon. The details say what the
 * certificate is, trusted or not: `certExpiresAt`, `certDaysLeft`,
 * `certSubject`, `certIssuer`, `certNames`, `certFingerprint` and `tlsVersion`.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { tls } from "@lifesign/lifesign/probes";
 *
 * const mail = tls({ host: "mail.example", starttls: "smtp" });
 * assertEquals(mail.target, "mail.example:25");
 * ```
 */
export function tls(options: TlsProbeOptions): Probe {
  const { host, address, family, starttls, name = host } = options;
  mustBeAddresses(options);
  if (starttls !== undefined && !STARTTLS.includes(starttls)) {
    throw new OptionError(
      "starttls",
      `expected one of ${STARTTLS.join(", ")}, got ${JSON.stringify(starttls)}`,
    );
  }
  const usual = starttls === undefined ? 443 : usualPort(starttls);
  const { port = usual } = options;
  const { named, to } = placesOf({ host, port, address });
  mustBeOfFamily(to.hostname, family);
  const peer = authority(to);
  const security = securityOf(options, {
    peer,
    hostname: withoutPort("name", name, port).hostname,
    detailOf: handshakeDetail,
  });
  const limits = options.certificate === undefined
    ? usualLimits
    : expiryTest("certificate", options.certificate);

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    if (!("Deno" in globalThis)) {
      return error({
        code: "unsupported",
        message: "This runtime has no tls checks: only Deno has",
      });
    }
    using dialogue = await openDialogue(to, signal, family);
    if (starttls !== undefined) {
      const fault = await speak(starttls, dialogue, peer, signal);
      if (fault !== undefined) return fault;
    }
    let secured: TlsConnection | undefined;
    await dialogue.secure(async (connection) =>
      secured = await security.secure(connection, signal)
    );
    if (secured === undefined) {
      return fail({
        code: "protocol",
        message: `${peer} sent more than its answer before TLS`,
      });
    }
    const detail = handshakeDetail(secured);
    const judged = limits(secured.lifetime, wallTime(), detail) ?? pass(detail);
    if (judged.verdict === "fail") return judged;
    enterStage(signal, "ending TLS");
    findAtDeadline(signal, () => judged);
    await sayFarewell(secured);
    return judged;
  }

  const run = withOutcome(attempt, peer);
  const own = { ...options, port, name };

  return define(atAddresses(own, () => to, run, tls), {
    type: "tls",
    target: authority(named),
    permissions: [
      ...netPermissions(to, options),
      ...tlsFiles(options).map((path) => ({ name: "read", path }) as const),
    ],
    metrics: TLS_METRICS,
    ...("Deno" in globalThis && { prepare: security.prepare }),
  });
}
