import { assert, assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import type { Found } from "../../../../src/sinks/cluster/shared/found.ts";
import { Inbox } from "../../../../src/sinks/cluster/shared/inbox.ts";
import { Outbox } from "../../../../src/sinks/cluster/shared/outbox.ts";
import { PASS } from "../../../support/probes.ts";
import { HERE, OtherAgent } from "../../../support/sharing.ts";

function foundOf(length = 0): Found {
  const { state } = new OtherAgent().find(PASS);
  const { checking: _, stale: __, ...shared } = {
    ...state,
    checking: false,
    stale: undefined,
  };
  return {
    outcome: PASS,
    state: shared,
    ...(length > 0 && { memory: "x".repeat(length) }),
  };
}

/** An outbox, and what it has sent. */
function box(maxBytes = 1 << 20): { outbox: Outbox; sent: string[] } {
  const sent: string[] = [];
  const outbox = new Outbox({
    self: HERE,
    instance: "1",
    maxBytes: () => maxBytes,
    publish: (batch) => void sent.push(batch),
  }, "config");
  return { outbox, sent };
}

Deno.test("results are sent together, and at once if one of them matters", () => {
  using time = new FakeTime();
  const { outbox, sent } = box();
  const inbox = new Inbox();
  const found = foundOf();
  outbox.add(["a", null], found, false);
  outbox.add(["__proto__", "eu"], found, false);
  time.tick(249);
  assertEquals(sent, []);
  time.tick(1);
  const batch = inbox.read(JSON.parse(sent[0]!))!;
  const same = JSON.parse(JSON.stringify(found));
  assertEquals(batch.found, [[["a", null], same], [["__proto__", "eu"], same]]);
  assertEquals([batch.looker, batch.config, batch.isMissingSome], [
    HERE,
    "config",
    false,
  ]);
  outbox.add(["a", null], foundOf(), false);
  outbox.add(["b", null], foundOf(), true);
  time.tick(10);
  assertEquals(inbox.read(JSON.parse(sent[1]!))?.found.length, 2);
  outbox.add(["c", null], foundOf(), true);
  outbox.flush();
  outbox.flush();
  assertEquals(sent.length, 3);
  time.tick(1_000);
  assertEquals(sent.length, 3);
});

Deno.test("what was found by one config is not sent with another", () => {
  using _time = new FakeTime();
  const { outbox, sent } = box();
  outbox.add(["a", null], foundOf(), false);
  outbox.config = "new";
  outbox.add(["a", null], foundOf(), false);
  outbox.flush();
  assertEquals(sent.map((batch) => JSON.parse(batch).config), [
    "config",
    "new",
  ]);
});

Deno.test("no batch is larger than the server allows", () => {
  fc.assert(
    fc.property(
      fc.array(fc.nat(9_000), { maxLength: 40 }),
      fc.integer({ min: 4_096, max: 65_536 }),
      (lengths, maxBytes) => {
        using _time = new FakeTime();
        const { outbox, sent } = box(maxBytes);
        for (const [i, length] of lengths.entries()) {
          outbox.add([`€${i}`, null], foundOf(length), false);
        }
        outbox.flush();
        for (const batch of sent) {
          assert(new TextEncoder().encode(batch).length <= maxBytes);
        }
        const inbox = new Inbox();
        let missing = 0;
        const read = sent.flatMap((batch) => {
          const { found, isMissingSome } = inbox.read(JSON.parse(batch))!;
          if (isMissingSome) missing++;
          return found.map(([[id]]) => id);
        });
        if (read.length === lengths.length) assertEquals(missing, 0);
        // In order, and only those are left out that fit into none.
        const limit = (maxBytes - 2048) / 3 - 1_000;
        const sure = [...lengths.entries()].filter(([, n]) => n < limit);
        assert(sure.every(([i]) => read.includes(`€${i}`)));
        assertEquals(read, read.toSorted((a, b) => +a.slice(1) - +b.slice(1)));
      },
    ),
    { numRuns: 30 },
  );
});

Deno.test("an inbox notices that batches are missing, of each run of an agent", () => {
  const inbox = new Inbox();
  const missing = (agent: string, instance: string, number: number) =>
    inbox.read({ agent, instance, config: "", number, found: [] })!
      .isMissingSome;
  assertEquals(missing("a", "1", 1), false);
  assertEquals(missing("a", "1", 2), false);
  assertEquals(missing("a", "1", 4), true);
  assertEquals(missing("a", "1", 5), false);
  assertEquals(missing("a", "1", 5), true);
  // It has started again, or was there before this one.
  assertEquals(missing("a", "2", 1), false);
  assertEquals(missing("b", "1", 7), true);
  assertEquals(missing("b", "1", 8), false);
  // Whoever makes up runs does not fill the memory; the others are read again.
  for (let i = 0; i < 2_000; i++) missing("c", `${i}`, 1);
  assertEquals(missing("a", "1", 6), true);
  assertEquals(missing("c", "1999", 2), false);
});

Deno.test("an inbox takes what is of the form, whatever else comes, and never throws", () => {
  const inbox = new Inbox();
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    assertEquals(inbox.read(value), undefined);
  }));
  const { outbox, sent } = box();
  outbox.add(["a", null], foundOf(), false);
  outbox.flush();
  const batch = JSON.parse(sent[0]!);
  const [good] = batch.found;
  fc.assert(fc.property(fc.array(fc.jsonValue()), (odd) => {
    const found = [...odd, good, ["b", 1, good[2]], [1, null, good[2]]];
    assertEquals(
      inbox.read({ ...batch, found })?.found.map(([place]) => place),
      [["a", null]],
    );
  }));
  for (const wrong of [{ agent: 1 }, { number: 1.5 }, { region: null }]) {
    assertEquals(inbox.read({ ...batch, ...wrong }), undefined);
  }
});

Deno.test("a result that is too large is missed by others, who then read the records", () => {
  const { outbox, sent } = box(4096);
  const inbox = new Inbox();
  outbox.add(["a", null], foundOf(), true);
  outbox.flush();
  assertEquals(inbox.read(JSON.parse(sent[0]!))?.isMissingSome, false);
  // More than a third of what fits: it is measured, not guessed.
  outbox.add(["a", null], foundOf(1500), true);
  outbox.flush();
  assertEquals(inbox.read(JSON.parse(sent[1]!))?.isMissingSome, false);
  outbox.add(["a", null], foundOf(5000), true);
  outbox.add(["b", null], foundOf(), true);
  outbox.flush();
  assertEquals(inbox.read(JSON.parse(sent[2]!))?.isMissingSome, true);
});
