import {
  assert,
  assertEquals,
  assertFalse,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import fc from "fast-check";
import { readCapped } from "../../src/io/read.ts";

/** A stream of parts, which tells what became of it. */
class Source {
  cancelled = false;
  pulls = 0;
  readonly stream: ReadableStream<Uint8Array>;

  constructor(parts: Iterable<string | Uint8Array | Error>, open = false) {
    const iterator = Iterator.from(parts);
    this.stream = new ReadableStream({
      pull: async (controller) => {
        this.pulls++;
        const { done, value } = iterator.next();
        if (value instanceof Error) controller.error(value);
        else if (value !== undefined) controller.enqueue(toBytes(value));
        else if (!open) controller.close();
        if (done && open) await new Promise(() => {});
      },
      cancel: () => {
        this.cancelled = true;
      },
    }, { highWaterMark: 0 });
  }
}

function toBytes(part: string | Uint8Array): Uint8Array {
  return typeof part === "string" ? new TextEncoder().encode(part) : part;
}

function text(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

function* forever(part: string): Generator<string> {
  while (true) yield part;
}

Deno.test("readCapped() reads a short stream whole", async () => {
  const source = new Source(["all ", "", "well"]);
  const { bytes, truncated } = await readCapped(source.stream, {
    maxBytes: 100,
  });
  assertEquals([text(bytes), truncated], ["all well", false]);
  assertFalse(source.cancelled);
  assertFalse(source.stream.locked);
});

Deno.test("readCapped() has not cut what is just as long as the cap", async () => {
  const { stream } = new Source(["1234", "5678"]);
  const { bytes, truncated } = await readCapped(stream, { maxBytes: 8 });
  assertEquals([text(bytes), truncated], ["12345678", false]);
});

Deno.test("readCapped() stops an endless stream at the cap", async () => {
  const source = new Source(forever("12345"));
  const { bytes, truncated } = await readCapped(source.stream, {
    maxBytes: 12,
  });
  assertEquals([text(bytes), truncated], ["123451234512", true]);
  assert(source.cancelled);
  assertEquals(source.pulls, 3);
  assertFalse(source.stream.locked);
});

Deno.test("readCapped() keeps nothing at a cap of 0, and says whether there was anything", async () => {
  const some = await readCapped(new Source(["x"]).stream, { maxBytes: 0 });
  assertEquals([some.bytes.length, some.truncated], [0, true]);
  const none = await readCapped(new Source([]).stream, { maxBytes: 0 });
  assertEquals([none.bytes.length, none.truncated], [0, false]);
});

Deno.test("readCapped() can drain what is beyond the cap", async () => {
  const source = new Source(["12345", "67890", "12345"]);
  const { bytes, truncated } = await readCapped(source.stream, {
    maxBytes: 7,
    beyond: "drain",
  });
  assertEquals([text(bytes), truncated], ["1234567", true]);
  assertFalse(source.cancelled);
  assertEquals(source.pulls, 4);
});

Deno.test("readCapped() rejects with the failure of the stream, and lets go of it", async () => {
  const failure = new Error("Reset");
  const { stream } = new Source(["1", failure]);
  const thrown = await assertRejects(() => readCapped(stream, { maxBytes: 9 }));
  assertStrictEquals(thrown, failure);
  assertFalse(stream.locked);
});

Deno.test("readCapped() ends with what it has when the signal aborts", async () => {
  const source = new Source(["so far"], true);
  const controller = new AbortController();
  const reading = readCapped(source.stream, {
    maxBytes: 100,
    signal: controller.signal,
  });
  // Two turns of the event loop are enough for the first part.
  await new Promise((resolve) => setTimeout(resolve));
  controller.abort();
  const { bytes, truncated } = await reading;
  assertEquals([text(bytes), truncated], ["so far", false]);
  assert(source.cancelled);
  assertFalse(source.stream.locked);
});

Deno.test("readCapped() reads nothing if the signal has aborted", async () => {
  const source = new Source([], true);
  const { bytes } = await readCapped(source.stream, {
    maxBytes: 100,
    signal: AbortSignal.abort(),
  });
  assertEquals(bytes.length, 0);
  assert(source.cancelled);
});

Deno.test("readCapped() reads the same whatever the parts", async () => {
  const parts = fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 8 });
  const beyond = fc.constantFrom("cancel" as const, "drain" as const);
  await fc.assert(
    fc.asyncProperty(parts, fc.nat(40), beyond, async (parts, max, beyond) => {
      const whole = parts.flatMap((part) => [...part]);
      const { stream } = new Source(parts);
      const read = await readCapped(stream, { maxBytes: max, beyond });
      assertEquals([...read.bytes], whole.slice(0, max));
      assertEquals(read.truncated, whole.length > max);
    }),
  );
});
