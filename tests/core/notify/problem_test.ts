import { assertEquals, assertStrictEquals } from "@std/assert";
import { incidentId } from "../../../src/core/past/incident_rules.ts";
import { nextProblem, type Problem } from "../../../src/core/notify/problem.ts";
import type { Sighting } from "../../../src/core/notify/sighting.ts";
import type { Status } from "../../../src/core/types.ts";

const STATUSES: Readonly<Record<string, Status>> = {
  H: "healthy",
  D: "degraded",
  U: "unhealthy",
  "?": "unknown",
};

function sighting(
  letter: string,
  at: number,
  about: Partial<Sighting> = {},
): Sighting {
  const status = STATUSES[letter]!;
  return {
    check: "web",
    group: null,
    type: "tcp",
    target: "web:80",
    status,
    since: at,
    reason: status === "healthy"
      ? null
      : { code: "refused", message: `${letter} at ${at}` },
    incident: status === "unhealthy" ? { id: `i${at}`, began: at } : null,
    muted: null,
    at,
    ...about,
  };
}

/** Where problems begin (`(`) and end (`)`) among the letters of statuses. */
function brackets(letters: string, on: string, isTold = false): string {
  let problem: Problem | null = null;
  let text = "";
  let incident: Sighting["incident"] = null;
  for (const [at, letter] of [...letters].entries()) {
    if (letter === "U") incident ??= { id: `i${at}`, began: at };
    else if (letter !== "?") incident = null;
    const told: Status | null = isTold && problem !== null
      ? problem.status
      : null;
    const { ended, lasting } = nextProblem(
      problem,
      sighting(letter, at, { incident }),
      { on: [...on].map((one) => STATUSES[one]!), isInScope: true, told },
    );
    if (ended !== null) text += ")";
    if (lasting !== null && (problem === null || ended !== null)) text += "(";
    text += letter;
    problem = lasting;
  }
  return text;
}

for (
  const [on, expected] of [
    ["U", "H(UU)H"],
    // Which it goes on through, and which ends it.
    ["U", "(U?U)D?(U"],
    ["U", "(U??)H?"],
    ["UD", "(UDU?D)H"],
    ["UD", "?(D?U)H(D"],
    ["D", "U?(DU?D)H"],
    ["?", "UD(?U)DU(?)H"],
    ["UD?", "(?DU)H(U"],
    ["U?", "(?U)D(?)H"],
  ] as const
) {
  Deno.test(`a problem with on: ${on} is as in ${expected}`, () => {
    assertEquals(brackets(expected.replaceAll(/[()]/g, ""), on), expected);
  });
}

Deno.test("a problem that was told as degraded is not over while it is", () => {
  assertEquals(brackets("UDDH", "U"), "(U)DDH");
  const on = ["unhealthy"] as const;
  const { lasting: first } = nextProblem(null, sighting("D", 0), {
    on: ["degraded"],
    isInScope: true,
    told: null,
  });
  const options = { on, isInScope: true, told: "degraded" } as const;
  const { lasting } = nextProblem(first, sighting("D", 1), options);
  assertEquals(lasting?.status, "degraded");
  const { ended } = nextProblem(lasting, sighting("H", 2), options);
  assertEquals([ended?.ended, ended?.end], [2, "recovered"]);
});

const OPTIONS = { on: ["unhealthy"], isInScope: true, told: null } as const;

Deno.test("a problem that begins with an incident has its id and its beginning", () => {
  const { lasting } = nextProblem(
    null,
    sighting("U", 9, { since: 5, incident: { id: "i4", began: 4 } }),
    OPTIONS,
  );
  assertEquals([lasting?.id, lasting?.began], ["i4", 4]);
});

Deno.test("a problem that begins with another status has an id of its own", () => {
  const { lasting } = nextProblem(null, sighting("?", 9, { since: 5 }), {
    ...OPTIONS,
    on: ["unknown"],
  });
  const id = incidentId("web", 5, null);
  assertEquals([lasting?.id, lasting?.began], [id, 5]);
});

Deno.test("a problem ends if its check has another incident", () => {
  const { lasting } = nextProblem(null, sighting("U", 1), OPTIONS);
  const step = nextProblem(lasting, sighting("U", 5), OPTIONS);
  assertEquals([step.ended?.id, step.ended?.ended], ["i1", 5]);
  assertEquals(step.lasting?.id, "i5");
});

Deno.test("a problem begins only where it is in scope, and goes on elsewhere", () => {
  const outside = { ...OPTIONS, isInScope: false };
  const none = { ended: null, lasting: null };
  assertEquals(nextProblem(null, sighting("U", 1), outside), none);
  const { lasting } = nextProblem(null, sighting("U", 1), OPTIONS);
  const seen = sighting("U", 1);
  assertStrictEquals(nextProblem(lasting, seen, outside).lasting, lasting);
  const step = nextProblem(lasting, sighting("H", 3), outside);
  assertEquals(step.ended?.end, "recovered");
});

Deno.test("a problem is the same object if nothing changes", () => {
  const { lasting } = nextProblem(null, sighting("U", 1), OPTIONS);
  const again = { ...sighting("U", 1), at: 2 };
  assertStrictEquals(nextProblem(lasting, again, OPTIONS).lasting, lasting);
});

Deno.test("a problem has its first reason, and its last one of those that are told", () => {
  let { lasting } = nextProblem(null, sighting("U", 1), OPTIONS);
  const incident = { id: "i1", began: 1 };
  for (const letter of ["U", "?"]) {
    const at = letter === "U" ? 2 : 3;
    const seen = sighting(letter, at, { incident });
    lasting = nextProblem(lasting, seen, OPTIONS).lasting;
  }
  assertEquals(lasting?.firstReason.message, "U at 1");
  assertEquals(lasting?.reason.message, "U at 2");
});

Deno.test("a problem says because of which check it is while that mutes it", () => {
  const muted = { by: "dependency", check: "gateway" } as const;
  const { lasting } = nextProblem(null, sighting("U", 1, { muted }), OPTIONS);
  assertEquals([lasting?.because, lasting?.isMuted], ["gateway", true]);
  const incident = { id: "i1", began: 1 };
  const seen = sighting("U", 1, { incident, at: 7 });
  const { lasting: next } = nextProblem(lasting, seen, OPTIONS);
  assertEquals([next?.because, next?.isMuted], [null, false]);
  assertEquals(next?.unmutedAt, 7);
});

Deno.test("a problem never ends before it began", () => {
  const { lasting } = nextProblem(null, sighting("U", 100), OPTIONS);
  const { ended } = nextProblem(lasting, sighting("H", 50), OPTIONS);
  assertEquals(ended?.ended, 100);
});

Deno.test("a problem has the group and the type with which it was told", () => {
  const { lasting } = nextProblem(null, sighting("U", 1), OPTIONS);
  const told = { ...OPTIONS, told: "unhealthy" } as const;
  const incident = { id: "i1", began: 1 };
  const other = { incident, group: "shop", type: "http", target: "shop:80" };
  const seen = sighting("U", 2, other);
  const { lasting: next } = nextProblem(lasting, seen, told);
  const { group, type, target } = next!;
  assertEquals([group, type, target], [null, "tcp", "shop:80"]);
  const { lasting: untold } = nextProblem(lasting, seen, OPTIONS);
  assertEquals([untold?.group, untold?.type], ["shop", "http"]);
});
