/** An element of DER: its tag, and what is in it. */
interface Element {
  readonly tag: number;
  readonly content: Uint8Array;
}

/** The tags of parts of a certificate (RFC 5280, sections 4.1 and 4.2.1.6). */
const EXTENSIONS = 0xa3;
const DNS_NAME = 0x82;
const IP_ADDRESS = 0x87;

/** The number of the extension `subjectAltName`: 2.5.29.17. */
const SUBJECT_ALT_NAME = "85,29,17";

/** It has a character a byte. */
const LATIN1 = new TextDecoder("latin1");

/**
 * The hosts in the subjectAltName of a certificate, such as `DNS:db.example` and
 * `IP Address:10.0.0.7`. In the list that the runtime makes of it, one name with
 * a comma looks like several (CVE-2021-44532); here, what no host has is a `?`.
 */
export function altNamesOf(der: Uint8Array): string[] {
  const names: string[] = [];
  const parts = within(within(elementsOf(der)[0])[0]);
  const extensions = parts.find(({ tag }) => tag === EXTENSIONS);
  for (const extension of within(within(extensions)[0])) {
    const [id, ...rest] = within(extension);
    // There may be a boolean before the value.
    const value = within(rest.at(-1));
    if (id?.content.join() !== SUBJECT_ALT_NAME) continue;
    for (const { tag, content } of within(value[0])) {
      if (tag === DNS_NAME) {
        const name = LATIN1.decode(content).replaceAll(/[^\w.*-]/g, "?");
        names.push(`DNS:${name}`);
      } else if (tag === IP_ADDRESS) {
        names.push(`IP Address:${addressOf(content)}`);
      }
    }
  }
  return names;
}

/** The elements in an element, if it is there. */
function within(element: Element | undefined): Element[] {
  return element === undefined ? [] : elementsOf(element.content);
}

/** The elements that bytes are made of. */
function elementsOf(bytes: Uint8Array): Element[] {
  const elements: Element[] = [];
  for (let at = 0; at + 1 < bytes.length;) {
    const tag = bytes[at]!;
    let length = bytes[at + 1]!;
    at += 2;
    if (length >= 0x80) {
      const end = at + length - 0x80;
      for (length = 0; at < end; at++) length = length * 256 + (bytes[at] ?? 0);
    }
    elements.push({ tag, content: bytes.subarray(at, at + length) });
    at += length;
  }
  return elements;
}

/** An address as it is written. */
function addressOf(bytes: Uint8Array): string {
  if (bytes.length !== 16) return bytes.join(".");
  const groups = Array.from(
    Array(8),
    (_, i) => (bytes[i * 2]! << 8 | bytes[i * 2 + 1]!).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]`).hostname.slice(1, -1);
}
