/**
 * Any text as a part of a subject, a key or the name of a bucket. Letters, digits
 * and `-` stand for themselves; every other byte of UTF-8 is `_` and two hexadecimal
 * digits; half of a surrogate pair is `_u` and four; no text at all is `_`.
 */

/** The longest name: servers end a connection that sends a longer line. */
const MAX_NAME = 2_000;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

const SPECIAL = /[^A-Za-z0-9-]/gu;
const NAME = /^(?:_|(?:[A-Za-z0-9-]|_[0-9A-F]{2}|_u[D][89A-F][0-9A-F]{2})+)$/;
const ESCAPED = /_u([0-9A-F]{4})|(?:_[0-9A-F]{2})+/g;

/**
 * Encodes any text.
 *
 * Throws a `RangeError` if that takes more than 2,000 characters.
 */
export function encodeName(text: string): string {
  const name = text === "" ? "_" : text.replace(SPECIAL, escape);
  if (name.length > MAX_NAME) {
    throw new RangeError(
      `Expected a name of at most ${MAX_NAME} encoded characters, got ${name.length}`,
    );
  }
  return name;
}

/** Decodes what {@linkcode encodeName} has made; `undefined` for anything else. */
export function decodeName(name: string): string | undefined {
  if (!NAME.test(name)) return undefined;
  if (name === "_") return "";
  try {
    const text = name.replace(
      ESCAPED,
      (bytes, unit) =>
        unit === undefined
          ? decoder.decode(
            Uint8Array.from(
              bytes.slice(1).split("_"),
              (hex) => parseInt(hex, 16),
            ),
          )
          : String.fromCharCode(parseInt(unit, 16)),
    );
    // There is one name of each text only.
    return encodeName(text) === name ? text : undefined;
  } catch {
    return undefined;
  }
}

function escape(character: string): string {
  const unit = character.charCodeAt(0);
  if (character.length === 1 && unit >= 0xD800 && unit <= 0xDFFF) {
    return `_u${unit.toString(16).toUpperCase()}`;
  }
  let name = "";
  for (const byte of encoder.encode(character)) {
    name += `_${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return name;
}
