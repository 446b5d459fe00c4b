import { huffmanDecoded } from "./huffman.ts";

/** A header, whose name is in lower case. Its value is bytes as characters. */
export type Field = readonly [name: string, value: string];

/** The static table (RFC 7541, appendix A): a name, and perhaps a value. */
const STATIC: readonly Field[] = `
:authority
:method GET
:method POST
:path /
:path /index.html
:scheme http
:scheme https
:status 200
:status 204
:status 206
:status 304
:status 400
:status 404
:status 500
accept-charset
accept-encoding gzip, deflate
accept-language
accept-ranges
accept
access-control-allow-origin
age
allow
authorization
cache-control
content-disposition
content-encoding
content-language
content-length
content-location
content-range
content-type
cookie
date
etag
expect
expires
from
host
if-match
if-modified-since
if-none-match
if-range
if-unmodified-since
last-modified
link
location
max-forwards
proxy-authenticate
proxy-authorization
range
referer
refresh
retry-after
server
set-cookie
strict-transport-security
transfer-encoding
user-agent
vary
via
www-authenticate`.trim().split("\n").map((line) => {
  const space = line.indexOf(" ");
  return space < 0 ? [line, ""] : [line.slice(0, space), line.slice(space + 1)];
});

/** The size of the dynamic table, unless an endpoint asks for another one. */
const TABLE_SIZE = 4096;

/** What each header takes of the table beside its characters. */
const OVERHEAD = 32;

/** Longer headers in all are refused: a byte may stand for thousands. */
const MAX_SIZE = 65536;

/**
 * Encodes headers. None of them is to be kept in a table, as some are secret.
 */
export function encodeFields(fields: readonly Field[]): number[] {
  const bytes: number[] = [];
  const encode = (text: string): void => {
    pushInteger(bytes, 0, 7, text.length);
    for (let i = 0; i < text.length; i++) bytes.push(text.charCodeAt(i));
  };
  for (const [name, value] of fields) {
    // A literal that is never indexed, with a new name.
    bytes.push(0x10);
    encode(name);
    encode(value);
  }
  return bytes;
}

function pushInteger(
  bytes: number[],
  flags: number,
  bits: number,
  value: number,
): void {
  const max = 2 ** bits - 1;
  if (value < max) {
    bytes.push(flags | value);
    return;
  }
  bytes.push(flags | max);
  let rest = value - max;
  for (; rest >= 128; rest >>= 7) bytes.push(128 | rest & 127);
  bytes.push(rest);
}

/** Decodes the headers of one connection (RFC 7541). */
export class HeaderDecoder {
  readonly #table: Field[] = [];
  #size = 0;
  #maxSize = TABLE_SIZE;
  #bytes: Uint8Array = new Uint8Array();
  #at = 0;

  /**
   * Decodes a block of headers.
   *
   * @throws {TypeError} If it is not valid, or too long.
   */
  decode(block: Uint8Array): Field[] {
    this.#bytes = block;
    this.#at = 0;
    const fields: Field[] = [];
    let size = 0;
    while (this.#at < block.length) {
      const field = this.#next(block[this.#at]!);
      if (field === undefined) continue;
      size += sizeOf(field);
      if (size > MAX_SIZE) throw new TypeError("Headers are too long");
      fields.push(field);
    }
    return fields;
  }

  #next(first: number): Field | undefined {
    if (first & 0x80) return this.#entry(this.#integer(7));
    if (first & 0x40) {
      const field = this.#literal(6);
      this.#table.unshift(field);
      this.#size += sizeOf(field);
      this.#evict();
      return field;
    }
    if (first & 0x20) {
      this.#maxSize = this.#integer(5);
      if (this.#maxSize > TABLE_SIZE) throw new TypeError("Table is too large");
      this.#evict();
      return undefined;
    }
    return this.#literal(4);
  }

  #literal(bits: number): Field {
    const index = this.#integer(bits);
    const name = index === 0 ? this.#string() : this.#entry(index)[0];
    return [name, this.#string()];
  }

  #entry(index: number): Field {
    const field = index <= STATIC.length
      ? STATIC[index - 1]
      : this.#table[index - STATIC.length - 1];
    if (field === undefined) throw new TypeError("No such header in the table");
    return field;
  }

  #string(): string {
    const isCoded = (this.#bytes[this.#at] ?? 0) >= 0x80;
    const length = this.#integer(7);
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new TypeError("Headers are cut off");
    if (length > MAX_SIZE) throw new TypeError("Headers are too long");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return isCoded ? huffmanDecoded(bytes) : String.fromCharCode(...bytes);
  }

  #integer(bits: number): number {
    const max = 2 ** bits - 1;
    let value = this.#byte() & max;
    if (value < max) return value;
    for (let shift = 0; shift <= 21; shift += 7) {
      const byte = this.#byte();
      value += (byte & 127) << shift;
      if (byte < 128) return value;
    }
    throw new TypeError("Number in the headers is too large");
  }

  #byte(): number {
    const byte = this.#bytes[this.#at++];
    if (byte === undefined) throw new TypeError("Headers are cut off");
    return byte;
  }

  #evict(): void {
    while (this.#size > this.#maxSize) this.#size -= sizeOf(this.#table.pop()!);
  }
}

function sizeOf([name, value]: Field): number {
  return name.length + value.length + OVERHEAD;
}
