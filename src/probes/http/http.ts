import { error } from "../../core/outcome.ts";
import { OptionError, readOption } from "../../core/option_error.ts";
import { excerpt } from "../../core/text.ts";
import type { DetailMetric, Outcome, Probe } from "../../core/types.ts";
import {
  likelySecrets,
  querySecrets,
  type Secrets,
  unescaped,
  withoutCredentials,
} from "../../core/secrets.ts";
import { monotonicTime } from "../../io/clock.ts";
import { enterStage } from "../../core/stage.ts";
import { authority, endpoint } from "../address.ts";
import { classify, internal } from "../classify.ts";
import { define } from "../define.ts";
import { directTransport } from "./direct.ts";
import { fetchTransport, refusedPort } from "./fetch.ts";
import { type HttpExpectations, judgeOf } from "./judge.ts";
import type { HttpRequest, Transport } from "./transport.ts";
import { timedOut } from "../timed_out.ts";
import { mustBeTls, TlsError, tlsFiles } from "../tls_options.ts";

/** Options for {@linkcode http}. */
export interface HttpOptions extends HttpExpectations {
  /**
   * The request's method.
   *
   * @default {"GET"}
   */
  method?: string;
  /** The request's headers; a `host` among them is sent as it is. */
  headers?: HeadersInit;
  /** The request's body. */
  body?: string;
  /**
   * Whether redirects are answers themselves or are followed, at most 20.
   *
   * @default {"manual"}
   */
  redirect?: "manual" | "follow";
  /**
   * Where to connect instead, with the URL's host kept for the Host header and
   * for TLS: a host, and perhaps a port.
   */
  address?: string;
  /** An authority to trust, as PEM or the path of a PEM file. */
  ca?: string;
  /** A certificate to show, likewise; it needs `key`. */
  cert?: string;
  /** The certificate's private key, likewise. */
  key?: string;
  /** The path of a Unix socket to connect to instead. */
  unix?: string;
  /** A proxy to go through; the environment's is never used. */
  proxy?: string;
  /**
   * Whether a connection may serve many attempts. That is cheaper, and hides
   * faults of DNS, connecting and TLS. With `address`, `unix`, a `host` header
   * or where the environment may name a proxy, each attempt still makes its own.
   *
   * @default {false}
   */
  keepAlive?: boolean;
}

