import { assertEquals } from "@std/assert";
import { FAIL, PASS } from "../../support/probes.ts";
import { KeptMap, withTold } from "./told.ts";

/** Has on disk only what somebody has waited for. */
class Disk extends KeptMap {
  onDisk = new Map<string, string>();

  override written(): Promise<boolean> {
    this.onDisk = new Map(this.values);
    return Promise.resolve(true);
  }
}

Deno.test("a message is on disk before it is sent, and that it was sent soon after", async () => {
  const kept = new Disk();
  const messages = (): number =>
    [...kept.onDisk.keys()].filter((name) => name.includes("/message/"))
      .length;
  await withTold({
    notify: { team: { type: "log", gather: 0 } },
    checks: { a: null },
    kept,
  }, async (told) => {
    const before: number[] = [];
    const { written } = Disk.prototype;
    kept.written = () => {
      const result = written.call(kept);
      before.push(messages());
      return result;
    };
    for (const outcome of [FAIL, PASS]) {
      told.report("a", outcome);
      const said = await told.after(1000);
      assertEquals(said.length, 1);
      assertEquals(before.splice(0), [1, 0]);
      assertEquals(kept.onDisk, kept.values);
    }
  });
});
