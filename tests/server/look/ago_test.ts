import { assertEquals } from "@std/assert";
import { ago } from "../../../src/server/look/ago.ts";
import { icon } from "../../../src/server/look/icon.ts";

const TIMES: readonly (readonly [number, string])[] = [
  [-5, "for 0 s"],
  [999, "for 0 s"],
  [59_999, "for 59 s"],
  [60_000, "for 1 min"],
  [3_599_999, "for 59 min"],
  [3_600_000, "for 1 h"],
  [47 * 3_600_000, "for 47 h"],
  [48 * 3_600_000, "for 2 days"],
  [400 * 86_400_000, "for 400 days"],
];

for (const [ms, text] of TIMES) {
  Deno.test(`ago() says of ${ms} ms: ${text}`, () => {
    assertEquals(ago(ms), text);
  });
}

Deno.test("what is sent to browsers needs nothing from around it", () => {
  const [agoAlone, iconAlone] = new Function(`return [${ago}, ${icon}]`)();
  assertEquals(agoAlone(60_000), "for 1 min");
  assertEquals(iconAlone("healthy"), icon("healthy"));
});
