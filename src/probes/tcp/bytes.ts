/**
 * The bytes of a string in UTF-8.
 *
 * @throws {TypeError} If the string looks as if each of its characters should be
 * one byte: `"\x04\xd2"` would be the three bytes 04 c3 92.
 */
export function utf8(text: string): Uint8Array {
  // deno-lint-ignore no-control-regex
  const isBinary = /[\u0080-\u009f]|[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text);
  if (isBinary && /[\u0080-\u00ff]/.test(text)) {
    throw new TypeError(
      'expected bytes as { hex: "00 ff" } or a Uint8Array, got a string that is likely not text',
    );
  }
  return new TextEncoder().encode(text);
}

/** Where some bytes begin in others; -1 if they are not there. */
export function indexOfBytes(bytes: Uint8Array, part: Uint8Array): number {
  for (let at = 0; at + part.length <= bytes.length; at++) {
    if (part.every((byte, i) => byte === bytes[at + i])) return at;
  }
  return -1;
}
