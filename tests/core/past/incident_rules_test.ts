import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import fc from "fast-check";
import { initialState, step } from "../../../src/core/machine.ts";
import { parsePolicy } from "../../../src/core/policy.ts";
import type {
  Incident,
  IncidentStep,
} from "../../../src/core/past/incident.ts";
import {
  type CheckEvent,
  type CheckIncidents,
  type Circumstances,
  hasFailed,
  incidentId,
  incidentStep,
  nextIncidents,
  NO_INCIDENTS,
} from "../../../src/core/past/incident_rules.ts";
import type { Outcome, Status, Verdict } from "../../../src/core/types.ts";

const NOTHING: Circumstances = { inMaintenance: false, causes: [] };

const STATUSES: Readonly<Record<string, [Verdict, Status]>> = {
  U: ["fail", "unhealthy"],
  u: ["pass", "unhealthy"],
  e: ["error", "unhealthy"],
  "?": ["error", "unknown"],
  H: ["pass", "healthy"],
  h: ["fail", "healthy"],
  D: ["warn", "degraded"],
};

interface Run {
  readonly state: CheckIncidents;
  readonly steps: readonly IncidentStep[];
}

/** The steps of attempts, one each 10 ms, that are written as letters. */
function run(
  letters: string,
  circumstances: (at: number) => Circumstances = () => NOTHING,
  from: CheckIncidents = NO_INCIDENTS,
): Run {
  let state = from;
  let since = 0;
  let last: Status = "unknown";
  const steps: IncidentStep[] = [];
  for (const [i, letter] of [...letters].entries()) {
    const at = (i + 1) * 10;
    const event = eventOf(letter, at);
    if (event.type === "attempt") {
      if (event.status !== last) since = at;
      last = event.status;
    }
    const next = nextIncidents("web", state, withSince(event, since), {
      ...circumstances(at),
    });
    const told = incidentStep(state, next);
    if (told !== undefined) steps.push(told);
    state = next;
  }
  return { state, steps };
}

function withSince(event: CheckEvent, since: number): CheckEvent {
  return event.type === "attempt" ? { ...event, since } : event;
}

/** `U` and so on is an attempt, `x` a removal, `.` a look at the circumstances. */
function eventOf(letter: string, at: number): CheckEvent {
  if (letter === "x") return { type: "remove", at };
  if (letter === ".") return { type: "look" };
  const [verdict, status] = STATUSES[letter]!;
  return {
    type: "attempt",
    at,
    began: at - 5,
    verdict,
    status,
    since: at,
    reason: { code: "refused", message: `at ${at}` },
  };
}

/** The steps in a few words: what, and the mute. */
function inWords({ steps }: Run): string {
  return steps.map((step) => {
    if (step.type === "maintenance") return "?";
    const { type, incident: { end, muted } } = step;
    const why = muted === null
      ? ""
      : ` (${muted.by === "maintenance" ? "maintenance" : muted.check})`;
    return `${type === "end" ? end : type}${why}`;
  }).join(", ");
}

for (
  const [letters, expected] of [
    ["HHH", ""],
    ["hhh", ""],
    ["?", ""],
    ["HU", "begin"],
    ["HUH", "begin, recovered"],
    ["HUD", "begin, recovered"],
    ["HuH", "begin, recovered"],
    ["HU?", "begin"],
    ["HU?H", "begin, recovered"],
    ["HU?UH", "begin, change, recovered"],
    ["HUx", "begin, removed"],
    ["HU?x", "begin, removed"],
    ["Hx", ""],
    ["HUUH", "begin, change, recovered"],
    ["HUuH", "begin, recovered"],
    ["HUHUH", "begin, recovered, begin, recovered"],
    ["UxU", "begin, removed, begin"],
    ["e", "begin"],
  ] as const
) {
  Deno.test(`nextIncidents() makes "${expected}" of ${letters}`, () => {
    assertEquals(inWords(run(letters)), expected);
  });
}

Deno.test("nextIncidents() tells the first and the last reason, and when", () => {
  const { steps, state } = run("HUUe?H");

  const [begin, change, end] = steps as (IncidentStep & {
    incident: Incident;
  })[];
  assertEquals(begin!.incident, {
    id: begin!.incident.id,
    check: "web",
    began: 20,
    ended: null,
    end: null,
    firstReason: { code: "refused", message: "at 20" },
    lastReason: { code: "refused", message: "at 20" },
    muted: null,
  });
  assertEquals(change!.incident.lastReason.message, "at 30");
  // An error says nothing of the target.
  assertEquals(end!.incident, {
    ...change!.incident,
    ended: 60,
    end: "recovered",
  });
  assertStrictEquals(state.incident, end!.incident);
});