/** The metrics of all http probes, under the names of blackbox_exporter. */
const METRICS: readonly DetailMetric[] = Object.freeze([{
  name: "probe_http_status_code",
  help: "The HTTP status of the last attempt.",
  key: "httpStatus",
}]);

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
 * const outcome = await web(AbortSignal.timeout(5000));
 * assertEquals(outcome, { verdict: "pass", detail: { httpStatus: 200 } });
 * ```
 */
export function http(url: string | URL, options: HttpOptions = {}): Probe {
  const parsed = parseUrl("url", url);
  const href = hrefOf(parsed);
  const request = requestOf(parsed, options);
  const judge = judgeOf(options);
  const transport = transportOf(request, parsed, options);
  const peer = readOption("url", () => peerOf(parsed, options));
  const { proxy } = options;
  const blamed = proxy === undefined
    ? peer
    : `the proxy ${readOption("proxy", () => peerOf(new URL(proxy), {}))}`;

  return define(async (signal) => {
    try {
      signal.throwIfAborted();
      const startedAt = monotonicTime();
      enterStage(signal, "waiting for the response");
      const answer = await transport.ask(href, request, signal);
      try {
        return await judge(answer, signal, startedAt);
      } finally {
        await answer.close();
      }
    } catch (thrown) {
      if (signal.aborted) return timedOut(signal);
      return ownFault(thrown) ?? classify(thrown, blamed) ??
        internal(thrown);
    }
  }, {
    type: "http",
    target: href,
    permissions: permissionsOf(peer, options),
    metrics: METRICS,
    prepare: transport.prepare,
    secrets: secretsOf(parsed, request, options),
    ...(transport.hold !== undefined && { hold: transport.hold }),
  });
}

/** The secrets in a request, which its server may repeat. */
function secretsOf(
  url: URL,
  { headers }: HttpRequest,
  { proxy }: HttpOptions,
): Secrets {
  const passwords = [
    url.password,
    proxy === undefined ? "" : new URL(proxy).password,
  ].filter((password) => password !== "");
  return likelySecrets(Object.entries(headers), [
    ...querySecrets(url.search),
    ...passwords,
    ...passwords.map(unescaped),
  ]);
}

/** What most requests are, made once. */
const USUAL: HttpRequest = {
  method: "GET",
  headers: { "user-agent": "lifesign" },
  body: undefined,
  redirect: "manual",
};

/** What is asked, checked as `fetch` would check it. */
function requestOf(url: URL, options: HttpOptions): HttpRequest {
  const { method = "GET", body, redirect = "manual" } = options;
  if (redirect !== "manual" && redirect !== "follow") {
    throw new OptionError(
      "redirect",
      `expected "manual" or "follow", got ${JSON.stringify(redirect)}`,
    );
  }
  const headers = headersOf(url, options);
  if (method !== "GET" || body !== undefined) {
    // They throw what each attempt would.
    readOption("method", () => new Request("http://localhost", { method }));
    readOption(
      "body",
      () =>
        new Request("http://localhost", {
          // A proxy is reached by `fetch`, which sends no body with GET.
          method: isGet(method) && options.proxy === undefined
            ? "POST"
            : method,
          body: body ?? null,
        }),
    );
  } else if (headers === USUAL.headers && redirect === USUAL.redirect) {
    return USUAL;
  }
  return { method: method.toUpperCase(), headers, body, redirect };
}

function isGet(method: string): boolean {
  return method.toUpperCase() === "GET";
}

/** The URL as it is asked for and shown: its credentials go in a header. */
function hrefOf(url: URL): string {
  if (url.username === "" && url.password === "" && url.hash === "") {
    return url.href;
  }
  const shown = new URL(url);
  shown.username = shown.password = shown.hash = "";
  return shown.href;
}

/** The headers to send, with the URL's credentials among them. */
function headersOf(
  { username, password }: URL,
  options: HttpOptions,
): HttpRequest["headers"] {
  if (options.headers === undefined && username === "" && password === "") {
    return USUAL.headers;
  }
  const headers = readOption("headers", () => headersFrom(options.headers));
  if (!headers.has("user-agent")) headers.set("user-agent", "lifesign");
  if ((username !== "" || password !== "") && !headers.has("authorization")) {
    headers.set("authorization", basic(username, password));
  }
  return Object.fromEntries(headers);
}

function headersFrom(init: HeadersInit | undefined): Headers {
  try {
    return new Headers(init);
  } catch (error) {
    if (!/^Invalid header value/.test((error as Error).message)) throw error;
    // The runtime quotes the value, which may be secret.
    throw new TypeError("Invalid header value", { cause: error });
  }
}

function parseUrl(option: "url" | "proxy", url: string | URL): URL {
  const parsed = URL.parse(url);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    throw new OptionError(
      option,
      `expected an absolute URL with http: or https:, got ${
        parsed === null
          ? excerpt(withoutCredentials(String(url)))
          : `"${parsed.protocol}"`
      }`,
    );
  }
  return parsed;
}

/** RFC 7617. */
function basic(username: string, password: string): string {
  return `Basic ${btoa(unescaped(`${username}:${password}`))}`;
}

/** Chooses how to get there. */
function transportOf(
  request: HttpRequest,
  url: URL,
  options: HttpOptions,
): Transport {
  const { address, unix, ca, cert, key, proxy, keepAlive = false } = options;
  const tls = { ca, cert, key };
  mustBeTls(tls);
  if (proxy !== undefined) {
    parseUrl("proxy", proxy);
    const other = address !== undefined ? "address" : "unix";
    if ((address ?? unix) !== undefined) {
      throw new OptionError("proxy", `cannot be used with ${other}`);
    }
  }
  if (address !== undefined && unix !== undefined) {
    throw new OptionError("unix", "cannot be used with address");
  }
  if (address !== undefined || unix !== undefined) {
    return directTransport({
      ...tls,
      unix,
      address: address === undefined
        ? undefined
        : readOption("address", () => endpoint(address, portOf(url))),
    });
  }
  const isDirect = request.headers.host !== undefined ||
    isGet(request.method) && request.body !== undefined;
  return isDirect && proxy === undefined
    ? directTransport(tls)
    : fetchTransport({ ...tls, proxy, keepAlive });
}

function portOf({ port, protocol }: URL): number {
  return port === "" ? protocol === "https:" ? 443 : 80 : Number(port);
}

/** Where the connection goes, or would go without a proxy. */
function peerOf(
  url: URL,
  { address, unix }: Pick<HttpOptions, "address" | "unix">,
): string {
  return unix ?? authority(endpoint(address ?? url.hostname, portOf(url)));
}

function permissionsOf(
  peer: string,
  options: HttpOptions,
): Deno.PermissionDescriptor[] {
  const { unix, proxy } = options;
  const proxyUrl = proxy === undefined ? undefined : new URL(proxy);
  return [
    ...(unix === undefined ? [{ name: "net", host: peer } as const] : [
      { name: "net", host: `unix:${unix}` } as const,
      { name: "read", path: unix } as const,
      { name: "write", path: unix } as const,
    ]),
    ...(proxyUrl === undefined ? [] : [
      { name: "net", host: peerOf(proxyUrl, {}) } as const,
    ]),
    ...tlsFiles(options).map((path) => ({ name: "read", path }) as const),
  ];
}

/**
 * Of what no target is to blame for: a certificate or key of ours, or a port
 * that `fetch` refuses by a proxy or after a redirect.
 */
function ownFault(thrown: unknown): Outcome | undefined {
  if (thrown instanceof TlsError) {
    return error({ code: "internal", message: thrown.message });
  }
  const port = refusedPort(thrown);
  return port === undefined ? undefined : error({
    code: "internal",
    message:
      `fetch refuses port ${port}, one of the Fetch standard's bad ports`,
  });
}
