import { parsedUrl } from "../../core/text.ts";

/** A label of a name, or what stands for an escape in one. */
const LABEL = /^[\x21-\x2d\x2f-\x5b\x5d-\x7e]{1,63}$/;

/**
 * A name as it is compared: in lower case, other letters as `xn--`, and without
 * a dot at its end unless it is `"."`.
 *
 * @throws {TypeError} If it is not a name.
 */
export function canonicalName(text: string): string {
  if (text === ".") return text;
  const ascii = /[^\0-\x7f]/.test(text) && !/[\s/:@?#\\]/.test(text)
    ? parsedUrl(`http://${text}`)?.hostname ?? ""
    : text.toLowerCase();
  const name = ascii.replace(/\.$/, "");
  const isName = name.length <= 253 &&
    name.replaceAll(/\\(?:\d{3}|.)/g, "x").split(".")
      .every((label) => LABEL.test(label));
  if (!isName) {
    throw new TypeError(
      `Expected a name such as "example.com", got ${JSON.stringify(text)}`,
    );
  }
  return name;
}

/** A name as a message has it. It is one that {@linkcode canonicalName} made. */
export function encodeName(name: string): number[] {
  const labels = name === "." ? [] : name.split(".");
  return [
    ...labels.flatMap((label) => [
      label.length,
      ...Array.from(label, (char) => char.charCodeAt(0)),
    ]),
    0,
  ];
}

/** An IPv4 address as it is compared; nothing if it is none. */
export function canonicalIpv4(text: string): string | undefined {
  const bytes = text.split(".");
  const isAddress = bytes.length === 4 &&
    bytes.every((byte) => /^(?:0|[1-9]\d{0,2})$/.test(byte) && +byte < 256);
  return isAddress ? text : undefined;
}

/** An IPv6 address as RFC 5952 has it; nothing if it is none. */
export function canonicalIpv6(text: string): string | undefined {
  return text.includes(":") && /^[\da-f:.]+$/i.test(text)
    ? parsedUrl(`http://[${text}]`)?.hostname.slice(1, -1)
    : undefined;
}

/** The name that has the name of an address; nothing if it is no address. */
export function reverseName(address: string): string | undefined {
  if (canonicalIpv4(address) !== undefined) {
    return `${address.split(".").reverse().join(".")}.in-addr.arpa`;
  }
  const canonical = canonicalIpv6(address);
  if (canonical === undefined) return undefined;
  const [before = [], after = []] = canonical.split("::")
    .map((part) => part.split(":").filter((group) => group !== ""));
  const zeros = Array(8 - before.length - after.length).fill("0");
  const digits = [...before, ...zeros, ...after]
    .map((group) => group.padStart(4, "0")).join("");
  return `${Array.from(digits).reverse().join(".")}.ip6.arpa`;
}
