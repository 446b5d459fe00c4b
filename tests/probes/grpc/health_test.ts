import { assertEquals, assertThrows } from "@std/assert";
import {
  encodeRequest,
  MessageReader,
  servingStatusOf,
} from "../../../src/probes/grpc/health.ts";

for (
  const [what, [message, status]] of Object.entries<[number[], number]>({
    "nothing": [[], 0],
    "a status": [[8, 1], 1],
    "the last of two": [[8, 1, 8, 2], 2],
    "a status that is written long": [[8, 0x81, 0x80, 0x00], 1],
    "a status of the future": [[8, 100], 100],
    "a negative one": [
      [8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
      -1,
    ],
    "one more number": [[0x10, 7, 8, 1], 1],
    "fields of 8 and 4 bytes": [
      [0x19, 1, 2, 3, 4, 5, 6, 7, 8, 0x25, 1, 2, 3, 4, 8, 1],
      1,
    ],
    "a string": [[0x12, 3, 8, 2, 8, 8, 1], 1],
    "a group with a status of its own": [[8, 1, 0x1b, 8, 2, 0x1c], 1],
    "a string in the place of the status": [[0x0a, 1, 1], 0],
  })
) {
  Deno.test(`servingStatusOf() reads ${what}`, () => {
    assertEquals(servingStatusOf(Uint8Array.from(message)), status);
  });
}

for (
  const [what, message] of Object.entries({
    "a field without a value": [8],
    "an endless number": [8, ...Array(11).fill(0xff)],
    "a field of number 0": [0, 1],
    "an unknown type": [0x0e, 1],
    "a string that is cut off": [0x12, 9, 1],
    "a huge string": [0x12, 0xff, 0xff, 0xff, 0xff, 0x0f],
    "a group without an end": [0x1b],
    "the end of no group": [0x1c],
    "text": [..."<html>"].map((char) => char.charCodeAt(0)),
  })
) {
  Deno.test(`servingStatusOf() refuses ${what}`, () => {
    const bytes = Uint8Array.from(message);
    assertThrows(() => servingStatusOf(bytes), TypeError);
  });
}

Deno.test("MessageReader reads a message in whatever parts it comes", () => {
  const body = [0, 0, 0, 0, 2, 8, 1];
  for (let size = 1; size <= body.length; size++) {
    const reader = new MessageReader();
    for (let at = 0; at < body.length; at += size) {
      assertEquals(reader.message, undefined);
      reader.add(Uint8Array.from(body.slice(at, at + size)));
    }
    assertEquals(reader.message, Uint8Array.of(8, 1));
  }
});

Deno.test("encodeRequest() has the name of the service, however long it is", () => {
  assertEquals(encodeRequest(""), Uint8Array.of(0, 0, 0, 0, 0));
  assertEquals(
    encodeRequest("é"),
    Uint8Array.of(0, 0, 0, 0, 4, 10, 2, 195, 169),
  );
  const long = encodeRequest("x".repeat(300));
  assertEquals([...long.subarray(0, 8)], [0, 0, 0, 1, 47, 10, 172, 2]);
  assertEquals(long.length, 5 + 303);
});
