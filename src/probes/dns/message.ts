import { excerpt } from "../../core/text.ts";
import { encodeName } from "./names.ts";
import { Malformed, Reader } from "./reader.ts";
import { readData, RECORD_TYPES, type RecordType } from "./records.ts";

/** A query as it is sent. */
export interface Query {
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Its question: a name, a type and a class. */
  readonly question: Uint8Array;
  readonly type: RecordType;
}

/** A record in an answer. */
export interface ResourceRecord {
  /** The name that has it. */
  readonly name: string;
  /** The number of its type. */
  readonly type: number;
  readonly ttlSeconds: number;
  /** Its data in canonical form; empty where nobody asks for it. */
  readonly data: string;
}

/** An answer of a server. */
export interface Answer {
  /** Its response code, such as `"NXDOMAIN"`. */
  readonly rcode: string;
  readonly isAuthoritative: boolean;
  readonly isTruncated: boolean;
  /** Whether the server knows EDNS. */
  readonly hasEdns: boolean;
  readonly answers: readonly ResourceRecord[];
  readonly authority: readonly ResourceRecord[];
  /** The extended error of the server in words (RFC 8914), or nothing. */
  readonly extendedError: string;
}

/** A response code, such as `"NXDOMAIN"` (RFC 6895, section 2.3). */
export type DnsRcode =
  | "NOERROR"
  | "FORMERR"
  | "SERVFAIL"
  | "NXDOMAIN"
  | "NOTIMP"
  | "REFUSED"
  | "YXDOMAIN"
  | "YXRRSET"
  | "NXRRSET"
  | "NOTAUTH"
  | "NOTZONE";

/** Response codes by their numbers. */
export const RCODES: readonly DnsRcode[] = [
  "NOERROR",
  "FORMERR",
  "SERVFAIL",
  "NXDOMAIN",
  "NOTIMP",
  "REFUSED",
  "YXDOMAIN",
  "YXRRSET",
  "NXRRSET",
  "NOTAUTH",
  "NOTZONE",
];

/** The size of datagrams that avoids fragments (DNS Flag Day 2020). */
const UDP_BYTES = 1232;

/** The most records that are read: their names may take long. */
const MAX_RECORDS = 1000;

const HEADER_BYTES = 12;
const CLASS_IN = 1;
const TYPE_OPT = 41;
const EXTENDED_ERROR = 15;

/** Makes a function that makes queries, which ask for recursion. */
export function queriesFor(
  name: string,
  type: RecordType,
): (hasEdns: boolean) => Query {
  const question = Uint8Array.from([
    ...encodeName(name),
    ...[type.number >> 8, type.number & 0xff],
    ...[0, CLASS_IN],
  ]);
  const { length } = question;
  const template = new Uint8Array(HEADER_BYTES + length + 11);
  // RD; one question, one additional record.
  template.set([1, 0, 0, 1, 0, 0, 0, 0, 0, 1], 2);
  template.set(question, HEADER_BYTES);
  // EDNS: the root, OPT, the size, and nothing else.
  const opt = [0, 0, TYPE_OPT, UDP_BYTES >> 8, UDP_BYTES & 0xff];
  template.set(opt, HEADER_BYTES + length);
  const plain = template.slice(0, HEADER_BYTES + length);
  plain[11] = 0;
  return (hasEdns) => {
    const bytes = (hasEdns ? template : plain).slice();
    // A number that nobody can guess.
    crypto.getRandomValues(bytes.subarray(0, 2));
    return { bytes, question, type };
  };
}

/** Whether bytes begin as an answer to a query: they have its number. */
export function hasNumberOf(bytes: Uint8Array, query: Query): boolean {
  return bytes[0] === query.bytes[0] && bytes[1] === query.bytes[1];
}

/**
 * Reads the answer to a query.
 *
 * @throws {Malformed} If the bytes are no such answer.
 */
