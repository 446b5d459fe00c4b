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

/** A way to a server: asks, and gives up when the signal aborts. */
export type Transport = (
  url: string,
  request: HttpRequest,
  signal: AbortSignal,
) => Promise<HttpAnswer>;

/** Certificates and keys, each as PEM text or as the path of a PEM file. */
export interface TlsOptions {
  /** An authority to trust. */
  readonly ca?: string | undefined;
  /** The certificate to show. */
  readonly cert?: string | undefined;
  /** Its private key. */
  readonly key?: string | undefined;
}

/** Whether a text is PEM itself, and not the path of a file. */
export function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

/** {@linkcode TlsOptions} with the files read. */
export async function readTls(
  { ca, cert, key }: TlsOptions,
): Promise<{ ca?: string; cert?: string; key?: string }> {
  const read = (text: string): string | Promise<string> =>
    isPem(text) ? text : Deno.readTextFile(text);
  return {
    ...(ca !== undefined && { ca: await read(ca) }),
    ...(cert !== undefined && { cert: await read(cert) }),
    ...(key !== undefined && { key: await read(key) }),
  };
}
