import {
  readTls,
  TLS_NAMES,
  tlsClient,
  tlsError,
  tlsFiles,
  type TlsOptions,
} from "../tls_options.ts";

/** Matches each certificate of a PEM string. */
const CERTIFICATES =
  /-----BEGIN CERTIFICATE-----[^]*?-----END CERTIFICATE-----/g;

/** The certificates and keys of a probe, which its attempts read. */
export class OwnTls {
  readonly #options: TlsOptions;
  readonly #prepared = new WeakMap<AbortSignal, TlsOptions>();
  #tried: TlsOptions = {};
  #isReady: boolean;

  constructor({ ca, cert, key }: TlsOptions) {
    this.#options = { ca, cert, key };
    this.#isReady = TLS_NAMES.every((name) =>
      this.#options[name] === undefined
    );
  }

  /** Whether there is nothing to read: no more, if there are no files. */
  get isReady(): boolean {
    return this.#isReady;
  }

  /** Reads them for the attempt with this signal before it starts. */
  async prepare(signal: AbortSignal): Promise<void> {
    if (!this.#isReady) this.#prepared.set(signal, await this.#read());
  }

  /** Returns them as PEM for the attempt with this signal. */
  async take(signal: AbortSignal): Promise<TlsOptions> {
    if (this.#isReady) return this.#tried;
    return this.#prepared.get(signal) ?? await this.#read();
  }

  /** Files may have been renewed. Only what is new is tried. */
  async #read(): Promise<TlsOptions> {
    const tls = await readTls(this.#options);
    const isNew = TLS_NAMES.some((name) => tls[name] !== this.#tried[name]);
    if (isNew) await tryTls(tls);
    this.#isReady = tlsFiles(this.#options).length === 0;
    return this.#tried = tls;
  }
}

/**
 * Tries certificates and keys. `node:tls` never ends with some invalid ones, and
 * throws outside of any promise with others, which ends the process.
 *
 * Rejects with a {@linkcode TlsError} if one of them is not valid.
 */
export async function tryTls({ ca, cert, key }: TlsOptions): Promise<void> {
  if (ca !== undefined) {
    tlsClient({ ca }).close();
    const { X509Certificate } = await import("node:crypto");
    for (const [certificate] of ca.matchAll(CERTIFICATES)) {
      try {
        new X509Certificate(certificate);
      } catch (error) {
        throw tlsError({ ca }, (error as Error).message);
      }
    }
  }
  if (cert === undefined) return;
  try {
    tlsClient({ cert, key }).close();
  } catch (error) {
    // Unlike `fetch`, `node:tls` accepts certificates of version 1.
    if (!(error as Error).message.includes("CertVersion")) throw error;
  }
}
