import { assertEquals } from "@std/assert";
import { formatBytes } from "../../src/core/bytes.ts";

Deno.test("formatBytes() is exact, and short where it can be", () => {
  const table: [number, string][] = [
    [0, "0 bytes"],
    [1, "1 byte"],
    [1000, "1000 bytes"],
    [1024, "1 KiB"],
    [1025, "1025 bytes"],
    [65536, "64 KiB"],
    [10 * 2 ** 20, "10 MiB"],
    [2 ** 30, "1024 MiB"],
  ];
  for (const [bytes, text] of table) assertEquals(formatBytes(bytes), text);
});
