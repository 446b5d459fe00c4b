import { assertEquals } from "@std/assert";
import { altNamesOf } from "../../../src/probes/connection/alt_names.ts";

const FOLDER = `${import.meta.dirname}/../../support/tls/faults`;

/** An element of DER. */
function element(tag: number, ...content: (number | number[])[]): number[] {
  const all = content.flat();
  const { length } = all;
  const head = length < 0x80
    ? [length]
    : length < 0x100
    ? [0x81, length]
    : [0x82, length >> 8, length & 0xff];
  return [tag, ...head, ...all];
}

const text = (tag: number, name: string): number[] =>
  element(tag, Array.from(new TextEncoder().encode(name)));

/** A certificate, as far as its names are concerned. */
function certificate(names: number[][], isCritical = false): Uint8Array {
  const extension = (id: number[], ...value: number[][]): number[] =>
    element(0x30, element(6, id), ...value);
  return Uint8Array.from(element(
    0x30,
    element(
      0x30,
      element(0xa0, element(2, 2)),
      // A subject with the number of the extension in it.
      text(0x30, "\x06\x03\x55\x1d\x11"),
      element(
        0xa3,
        element(
          0x30,
          extension([0x55, 0x1d, 0x13], element(4, element(0x30))),
          extension(
            [0x55, 0x1d, 0x11],
            ...(isCritical ? [element(1, 0xff)] : []),
            element(4, element(0x30, ...names)),
          ),
        ),
      ),
    ),
  ));
}

Deno.test("altNamesOf() finds hosts, each as one, whatever characters it has", () => {
  const names = [
    text(0x81, "me@example, DNS:mail.test"),
    text(0x82, "*.a_b.test"),
    text(0x82, "x, DNS:y"),
    text(0x82, 'nul\0"\x1b\n.test'),
    text(0x86, "http://h/, DNS:uri.test"),
    element(0x87, 10, 0, 0, 7),
    element(0x87, 0x20, 1, 0xd, 0xb8, Array(11).fill(0), 1),
    element(0x87, 1, 2),
    text(0x82, `${"long.".repeat(60)}test`),
  ];
  const expected = [
    "DNS:*.a_b.test",
    "DNS:x??DNS?y",
    "DNS:nul????.test",
    "IP Address:10.0.0.7",
    "IP Address:2001:db8::1",
    "IP Address:1.2",
    `DNS:${"long.".repeat(60)}test`,
  ];
  assertEquals(altNamesOf(certificate(names)), expected);
  assertEquals(altNamesOf(certificate(names, true)), expected);
});

Deno.test("altNamesOf() finds nothing where there is nothing, and always ends", () => {
  assertEquals(altNamesOf(new Uint8Array()), []);
  assertEquals(altNamesOf(certificate([])), []);
  const whole = certificate([text(0x82, "a.test")]);
  for (let length = 0; length < whole.length; length++) {
    altNamesOf(whole.subarray(0, length));
  }
  for (const byte of [0x80, 0x84, 0xff]) {
    altNamesOf(whole.map((each, i) => i % 3 === 1 ? byte : each));
  }
});

Deno.test("altNamesOf() reads real certificates", () => {
  for (
    const [name, names] of Object.entries({
      chained: ["DNS:localhost", "IP Address:127.0.0.1"],
      smuggled: ["DNS:x.test??DNS?localhost??IP?Address?127.0.0.1"],
      version1: [],
    })
  ) {
    const pem = Deno.readTextFileSync(`${FOLDER}/${name}.pem`);
    const [, base64] = /-----\s([^-]*)-----END/.exec(pem)!;
    assertEquals(altNamesOf(Uint8Array.fromBase64(base64!)), names);
  }
});
