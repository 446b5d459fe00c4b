import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Status } from "../../../src/core/types.ts";
import { Model, type Told } from "./model.ts";
import { policyOf, policyParts } from "./policies.ts";
import { type Sent, Station } from "./station.ts";
import { HOUR, MINUTE, POLICY, SECOND } from "./station.ts";

const CHECKS = ["a", "b", "c", "self"] as const;
const GROUPS: Readonly<Record<string, string | null>> = {
  a: "edge",
  b: "edge",
  c: null,
  self: null,
};
/** It is quiet in the first 20 minutes of each hour. */
const QUIET: NotifierPolicy["quiet"] = {
  until: (at) => at % HOUR < 20 * MINUTE ? at - at % HOUR + 20 * MINUTE : null,
};

const PARTS = policyParts(QUIET);
const CHANGE = fc.oneof(...PARTS);
const FIRST = policyOf(PARTS);
const CHECK = fc.constantFrom(...CHECKS);

type Event =
  | { readonly type: "settle"; readonly check: string; readonly status: Status }
  | { readonly type: "mute" | "unmute" | "leave"; readonly check: string }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "restart"; readonly isComplete: boolean }
  | { readonly type: "change"; readonly policy: Partial<NotifierPolicy> };

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  {
    weight: 12,
    arbitrary: fc.record({
      type: fc.constant("settle" as const),
      check: CHECK,
      status: fc.constantFrom<Status>(
        "healthy",
        "healthy",
        "degraded",
        "unhealthy",
        "unhealthy",
        "unknown",
      ),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      type: fc.constant("wait" as const),
      ms: fc.constantFrom(1, 9, 10, 30, 60, 300, 1200, 3600)
        .map((s) => s * SECOND),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom<"mute" | "unmute" | "leave">(
        "mute",
        "unmute",
        "leave",
      ),
      check: CHECK,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("restart" as const),
      isComplete: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant("change" as const),
      policy: CHANGE,
    }),
  },
);

/** A station and a model to which the same happens. */
class Pair {
  readonly station: Station;
  readonly model: Model;
  readonly #statuses = new Map<string, Status>();
  readonly #muted = new Set<string>();

  constructor(policy: Partial<NotifierPolicy>) {
    this.station = new Station(policy);
    this.model = new Model({ ...POLICY, ...policy }, this.station.now);
    this.station.turn();
  }

  do(event: Event): void {
    const { station, model } = this;
    // Nothing is told twice at the same time.
    if (event.type !== "wait") this.#wait(SECOND);
    switch (event.type) {
      case "settle":
        this.#statuses.set(event.check, event.status);
        this.#see(event.check);
        break;
      case "mute":
      case "unmute":
        if (event.type === "mute") this.#muted.add(event.check);
        else this.#muted.delete(event.check);
        if (this.#statuses.has(event.check)) this.#see(event.check);
        break;
      case "leave":
        this.#statuses.delete(event.check);
        this.#muted.delete(event.check);
        model.leave(event.check, station.now);
        station.leave(event.check);
        break;
      case "wait":
        this.#wait(event.ms);
        break;
      case "restart":
        station.isComplete = model.isComplete = event.isComplete;
        model.restart(station.now);
        station.restart();
        station.turn();
        break;
      case "change":
        model.change({ ...station.policy, ...event.policy });
        station.change(event.policy);
        break;
      default:
        event satisfies never;
    }
    model.tick(station.now);
    assertEquals(station.sent.map(toldBy), model.told);
  }

  #wait(ms: number): void {
    const { station, model } = this;
    for (let at = station.now + SECOND; at <= station.now + ms; at += SECOND) {
      model.tick(at);
    }
    station.wait(ms);
  }

  #see(check: string): void {
    const { station, model } = this;
    const status = this.#statuses.get(check)!;
    if (check === "self") {
      model.selfFails = status === "unhealthy";
      if (model.selfFails) station.failed.add(check);
      else station.failed.delete(check);
    }
    const sighting = station.see(check, status, {
      group: GROUPS[check]!,
      muted: this.#muted.has(check) ? { by: "maintenance" } : null,
    });
    model.see(sighting);
  }
}

function toldBy({ at, message }: Sent): Told {
  const { event, incidents, closed, held, limitedUntil } = message;
  return {
    at,
    event,
    ids: incidents.map(({ id }) => id),
    keys: incidents.map(({ key }) => key),
    closed: [...closed].sort(),
    ...(held === undefined ? {} : { held }),
    ...(limitedUntil === undefined ? {} : { limitedUntil }),
  };
}

Deno.test("a notifier tells what a naive model says, when it says it", () => {
  fc.assert(
    fc.property(
      FIRST,
      fc.array(EVENT, { maxLength: 40, size: "max" }),
      (policy, events) => {
        const pair = new Pair(policy);
        for (const event of events) pair.do(event);
      },
    ),
    { numRuns: Number(Deno.env.get("LIFESIGN_RUNS") ?? 150) },
  );
});
