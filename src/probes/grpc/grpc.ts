import { mustBeBoolean, OptionError } from "../../core/option_error.ts";
import { error, fail } from "../../core/outcome.ts";
import { likelySecrets } from "../../core/secrets.ts";
import { deadlineOf, enterStage } from "../../core/stage.ts";
import type { Detail, DetailMetric, Outcome, Probe } from "../../core/types.ts";
import { monotonicTime, wallTime } from "../../io/clock.ts";
import { authority, type Endpoint, placesOf } from "../address.ts";
import type { Symptom } from "../classify.ts";
import {
  type AddressOptions,
  mustBeAddresses,
  netPermissions,
} from "../connection/addresses.ts";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { type ExpiryLimits, expiryTest } from "../connection/expiry.ts";
import type { TlsConnection } from "../connection/tls.ts";
import { define } from "../define.ts";
import { failure } from "../failure.ts";
import { mustBeOfFamily } from "../family.ts";
import {
  securityOf,
  type SecurityOptions,
  TLS_METRICS,
  tlsDetail,
} from "../tcp/security.ts";
import { mustBePlain, tlsFiles } from "../tls_options.ts";
import { withOutcome } from "../with_outcome.ts";
import { encodeRequest, PATH, SERVING_STATUSES } from "./health.ts";
import { type Call, call } from "./http2/call.ts";
import type { Field } from "./http2/hpack.ts";
import { Judge } from "./judge.ts";
import { metadataFields, timeoutField } from "./metadata.ts";

/** Options for {@linkcode grpc}. */
export interface GrpcOptions
  extends SecurityOptions, Pick<AddressOptions, "family"> {
  /** The port, from 1 to 65535. */
  port: number;
  /**
   * The host: a name or an address, IPv6 with or without brackets.
   *
   * @default {"127.0.0.1"}
   */
  host?: string;
  /**
   * The service to ask for, such as `"shop.v1.Orders"`. The empty one is the
   * server as a whole.
   *
   * @default {""}
   */
  service?: string;
  /**
   * Whether the connection is over TLS. The certificate is verified for `host`.
   *
   * @default {false}
   */
  tls?: boolean;
  /** What to send as `:authority`; it defaults to the host and the port. */
  authority?: string;
  /**
   * Headers to send, such as `authorization`. The value of a name that ends in
   * `-bin` is base64.
   *
   * @default {{}}
   */
  metadata?: Readonly<Record<string, string>>;
  /**
   * Where to connect instead of to `host`, such as a container's address; it
   * may have a port of its own.
   */
  address?: string;
  /** When a certificate that ends soon warns or fails. It needs `tls`. */
  certificate?: ExpiryLimits;
}

/** A longer name would not fit into one frame. */
const MAX_SERVICE_LENGTH = 4000;

/** The metrics of all gRPC probes, under the names of blackbox_exporter. */
const METRICS: readonly DetailMetric[] = Object.freeze([
  {
    name: "probe_grpc_status_code",
    help: "The gRPC status of the last attempt.",
    key: "grpcStatus",
  },
  ...SERVING_STATUSES.map((each): DetailMetric => ({
    name: "probe_grpc_healthcheck_response",
    help: "Whether this was the serving status of the last attempt.",
    labels: { serving_status: each },
    key: "servingStatus",
    value: (status) => status === each ? 1 : 0,
  })),
  ...TLS_METRICS,
]);

/**
 * Probes a gRPC server: it passes if its health service (`grpc.health.v1`) says
 * that the server, or one of its services, is `SERVING`. Each attempt makes a
 * connection of its own.
 *
 * @throws {OptionError} If an option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { grpc } from "@lifesign/lifesign/probes";
 *
 * const orders = grpc({ port: 50051, service: "shop.v1.Orders" });
 * assertEquals(orders.target, "grpc://127.0.0.1:50051/shop.v1.Orders");
 * ```
 */
