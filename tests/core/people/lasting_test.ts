import { assertEquals } from "@std/assert";
import { lastingText } from "../../../src/core/people/lasting.ts";

Deno.test("lastingText() writes a duration in one or two units", () => {
  const cases: readonly (readonly [ms: number, text: string])[] = [
    [-5, "0 s"],
    [400, "0 s"],
    [12_000, "12 s"],
    [59_600, "1 min"],
    [180_000, "3 min"],
    [3_599_000, "1 h"],
    [19_200_000, "5 h 20 min"],
    [47 * 3_600_000, "47 h"],
    [9 * 86_400_000, "9 days"],
  ];
  for (const [ms, text] of cases) assertEquals(lastingText(ms), text);
});
