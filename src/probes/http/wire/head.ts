import { fail } from "../../../core/outcome.ts";
import { inHex, oneLine } from "../../../core/text.ts";
import { isTlsAlert } from "../../connection/alert.ts";
import { Failure, failure } from "../../failure.ts";
import type { AnswerHeaders } from "../transport.ts";

/** The most bytes of a response's status line and headers. curl has the same. */
export const MAX_HEAD_BYTES: number = 300 * 1024;

/** The status line and the headers of a response. */
export interface Head {
  readonly status: number;
  /** Whether the version is older than 1.1: the connection ends then. */
  readonly isOld: boolean;
  /** Names, as they came, and values, in their order. */
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** The peer speaks TLS where it was not expected. */
export class SpeaksTls extends Failure {
  /** Takes what the peer is called, and the scheme that its URL should have. */
  constructor(peer: string, scheme: string) {
    const message = `${peer} speaks TLS: expected a URL with ${scheme}`;
    super(fail({ code: "protocol", message }));
  }
}

/**
 * Returns the end of a head, or 0 if it is not complete. The bytes before `from`
 * were searched before, with none of what follows them.
 */
export function endOfHead(bytes: Uint8Array, from: number): number {
  // The line before may have ended there.
  let at = bytes.indexOf(10, Math.max(0, from - 2));
  while (at >= 0) {
    const next = bytes[at + 1] === 13 ? at + 2 : at + 1;
    if (bytes[next] === 10) return next + 1;
    at = bytes.indexOf(10, at + 1);
  }
  return 0;
}

/** Whether what came so far may be the beginning of a head. */
export function mayBeHead(bytes: Uint8Array): boolean {
  const begin = "HTTP/";
  for (let i = 0; i < Math.min(bytes.length, begin.length); i++) {
    const char = String.fromCharCode(bytes[i]!).toUpperCase();
    if (char !== begin[i]) return false;
  }
  return true;
}

/**
 * Reads a head as generously as curl and browsers do: lines may end in LF alone
 * and may be folded (RFC 9112, section 5.2), there may be a space before a
 * colon, and a line without one is ignored.
 *
 * @throws {Failure} If it is not one of HTTP.
 */
export function readHead(bytes: Uint8Array, peer: string): Head {
  const [first = "", ...lines] = latin1(bytes).split(/\r?\n/);
  const [, version, status] =
    /^HTTP\/(\d+(?:\.\d+)?)[ \t]+([1-9]\d\d)(?!\d)/i.exec(first) ?? [];
  if (version === undefined || status === undefined) {
    throw isTlsAlert(bytes)
      ? new SpeaksTls(peer, "https:")
      : failure("protocol", notHttp(bytes, first, peer));
  }
  const fields: [name: string, parts: string[]][] = [];
  for (const line of lines) {
    const last = fields.at(-1);
    if (/^[ \t]/.test(line) && last !== undefined) {
      last[1].push(line.trim());
      continue;
    }
    const colon = line.indexOf(":");
    const name = line.slice(0, Math.max(colon, 0)).trim();
    if (name !== "") fields.push([name, [line.slice(colon + 1).trim()]]);
  }
  return {
    status: Number(status),
    isOld: Number(version) < 1.1,
    fields: fields.map(([name, parts]) => [name, parts.join(" ").trim()]),
  };
}

/** What a peer speaks that does not speak HTTP. */
function notHttp(bytes: Uint8Array, line: string, peer: string): string {
  // A frame of settings (RFC 9113, section 4.1).
  if (bytes[3] === 4 && bytes[0] === 0 && bytes[5] === 0 && bytes[6] === 0) {
    return `${peer} does not speak HTTP/1.1: it speaks HTTP/2`;
  }
  const isText = /^[\t\x20-\x7e\xa0-\xff]*$/.test(line);
  return `${peer} does not speak HTTP: expected a status line, got ${
    isText ? JSON.stringify(oneLine(line, 80)) : `the bytes ${inHex(bytes, 8)}`
  }`;
}

/** The values of a header, in their order. */
export function valuesOf({ fields }: Head, name: string): string[] {
  const values: string[] = [];
  for (const [each, value] of fields) {
    if (each.length === name.length && each.toLowerCase() === name) {
      values.push(value);
    }
  }
  return values;
}

/**
 * The headers by name. `Headers` looks through all of them for each one that is
 * added, which takes seconds if there are many thousands.
 */
export function headersOf({ fields }: Head): AnswerHeaders {
  const headers = new Map<string, string[]>();
  for (const [each, value] of fields) {
    const name = each.toLowerCase();
    const values = headers.get(name);
    if (values === undefined) headers.set(name, [value]);
    else values.push(value);
  }
  const textOf = (values: readonly string[]): string =>
    values.join(", ").replaceAll("\0", "");
  return {
    get(name) {
      const values = headers.get(name.toLowerCase());
      return values === undefined ? null : textOf(values);
    },
    *[Symbol.iterator]() {
      for (const [name, values] of headers) yield [name, textOf(values)];
    },
  };
}

/** Every byte as a character, as `Headers` has values. */
export function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 8192) {
    text += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return text;
}
