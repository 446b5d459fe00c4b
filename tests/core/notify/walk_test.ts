import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import type { Message } from "../../../src/core/notify/message.ts";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Status } from "../../../src/core/types.ts";
import { policyOf, policyParts } from "./policies.ts";
import {
  ARRIVED,
  type Fate,
  FINAL,
  HOUR,
  LOST,
  MINUTE,
  PERHAPS,
  SECOND,
  type Sent,
  START,
  Station,
} from "./station.ts";

const CHECKS = ["a", "b", "c"] as const;
const GROUPS: Readonly<Record<string, string | null>> = {
  a: "edge",
  b: "edge",
  c: null,
};
/** It is quiet in the first half of an hour, each three hours. */
const QUIET: NotifierPolicy["quiet"] = {
  until: (at) =>
    at % (3 * HOUR) < HOUR / 2 ? at - at % (3 * HOUR) + HOUR / 2 : null,
};
/** Less than the time for which an end is tried. */
const LONGEST = 6 * 24 * HOUR;

const CHECK = fc.constantFrom(...CHECKS);
const STATUS = fc.constantFrom<Status>(
  "healthy",
  "healthy",
  "degraded",
  "unhealthy",
  "unhealthy",
  "unknown",
);

const PARTS = policyParts(QUIET);
const CHANGE = fc.oneof(...PARTS);
const FIRST = policyOf(PARTS.slice(0, -1));

const FATES: Readonly<Record<string, Fate>> = {
  arrived: { delivery: ARRIVED, arrives: true },
  lost: { delivery: LOST, arrives: false },
  "perhaps, arrived": { delivery: PERHAPS, arrives: true },
  "perhaps, lost": { delivery: PERHAPS, arrives: false },
  refused: { delivery: FINAL, arrives: false },
  "killed, arrived": { delivery: "crash", arrives: true },
  "killed, lost": { delivery: "crash", arrives: false },
};

type Event =
  | { readonly type: "settle"; readonly check: string; readonly status: Status }
  | { readonly type: "mute" | "unmute" | "leave"; readonly check: string }
  | { readonly type: "wait"; readonly ms: number }
  | { readonly type: "fate" | "land"; readonly fate: string }
  | { readonly type: "restart" | "kill"; readonly ms: number }
  | { readonly type: "self"; readonly fails: boolean }
  | { readonly type: "change"; readonly policy: Partial<NotifierPolicy> };

const SETTLE = fc.record({
  type: fc.constant("settle" as const),
  check: CHECK,
  status: STATUS,
});
const MUTE = fc.record({
  type: fc.constantFrom<"mute" | "unmute" | "leave">("mute", "unmute", "leave"),
  check: CHECK,
});
const LAND = fc.record({
  type: fc.constant("land" as const),
  fate: fc.constantFrom("lost", "lost", ...Object.keys(FATES)),
});
const waitFor = (...times: readonly number[]) =>
  fc.record({
    type: fc.constant("wait" as const),
    ms: fc.constantFrom(...times),
  });

const EVENT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 12, arbitrary: SETTLE },
  {
    weight: 8,
    arbitrary: waitFor(
      ...[SECOND, 10 * SECOND, 30 * SECOND, MINUTE, 10 * MINUTE],
      ...[HOUR, 7 * HOUR, 25 * HOUR],
    ),
  },
  { weight: 3, arbitrary: MUTE },
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant("fate" as const),
      fate: fc.constantFrom("arrived", "later", "later", ...Object.keys(FATES)),
    }),
  },
  { weight: 3, arbitrary: LAND },
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constantFrom("restart" as const, "kill" as const),
      ms: fc.constantFrom(0, 20 * SECOND),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      type: fc.constant("self" as const),
      fails: fc.boolean(),
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

/** What may happen while attempts are in flight. */
const FLIGHT: fc.Arbitrary<Event> = fc.oneof(
  { weight: 6, arbitrary: SETTLE },
  { weight: 2, arbitrary: MUTE },
  { weight: 3, arbitrary: LAND },
  { weight: 3, arbitrary: waitFor(SECOND, 3 * SECOND, 10 * SECOND, MINUTE) },
);

/** What was true while the desk did its work, and what it must have kept to. */
class World {
  readonly station: Station;
  readonly #policies: NotifierPolicy[] = [];
  readonly #statuses = new Map<string, Status>();
  readonly #muted = new Set<string>();
  #fate: Fate | "later" = FATES.arrived!;
  #selfFailsSince = Infinity;
  #isFresh = true;
  readonly #doubtful = new Set<Sent | undefined>();

  constructor(policy: Partial<NotifierPolicy>) {
    this.station = new Station(policy);
    this.#policies.push(this.station.policy);
    this.station.answer = (message) => this.#answer(message);
  }

