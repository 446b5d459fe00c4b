/**
 * The headers of webhooks by the Standard Webhooks specification 1.0.0
 * (https://www.standardwebhooks.com/), which signs by HMAC-SHA256.
 */

/** The least and the most bytes of a secret. */
const [MIN_BYTES, MAX_BYTES] = [24, 64];

/** What is to be signed. */
export interface Signed {
  /** The same for each attempt. */
  readonly id: string;
  /** When the attempt is made, in milliseconds of the epoch. */
  readonly now: number;
  readonly body: string;
}

/** Makes the headers that sign a webhook. */
export async function signatureHeaders(
  { id, now, body }: Signed,
  secret: string,
): Promise<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1000));
  const key = await crypto.subtle.importKey(
    "raw",
    bytesOf(secret)!,
    { name: "HMAC", hash: "SHA-256" },
    false,
    ["sign"],
  );
  const signature = await crypto.subtle.sign(
    "HMAC",
    key,
    new TextEncoder().encode(`${id}.${timestamp}.${body}`),
  );
  const base64 = btoa(String.fromCharCode(...new Uint8Array(signature)));
  return {
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    "webhook-signature": `v1,${base64}`,
  };
}

/** What is wrong with a secret, if anything. */
export function secretProblem(secret: string): string | undefined {
  const bytes = bytesOf(secret);
  const how = "as openssl rand -base64 32 prints";
  if (bytes === undefined) return `expected bytes in base64, ${how}`;
  return bytes.length < MIN_BYTES || bytes.length > MAX_BYTES
    ? `expected ${MIN_BYTES} to ${MAX_BYTES} bytes in base64, ${how}, got ${bytes.length}`
    : undefined;
}

/** The bytes of a secret, if it is base64, with or without the usual prefix. */
function bytesOf(secret: string): Uint8Array<ArrayBuffer> | undefined {
  try {
    const binary = atob(secret.replace(/^whsec_/, ""));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}
