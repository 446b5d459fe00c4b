import type { ClientHttp2Session } from "node:http2";
import { enterStage } from "../../../core/stage.ts";
import type { TlsConnection } from "../../connection/tls.ts";
import { failure } from "../../failure.ts";
import type { Exchange } from "./exchange.ts";
import type { Hop } from "./redirect.ts";

/** Headers that HTTP/2 does not have (RFC 9113, section 8.2.2). */
const NOT_IN_HTTP2 =
  /^(?:host|connection|upgrade|keep-alive|transfer-encoding|proxy-connection)$/;

/** Sends a request over HTTP/2, to a server that speaks nothing else. */
export async function exchangeByHttp2(
  connection: TlsConnection,
  { url, request }: Hop,
  peer: string,
  signal: AbortSignal,
): Promise<Exchange> {
  const { connect } = await import("node:http2");
  enterStage(signal, "waiting for the response");
  const session: ClientHttp2Session = connect(url.origin, {
    createConnection: () => connection.handOver(),
  });
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  const close = (): void => {
    session.destroy();
    connection.close();
  };
  const refuse = (error: unknown): void => {
    reject(
      signal.aborted ? signal.reason : failure(
        "protocol",
        `${peer} did not answer over HTTP/2: ${(error as Error).message}`,
      ),
    );
  };
  session.on("error", refuse);
  const stream = session.request({
    ":method": request.method,
    ":scheme": "https",
    ":authority": request.headers.host ?? url.host,
    ":path": `${url.pathname}${url.search}`,
    accept: "*/*",
    ...Object.fromEntries(
      Object.entries(request.headers).filter(([name]) =>
        !NOT_IN_HTTP2.test(name)
      ),
    ),
  });
  stream.on("error", refuse);
  stream.on("close", () => refuse(new Error("the stream was closed")));
  stream.on("response", (headers) => {
    const fields = Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(":")
        ? []
        : [value].flat().map((each) => [name, String(each)] as const)
    );
    const status = Number(headers[":status"]);
    resolve({ head: { status, isOld: false, fields }, body: stream, close });
  });
  stream.end(request.body);
  try {
    return await promise;
  } catch (error) {
    close();
    throw error;
  }
}
