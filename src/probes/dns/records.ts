import type { Field } from "./field.ts";
import { canonicalIpv4, canonicalIpv6, canonicalName } from "./names.ts";
import { Malformed, type Reader } from "./reader.ts";
import { PARAMETERS } from "./service.ts";

function number(bits: 8 | 16 | 32): Field {
  return {
    read: (data) =>
      String(bits === 8 ? data.u8() : bits === 16 ? data.u16() : data.u32()),
    canonical(text) {
      if (/^\d+$/.test(text) && Number(text) < 2 ** bits) {
        return String(Number(text));
      }
      throw new TypeError(`Expected a number, got ${JSON.stringify(text)}`);
    },
  };
}

const [U8, U16, U32] = [number(8), number(16), number(32)];

const NAME: Field = {
  read: (data) => data.name(),
  canonical: canonicalName,
};

const IPV4: Field = {
  read: (data) => data.bytes(4).join("."),
  canonical: (text) => {
    const address = canonicalIpv4(text);
    if (address !== undefined) return address;
    throw new TypeError(
      `Expected an IPv4 address, got ${JSON.stringify(text)}`,
    );
  },
};

const IPV6: Field = {
  read: (data) => {
    const groups = Array.from(Array(8), () => data.u16().toString(16));
    return canonicalIpv6(groups.join(":"))!;
  },
  canonical(text) {
    const address = canonicalIpv6(text);
    if (address !== undefined) return address;
    throw new TypeError(
      `Expected an IPv6 address, got ${JSON.stringify(text)}`,
    );
  },
};

const decoder = new TextDecoder();

/** Strings as one. */
const TEXT: Field = {
  read(data) {
    const strings: Uint8Array[] = [];
    while (data.left > 0) strings.push(data.string());
    const all = new Uint8Array(strings.reduce((sum, s) => sum + s.length, 0));
    let length = 0;
    for (const each of strings) {
      all.set(each, length);
      length += each.length;
    }
    return decoder.decode(all);
  },
  canonical: (text) => text,
};

/** A quoted string. */
const STRING: Field = {
  read: (data) => JSON.stringify(decoder.decode(data.string())),
  canonical: (text) => JSON.stringify(unquoted(text)),
};

const TAG: Field = {
  read: (data) => decoder.decode(data.string()).toLowerCase(),
  canonical: (text) => text.toLowerCase(),
};

/** A quoted string without a length. */
const REST: Field = {
  read: (data) => JSON.stringify(decoder.decode(data.bytes())),
  canonical: (text) => JSON.stringify(unquoted(text)),
};

const HEX: Field = {
  read: (data) => hex(data.bytes()),
  canonical: (text) => text.replaceAll(" ", "").toLowerCase(),
};

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
    .join("");
}

function unquoted(text: string): string {
  return text.replace(/^"(.*)"$/s, "$1");
}

/** A type of records: its number, and the parts of its data. */
export interface RecordType {
  readonly number: number;
  readonly fields: readonly Field[];
}

const SERVICE = [U16, NAME, PARAMETERS];

/** A type of records that can be asked for. */
export type DnsRecord =
  | "A"
  | "AAAA"
  | "CAA"
  | "CNAME"
  | "DS"
  | "HTTPS"
  | "MX"
  | "NAPTR"
  | "NS"
  | "PTR"
  | "SOA"
  | "SRV"
  | "SSHFP"
  | "SVCB"
  | "TLSA"
  | "TXT";

/** The types of records that can be asked for. */
export const RECORD_TYPES: Readonly<Record<DnsRecord, RecordType>> = {
  A: { number: 1, fields: [IPV4] },
  AAAA: { number: 28, fields: [IPV6] },
  CAA: { number: 257, fields: [U8, TAG, REST] },
  CNAME: { number: 5, fields: [NAME] },
  DS: { number: 43, fields: [U16, U8, U8, HEX] },
  HTTPS: { number: 65, fields: SERVICE },
  MX: { number: 15, fields: [U16, NAME] },
  NAPTR: { number: 35, fields: [U16, U16, STRING, STRING, STRING, NAME] },
  NS: { number: 2, fields: [NAME] },
  PTR: { number: 12, fields: [NAME] },
  SOA: { number: 6, fields: [NAME, NAME, U32, U32, U32, U32, U32] },
  SRV: { number: 33, fields: [U16, U16, U16, NAME] },
  SSHFP: { number: 44, fields: [U8, U8, HEX] },
  SVCB: { number: 64, fields: SERVICE },
  TLSA: { number: 52, fields: [U8, U8, U8, HEX] },
  TXT: { number: 16, fields: [TEXT] },
};

/** Reads the data of a record up to its end, as text. */
export function readData({ fields }: RecordType, data: Reader): string {
  const text = fields.map((field) => field.read(data)).join(" ").trimEnd();
  if (data.left > 0) throw new Malformed("a record is too long");
  return text;
}

/**
 * Brings the data of a record that a person wrote to the form in which records
 * are compared, such as `"10 mail.example"`.
 *
 * @throws {TypeError} If it is not valid.
 */
export function canonicalData(record: DnsRecord, text: string): string {
  const { fields } = RECORD_TYPES[record];
  if (fields.length === 1) return fields[0]!.canonical(text);
  const words = text.trim().match(/"(?:[^"\\]|\\.)*"|\S+/g) ?? [];
  // The last part may have spaces, or be left out.
  const rest = words.splice(fields.length - 1).join(" ");
  if (words.length < fields.length - 1 || rest === "" && !isService(fields)) {
    throw new TypeError(
      `Expected ${fields.length} parts of a record ${record}, got ${
        JSON.stringify(text)
      }`,
    );
  }
  return [...words, rest].map((word, i) => fields[i]!.canonical(word))
    .join(" ").trimEnd();
}

function isService(fields: readonly Field[]): boolean {
  return fields === SERVICE;
}
