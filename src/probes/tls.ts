import { whyUnread } from "../core/unread.ts";

/** Certificates and keys, each as PEM text or as the path of a PEM file. */
export interface TlsOptions {
  /** An authority to trust. */
  readonly ca?: string | undefined;
  /** The certificate to show. */
  readonly cert?: string | undefined;
  /** Its private key. */
  readonly key?: string | undefined;
}

/** A certificate or key of ours that is of no use: no target is to blame. */
export class TlsError extends Error {}

/**
 * What PEM has between its lines of hyphens: an ASN.1 sequence in base64. It is
 * no path, and to be shown nowhere.
 */
const BARE = /^\s*M[A-P][A-Za-z\d+/\s]{40,}[=\s]*$/;

/**
 * Sees to it that options can be of use.
 *
 * @throws {TypeError} If one is neither PEM nor a path, or misses another.
 */
export function mustBeTls({ ca, cert, key }: TlsOptions): void {
  if ((ca ?? cert ?? key) === undefined) return;
  for (const [name, text] of Object.entries({ ca, cert, key })) {
    if (text === undefined || isPem(text) || !BARE.test(text)) continue;
    throw new TypeError(
      `Expected ${name} to be PEM or the path of a PEM file, got PEM without its BEGIN line`,
    );
  }
  if ((cert === undefined) !== (key === undefined)) {
    throw new TypeError("Expected cert and key together, got one of them");
  }
}

/** The files that {@linkcode readTls} reads. */
export function tlsFiles({ ca, cert, key }: TlsOptions): string[] {
  return [ca, cert, key].filter((text) =>
    text !== undefined && !isPem(text)
  ) as string[];
}

/**
 * {@linkcode TlsOptions} with the files read.
 *
 * Rejects with a {@linkcode TlsError} if they cannot be used.
 */
export async function readTls(
  { ca, cert, key }: TlsOptions,
): Promise<{ ca?: string; cert?: string; key?: string }> {
  const read = {
    ...(ca !== undefined && { ca: await readPem("ca", ca) }),
    ...(cert !== undefined && { cert: await readPem("cert", cert) }),
    ...(key !== undefined && { key: await readPem("key", key) }),
  };
  if (read.ca !== undefined) mustBeOfUse("ca", { caCerts: [read.ca] });
  if (read.cert !== undefined && read.key !== undefined) {
    mustBeOfUse("cert and key", { cert: read.cert, key: read.key });
  }
  return read;
}

/** Whether a text is PEM itself, and not the path of a file. */
function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

/** What has to be in each. */
const LABELS = {
  ca: /-----BEGIN CERTIFICATE-----/,
  cert: /-----BEGIN CERTIFICATE-----/,
  key: /-----BEGIN (?:\w+ )?PRIVATE KEY-----/,
};

async function readPem(
  name: keyof typeof LABELS,
  text: string,
): Promise<string> {
  const [pem, place] = isPem(text)
    ? [text, name]
    : [await readFile(text), text];
  if (LABELS[name].test(pem)) return pem;
  const what = name === "key" ? "private key" : "certificate";
  throw new TlsError(`Expected a PEM ${what} in ${place}, got none`);
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    const why = whyUnread(error, path);
    // The flag that is missing is told as for all probes.
    if (why === undefined || error instanceof Deno.errors.NotCapable) {
      throw error;
    }
    throw new TlsError(`Cannot read ${path}: ${why}`, { cause: error });
  }
}

/** Only the runtime knows what it can read. */
function mustBeOfUse(
  name: string,
  options: Deno.CreateHttpClientOptions | Deno.TlsCertifiedKeyPem,
): void {
  try {
    Deno.createHttpClient(options).close();
  } catch (cause) {
    // "invalid peer certificate: BadEncoding", though it is ours.
    const why = (cause as Error).message.split(": ").at(-1);
    throw new TlsError(`Cannot use ${name}: ${why}`, { cause });
  }
}
