import { assert, assertEquals } from "@std/assert";
import { headersOf, readHead } from "../../../../src/probes/http/wire/head.ts";

/** The shortest of a few runs, in milliseconds. */
function timeOf(run: () => void): number {
  return Math.min(...Array.from({ length: 3 }, () => {
    const startedAt = performance.now();
    run();
    return performance.now() - startedAt;
  }));
}

/** A head with many lines. */
function headOf(lines: number, line: (i: number) => string): Uint8Array {
  const text = Array.from({ length: lines }, (_, i) => `${line(i)}\r\n`);
  return new TextEncoder().encode(
    `HTTP/1.1 200 OK\r\nA: b\r\n${text.join("")}\r\n`,
  );
}

const LINES: Readonly<Record<string, (i: number) => string>> = {
  "headers of different names": (i) => `x${i}: y`,
  "values of one header": () => "x: y",
  "lines of one header": () => " y",
};

for (const [what, line] of Object.entries(LINES)) {
  Deno.test(`readHead() takes as long for each of many ${what}`, () => {
    const time = (lines: number): number => {
      const bytes = headOf(lines, line);
      return timeOf(() => void headersOf(readHead(bytes, "peer")).get("x"));
    };
    time(500);
    // 32 times as long; it would be a thousand times if each took longer.
    assert(time(32_000) < 300 * Math.max(time(1000), 0.2));
  });
}

Deno.test("headersOf() joins the values of a name in any case", () => {
  const bytes = new TextEncoder().encode(
    "HTTP/1.1 200 OK\r\nX-A: b\r\n c\r\nx-a: d\r\n\r\n",
  );
  const headers = headersOf(readHead(bytes, "peer"));
  assertEquals(headers.get("X-a"), "b c, d");
  assertEquals(headers.get("x-b"), null);
  assertEquals([...headers], [["x-a", "b c, d"]]);
});
