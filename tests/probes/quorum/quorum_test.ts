import { assertEquals, assertThrows } from "@std/assert";
import { fail, OptionError, pass, warn } from "../../../mod.ts";
import { probe } from "../../../src/probes/probe.ts";
import {
  quorum,
  type QuorumOptions,
} from "../../../src/probes/quorum/quorum.ts";
import type { Outcome, Status } from "../../../src/core/types.ts";
import { Fleet } from "../../../src/fleet/fleet.ts";

const OUTCOMES: Readonly<Record<Status, Outcome | undefined>> = {
  healthy: pass(),
  degraded: warn({ code: "latency", message: "Slow" }),
  unhealthy: fail({ code: "refused", message: "Refused" }),
  unknown: undefined,
};

const H = "healthy", D = "degraded", U = "unhealthy", X = "unknown";

/** The statuses of the members, what is needed, the status, the message. */
const TABLE: readonly [Status[], QuorumOptions["need"], Status, string?][] = [
  [[H, H, H], "all", H],
  [
    [H, H, U],
    "all",
    U,
    'Expected all 3 checks to be up, but "c" is unhealthy (Refused)',
  ],
  [
    [H, U, U],
    "all",
    U,
    'Expected all 3 checks to be up, but "b" is unhealthy (Refused), and 1 more',
  ],
  [[H, H, U], 2, D, '2 of 3 checks are up: "c" is unhealthy (Refused)'],
  [
    [H, U, U],
    2,
    U,
    'Expected 2 of 3 checks to be up, but "b" is unhealthy (Refused), and 1 more',
  ],
  [
    [H, U, U],
    "any",
    D,
    '1 of 3 checks are up: "b" is unhealthy (Refused), and 1 more',
  ],
  [
    [U, U, U],
    "any",
    U,
    'Expected 1 of 3 checks to be up, but "a" is unhealthy (Refused), and 2 more',
  ],
  // A degraded one is up; it matters if it is needed.
  [[H, H, D], 2, H],
  [
    [H, H, D],
    "all",
    D,
    'Expected all 3 checks to be up and well, but "c" is degraded (Slow)',
  ],
  [
    [D, D, D],
    "any",
    D,
    'Expected 1 of 3 checks to be up and well, but "a" is degraded (Slow), and 2 more',
  ],
  [
    [D, U, U],
    "any",
    D,
    '1 of 3 checks are up: "b" is unhealthy (Refused), and 1 more',
  ],
  // What is not known does not matter where the others decide.
  [[H, H, X], 2, H],
  [
    [U, U, X],
    2,
    U,
    'Expected 2 of 3 checks to be up, but "a" is unhealthy (Refused), and 1 more',
  ],
  [[H, X, X], 2, X],
  [[H, U, X], 2, X],
  [[H, H, X], "all", X],
  [[H], "any", H],
  [[U], 1, U, 'Expected all 1 checks to be up, but "a" is unhealthy (Refused)'],
];

for (const [statuses, need, status, message] of TABLE) {
  Deno.test(`a quorum of ${statuses} that needs ${need} is ${status}`, async () => {
    await using fleet = new Fleet({ background: false });
    const ids = ["a", "b", "c"].slice(0, statuses.length);
    fleet.add(quorum({ of: ids, need }), { id: "all" });
    for (const id of ids) fleet.add(probe(() => pass()), { id, retries: 1 });
    for (const [i, id] of ids.entries()) {
      const outcome = OUTCOMES[statuses[i]!];
      if (outcome !== undefined) fleet.report(id, outcome);
    }
    const snapshot = fleet.get("all");
    assertEquals(snapshot?.status, status);
    assertEquals(snapshot?.reason?.message, message);
  });
}

Deno.test("a quorum follows its members at once, and tells only what is new", async () => {
  await using fleet = new Fleet({ background: false });
  for (const id of ["a", "b"]) {
    fleet.add(probe(() => pass()), { id, retries: 1 });
  }
  fleet.add(quorum({ of: ["a", "b"], need: 1 }), { id: "q" });
  const seen: string[] = [];
  fleet.observe((step) => {
    if (step.type === "end" && step.id === "q") seen.push(step.after.status);
  });
  fleet.report("a", pass());
  fleet.report("b", pass());
  fleet.report("b", pass());
  fleet.report("a", fail({ code: "reset", message: "Gone" }));
  assertEquals(fleet.get("q")?.status, "degraded");
  fleet.report("a", fail({ code: "refused", message: "Refused" }));
  fleet.report("b", fail({ code: "refused", message: "Refused" }));
  fleet.report("b", pass());
  fleet.report("a", pass());
  assertEquals(seen, [
    "healthy",
    // Two of two are up, not one.
    "healthy",
    "degraded",
    "degraded",
    "unhealthy",
    "degraded",
    "healthy",
  ]);
  await fleet.remove("b");
  assertEquals(fleet.get("q")?.status, "healthy");
  await fleet.remove("a");
  const { status, reason } = fleet.get("q")!;
  assertEquals(status, "unknown");
  assertEquals(
    reason?.message,
    'Expected 1 of 2 checks to be up, but there is no check "a", and 1 more',
  );
});

