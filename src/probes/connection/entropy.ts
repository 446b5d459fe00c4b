let gathering: Promise<unknown> | undefined;

/**
 * Makes the TLS library of Deno gather its entropy, on another thread. It takes
 * 30 ms or more, once in a process; the first handshake would do it on this one.
 */
export function gatherEntropy(): Promise<unknown> | undefined {
  if (!("Deno" in globalThis)) return undefined;
  const curve = { name: "ECDH", namedCurve: "P-256" };
  return gathering ??= crypto.subtle.generateKey(curve, false, ["deriveBits"]);
}