export function readAnswer(bytes: Uint8Array, query: Query): Answer {
  const reader = new Reader(bytes, 2);
  if (!hasNumberOf(bytes, query)) throw new Malformed("it has another number");
  const flags = reader.u16();
  const [questions, answers, authority, additional] = [
    reader.u16(),
    reader.u16(),
    reader.u16(),
    reader.u16(),
  ];
  if ((flags & 0xf800) !== 0x8000) throw new Malformed("it is no answer");
  // A server that refuses a query need not repeat it.
  const isRefusal = questions === 0 && (flags & 0xf) !== 0;
  if (!isRefusal) readQuestion(reader, query, questions);
  const isTruncated = (flags & 0x0200) !== 0;
  const base = {
    rcode: rcodeOf(flags & 0xf),
    isAuthoritative: (flags & 0x0400) !== 0,
    isTruncated,
    hasEdns: false,
    answers: [],
    authority: [],
    extendedError: "",
  };
  if (answers + authority + additional > MAX_RECORDS) {
    throw new Malformed("it has too many records");
  }
  // What is left of it does not matter.
  if (isTruncated) return base;
  const read = readAll(reader, query);
  const found = {
    answers: read(answers),
    authority: read(authority),
  };
  const opt = readOpt(reader, additional);
  return {
    ...base,
    ...found,
    rcode: rcodeOf(flags & 0xf | opt.rcodeBits),
    hasEdns: opt.isThere,
    extendedError: opt.extendedError,
  };
}

function rcodeOf(number: number): string {
  return RCODES[number] ?? `RCODE${number}`;
}

function readQuestion(
  reader: Reader,
  { question }: Query,
  questions: number,
): void {
  const nameLength = question.length - 4;
  const isSame = questions === 1 && reader.left >= question.length &&
    reader.bytes(question.length).every((byte, i) =>
      byte === question[i] ||
      i < nameLength && lower(byte) === lower(question[i]!)
    );
  if (!isSame) throw new Malformed("it is for another question");
}

/** A letter in lower case. The length of a label is no letter. */
function lower(byte: number): number {
  return byte >= 0x41 && byte <= 0x5a ? byte + 32 : byte;
}

/** Makes a function that reads so many records. */
function readAll(
  reader: Reader,
  { type }: Query,
): (count: number) => ResourceRecord[] {
  const { CNAME, NS, SOA } = RECORD_TYPES;
  const known = new Map(
    [CNAME, NS, SOA, type].map((each) => [each.number, each]),
  );
  return (count) => {
    const records: ResourceRecord[] = [];
    for (let i = 0; i < count; i++) {
      const { name, number, classNumber, ttl, end } = readHead(reader);
      const own = known.get(number);
      const whole = reader.end;
      reader.end = end;
      const data = own === undefined ? "" : readData(own, reader);
      reader.offset = end;
      reader.end = whole;
      if (classNumber !== CLASS_IN) continue;
      // RFC 2181, section 8: with the first bit, it is 0.
      const ttlSeconds = ttl >= 2 ** 31 ? 0 : ttl;
      records.push({ name, type: number, ttlSeconds, data });
    }
    return records;
  };
}

interface RecordHead {
  readonly name: string;
  readonly number: number;
  readonly classNumber: number;
  readonly ttl: number;
  /** Where its data ends. */
  readonly end: number;
}

function readHead(reader: Reader): RecordHead {
  const name = reader.name();
  const number = reader.u16();
  const classNumber = reader.u16();
  const ttl = reader.u32();
  const length = reader.u16();
  if (length > reader.left) throw new Malformed("it ends too early");
  return { name, number, classNumber, ttl, end: reader.offset + length };
}

/** Reads what EDNS adds to an answer. */
function readOpt(
  reader: Reader,
  count: number,
): { isThere: boolean; rcodeBits: number; extendedError: string } {
  let [isThere, rcodeBits, extendedError] = [false, 0, ""];
  for (let i = 0; i < count; i++) {
    const { number, ttl, end } = readHead(reader);
    if (number === TYPE_OPT) {
      isThere = true;
      rcodeBits = ttl >>> 24 << 4;
      const whole = reader.end;
      reader.end = end;
      while (reader.left > 0) {
        const code = reader.u16();
        const option = reader.bytes(reader.u16());
        if (code === EXTENDED_ERROR && option.length >= 2) {
          extendedError = errorText(option);
        }
      }
      reader.end = whole;
    }
    reader.offset = end;
  }
  return { isThere, rcodeBits, extendedError };
}

function errorText(option: Uint8Array): string {
  const number = option[0]! << 8 | option[1]!;
  const text = new TextDecoder().decode(option.subarray(2));
  const why = text === "" ? "" : `: ${excerpt(text)}`;
  return `extended error ${number}${why}`;
}
