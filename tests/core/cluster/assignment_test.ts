import { assert, assertEquals } from "@std/assert";
import {
  Assignment,
  type Changes,
} from "../../../src/core/cluster/assignment.ts";
import type { Candidate } from "../../../src/core/cluster/shares.ts";
import { type Vantage, vantagesOf } from "../../../src/core/cluster/vantage.ts";
import { digestOf, type View } from "../../../src/core/cluster/view.ts";

const VANTAGES: readonly Vantage[] = Array.from(
  { length: 40 },
  (_, i) =>
    vantagesOf(`check-${i}`, {
      regions: null,
      labels: i % 2 === 0 ? {} : { net: "office" },
    })[0]!,
);

function member(id: string, labels: Candidate["labels"] = {}): Candidate {
  return { id, region: null, labels };
}

/** What a member knows, as far as that decides what it runs. */
class Knowledge {
  readonly id = "me";
  view: View | null = null;
  readonly views: Map<string, string> = new Map();

  viewOf(id: string): string | undefined {
    return this.views.get(id);
  }

  see(...members: Candidate[]): string {
    const number = (this.view?.number ?? 0) + 1;
    const digest = digestOf(members);
    this.view = { number, members, digest };
    return digest;
  }
}

const ME = member("me", { net: "office" });
const NONE: Changes = { start: [], hold: [] };

Deno.test("Assignment: a check is run until its new owner announces that it runs it", () => {
  const known = new Knowledge();
  const assignment = new Assignment(VANTAGES);
  known.see(ME);
  assertEquals(assignment.update(known, 0).start.length, 40);

  const before = known.view!.digest;
  const after = known.see(ME, member("you", { net: "office" }));
  const yours = VANTAGES.keys().filter((i) => assignment.owner(i) === "you");
  known.views.set("you", before);
  assertEquals(assignment.update(known, 10), NONE);
  assert(assignment.handingOver > 0);
  assertEquals(assignment.running, 40);
  known.views.set("you", after);
  const { hold } = assignment.update(known, 20);
  assertEquals([...hold].sort((a, b) => a - b), [...yours]);
  assertEquals(assignment.running, 40 - hold.length);
  assertEquals(assignment.handingOver, 0);
});

Deno.test("Assignment: a check is held after 5 s whatever its new owner does", () => {
  const known = new Knowledge();
  const assignment = new Assignment(VANTAGES);
  known.see(ME);
  assignment.update(known, 0);
  known.see(ME, member("you", { net: "office" }));
  assertEquals(assignment.update(known, 1_000), NONE);
  assertEquals(assignment.update(known, 5_999), NONE);
  assert(assignment.update(known, 6_000).hold.length > 0);
});

Deno.test("Assignment: what comes back during a handover is run on", () => {
  const known = new Knowledge();
  const assignment = new Assignment(VANTAGES);
  known.see(ME);
  assignment.update(known, 0);
  known.see(ME, member("you", { net: "office" }));
  assignment.update(known, 0);
  const before = assignment.handingOver;
  // It may not run the checks of the office any more.
  known.see(ME, member("you"));
  assertEquals(assignment.update(known, 10), NONE);
  assert(assignment.handingOver > 0 && assignment.handingOver < before);
  const { hold } = assignment.update(known, 60_000);
  assert(hold.every((index) => index % 2 === 0), "only those it may run");
  for (const index of VANTAGES.keys()) {
    assertEquals(assignment.runs(index), assignment.owner(index) === "me");
  }
});

Deno.test("Assignment: what no member may run is run by none", () => {
  const known = new Knowledge();
  const assignment = new Assignment(VANTAGES);
  known.see(ME);
  assignment.update(known, 0);
  known.see(member("me"));
  const { hold } = assignment.update(known, 10);
  assertEquals(hold.length, 20);
  assertEquals([assignment.owner(0), assignment.owner(1)], ["me", null]);
});

Deno.test("Assignment: who is no member runs nothing, and starts anew later", () => {
  const known = new Knowledge();
  const assignment = new Assignment(VANTAGES);
  known.see(ME);
  assignment.update(known, 0);
  const { view } = known;
  known.view = null;
  assertEquals(assignment.update(known, 10).hold.length, 40);
  assertEquals(assignment.update(known, 20), NONE);
  known.view = { ...view!, number: 2 };
  assertEquals(assignment.update(known, 30).start.length, 40);
});