export function grpc(options: GrpcOptions): Probe {
  const { host = "127.0.0.1", port, service = "", family, address } = options;
  const { metadata = {}, tls: isSecure = false } = options;
  mustBeBoolean("tls", options.tls);
  mustBeAddresses(options);
  const { named, to } = placesOf({ host, port, address });
  mustBeOfFamily(to.hostname, family);
  const peer = authority(to);
  const message = requestOf(service);
  const fields: readonly Field[] = [
    [":method", "POST"],
    [":scheme", isSecure ? "https" : "http"],
    [":path", PATH],
    [":authority", authorityOf(options, named)],
    ["te", "trailers"],
    ["content-type", "application/grpc"],
    ...metadataFields(metadata),
  ];
  const { hostname } = named;
  const security = isSecure
    ? securityOf(options, {
      peer,
      hostname,
      protocols: ["h2"],
      detailOf: tlsDetail,
    })
    : mustBePlain(options, "expected tls: true with it");
  const expiry = expiryTest("certificate", options.certificate ?? {});

  async function attempt(signal: AbortSignal): Promise<Outcome> {
    const isChosen = family !== undefined;
    if (!("Deno" in globalThis) && (security !== undefined || isChosen)) {
      const what = security === undefined ? "choice of addresses" : "TLS";
      return error({
        code: "unsupported",
        message: `This runtime has no ${what} for grpc checks: only Deno has`,
      });
    }
    using opened = await connect(to, signal, family);
    if (security === undefined) return await ask(opened, signal, {});
    using secured = await security.secure(opened, signal);
    mustBeHttp2(secured, peer);
    const outcome = await ask(secured, signal, tlsDetail(secured));
    if (outcome.verdict !== "pass") return outcome;
    return expiry(secured.lifetime, wallTime(), outcome.detail!) ?? outcome;
  }

  /** Asks over a connection. */
  async function ask(
    connection: Connection,
    signal: AbortSignal,
    detail: Detail,
  ): Promise<Outcome> {
    const judge = new Judge(service, detail);
    const deadline = deadlineOf(signal);
    const request: Call = {
      fields: deadline === undefined
        ? fields
        : [...fields, timeoutField(deadline - monotonicTime())],
      message,
      silence: `${peer} closed the connection without an answer${
        isSecure ? "" : ": it may want TLS"
      }`,
      onHead: (head) => judge.takeHead(head),
      onBody(part) {
        judge.takeBody(part);
        if (judge.hasMessage) {
          enterStage(signal, "waiting for the status after the message");
        }
      },
    };
    return judge.outcome(await call(connection, request, peer, signal));
  }

  return define(withOutcome(attempt, peer, SYMPTOMS), {
    type: "grpc",
    target: targetOf(isSecure, named, service),
    permissions: [
      ...netPermissions(to, options),
      ...tlsFiles(options).map((path) => ({ name: "read", path }) as const),
    ],
    metrics: METRICS,
    secrets: likelySecrets(Object.entries(metadata)),
    ...(security !== undefined && "Deno" in globalThis &&
      { prepare: security.prepare }),
  });
}

/** What only gRPC over TLS meets. */
const SYMPTOMS: readonly Symptom[] = [{
  sign: /NO_APPLICATION_PROTOCOL|NoApplicationProtocol/i,
  outcome: (target) => fail({ code: "protocol", message: noHttp2(target) }),
}];

function noHttp2(peer: string): string {
  return `${peer} does not offer HTTP/2 in the TLS handshake (ALPN), which gRPC needs`;
}

/** Checks that a server speaks HTTP/2, as the clients of gRPC do. */
function mustBeHttp2({ socket }: TlsConnection, peer: string): void {
  if (socket.alpnProtocol !== "h2") throw failure("protocol", noHttp2(peer));
}

function requestOf(service: string): Uint8Array {
  if (service.length > MAX_SERVICE_LENGTH) {
    throw new OptionError(
      "service",
      `expected a name of at most ${MAX_SERVICE_LENGTH} characters, got one of ${service.length}`,
    );
  }
  if (!service.isWellFormed()) {
    throw new OptionError("service", "expected a name that is valid Unicode");
  }
  return encodeRequest(service);
}

function authorityOf(
  { authority: given }: GrpcOptions,
  named: Endpoint,
): string {
  if (given === undefined) return authority(named);
  if (/^[!-~]+$/.test(given)) return given;
  throw new OptionError(
    "authority",
    `expected a host such as "shop.example:443", got ${JSON.stringify(given)}`,
  );
}

/** The target as it is written on a command line. */
function targetOf(isSecure: boolean, named: Endpoint, service: string): string {
  const path = encodeURIComponent(service).replaceAll("%2F", "/");
  return `${isSecure ? "grpcs" : "grpc"}://${authority(named)}${
    path === "" ? "" : `/${path}`
  }`;
}
