import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  attemptCode,
  type PackedAttempt,
} from "../../../../src/sinks/history/packed.ts";
import { pack, unpack } from "../../../../src/sinks/history/store/chunk.ts";

const START = 1_795_740_000_000;
const REASON = fc.record({
  code: fc.constantFrom("dns", "refused"),
  message: fc.constantFrom("a", "b", "c d"),
}, { noNullPrototype: true });
const ATTEMPT: fc.Arbitrary<PackedAttempt> = fc.record({
  code: fc.nat({ max: 2 ** 16 - 1 }),
  at: fc.oneof(
    fc.integer({ min: START - 1e7, max: START + 1e7 }),
    fc.nat({ max: 2 ** 44 }),
  ),
  reason: fc.option(REASON, { nil: undefined }),
}, { noNullPrototype: true });

Deno.test("unpack() reads what pack() wrote", () => {
  fc.assert(fc.property(fc.array(ATTEMPT), fc.nat(), (attempts, start) => {
    const expected = attempts.map((attempt) =>
      // What passed has no reason.
      (attempt.code & 3) === 0 ? { ...attempt, reason: undefined } : attempt
    );
    assertEquals(unpack(pack(attempts, start), start), expected);
  }));
});

Deno.test("pack() takes at most five bytes for an attempt on schedule", () => {
  const attempts = Array.from({ length: 30 }, (_, i) => ({
    code: attemptCode("pass", 12.3 + i),
    at: START + 1234 + 10_000 * i + i * 37 % 60,
  }));
  const bytes = pack(attempts, START).attempts.length;
  assert(bytes <= 30 * 5, `${bytes} bytes`);
});

Deno.test("pack() keeps at most 15 reasons, and leaves the others out", () => {
  const attempts = Array.from({ length: 20 }, (_, i) => ({
    code: attemptCode("fail", 1),
    at: START + i,
    reason: { code: "x", message: `${i}` },
  }));
  const read = unpack(pack(attempts, START), START);
  assertEquals(
    read.map(({ reason }) => reason?.message),
    Array.from({ length: 20 }, (_, i) => i < 15 ? `${i}` : undefined),
  );
});

Deno.test("unpack() lets nothing through to a terminal, and takes no torn bytes", () => {
  const reasons = JSON.stringify([{ code: "x", message: "\x1b[2Jred\nline" }]);
  const attempt = { code: attemptCode("fail", 1), at: 5, reason: undefined };
  const { attempts } = pack(
    [{ ...attempt, reason: { code: "x", message: "y" } }],
    0,
  );
  const [read] = unpack({ attempts, reasons }, 0);
  assertEquals(/\p{Cc}/u.test(read!.reason!.message), false);
  assertThrows(
    () => unpack({ attempts: attempts.slice(0, -1), reasons }, 0),
    RangeError,
    "Expected another byte",
  );
});
