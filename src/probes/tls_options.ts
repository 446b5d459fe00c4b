import { OptionError } from "../core/option_error.ts";
import { whyUnread } from "../core/access.ts";

/** Certificates and keys, each as a PEM string or as the path of a PEM file. */
export interface TlsOptions {
  /** The certificate authorities to trust. */
  readonly ca?: string | undefined;
  /** The client certificate. */
  readonly cert?: string | undefined;
  /** Its private key. */
  readonly key?: string | undefined;
}

/** The names of the options. */
export const TLS_NAMES = ["ca", "cert", "key"] as const;

/** The names of all options that only TLS heeds. */
const ONLY_OF_TLS = [
  "ca",
  "verify",
  "fingerprint",
  "cert",
  "key",
  "certificate",
] as const;

/** A certificate or key of the options is not valid. The target is not to blame. */
export class TlsError extends Error {}

/**
 * Checks the options, without reading files.
 *
 * @throws {OptionError} If one is neither PEM nor a path, or needs another one.
 */
export function mustBeTls({ ca, cert, key }: TlsOptions): void {
  if ((ca ?? cert ?? key) === undefined) return;
  for (const [name, text] of Object.entries({ ca, cert, key })) {
    if (text === undefined || isPem(text)) continue;
    if (text !== "" && !isTorn(text)) continue;
    throw new OptionError(
      name,
      "expected PEM or the path of a PEM file, got neither",
    );
  }
  if ((cert === undefined) !== (key === undefined)) {
    const [given, missing] = cert === undefined
      ? ["key", "cert"]
      : ["cert", "key"];
    throw new OptionError(
      given,
      `expected cert and key together, got no ${missing}`,
    );
  }
}

/**
 * Checks that there are no options of TLS where there is no TLS.
 *
 * @throws {OptionError} If there is one, with what is expected.
 */
export function mustBePlain(
  options: Readonly<Partial<Record<typeof ONLY_OF_TLS[number], unknown>>>,
  expected: string,
): void {
  const name = ONLY_OF_TLS.find((name) => options[name] !== undefined);
  if (name !== undefined) throw new OptionError(name, expected);
}

/** The files that {@linkcode readTls} reads. */
export function tlsFiles({ ca, cert, key }: TlsOptions): string[] {
  return [ca, cert, key].filter((text) =>
    text !== undefined && !isPem(text)
  ) as string[];
}

/**
 * Returns the options with the content of files instead of their paths.
 *
 * Rejects with a {@linkcode TlsError} if a file cannot be read or is not PEM.
 */
export async function readTls(
  { ca, cert, key }: TlsOptions,
): Promise<TlsOptions> {
  return {
    ca: ca && await readPem("ca", ca),
    cert: cert && await readPem("cert", cert),
    key: key && await readPem("key", key),
  };
}

/**
 * Makes a client of `fetch` with certificates and keys as PEM strings.
 *
 * @throws {TlsError} If one of them is not valid.
 */
export function tlsClient({ ca, cert, key }: TlsOptions): Deno.HttpClient {
  try {
    return Deno.createHttpClient({
      ...(ca !== undefined && { caCerts: [ca] }),
      ...(cert !== undefined && key !== undefined && { cert, key }),
    });
  } catch (error) {
    throw tlsError({ ca, cert, key }, (error as Error).message);
  }
}

/** Says which certificates or keys are not valid, without showing them. */
export function tlsError(options: TlsOptions, why: string): TlsError {
  const names = Object.entries(options).filter(([, text]) => text !== undefined)
    .map(([name]) => name);
  // The runtime says "invalid peer certificate: BadEncoding", but it is ours.
  const said = why.replace(/^invalid peer certificate: /, "")
    .replace(/"[^]*/, "…");
  return new TlsError(`Cannot use ${names.join(", ")}: ${said}`);
}

/** Whether a string is PEM, and not the path of a file. */
function isPem(text: string): boolean {
  return text.includes("-----BEGIN ");
}

/**
 * Whether a string is a part of PEM, or PEM in base64. It is not a path, and must
 * not be shown.
 */
function isTorn(text: string): boolean {
  if (/-----|[\r\n]/.test(text)) return true;
  // It may be quoted, with escaped line breaks.
  const base64 = text.replace(/\\[nr]|["'\s]/g, "");
  return base64.includes("LS0tLS1CRUdJTi") || isSequence(base64);
}

/** Whether a string is the base64 of an ASN.1 sequence, or of its beginning. */
function isSequence(base64: string): boolean {
  if (!/^M[A-P][\w+/-]{38,}=*$/.test(base64)) return false;
  const [, first = 0, ...more] = Array.from(
    atob(base64.slice(0, 8).replaceAll("-", "+").replaceAll("_", "/")),
    (char) => char.charCodeAt(0),
  );
  const lengthBytes = first < 0x80 ? 0 : first - 0x80;
  if (lengthBytes > 2) return false;
  const length = more.slice(0, lengthBytes)
    .reduce((length, byte) => length * 256 + byte, lengthBytes ? 0 : first);
  const bytes = Math.floor(base64.replace(/=*$/, "").length * 3 / 4);
  return bytes <= 2 + lengthBytes + length;
}

/** What each option must contain, and the line that shows it. */
const CERTIFICATE = [
  "CERTIFICATE",
  /^-----BEGIN CERTIFICATE-----\s*$/m,
] as const;
const CONTENTS = {
  ca: CERTIFICATE,
  cert: CERTIFICATE,
  key: ["PRIVATE KEY", /^-----BEGIN (?:\w+ )?PRIVATE KEY-----\s*$/m],
} as const;

/**
 * Reads an option.
 *
 * Rejects with a {@linkcode TlsError} if its file cannot be read or is not PEM.
 */
export async function readPem(
  name: keyof TlsOptions,
  text: string,
): Promise<string> {
  // The path of a key may be a damaged key, and is not shown.
  const place = isPem(text) ? name : name === "key" ? "the key file" : text;
  const pem = normalized(isPem(text) ? text : await readFile(text, place));
  const [label, line] = CONTENTS[name];
  if (line.test(pem)) return pem;
  throw new TlsError(`Expected a line -----BEGIN ${label}----- in ${place}`);
}

async function readFile(path: string, place: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    // The missing flag is reported as for all probes.
    if (error instanceof Deno.errors.NotCapable) throw error;
    throw new TlsError(`Cannot read ${place}: ${whyUnread(error, path)}`);
  }
}

/** PEM with line breaks that every reader accepts. */
function normalized(pem: string): string {
  return pem.replace(/^\ufeff/, "")
    .replace(/\r\n?|(?:\\r)?\\n/g, "\n")
    .replaceAll("----------BEGIN ", "-----\n-----BEGIN ");
}
