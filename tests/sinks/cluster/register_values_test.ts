import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  parseMember,
  parseTeller,
} from "../../../src/sinks/cluster/register_values.ts";

const MEMBER = {
  instance: "1",
  term: 0,
  region: null,
  labels: { disk: "ssd" },
  config: "c",
  view: "v",
  leaving: false,
};

Deno.test("a register has members and who tells, and what else is in it is refused", () => {
  assertEquals(parseMember({ ...MEMBER, more: 1 }), MEMBER);
  assertEquals(parseMember({ ...MEMBER, labels: undefined })?.labels, {});
  const teller = { instance: "1", term: 3, holder: "a" };
  assertEquals(parseTeller({ ...teller, more: 1 }), teller);
  assertEquals(parseTeller({ ...teller, holder: null })?.holder, null);
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals([parseMember(value), parseTeller(value)], [
      undefined,
      undefined,
    ]);
  }));
  for (
    const wrong of [
      { instance: 1 },
      { term: -1 },
      { term: 0.5 },
      { region: 1 },
      { labels: { disk: 1 } },
      { config: null },
      { view: null },
      { leaving: 0 },
    ]
  ) assertEquals(parseMember({ ...MEMBER, ...wrong }), undefined);
  for (const wrong of [{ instance: 1 }, { term: "1" }, { holder: 1 }]) {
    assertEquals(parseTeller({ ...teller, ...wrong }), undefined);
  }
});
