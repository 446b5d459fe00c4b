import type { Detail } from "../../core/types.ts";
import type { Lifetime } from "../connection/expiry.ts";

/** A request without its URL. Most checks share the same one. */
export interface HttpRequest {
  readonly method: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** A string is sent as UTF-8. */
  readonly body: string | Uint8Array<ArrayBuffer> | undefined;
  readonly redirect: "manual" | "follow";
}

/** The headers of a response, by their names in lower case. */
export interface AnswerHeaders extends Iterable<[name: string, value: string]> {
  /** The values of a header, with a comma between them; `null` without one. */
  get(name: string): string | null;
}

/** A response whose body is not read yet. Its user has to close it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  /** Who answered, for messages, if that was after a redirect. */
  readonly from?: string | undefined;
  /** Of the certificates of the attempt, the one that ends first. */
  readonly lifetime?: Lifetime | undefined;
  /** What is known of the attempt so far, such as how long its phases took. */
  readonly detail: Detail;
  /**
   * Reads the body up to a number of bytes, or until `isEnough` is true, which
   * is called with each part in turn.
   */
  readBody(
    maxBytes: number,
    isEnough?: (part: Uint8Array) => boolean,
  ): Promise<Uint8Array>;
  /** Closes the connection and whatever else was opened for it. */
  close(): Promise<void>;
}

/** A way to send requests to a server. */
export interface Transport {
  /**
   * Sends a request, and gives up when the signal aborts. Rejects with a
   * `Failure` that blames who is to blame.
   */
  ask(
    url: string,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
  /**
   * Gets ready for the request with this signal: loads modules, reads
   * certificates. Returns nothing if all is ready.
   */
  prepare(signal: AbortSignal): Promise<void> | undefined;
  /** Keeps what attempts share, such as a connection, until it is disposed of. */
  readonly hold?: () => Disposable;
}