Deno.test("a quorum that comes after its members knows at once how they are", async () => {
  await using fleet = new Fleet({ background: false });
  for (const id of ["a", "b"]) {
    fleet.add(probe(() => pass()), { id });
    await fleet.attempt(id);
  }
  fleet.add(quorum({ of: ["a", "b"], need: "all" }), { id: "q" });
  assertEquals(fleet.get("q")!.status, "healthy");
  // Its target is another one, so that it starts afresh.
  fleet.replace(quorum({ of: ["a"], need: "all" }), { id: "q" });
  assertEquals(fleet.get("q")!.status, "healthy");
  fleet.remove("a");
  assertEquals(fleet.get("q")!.status, "unknown");
});

Deno.test("a quorum that is tried tries what was not tried yet, and joins the rest", async () => {
  for (const order of [["q", "a", "b"], ["a", "q", "b"], ["a", "b", "q"]]) {
    let tried = 0;
    await using fleet = new Fleet({ background: false, concurrency: 1 });
    for (const id of order) {
      fleet.add(
        id === "q"
          ? quorum({ of: ["a", "b"], need: "all" })
          : probe(async () => {
            await new Promise((resolve) => setTimeout(resolve, 5));
            tried++;
            return pass();
          }),
        { id },
      );
    }
    const all = await fleet.attemptAll();
    assertEquals(all.map(({ status }) => status), [
      "healthy",
      "healthy",
      "healthy",
    ]);
    assertEquals(tried, 2);
    await fleet.attempt("q");
    assertEquals(tried, 2);
  }
});

Deno.test("a quorum of quorums that go round in a circle ends", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(probe(() => pass()), { id: "a", retries: 1 });
  fleet.add(quorum({ of: ["a", "r"], need: "any" }), { id: "q" });
  fleet.add(quorum({ of: ["q"], need: "all" }), { id: "r" });
  fleet.report("a", pass());
  assertEquals([fleet.get("q")?.status, fleet.get("r")?.status], [
    "healthy",
    "healthy",
  ]);
});

Deno.test("a quorum says nothing while a check has not settled that it needs", async () => {
  await using fleet = new Fleet({ background: false });
  fleet.add(probe(() => pass()), { id: "a", retries: 3 });
  fleet.add(probe(() => pass()), { id: "b", retries: 3 });
  fleet.add(quorum({ of: ["a", "b"], need: "all" }), { id: "q" });
  fleet.report("b", pass());
  const refused = fail({ code: "refused", message: "Refused" });
  fleet.report("a", refused);
  fleet.report("a", refused);
  assertEquals(fleet.get("q")?.attempts, 0);
  fleet.report("a", refused);
  const { status, attempts } = fleet.get("q")!;
  assertEquals([status, attempts], ["unhealthy", 1]);
});

Deno.test("a quorum without a fleet says that it needs one", async () => {
  const { verdict, reason } = await quorum({ of: ["a"], need: 1 })(
    new AbortController().signal,
  );
  assertEquals([verdict, reason?.code], ["error", "unsupported"]);
});

const WRONG: readonly [Partial<QuorumOptions>, string][] = [
  [{ of: [] }, "of: expected a list of ids of checks"],
  [{ of: ["a", "a"] }, 'of: expected each check once, got "a" twice'],
  [{ need: 0 }, "need: expected all, any, or a number from 1 to 2, got 0"],
  [{ need: 3 }, "need: expected all, any, or a number from 1 to 2, got 3"],
  [{ need: 1.5 }, "need: expected all, any, or a number from 1 to 2, got 1.5"],
];

for (const [options, message] of WRONG) {
  Deno.test(`quorum() refuses ${JSON.stringify(options)}`, () => {
    const { message: got } = assertThrows(
      () => quorum({ of: ["a", "b"], need: 1, ...options }),
      OptionError,
    );
    assertEquals(got, message);
  });
}
