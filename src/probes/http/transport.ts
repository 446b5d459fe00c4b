/** What is asked of a server, but for the URL: most have that in common. */
export interface HttpRequest {
  readonly method: string;
  /** By their names in lower case; the runtime reads this faster than `Headers`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
  readonly redirect: "manual" | "follow";
}

/** What a server answered, as far as its headers. Whoever has it closes it. */
export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Reads the beginning of the body, at most so many bytes of it. */
  readBody(maxBytes: number): Promise<Uint8Array>;
  /** Closes what was opened for it. */
  close(): Promise<void>;
}

/** A way to a server. */
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
