import { assertEquals } from "@std/assert";
import { type Field, FIELDS } from "../../src/core/fields.ts";
import { initialState } from "../../src/core/machine.ts";
import { parsePolicy } from "../../src/core/policy.ts";
import type { CheckRecord } from "../../src/fleet/record.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { FAIL, scripted } from "../support/probes.ts";

/** The names of the fields at a place, sorted. */
function names(place: "state" | "saved" | "shown"): string[] {
  return Object.entries<Field>(FIELDS).filter(([, field]) => field[place])
    .map(([name]) => name).sort();
}

Deno.test("FIELDS has each field of a state, a record and a snapshot, and no other", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([FAIL]), { id: "a", group: "edge" });
  fleet.report("a", FAIL);
  const record = fleet.record("a")!;
  fleet.add(scripted([FAIL]), {
    id: "b",
    name: "The b",
    description: "What b is",
    link: "https://b.example/",
    record: { ...record, id: "b" },
  });
  await using shared = new Fleet({ background: false });
  shared.share({
    acts: () => true,
    attempt: () => Promise.resolve(),
    receive() {},
  });
  shared.add(scripted([FAIL]), { id: "c" });
  shared.release("c", { agent: "one", region: "eu" });
  const state = initialState(0, parsePolicy());
  assertEquals(Object.keys({ ...state, stale: true }).sort(), names("state"));
  assertEquals(
    Object.keys({ ...fleet.get("b"), ...shared.get("c") }).sort(),
    names("shown"),
  );
  assertEquals(
    Object.keys(record).sort(),
    [...names("saved"), "history" satisfies keyof CheckRecord].sort(),
  );
});

Deno.test("FIELDS says which fields may be null", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(scripted([FAIL]), { id: "a" });
  const state = initialState(0, parsePolicy({ startPeriod: "1m" }));
  const values = { ...fleet.get("a"), ...state };
  for (const [name, value] of Object.entries(values)) {
    const { nullable = false } = FIELDS[name as keyof typeof FIELDS];
    // Of what has never been tried, all that may be null is.
    assertEquals(value === null, nullable, name);
  }
});
