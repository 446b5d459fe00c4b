import {
  mustBeBoolean,
  OptionError,
  readOption,
} from "../../core/option_error.ts";
import type { DetailMetric, Probe } from "../../core/types.ts";
import { monotonicTime } from "../../io/clock.ts";
import { authority, type Endpoint, endpoint } from "../address.ts";
import {
  atAddresses,
  mustBeAddresses,
  netPermissions,
} from "../connection/addresses.ts";
import { EXPIRY_METRIC } from "../connection/expiry.ts";
import { fingerprintFrom } from "../connection/certificate.ts";
import { define } from "../define.ts";
import { mustBeOfFamily } from "../family.ts";
import { mustBeTls, tlsFiles } from "../tls_options.ts";
import { withOutcome } from "../with_outcome.ts";
import { mustCombine } from "./combinations.ts";
import { fetchTransport } from "./fetch.ts";
import { judgeOf } from "./judge.ts";
import type { HttpOptions } from "./options.ts";
import { PHASE_METRICS } from "./phases.ts";
import { hrefOf, parseUrl, requestOf, secretsOf } from "./request.ts";
import type { Transport } from "./transport.ts";
import { portOf } from "./wire/destination.ts";
import { wireTransport } from "./wire/transport.ts";

/** The metrics of all http probes, under the names of blackbox_exporter. */
const METRICS: readonly DetailMetric[] = Object.freeze([
  {
    name: "probe_http_status_code",
    help: "The HTTP status of the last attempt.",
    key: "httpStatus",
  },
  ...PHASE_METRICS,
  EXPIRY_METRIC,
]);

/**
 * Probes a URL: it passes if the answer has the expected status and whatever
 * else is asked of it. Each attempt makes a connection of its own.
 *
 * @throws {OptionError} If the URL is not an absolute HTTP one (`url`), or an
 * option is not valid.
 *
 * @example
 * ```ts
 * import { assertEquals } from "@std/assert";
 * import { http } from "@lifesign/lifesign";
 *
 * await using server = Deno.serve({ port: 0, onListen() {} }, () =>
 *   Response.json({ status: "ok" }));
 * const web = http(`http://127.0.0.1:${server.addr.port}/health`, {
 *   json: { status: "ok" },
 *   latency: { warn: "500ms" },
 * });
 *
 * const { verdict, detail } = await web(AbortSignal.timeout(5000));
 * assertEquals([verdict, detail?.httpStatus], ["pass", 200]);
 * ```
 */
export function http(url: string | URL, options: HttpOptions = {}): Probe {
  const parsed = parseUrl("url", url);
  const href = hrefOf(parsed);
  const request = requestOf(parsed, options);
  const judge = judgeOf(options, request.method);
  const transport = transportOf(parsed, options);
  mustCombine(parsed, request.method, options);
  if (options.unix === undefined) {
    const { hostname } = endpointOf(parsed, options);
    mustBeOfFamily(hostname, options.family);
  }
  const attempt = withOutcome(async (signal) => {
    signal.throwIfAborted();
    const startedAt = monotonicTime();
    const answer = await transport.ask(href, request, signal);
    try {
      return await judge(answer, signal, startedAt);
    } finally {
      await answer.close();
    }
  }, href);

  const own = { ...options, headers: request.headers };
  return define(
    atAddresses(
      own,
      () => endpointOf(parsed, options),
      attempt,
      (own) => http(parsed, own),
    ),
    {
      type: "http",
      target: href,
      permissions: permissionsOf(parsed, options),
      metrics: METRICS,
      // Most checks share the function of the transport.
      prepare: judge.prepare === undefined
        ? transport.prepare
        : (signal) => both(judge.prepare?.(), transport.prepare(signal)),
      secrets: secretsOf(parsed, request, options),
      ...(transport.hold !== undefined && { hold: transport.hold }),
    },
  );
}

/** Resolves when both have, if there is one. */
function both(
  one: Promise<void> | undefined,
  other: Promise<void> | undefined,
): Promise<void> | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return Promise.all([one, other]).then(() => {});
}

/** The options that only Deno can honour. */
const ONLY_ON_DENO = [
  "address",
  "unix",
  "proxy",
  "ca",
  "cert",
  "key",
  "fingerprint",
  "certificate",
  "family",
] as const;

/** Chooses how to get there. */
function transportOf(url: URL, options: HttpOptions): Transport {
  const { address, unix, ca, cert, key, proxy, verify, fingerprint } = options;
  mustBeTls({ ca, cert, key });
  mustBeBoolean("verify", verify);
  mustBeBoolean("keepAlive", options.keepAlive);
  if (proxy !== undefined) {
    const { hostname } = parseUrl("proxy", proxy);
    readOption("proxy", () => endpoint(hostname, portOf(new URL(proxy))));
  }
  if (options.certificate !== undefined && url.protocol !== "https:") {
    throw new OptionError("certificate", "expected an https: URL with it");
  }
  const { addresses, family } = options;
  mustBeAddresses(options);
  const wire = {
    family,
    keepAlive: options.keepAlive ?? false,
    ca,
    cert,
    key,
    unix,
    verify,
    isSecure: url.protocol === "https:" || /^https:/i.test(proxy ?? ""),
    ...(address !== undefined &&
      { address: readOption("address", () => addressOf(address)) }),
    ...(proxy !== undefined && { proxy: new URL(proxy) }),
    ...(fingerprint !== undefined && {
      fingerprint: readOption(
        "fingerprint",
        () => fingerprintFrom(fingerprint),
      ),
    }),
  };
  if ("Deno" in globalThis) return wireTransport(wire);
  return fetchTransport(authority(endpointOf(url, {})), options, [
    ...ONLY_ON_DENO.filter((name) => options[name] !== undefined),
    ...(verify === false ? ["verify: false"] : []),
    ...(addresses === "all" ? ["addresses: all"] : []),
  ]);
}

/** Where to connect instead; without a port, it is that of the URL. */
function addressOf(address: string): { hostname: string; port?: number } {
  const { hostname, port } = endpoint(address, 80);
  return endpoint(address, 81).port === port
    ? { hostname, port }
    : { hostname };
}

/** Where the connection goes. */
function endpointOf(url: URL, { address, proxy }: HttpOptions): Endpoint {
  const to = proxy === undefined ? url : new URL(proxy);
  return readOption("url", () => endpoint(address ?? to.hostname, portOf(to)));
}

function permissionsOf(
  url: URL,
  options: HttpOptions,
): Deno.PermissionDescriptor[] {
  const { unix } = options;
  return [
    ...(unix === undefined
      ? netPermissions(endpointOf(url, options), options)
      : [
        { name: "net", host: `unix:${unix}` } as const,
        { name: "read", path: unix } as const,
        { name: "write", path: unix } as const,
      ]),
    ...tlsFiles(options).map((path) => ({ name: "read", path }) as const),
  ];
}