Deno.test("nextIncidents() does not end before it began", () => {
  const { state } = run("HU");
  const set = { ...eventOf("H", 5), since: 5 } as CheckEvent;
  const { incident } = nextIncidents("web", state, set, NOTHING);
  assertEquals([incident?.began, incident?.ended], [20, 20]);
});

Deno.test("nextIncidents() goes on with an incident from before", () => {
  const before = run("HU").state.incident!;
  const resumed = { incident: before, triedAt: null };

  assertEquals(inWords(run("U", undefined, resumed)), "change");
  assertEquals(inWords(run("eu", undefined, resumed)), "");
  assertEquals(inWords(run("H", undefined, resumed)), "recovered");
  assertEquals(inWords(run("x", undefined, resumed)), "removed");
  assertEquals(run("UU", undefined, resumed).state.incident?.id, before.id);
});

/** Maintenance in a range of time. */
const maintenance = (from: number, to: number) => (at: number) => ({
  inMaintenance: at >= from && at < to,
  causes: [],
});

/** A cause that fails at one time and recovers at another. */
const cause = (from: number, to: number, check = "db") => (at: number) => ({
  inMaintenance: false,
  causes: [{
    check,
    failedUntil: at < from ? -Infinity : at < to ? Infinity : to,
  }],
});

for (
  const [letters, circumstances, expected] of [
    ["HU.", maintenance(0, 30), "begin (maintenance), change"],
    [
      "HU.H",
      maintenance(30, 90),
      "begin, change (maintenance), recovered (maintenance)",
    ],
    ["HUx", maintenance(0, 90), "begin (maintenance), removed (maintenance)"],
    ["HU", cause(0, 90), "begin (db)"],
    ["HU.", cause(30, 90), "begin, change (db)"],
    // It recovers at 35, and the attempt that ends at 40 began then.
    ["HU.U", cause(0, 35), "begin (db), change"],
    // The attempt began just before it recovered.
    ["HU.U", cause(0, 36), "begin (db), change (db)"],
    ["HU.UU", cause(0, 36), "begin (db), change (db), change"],
    // A pass is on the way up, and an error is another round.
    ["HU.u.", cause(0, 30), "begin (db)"],
    ["HU.u.e", cause(0, 30), "begin (db), change"],
    ["HU.H", cause(0, 30), "begin (db), recovered (db)"],
    // It has recovered after the attempt began that settled it.
    ["HU", cause(0, 16), "begin (db)"],
    ["HU", cause(0, 15), "begin"],
  ] as const
) {
  const { inMaintenance, causes } = circumstances(20);
  const what = inMaintenance ? "maintenance" : JSON.stringify(causes[0] ?? "");
  Deno.test(`nextIncidents() makes "${expected}" of ${letters} with ${what}`, () => {
    assertEquals(inWords(run(letters, circumstances)), expected);
  });
}

Deno.test("nextIncidents() prefers maintenance, and keeps a cause that holds", () => {
  const { state } = run("HU", cause(0, 90));
  const look = (circumstances: Circumstances) =>
    nextIncidents("web", state, { type: "look" }, circumstances).incident
      ?.muted;
  const failed = (check: string) => ({ check, failedUntil: Infinity });

  assertEquals(look({ inMaintenance: true, causes: [failed("db")] }), {
    by: "maintenance",
  });
  assertEquals(
    look({ inMaintenance: false, causes: [failed("net"), failed("db")] }),
    { by: "dependency", check: "db" },
  );
  assertEquals(look({ inMaintenance: false, causes: [failed("net")] }), {
    by: "dependency",
    check: "net",
  });
  assertEquals(
    look({
      inMaintenance: false,
      causes: [{ check: "old", failedUntil: 80 }, failed("net")],
    }),
    { by: "dependency", check: "net" },
  );
});

Deno.test("nextIncidents() returns the same object if nothing changes", () => {
  const { state } = run("HU");
  assertStrictEquals(
    nextIncidents("web", state, { type: "look" }, NOTHING),
    state,
  );
  assertStrictEquals(
    nextIncidents("web", NO_INCIDENTS, { type: "look" }, NOTHING),
    NO_INCIDENTS,
  );
});

Deno.test("incidentId() can be sorted, is safe in a URL and the same again", () => {
  const id = incidentId("web/ü?", 1_790_000_000_000, null);
  assert(/^[\w-]+$/.test(id), id);
  assertEquals(incidentId("web/ü?", 1_790_000_000_000, null), id);
  assert(
    incidentId("web", 99, null) < incidentId("a", 1_790_000_000_000, null),
  );
  assert(id !== incidentId("web", 1_790_000_000_000, null));
});

