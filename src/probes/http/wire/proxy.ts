import { error, fail } from "../../../core/outcome.ts";
import { unescaped } from "../../../core/secrets.ts";
import { classify, internal } from "../../classify.ts";
import type { Connection } from "../../connection/connection.ts";
import { enterStage } from "../../../core/stage.ts";
import { Failure, failure } from "../../failure.ts";
import { type Exchange, exchange } from "./exchange.ts";
import { ResponseReader } from "./framing.ts";
import type { Hop } from "./redirect.ts";

/** RFC 7617. */
export function basic(username: string, password: string): string {
  return `Basic ${btoa(unescaped(`${username}:${password}`))}`;
}

/** The header with the credentials of a proxy's URL, if it has some. */
export function proxyAuthorization(
  { username, password }: URL,
): Record<string, string> {
  return username === "" && password === ""
    ? {}
    : { "proxy-authorization": basic(username, password) };
}

/** A proxy. */
export interface Proxy {
  readonly url: URL;
  /** What messages call it. */
  readonly name: string;
  /** Connects to it. */
  readonly dial: () => Promise<Connection>;
}

/** Asks a proxy for an `http:` URL. */
export async function exchangeByProxy(
  { url, name, dial }: Proxy,
  hop: Hop,
  signal: AbortSignal,
): Promise<Exchange> {
  try {
    const headers = { ...hop.request.headers, ...proxyAuthorization(url) };
    const opened = await exchange(
      await dial(),
      { ...hop, request: { ...hop.request, headers } },
      { peer: name, isProxied: true },
      signal,
    );
    if (opened.head.status !== 407) {
      return { ...opened, body: bodyByProxy(opened.body, name, signal) };
    }
    opened.close();
    throw new Failure(error({
      code: "status",
      message: `${upperFirst(name)} asks for credentials: it answered 407`,
    }));
  } catch (thrown) {
    signal.throwIfAborted();
    throw proxyFault(thrown, name);
  }
}

/** Opens a tunnel through a proxy to a host and port. */
export async function tunnel(
  proxy: Proxy,
  to: string,
  signal: AbortSignal,
): Promise<Connection> {
  try {
    return await openTunnel(await proxy.dial(), proxy, to, signal);
  } catch (thrown) {
    signal.throwIfAborted();
    throw proxyFault(thrown, proxy.name);
  }
}

/** Asks for a tunnel. If the proxy refuses it, the connection is closed. */
async function openTunnel(
  connection: Connection,
  { url, name: peer }: Proxy,
  to: string,
  signal: AbortSignal,
): Promise<Connection> {
  using opening = new DisposableStack();
  opening.use(connection);
  enterStage(signal, `waiting for a tunnel through ${peer}`);
  const headers = {
    host: to,
    "user-agent": "lifesign",
    ...proxyAuthorization(url),
  };
  const lines = Object.entries(headers).map(([name, value]) =>
    `${name}: ${value}\r\n`
  );
  await connection.write(
    new TextEncoder().encode(
      `CONNECT ${to} HTTP/1.1\r\n${lines.join("")}\r\n`,
    ),
  );
  const reader = new ResponseReader(connection, peer);
  const { status } = await reader.head(true);
  if (status >= 200 && status < 300) {
    // The client speaks first in TLS: this is a body, and no tunnel.
    if (reader.hasRest) {
      throw failure(
        "protocol",
        `${upperFirst(peer)} opened no tunnel to ${to}: it sent a body`,
      );
    }
    opening.move();
    return connection;
  }
  throw new TunnelFailure(refusedTunnel(status, to, peer));
}

/** A proxy answered that there is no tunnel. */
class TunnelFailure extends Failure {}

/** A gateway that reaches nobody tells of the target, all else of the proxy. */
function refusedTunnel(status: number, to: string, peer: string) {
  const isDown = status === 502 || status === 503 || status === 504;
  return isDown
    ? fail({
      code: "unreachable",
      message: `${upperFirst(peer)} cannot reach ${to}: it answered ${status}`,
    })
    : error({
      code: "status",
      message: `${
        upperFirst(peer)
      } refused a tunnel to ${to}: it answered ${status}${
        status === 407 ? ", which asks for credentials" : ""
      }`,
    });
}

/** What a proxy that cannot be used means: nothing of the target is known. */
function proxyFault(thrown: unknown, peer: string): Failure {
  if (thrown instanceof TunnelFailure) return thrown;
  const { code, message } = (classify(thrown, peer) ?? internal(thrown))
    .reason!;
  return new Failure(error({ code, message: upperFirst(message) }), {
    cause: thrown,
  });
}

/** The body of an answer that came by a proxy, which may have cut it. */
async function* bodyByProxy(
  body: AsyncIterable<Uint8Array>,
  peer: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (thrown) {
    signal.throwIfAborted();
    throw proxyFault(thrown, peer);
  }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
