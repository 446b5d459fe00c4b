/** A request without its URL. Most checks share the same one. */
export interface HttpRequest {
  readonly method: string;
  /** By their names in lower case. The runtime reads it faster than `Headers`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly redirect: "manual" | "follow";
}

/** A response whose body is not read yet. Its user has to close it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Reads the body up to a number of bytes. */
  readBody(maxBytes: number): Promise<Uint8Array>;
  /** Closes the connection and whatever else was opened for it. */
  close(): Promise<void>;
}

/** A way to send requests to a server. */
export interface Transport {
  /** Sends a request, and gives up when the signal aborts. */
  ask(
    url: string,
    request: HttpRequest,
    signal: AbortSignal,
  ): Promise<HttpAnswer>;
  /**
   * Gets ready for the request with this signal: loads modules, reads
   * certificates, makes clients. Returns nothing if all is ready.
   */
  prepare(signal: AbortSignal): Promise<void> | undefined;
  /** Keeps what attempts share, such as a client, until it is disposed of. */
  readonly hold?: () => Disposable;
}
