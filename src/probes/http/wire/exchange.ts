import { enterStage } from "../../../core/stage.ts";
import type { Connection } from "../../connection/connection.ts";
import { ResponseReader } from "./framing.ts";
import { type Head, valuesOf } from "./head.ts";
import type { Hop } from "./redirect.ts";
import type { HttpRequest } from "../transport.ts";

/** A response on its connection. */
export interface Exchange {
  readonly head: Head;
  /** The body as it is transferred, without chunks. */
  readonly body: AsyncIterable<Uint8Array>;
  /** Closes the connection. */
  close(): void;
  /**
   * Reads a short rest of the body, and returns the connection if it can serve
   * another request.
   */
  reuse?(): Promise<Connection | undefined>;
}

/** Options for {@linkcode exchange}. */
export interface ExchangeOptions {
  /** What messages call the server. */
  readonly peer: string;
  /** Whether the server is a proxy. */
  readonly isProxied?: boolean;
  /** Whether the connection may serve other requests, too. */
  readonly keepAlive?: boolean;
  /** What comes next on the connection, if it is being read already. */
  readonly next?: Promise<Uint8Array | null>;
}

/** A longer rest of a body is not read to keep a connection. */
const MAX_REST_BYTES = 65536;

/**
 * Sends a request over a connection, and reads the head of the response. The
 * connection is closed if that fails.
 */
export async function exchange(
  connection: Connection,
  hop: Hop,
  options: ExchangeOptions,
  signal: AbortSignal,
): Promise<Exchange> {
  enterStage(signal, "waiting for the response");
  const reader = new ResponseReader(connection, options.peer, options.next);
  try {
    let isSent = false;
    // A server may answer before it has read a large body.
    connection.write(encodeRequest(hop, options)).then(
      () => isSent = true,
      () => {},
    );
    const head = await reader.head();
    const body = reader.body(head, hop.request.method);
    return {
      head,
      body,
      close: () => connection.close(),
      async reuse() {
        if (head.isOld || saysClose(head) || saysClose(hop.request)) return;
        let rest = 0;
        for await (const part of body) {
          rest += part.length;
          if (rest > MAX_REST_BYTES) return;
        }
        return isSent && reader.isOver ? connection : undefined;
      },
    };
  } catch (error) {
    connection.close();
    throw error;
  }
}

/** Whether a message ends its connection. */
function saysClose(message: Head | HttpRequest): boolean {
  const value = "fields" in message
    ? valuesOf(message, "connection").join()
    : message.headers.connection ?? "";
  return /\b(?:close|upgrade)\b/i.test(value);
}

/** The headers of a request with a body of so many bytes, as `fetch` sends them. */
export function requestHeaders(
  { method, headers, body }: HttpRequest,
  length: number,
): Record<string, string> {
  const hasBody = body !== undefined;
  return {
    accept: "*/*",
    ...(hasBody && { "content-type": "text/plain;charset=UTF-8" }),
    ...headers,
    ...((hasBody || method === "POST" || method === "PUT") &&
      { "content-length": String(length) }),
  };
}

/** The body of a request as it is sent. */
export function bodyBytes({ body }: HttpRequest): Uint8Array {
  return body instanceof Uint8Array ? body : new TextEncoder().encode(body);
}

/** A request as it is sent. */
export function encodeRequest(
  { url, request }: Hop,
  { isProxied = false, keepAlive = false }: Omit<ExchangeOptions, "peer">,
): Uint8Array {
  const { method } = request;
  const body = bodyBytes(request);
  const path = `${url.pathname}${url.search}`;
  const all = {
    host: url.host,
    ...(!keepAlive && { connection: "close" }),
    ...requestHeaders(request, body.length),
  };
  let head = `${method} ${
    isProxied ? `${url.origin}${path}` : path
  } HTTP/1.1\r\n`;
  for (const [name, value] of Object.entries(all)) {
    head += `${name}: ${value}\r\n`;
  }
  head += "\r\n";
  const bytes = new Uint8Array(head.length + body.length);
  // Headers are bytes in the Fetch standard.
  for (let i = 0; i < head.length; i++) bytes[i] = head.charCodeAt(i);
  bytes.set(body, head.length);
  return bytes;
}
