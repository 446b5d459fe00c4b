import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodeName,
  encodeName,
} from "../../../../src/sinks/cluster/nats/names.ts";

Deno.test("encodeName() keeps letters, digits and -, and escapes the rest", () => {
  assertEquals(encodeName("web-01"), "web-01");
  assertEquals(encodeName("a_b.c/ü*>"), "a_5Fb_2Ec_2F_C3_BC_2A_3E");
  assertEquals(encodeName("a\ud800z"), "a_uD800z");
  assertEquals(encodeName(""), "_");
});

Deno.test("decodeName() is the way back from any text, surrogates included", () => {
  const unit = fc.integer({ min: 0, max: 0xFFFF })
    .map((code) => String.fromCharCode(code));
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 100 }),
    fc.string({ unit, maxLength: 100 }),
  );
  fc.assert(
    fc.property(text, (text) => {
      const name = encodeName(text);
      assertEquals(decodeName(name), text);
      assertEquals(/^[\w-]+$/.test(name), true);
    }),
    { numRuns: 2_000 },
  );
});

Deno.test("no two texts have the same name", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (name) => {
    const text = decodeName(name);
    if (text !== undefined) assertEquals(encodeName(text), name);
  }));
  for (
    const name of ["_41", "a_", "__", "_c3_BC", "_C3", "a.b", "", "_u0041"]
  ) {
    assertEquals(decodeName(name), undefined, name);
  }
});

Deno.test("encodeName() refuses what would break a line of the protocol", () => {
  assertEquals(encodeName("x".repeat(2_000)).length, 2_000);
  assertThrows(() => encodeName("ü".repeat(400)), RangeError, "2400");
});
