import { assertEquals, assertThrows } from "@std/assert";
import {
  encodeFields,
  type Field,
  HeaderDecoder,
} from "../../../../src/probes/grpc/http2/hpack.ts";
import { huffmanDecoded } from "../../../../src/probes/grpc/http2/huffman.ts";

const bytes = (hex: string) => Uint8Array.fromHex(hex.replaceAll(/\s/g, ""));

/** A dynamic table of 256 bytes, as in the examples of RFC 7541. */
const SMALL_TABLE = "3f e1 01";

const DATE: Field = ["date", "Mon, 21 Oct 2013 20:13:21 GMT"];
const LOCATION: Field = ["location", "https://www.example.com"];

Deno.test("HeaderDecoder decodes the examples of RFC 7541, C.6, which evict headers", () => {
  const decoder = new HeaderDecoder();
  assertEquals(
    decoder.decode(bytes(
      `${SMALL_TABLE} 48 82 64 02 58 85 ae c3 77 1a 4b 61 96 d0 7a be 94 10 54
      d4 44 a8 20 05 95 04 0b 81 66 e0 82 a6 2d 1b ff 6e 91 9d 29 ad 17 18 63
      c7 8f 0b 97 c8 e9 ae 82 ae 43 d3`,
    )),
    [[":status", "302"], ["cache-control", "private"], DATE, LOCATION],
  );
  assertEquals(
    decoder.decode(bytes("48 83 64 0e ff c1 c0 bf")),
    [[":status", "307"], ["cache-control", "private"], DATE, LOCATION],
  );
  assertEquals(
    decoder.decode(bytes(
      `88 c1 61 96 d0 7a be 94 10 54 d4 44 a8 20 05 95 04 0b 81 66 e0 84 a6 2d
      1b ff c0 5a 83 9b d9 ab 77 ad 94 e7 82 1d d7 f2 e6 c7 b3 35 df df cd 5b
      39 60 d5 af 27 08 7f 36 72 c1 ab 27 0f b5 29 1f 95 87 31 60 65 c0 03 ed
      4e e5 b1 06 3d 50 07`,
    )),
    [
      [":status", "200"],
      ["cache-control", "private"],
      ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
      LOCATION,
      ["content-encoding", "gzip"],
      [
        "set-cookie",
        "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1",
      ],
    ],
  );
});

Deno.test("HeaderDecoder decodes what encodeFields() encodes", () => {
  const fields: Field[] = [
    [":path", "/x"],
    ["a", ""],
    ["long", "v".repeat(5000)],
    ["at-the-limit", "v".repeat(127)],
    ["below-it", "v".repeat(126)],
    ["bytes", "\xff\0"],
  ];
  const block = Uint8Array.from(encodeFields(fields));
  assertEquals(new HeaderDecoder().decode(block), fields);
});

Deno.test("huffmanDecoded() decodes the shortest and the longest codes", () => {
  // The longest codes, of 30 bits, and the shortest ones.
  assertEquals(
    huffmanDecoded(bytes("f1e3c2e5f23a6ba0ab90f4ff")),
    "www.example.com",
  );
  assertEquals(huffmanDecoded(bytes("fffffff3")), "\n");
  assertEquals(huffmanDecoded(bytes("ffc7")), "\0");
  assertEquals(huffmanDecoded(bytes("fffffb bf")), "\xff");
  assertEquals(huffmanDecoded(new Uint8Array()), "");
});

for (
  const [what, hex] of Object.entries({
    "a cut string": "00 05 61",
    "no value": "00 01 61",
    "an index of nothing": "80",
    "an index beyond the tables": "be",
    "an endless number": "ff ff ff ff ff ff ff",
    "a table that is too large": "3f e2 1f",
    "the end of a string within one": "00 84 ff ff ff ff 00",
    "a padding of zeros": "00 81 00 00",
    "a padding of a byte": "00 83 1f ff ff 00",
  })
) {
  Deno.test(`HeaderDecoder refuses ${what}`, () => {
    assertThrows(() => new HeaderDecoder().decode(bytes(hex)), TypeError);
  });
}

Deno.test("HeaderDecoder refuses few bytes that stand for many", () => {
  const field: Field = ["a", "v".repeat(4000)];
  const [, ...literal] = encodeFields([field]);
  // It is put into the table, and named a thousand times.
  const block = Uint8Array.from([0x40, ...literal, ...Array(1000).fill(0xbe)]);
  assertThrows(
    () => new HeaderDecoder().decode(block),
    TypeError,
    "Headers are too long",
  );
});

Deno.test("HeaderDecoder refuses a string that is too long, however long it is", () => {
  const { buffer } = new Uint8Array(1_000_000).fill(0x61);
  for (const length of ["ba 83 3d", "82 ff 03"]) {
    const block = new Uint8Array(buffer);
    block.set(bytes(`00 01 61 7f ${length}`));
    assertThrows(
      () => new HeaderDecoder().decode(block),
      TypeError,
      "Headers are too long",
    );
  }
});
