/** Stands for the tag of YAML for bytes in base64. */
const PREFIX = "data:;base64,";

/** Writes the bytes of a file (`!!binary AAAA`) as strings. */
export function withBytes(text: string): string {
  return text.replace(
    /!!binary[ \t]+(["']?)([A-Za-z\d+/]+=*)\1(?=[ \t]*(?:[,\]}#]|\r?$))/gm,
    `"${PREFIX}$2"`,
  );
}

/** The bytes of such a string. */
export function bytesOf(text: string): Uint8Array | undefined {
  if (!text.startsWith(PREFIX)) return undefined;
  try {
    return Uint8Array.fromBase64(text.slice(PREFIX.length));
  } catch {
    return undefined;
  }
}
