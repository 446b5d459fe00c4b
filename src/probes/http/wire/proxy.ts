import { error, fail } from "../../../core/outcome.ts";
import { unescaped } from "../../../core/secrets.ts";
import { classify, internal } from "../../classify.ts";
import type { Connection } from "../../connection/connection.ts";
import { enterStage } from "../../../core/stage.ts";
import { Failure, failure } from "../../failure.ts";
import { ResponseReader } from "./framing.ts";

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

/**
 * Opens a tunnel to a host and port. If the proxy refuses it, the connection is
 * closed and the result rejects.
 */
export async function tunnel(
  connection: Connection,
  { to, proxy, peer }: {
    readonly to: string;
    readonly proxy: URL;
    readonly peer: string;
  },
  signal: AbortSignal,
): Promise<Connection> {
  using opening = new DisposableStack();
  opening.use(connection);
  enterStage(signal, `waiting for a tunnel through ${peer}`);
  const headers = {
    host: to,
    "user-agent": "lifesign",
    ...proxyAuthorization(proxy),
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
  const { status } = await reader.head();
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
export function proxyFault(thrown: unknown, peer: string): Failure {
  if (thrown instanceof TunnelFailure) return thrown;
  const { code, message } = (classify(thrown, peer) ?? internal(thrown))
    .reason!;
  return new Failure(error({ code, message: upperFirst(message) }), {
    cause: thrown,
  });
}

/** The body of an answer that came by a proxy, which may have cut it. */
export async function* bodyByProxy(
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
