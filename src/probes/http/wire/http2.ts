import type {
  ClientHttp2Session,
  ClientHttp2Stream,
  IncomingHttpHeaders,
} from "node:http2";
import { enterStage } from "../../../core/stage.ts";
import { oneLine } from "../../../core/text.ts";
import { unlessAborted } from "../../../io/abort.ts";
import { sleep } from "../../../io/sleep.ts";
import { isClosedByPeer } from "../../connection/connection.ts";
import type { TlsConnection } from "../../connection/tls.ts";
import { failure } from "../../failure.ts";
import { bodyBytes, type Exchange, requestHeaders } from "./exchange.ts";
import { cutAnswer, NoAnswer } from "./framing.ts";
import type { Head } from "./head.ts";
import type { Hop } from "./redirect.ts";

/** Headers that HTTP/2 does not have (RFC 9113, section 8.2.2). */
const NOT_IN_HTTP2 =
  /^(?:host|connection|upgrade|keep-alive|transfer-encoding|proxy-connection)$/;

/** How much of a body is read before it is needed. */
const READ_AHEAD_BYTES = 64 * 1024;

/** How long the last bytes of a connection are awaited, in milliseconds. */
const REST_MS = 250;

/** The peer has ended the connection, and nothing told the stream. */
class HungUp extends Error {
  readonly code = "ECONNRESET";
}

/**
 * Sends a request over HTTP/2, to a server that speaks nothing else. The
 * connection is closed if that fails.
 */
export async function exchangeByHttp2(
  connection: TlsConnection,
  hop: Hop,
  peer: string,
  signal: AbortSignal,
): Promise<Exchange> {
  enterStage(signal, "waiting for the response");
  const { promise, resolve, reject } = Promise.withResolvers<Exchange>();
  promise.catch(() => {});
  let hasHead = false;
  const fault = (error: unknown): unknown => {
    if (signal.aborted) return signal.reason;
    if (isClosedByPeer(error)) {
      return hasHead ? cutAnswer(peer) : new NoAnswer(peer);
    }
    return failure(
      "protocol",
      `${peer} did not answer over HTTP/2: ${
        oneLine((error as Error).message, 120)
      }`,
    );
  };
  const refuse = (error: unknown): void => reject(fault(error));
  let session: ClientHttp2Session | undefined;
  const over = new AbortController();
  const close = (): void => {
    over.abort();
    session?.destroy();
    connection.close();
  };
  try {
    const { PassThrough, pipeline } = await import("node:stream");
    session = await open(connection, hop, refuse);
    const stream = request(session, hop, fault);
    const end = (): void => {
      if (!stream.closed) stream.destroy(new HungUp());
    };
    connection.socket.on("end", async () => {
      await sleep(REST_MS, over.signal);
      if (!over.signal.aborted) end();
    });
    session.on("goaway", (code, last) => {
      if (code === 0 && last < stream.id!) end();
    });
    // What is not read when the server says goodbye would be lost.
    const read = new PassThrough({ highWaterMark: READ_AHEAD_BYTES });
    pipeline(stream, read, () => {});
    stream.on("error", refuse);
    stream.on("close", () => refuse(new Error("the stream was closed")));
    stream.on("response", (headers) => {
      const status = Number(headers[":status"]);
      if (!(status >= 100)) return refuse(new Error("it has no status"));
      hasHead = true;
      const head = { status, isOld: false, fields: fieldsOf(headers) };
      resolve({ head, body: bodyOf(read, fault, signal), close });
    });
    stream.end(hop.request.body);
    return await unlessAborted(promise, signal);
  } catch (error) {
    close();
    throw error;
  }
}

async function open(
  connection: TlsConnection,
  { url }: Hop,
  onError: (error: unknown) => void,
): Promise<ClientHttp2Session> {
  const { connect } = await import("node:http2");
  const socket = connection.handOver();
  // Without a name, as for an address, it would fail to make an origin.
  (socket as { servername?: string }).servername = url.hostname;
  const session = connect(url.origin, { createConnection: () => socket });
  // Without a listener, an error ends the process, even after the response.
  session.on("error", onError);
  return session;
}

function request(
  session: ClientHttp2Session,
  { url, request }: Hop,
  fault: (error: unknown) => unknown,
): ClientHttp2Stream {
  const { length } = bodyBytes(request);
  const fields = Object.entries(requestHeaders(request, length));
  try {
    return session.request({
      ":method": request.method,
      ":scheme": "https",
      ":authority": request.headers.host ?? url.host,
      ":path": `${url.pathname}${url.search}`,
      ...Object.fromEntries(
        fields.filter(([name]) => !NOT_IN_HTTP2.test(name)),
      ),
    });
  } catch (error) {
    // The session may have ended already, or a header is none of HTTP/2.
    throw fault(error);
  }
}

function fieldsOf(headers: IncomingHttpHeaders): Head["fields"] {
  return Object.entries(headers).flatMap(([name, value]) =>
    name.startsWith(":")
      ? []
      : [value].flat().map((each) => [name, String(each)] as const)
  );
}

async function* bodyOf(
  stream: AsyncIterable<Uint8Array>,
  fault: (error: unknown) => unknown,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const parts = stream[Symbol.asyncIterator]();
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
