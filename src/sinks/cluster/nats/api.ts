import {
  type MsgHdrs,
  RequestError,
  TimeoutError,
} from "@nats-io/transport-node";
import type { Connection } from "./connection.ts";

/** What JetStream answers to a request. */
export type Reply =
  | { readonly type: "done"; readonly body: Readonly<Record<string, unknown>> }
  /** It was not done; `code` is JetStream's own. */
  | { readonly type: "refused"; readonly code: number; readonly text: string }
  /** Nothing listens: there is no such stream, or no JetStream. */
  | { readonly type: "nobody" }
  /** There is no connection, or no answer in time: it may have been done. */
  | { readonly type: "unreachable" };

/** The codes of JetStream that mean something here. */
export const CODE = {
  noMessage: 10037,
  streamExists: 10058,
  noStream: 10059,
  noPeers: 10005,
  notClustered: 10074,
  otherRevision: 10071,
  /** The same, of a server that does not say which one the key has. */
  otherRevisionToo: 10164,
} as const;

const UNREACHABLE: Reply = { type: "unreachable" };

/** What a request has besides its subject. */
export interface AskOptions {
  readonly headers?: MsgHdrs;
  /** @default The `requestMs` of the connection. */
  readonly timeoutMs?: number;
}

/** Asks JetStream. While there is no connection, it answers at once. */
export async function ask(
  connection: Connection,
  subject: string,
  payload: string | Uint8Array,
  { headers, timeoutMs = connection.requestMs }: AskOptions = {},
): Promise<Reply> {
  const { client } = connection;
  if (client === null || timeoutMs < 1) return UNREACHABLE;
  try {
    const message = await client.request(subject, payload, {
      timeout: timeoutMs,
      ...(headers && { headers }),
    });
    const body = message.json<Record<string, unknown>>();
    const error = body.error as
      | { err_code?: number; code?: number; description?: string }
      | undefined;
    if (error === undefined) return { type: "done", body };
    return {
      type: "refused",
      code: error.err_code ?? error.code ?? 0,
      text: error.description ?? "unknown error",
    };
  } catch (error) {
    if (error instanceof RequestError && error.isNoResponders()) {
      return { type: "nobody" };
    }
    const isExpected = error instanceof RequestError ||
      error instanceof TimeoutError || connection.client !== client;
    if (!isExpected) connection.report((error as Error).message);
    return UNREACHABLE;
  }
}