  #answer(message: Message): Fate | "later" {
    const { station } = this;
    const { now, policy } = station;
    const earlier = station.sent.filter((sent) =>
      sent.message.id === message.id
    );
    const isFirst = !earlier.some((sent) => this.#mayHaveArrived(sent));
    assertEquals(policy.quiet?.until(now) ?? null, null, "sent while quiet");
    assert(now - this.#selfFailsSince <= 5 * SECOND, "sent without a network");
    for (const incident of message.incidents) {
      const isOver = incident.ended !== null;
      assertEquals(
        message.event === "up" ? isOver : isOver && !message.held,
        message.event === "up",
        "over",
      );
      if (isOver || !isFirst) continue;
      assert(!this.#muted.has(incident.check), "told while muted");
      const status = this.#statuses.get(incident.check) ?? "healthy";
      assert(status !== "healthy", "told of what is over");
      const after = Math.min(...this.#policies.map(({ afterMs }) => afterMs));
      assert(now >= incident.began + after, "told before its time");
    }
    const fate = this.#fate;
    if (fate !== "later" && fate.delivery === "crash") {
      this.#fate = FATES.arrived!;
      this.#isFresh = false;
      station.isComplete = false;
    }
    return fate;
  }

  /** What is in flight comes to something, if it is. */
  #land(fate: Fate): void {
    const { station } = this;
    if (station.flying === null) return;
    if (fate.delivery === "crash") {
      this.#isFresh = false;
      station.isComplete = false;
    }
    station.land(fate);
  }

  do(event: Event): void {
    const { station } = this;
    if (!this.#isFresh) this.#round();
    switch (event.type) {
      case "settle":
        // No check settles twice at the same time.
        station.wait(1);
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
        station.leave(event.check);
        break;
      case "wait":
        if (station.now + event.ms - START < LONGEST) station.wait(event.ms);
        break;
      case "fate":
        this.#fate = FATES[event.fate] ?? "later";
        break;
      case "land":
        this.#land(FATES[event.fate]!);
        break;
      case "restart":
      case "kill":
        station.isComplete = false;
        if (station.flying !== null) {
          this.#land(FATES["killed, arrived"]!);
        }
        if (event.type === "kill") {
          // That it arrived may not be written yet.
          this.#doubtful.add(station.sent.at(-1));
          station.crash();
        } else station.restart();
        station.wait(event.ms);
        this.#round();
        break;
      case "self":
        if (event.fails) station.failed.add("self");
        else station.failed.delete("self");
        this.#noteSelf(station.policy);
        break;
      case "change": {
        const policy = { ...station.policy, ...event.policy };
        this.#policies.push(policy);
        this.#noteSelf(policy);
        station.change(policy);
        break;
      }
      default:
        return event satisfies never;
    }
  }

  #noteSelf({ self }: NotifierPolicy): void {
    const { failed, now } = this.station;
    const fails = self.length > 0 && failed.has("self");
    this.#selfFailsSince = fails
      ? Math.min(this.#selfFailsSince, now)
      : Infinity;
  }

  /** The first round of attempts after a start. */
  #round(): void {
    const { station } = this;
    this.#isFresh = true;
    for (const check of this.#statuses.keys()) this.#see(check);
    for (const check of [...station.desk.watched()]) {
      if (!this.#statuses.has(check)) station.leave(check);
    }
    station.isComplete = true;
    station.desk.change(station.policy);
    station.turn();
  }

  #see(check: string): void {
    this.station.see(check, this.#statuses.get(check)!, {
      group: GROUPS[check]!,
      muted: this.#muted.has(check) ? { by: "maintenance" } : null,
    });
  }

  /** All is well in the end, and the receiver works. */
  settle(): void {
    const { station } = this;
    if (!this.#isFresh) this.#round();
    this.#fate = FATES.arrived!;
    this.#land(this.#fate);
    this.do({ type: "self", fails: false });
    for (const check of this.#statuses.keys()) {
      this.do({ type: "settle", check, status: "healthy" });
    }
    station.wait(4 * 24 * HOUR);
  }

  #mayHaveArrived(sent: Sent): boolean {
    const { delivery } = sent;
    return delivery === "crash" || delivery.ok || delivery.mayHaveArrived ||
      this.#doubtful.has(sent);
  }

  check(): void {
    const { station } = this;
    const { sent } = station;
    const arrived = sent.filter(({ arrives }) => arrives);
    const isResolved = this.#policies.every(({ resolved }) => resolved);
    const limit = Math.max(...this.#policies.map(({ limit }) => limit));

    // Nothing is left.
    assertEquals(station.desk.status().pending, 0);
    assertEquals(
      [...station.saved.keys()].filter((name) => name !== "state"),
      [],
    );

    // A message is repeated only if it may not have arrived.
    for (const [i, one] of sent.entries()) {
      const next = sent.slice(i + 1).find((other) =>
        other.message.id === one.message.id
      );
      if (next === undefined) continue;
      assert(
        one.delivery === "crash" || !one.delivery.ok || this.#doubtful.has(one),
        "repeated",
      );
    }

    // No more than the limit in an hour, but for repeats.
    for (const one of arrived) {
      const ids = new Set(
        arrived.filter(({ at }) => at >= one.at && at < one.at + HOUR)
          .map(({ message }) => message.id),
      );
      assert(ids.size <= limit, `${ids.size} messages in an hour`);
    }

    const ids = new Set(
      sent.flatMap(({ message }) => message.incidents.map(({ id }) => id)),
    );
    for (const id of ids) this.#checkIncident(id, arrived, isResolved);
    this.#checkKeys(arrived, isResolved);
  }

  #checkIncident(
    id: string,
    arrived: readonly Sent[],
    isResolved: boolean,
  ): void {
    const told = firstOfEach(arrived).filter(({ message }) =>
      message.incidents.some((incident) => incident.id === id)
    );
    const mine = told.map(({ message }) => message.event);
    const isDigest = (message: Message) =>
      message.held !== undefined &&
      message.incidents.some((one) => one.id === id && one.ended !== null);
    const [first] = told;
    if (first === undefined) return;
    if (isDigest(first.message)) {
      assertEquals(mine.length, 1, `${id}: ${mine}`);
      return;
    }
    // A beginning that may have arrived counts as told.
    const mayBeTold = this.station.sent.some((sent) =>
      sent.at <= first.at && !sent.arrives && this.#mayHaveArrived(sent) &&
      sent.message.incidents.some((one) => one.id === id)
    );
    const isEnd = first.message.event === "up";
    const isReminder = first.message.event === "reminder";
    assert(mayBeTold || !isEnd, `${id} has an end without a beginning`);
    assert(mayBeTold || !isReminder, `${id} was reminded of first`);
    const ends = mine.filter((event) => event === "up").length;
    if (isResolved) assertEquals(ends, 1, `${id} has ${ends} ends: ${mine}`);
    else assert(ends <= 1, `${id} has ${ends} ends`);
    if (ends === 1) assertEquals(mine.at(-1), "up", `${id}: ${mine}`);
    for (const [i, event] of mine.entries()) {
      const before = told[i - 1];
      if (event === "reminder" || before?.message.event !== event) continue;
      const isDoubtful = this.station.sent.some((sent) =>
        sent.at >= before.at && sent.at <= told[i]!.at &&
        this.#mayHaveArrived(sent) &&
        sent.message.incidents.some((one) => one.id === id)
      );
      assert(isDoubtful, `${id} is told twice: ${mine}`);
    }
  }

  #checkKeys(arrived: readonly Sent[], isResolved: boolean): void {
    const keys = new Map<string, string>();
    const openByKey = new Map<string, Set<string>>();
    const first = new Set(firstOfEach(arrived));
    for (const sent of arrived) {
      const { message } = sent;
      // A repeated message may close more keys.
      for (const { id, key, ended } of message.incidents) {
        if (ended !== null && !keys.has(id) || !first.has(sent)) continue;
        const known = keys.get(id);
        if (known !== undefined) {
          assertEquals(key, known, `${id} has another key`);
        }
        keys.set(id, key);
        const open = openByKey.get(key) ?? new Set();
        openByKey.set(key, open);
        if (ended === null) open.add(id);
        else open.delete(id);
      }
      for (const key of message.closed) {
        const open = openByKey.get(key)?.size ?? 0;
        assert(open === 0 || !isResolved, `${key} is closed early`);
        openByKey.delete(key);
      }
    }
    if (isResolved) {
      assertEquals([...openByKey.keys()], [], "keys never closed");
    }
  }
}

function firstOfEach(arrived: readonly Sent[]): Sent[] {
  const ids = new Set<string>();
  return arrived.filter(({ message: { id } }) => {
    if (ids.has(id)) return false;
    ids.add(id);
    return true;
  });
}

const RUNS = Number(Deno.env.get("LIFESIGN_RUNS") ?? 300);

function walk(policy: Partial<NotifierPolicy>, events: readonly Event[]): void {
  const world = new World(policy);
  for (const event of events) world.do(event);
  world.settle();
  world.check();
}

Deno.test("whatever happens, what was told has exactly one end", () => {
  const events = fc.array(EVENT, { maxLength: 60, size: "max" });
  fc.assert(fc.property(FIRST, events, walk), { numRuns: RUNS });
});

Deno.test("whatever happens while it is sent, it has exactly one end", () => {
  const events = fc.array(FLIGHT, { maxLength: 40, size: "max" });
  const later: Event = { type: "fate", fate: "later" };
  const on = PARTS[0]!;
  fc.assert(
    fc.property(on, events, (policy, events) => {
      walk({ ...policy, gatherMs: 0 }, [later, ...events]);
    }),
    { numRuns: RUNS },
  );
});
