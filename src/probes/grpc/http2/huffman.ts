/**
 * The Huffman code of HPACK (RFC 7541, appendix B), which is canonical: the
 * symbols of each length of code, in the order of their codes. Long ones are
 * rare, and stand here as hexadecimal digits.
 */
const SYMBOLS: Readonly<Record<number, readonly number[]>> = {
  5: codesOf("012aceiost"),
  6: codesOf(" %-./3456789=A_bdfghlmnpru"),
  7: codesOf(":BCDEFGHIJKLMNOPQRSTUVWYjkqvwxyz"),
  8: codesOf("&*,;XZ"),
  10: codesOf('!"()?'),
  11: codesOf("'+|"),
  12: codesOf("#>"),
  13: codesOf("\0$@[]~"),
  14: codesOf("^}"),
  15: codesOf("<`{"),
  19: bytesOf("5cc3d0"),
  20: bytesOf("808283a2b8c2e0e2"),
  21: bytesOf("99a1a7acb0b1b3d1d8d9e3e5e6"),
  22: bytesOf("8184858688929a9ca0a3a4a9aaadb2b5b9babbbdbec4c6e4e8e9"),
  23: bytesOf("0187898a8b8c8d8f93959697989b9d9ea5a6a8aeafb4b6b7bcbfc5e7ef"),
  24: bytesOf("098e9091949fabced7e1eced"),
  25: bytesOf("c7cfeaeb"),
  26: bytesOf("c0c1c8c9cacdd2d5dadbeef0f2f3ff"),
  27: bytesOf("cbccd3d4d6dddedff1f4f5f6f7f8fafbfcfdfe"),
  28: bytesOf("020304050607080b0c0e0f1011121314151718191a1b1c1d1e1f7fdcf9"),
  // The fourth one is the end of a string, which must not be there.
  30: bytesOf("0a0d16"),
};

const MAX_LENGTH = 30;

function codesOf(text: string): number[] {
  return Array.from(text, (char) => char.charCodeAt(0));
}

function bytesOf(hex: string): number[] {
  return Array.from(hex.match(/../g)!, (byte) => parseInt(byte, 16));
}

/**
 * Decodes a string.
 *
 * @throws {TypeError} If it is not valid.
 */
export function huffmanDecoded(bytes: Uint8Array): string {
  let text = "";
  let length = 0;
  // The code so far, and the first code of its length.
  let code = 0;
  let first = 0;
  let isPadding = true;
  for (const byte of bytes) {
    for (let bit = 7; bit >= 0; bit--) {
      const value = byte >> bit & 1;
      isPadding &&= value === 1;
      code = code << 1 | value;
      first <<= 1;
      length++;
      const symbols = SYMBOLS[length];
      const symbol = symbols?.[code - first];
      if (symbol !== undefined) {
        text += String.fromCharCode(symbol);
        [length, code, first, isPadding] = [0, 0, 0, true];
      } else {
        if (length === MAX_LENGTH) throw new TypeError("Invalid Huffman code");
        first += symbols?.length ?? 0;
      }
    }
  }
  // The rest of the last byte is the beginning of the end's code, all ones.
  if (length > 7 || !isPadding) throw new TypeError("Invalid Huffman padding");
  return text;
}
