/** How many bytes of a document are searched for its encoding, as in HTML. */
export const MAX_DECLARATION_BYTES = 1024;

/**
 * Decodes a body: by its byte order mark, by the charset of its Content-Type, or
 * by the encoding that an HTML or XML document declares, in this order. If there
 * is none of these, or none that is known, it is UTF-8. A character that was cut
 * at the end is left out if `isCut` is true.
 */
export function decode(
  bytes: Uint8Array,
  contentType: string | null,
  isCut = false,
): string {
  return decoderOf(bytes, contentType).decode(bytes, { stream: isCut });
}

/** The decoder of a body that begins with these bytes, see {@linkcode decode}. */
export function decoderOf(
  bytes: Uint8Array,
  contentType: string | null,
): TextDecoder {
  return byteOrder(bytes) ?? named(charsetOf(contentType)) ??
    named(declared(bytes, contentType)) ?? new TextDecoder();
}

/** The decoder for a byte order mark; one of UTF-8 as well. */
function byteOrder([a, b, c]: Uint8Array): TextDecoder | undefined {
  if (a === 0xef && b === 0xbb && c === 0xbf) return new TextDecoder();
  if (a === 0xff && b === 0xfe) return new TextDecoder("utf-16le");
  if (a === 0xfe && b === 0xff) return new TextDecoder("utf-16be");
  return undefined;
}

/** The decoder of a name, if it is known. */
function named(charset: string | undefined): TextDecoder | undefined {
  try {
    return charset === undefined ? undefined : new TextDecoder(charset);
  } catch {
    return undefined;
  }
}

function charsetOf(contentType: string | null): string | undefined {
  return /;\s*charset\s*=\s*["']?([^\s"';,]+)/i.exec(contentType ?? "")?.[1];
}

/** The encoding that a document declares in its beginning. */
function declared(
  bytes: Uint8Array,
  contentType: string | null,
): string | undefined {
  if (contentType !== null && !/\b(?:html|xml)\b/i.test(contentType)) {
    return undefined;
  }
  const beginning = new TextDecoder("latin1").decode(
    bytes.subarray(0, MAX_DECLARATION_BYTES),
  );
  const [, charset] =
    /^\s*<\?xml\s[^>]*?encoding\s*=\s*["']([^"']+)/.exec(beginning) ??
      /<meta\s[^>]*?charset\s*=\s*["']?\s*([^\s"'/>;]+)/i.exec(beginning) ?? [];
  // It could not have been read in UTF-16.
  return charset !== undefined && /^utf-?16/i.test(charset)
    ? undefined
    : charset;
}
