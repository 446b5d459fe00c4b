/** Bytes are no message of DNS. */
export class Malformed extends Error {}

/** The longest name, with the lengths of its labels (RFC 1035, section 2.3.4). */
const MAX_NAME_BYTES = 255;

/** The most pointers in a name: there are no more labels. */
const MAX_POINTERS = 127;

/** Reads a message of DNS, or the part of one up to an end. */
export class Reader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where it reads next. */
  offset: number;
  /** Where it ends. */
  end: number;

  constructor(bytes: Uint8Array, offset = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(
      bytes.buffer,
      bytes.byteOffset,
      bytes.byteLength,
    );
    this.offset = offset;
    this.end = bytes.length;
  }

  /** How many bytes are left. */
  get left(): number {
    return this.end - this.offset;
  }

  /** Reads an integer of one byte. */
  u8(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  /** Reads an integer of two bytes. */
  u16(): number {
    return this.#view.getUint16(this.#skip(2));
  }

  /** Reads an integer of four bytes. */
  u32(): number {
    return this.#view.getUint32(this.#skip(4));
  }

  /** Reads so many bytes, or all that are left. */
  bytes(length: number = this.left): Uint8Array {
    const start = this.#skip(length);
    return this.#bytes.subarray(start, start + length);
  }

  /** Reads a string with its length before it. */
  string(): Uint8Array {
    return this.bytes(this.u8());
  }

  /** Reads a name: in lower case, without a dot at its end unless it is `"."`. */
  name(): string {
    const labels: string[] = [];
    let length = 1;
    // Where to go on after the name; a pointer leads away from there.
    let after: number | undefined;
    let start = this.offset;
    let pointers = 0;
    const end = this.end;
    while (true) {
      const first = this.u8();
      if (first === 0) break;
      if (first >= 0xc0) {
        const to = (first & 0x3f) << 8 | this.u8();
        after ??= this.offset;
        // Only to what was before: so there is no circle.
        if (to >= start || ++pointers > MAX_POINTERS) {
          throw new Malformed("a pointer that leads nowhere");
        }
        this.offset = start = to;
        this.end = this.#bytes.length;
        continue;
      }
      if (first > 63) throw new Malformed("a label of an unknown kind");
      length += first + 1;
      if (length > MAX_NAME_BYTES) throw new Malformed("too long a name");
      labels.push(labelText(this.bytes(first)));
    }
    this.offset = after ?? this.offset;
    this.end = end;
    return labels.length === 0 ? "." : labels.join(".");
  }

  /** Moves on, and returns where it was. */
  #skip(length: number): number {
    const start = this.offset;
    if (length > this.left) throw new Malformed("it ends too early");
    this.offset += length;
    return start;
  }
}

/** A label as it is written in a zone file, in lower case. */
function labelText(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) {
    if (byte <= 0x20 || byte >= 0x7f) {
      text += `\\${String(byte).padStart(3, "0")}`;
    } else {
      const char = String.fromCharCode(byte);
      text += char === "." || char === "\\" ? `\\${char}` : char;
    }
  }
  return text.toLowerCase();
}
