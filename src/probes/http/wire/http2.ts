import type { ClientHttp2Session, ClientHttp2Stream } from "node:http2";
import { enterStage } from "../../../core/stage.ts";
import { oneLine } from "../../../core/text.ts";
import { unlessAborted } from "../../../io/abort.ts";
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
  const socket = connection.handOver();
  // Without a name, as for an address, it would fail to make an origin.
  (socket as { servername?: string }).servername = url.hostname;
  const session: ClientHttp2Session = connect(url.origin, {
    createConnection: () => socket,
  });
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  const close = (): void => {
    session.destroy();
    connection.close();
  };
  const fault = (error: unknown): unknown =>
    signal.aborted ? signal.reason : failure(
      "protocol",
      `${peer} did not answer over HTTP/2: ${
        oneLine((error as Error).message, 120)
      }`,
    );
  const refuse = (error: unknown): void => reject(fault(error));
  session.on("error", refuse);
  let stream: ClientHttp2Stream;
  try {
    stream = session.request({
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
  } catch (error) {
    // The session may have ended already, or a header is none of HTTP/2.
    close();
    throw fault(error);
  }
  stream.on("error", refuse);
  stream.on("close", () => refuse(new Error("the stream was closed")));
  stream.on("response", (headers) => {
    const fields = Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith(":")
        ? []
        : [value].flat().map((each) => [name, String(each)] as const)
    );
    const status = Number(headers[":status"]);
    if (!(status >= 100)) return refuse(new Error("it has no status"));
    resolve({ head: { status, isOld: false, fields }, body: body(), close });
  });
  async function* body(): AsyncGenerator<Uint8Array> {
    const parts: AsyncIterator<Uint8Array> = stream[Symbol.asyncIterator]();
    try {
      while (true) {
        // Not all that ends a connection ends its streams.
        const { done, value } = await unlessAborted(parts.next(), signal);
        if (done) return;
        yield value;
      }
    } catch (error) {
      throw fault(error);
    }
  }
  stream.end(request.body);
  try {
    return await unlessAborted(promise, signal);
  } catch (error) {
    close();
    throw error;
  }
}
