import { assertEquals } from "@std/assert";
import { FakeTime } from "@std/testing/time";
import fc from "fast-check";
import type { Link, StoreEvents } from "../../../src/sinks/cluster/link.ts";
import { Roster } from "../../../src/sinks/cluster/roster.ts";

/** A roster of the agent `me`, and what its store hears and is told. */
function rosterOf(): {
  roster: Roster;
  events: StoreEvents;
  deleted: string[];
  values: Map<string, unknown>;
} {
  let events: StoreEvents | undefined;
  const deleted: string[] = [];
  const values = new Map<string, unknown>();
  const link = {
    store(_: string, given: StoreEvents) {
      events = given;
      return {
        put: (key: string, value: unknown) => void values.set(key, value),
        delete: (key: string) => void deleted.push(key),
      };
    },
  } as unknown as Link;
  const roster = new Roster(link, "me");
  return { roster, events: events!, deleted, values };
}

const PROFILE = {
  region: null,
  labels: {},
  config: "c",
  owned: 3,
  lagMs: 1,
  version: "1.0.0",
};

/** A member of now. */
function live(id: string, leaving = false) {
  const { region, labels, config } = PROFILE;
  return {
    id,
    value: { region, labels, config, leaving },
    seenAt: Date.now(),
  };
}

Deno.test("an agent that is in the roster and no member is gone, for a day", () => {
  using time = new FakeTime();
  const { roster, events, deleted } = rosterOf();
  const states = () =>
    roster.members([live("me"), live("b", true)], 0).map((
      { id, state, owned },
    ) => `${id} ${state} ${owned}`);
  const at = Date.now();
  events.changed("a", { ...PROFILE, at });
  events.changed("b", { ...PROFILE, config: "other", at });
  events.changed("__proto__", { ...PROFILE, at: at + 1e9 });
  // It may not be known as a member yet.
  assertEquals(states(), ["b leaving null", "me live null"]);
  time.tick(15_000);
  assertEquals(states(), [
    "__proto__ gone 3",
    "a gone 3",
    "b leaving null",
    "me live null",
  ]);
  roster.report(PROFILE);
  assertEquals(deleted, []);
  time.tick(86_400_000);
  roster.report(PROFILE);
  assertEquals(deleted.sort(), ["__proto__", "a", "b"]);
  assertEquals(states(), ["b leaving null", "me live null"]);
  // One that ends in order takes itself out.
  events.changed("c", { ...PROFILE, at: Date.now() - 20_000 });
  assertEquals(states()[1], "c gone 3");
  events.changed("c", undefined);
  assertEquals(states(), ["b leaving null", "me live null"]);
  events.changed("c", { ...PROFILE, at: Date.now() - 20_000 });
  events.listed(new Map([["me", { ...PROFILE, at: Date.now() }]]));
  assertEquals(states(), ["b leaving null", "me live 3"]);
});

Deno.test("what an agent reports of itself, another one reads, and nothing else", () => {
  const { roster, events, values } = rosterOf();
  roster.report({ ...PROFILE, lagMs: null, region: "eu", labels: { a: "b" } });
  events.changed("x", JSON.parse(JSON.stringify(values.get("me"))));
  const [x] = roster.members([live("x")], 0);
  assertEquals([x?.owned, x?.version], [3, "1.0.0"]);
  fc.assert(fc.property(fc.jsonValue(), (value) => {
    events.changed("odd", value);
    events.changed("odd", { ...PROFILE, at: 0, labels: value, owned: value });
    assertEquals(roster.members([], 0).some(({ id }) => id === "odd"), false);
  }));
});

Deno.test("no agent is found gone while others cannot be heard", () => {
  using time = new FakeTime();
  const { roster, events } = rosterOf();
  const states = (heardSince: number, members: string[] = []) =>
    roster.members(members.map((id) => live(id)), heardSince)
      .map(({ id, state }) => `${id} ${state}`);
  events.changed("a", { ...PROFILE, at: Date.now() });
  time.tick(60_000);
  assertEquals(states(Infinity), []);
  const connectedAt = Date.now();
  assertEquals(states(connectedAt), []);
  time.tick(15_000);
  assertEquals(states(connectedAt), ["a gone"]);
  // It stays so without a connection, until it is back.
  assertEquals(states(Infinity), ["a gone"]);
  assertEquals(states(Infinity, ["a"]), ["a live"]);
  assertEquals(states(Infinity), []);
});