Deno.test("incidentId() tells apart incidents that begin at the same time", () => {
  let previous: Incident | null = null;
  const ids = new Set<string>();
  for (let i = 0; i < 12; i++) {
    const id = incidentId("web", 1000, previous);
    ids.add(id);
    previous = { ...run("HU").state.incident!, id };
  }
  assertEquals(ids.size, 12);
});

/** What may happen in a random walk. */
const EVENT = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("pass", "warn", "fail", "error") },
  {
    weight: 2,
    arbitrary: fc.constantFrom("maintenance", "a", "b", "restart", "replace"),
  },
  { weight: 1, arbitrary: fc.constant("remove") },
);

Deno.test("nextIncidents() agrees with a naive model in random walks", () => {
  fc.assert(
    fc.property(
      fc.array(EVENT, { maxLength: 60 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer({ min: 1, max: 2 }),
      (events, retries, rise) => {
        const policy = parsePolicy({ retries, rise });
        let at = 0;
        let machine = initialState(at, policy);
        let state = NO_INCIDENTS;
        let inMaintenance = false;
        const failedUntil = { a: -Infinity, b: -Infinity };

        // The naive model: whether it is down, and when it was last tried in vain.
        let isDown = false;
        let triedAt = -Infinity;
        const told: (IncidentStep & { incident: Incident })[] = [];

        for (const event of events) {
          at += 10;
          let happens: CheckEvent = { type: "look" };
          switch (event) {
            case "maintenance":
              inMaintenance = !inMaintenance;
              break;
            case "a":
            case "b":
              failedUntil[event] = failedUntil[event] === Infinity
                ? at
                : Infinity;
              break;
            case "restart":
              // Only incidents outlive it, and what the causes were is known.
              state = { ...state, triedAt: null };
              triedAt = isDown ? -Infinity : triedAt;
              break;
            case "replace":
              machine = initialState(at, policy);
              break;
            case "remove":
              machine = initialState(at, policy);
              happens = { type: "remove", at };
              isDown = false;
              break;
            default: {
              const outcome: Outcome = event === "pass"
                ? { verdict: event }
                : { verdict: event, reason: { code: "x", message: `${at}` } };
              machine = step(machine, { type: "start", at: at - 5 }, policy);
              machine = step(
                machine,
                { type: "end", at, durationMs: 5, outcome },
                policy,
              );
              const { status } = machine;
              happens = {
                type: "attempt",
                at,
                began: at - 5,
                verdict: event,
                status,
                since: machine.since,
                reason: machine.cause,
              };
              if (status === "unhealthy") {
                if (!isDown) triedAt = -Infinity;
                isDown = true;
              }
              if (status === "healthy" || status === "degraded") isDown = false;
              if (isDown && (event === "fail" || event === "error")) {
                triedAt = at - 5;
              }
            }
          }
          const causes = Object.entries(failedUntil)
            .map(([check, failedUntil]) => ({ check, failedUntil }));
          const circumstances = { inMaintenance, causes };
          const next = nextIncidents("web", state, happens, circumstances);
          const news = incidentStep(state, next);
          if (news !== undefined) told.push(news);
          state = next;

          assertEquals(state.incident?.ended === null, isDown);
          if (!isDown) continue;
          const { muted } = state.incident!;
          const holding = causes.filter((each) => each.failedUntil > triedAt)
            .map(({ check }) => check);
          if (inMaintenance) assertEquals(muted, { by: "maintenance" });
          else if (holding.length === 0) assertEquals(muted, null);
          else {
            assert(muted?.by === "dependency" && holding.includes(muted.check));
          }
        }

        // Each begins once, ends at most once, and nothing is told afterwards.
        const byId = Map.groupBy(told, ({ incident }) => incident.id);
        for (const steps of byId.values()) {
          const types = steps.map(({ type }) => type);
          assertEquals(types.indexOf("begin"), 0);
          assertEquals(types.lastIndexOf("begin"), 0);
          const end = types.indexOf("end");
          assert(end < 0 || end === types.length - 1);
          const [{ incident: { firstReason, began } }] = steps as [
            typeof steps[number],
          ];
          for (const { incident } of steps) {
            assertEquals([incident.firstReason, incident.began], [
              firstReason,
              began,
            ]);
          }
        }
        const begins = told.filter(({ type }) => type === "begin");
        const ids = begins.map(({ incident }) => incident.id);
        assertEquals(ids, [...ids].sort());
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("hasFailed() does not wait until a check settles", () => {
  assert(hasFailed({ verdict: "fail", status: "healthy" }));
  assert(hasFailed({ verdict: "pass", status: "unhealthy" }));
  assert(!hasFailed({ verdict: "error", status: "unknown" }));
  assert(!hasFailed({ verdict: null, status: "unknown" }));
});
