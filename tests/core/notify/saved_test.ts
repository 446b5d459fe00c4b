import type { Message } from "../../../src/core/notify/message.ts";
import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { ARRIVED, HOUR, LOST, MINUTE, Station } from "./station.ts";

/** A station with something told, something that waits, and something held. */
function busy(): Station {
  const station = new Station({ on: ["unhealthy", "degraded"], limit: 2 });
  station.see("a", "unhealthy", { name: "A", link: "https://a.example/" });
  station.wait(MINUTE);
  station.answer = LOST;
  station.see("b", "degraded");
  station.wait(MINUTE);
  station.see("c", "unhealthy");
  station.wait(MINUTE);
  station.see("c", "healthy");
  return station;
}

Deno.test("all that a desk knows is in small values, with a version", () => {
  const station = busy();
  const names = [...station.saved.keys()].map((name) => name.split("/")[0]);
  assertEquals(names.sort(), [
    "message",
    "problem",
    "problem",
    "problem",
    "state",
  ]);
  for (const value of station.saved.values()) {
    assertEquals(JSON.parse(value).v, 1);
    assertEquals(value.length < 1000, true);
  }
});

Deno.test("a desk that is restored does what the first would have done", () => {
  const [one, other] = [busy(), busy()];
  other.restart();
  for (const station of [one, other]) {
    station.answer = ARRIVED;
    // The first is still waiting.
    station.change({});
    station.wait(2 * HOUR);
    station.see("a", "healthy");
    station.see("b", "healthy");
    station.wait(3 * HOUR);
  }
  const messages = (station: Station) =>
    station.sent.filter(({ arrives }) => arrives)
      .map(({ at, message }) => ({ sentAt: at, ...message }));
  assertEquals(messages(other).length, 4);
  assertEquals(messages(other), messages(one));
});

Deno.test("a value that is damaged is forgotten, and takes nothing else with it", () => {
  const names = [...busy().saved.keys()];
  fc.assert(
    fc.property(
      fc.constantFrom(...names),
      fc.oneof(
        fc.string(),
        fc.json(),
        fc.constantFrom("", "null", "{}", "[]", '{"v":2}'),
        fc.nat().map((at) => ({ at })),
        fc.tuple(fc.nat(), fc.jsonValue()).map(([at, value]) => ({
          at,
          value,
        })),
      ),
      (name, damage) => {
        const station = busy();
        station.saved.set(name, damaged(station.saved.get(name)!, damage));
        station.restart();
        station.answer = ARRIVED;
        const checks = ["a", "b", "c"];
        // The sink does so with those that the fleet does not have.
        for (const check of [...station.desk.watched()]) {
          if (!checks.includes(check)) station.leave(check);
        }
        station.wait(HOUR);
        for (const check of checks) station.see(check, "healthy");
        station.wait(4 * HOUR);
        assertEquals([...station.saved.keys()], ["state"]);
        const up = station.sent.filter(({ message }) => message.event === "up")
          .flatMap(({ message }) => message.incidents)
          .map(({ check }) => check);
        assertEquals(new Set(up).size, up.length);
        if (!name.includes("a@")) assertEquals(up.includes("a"), true);
      },
    ),
    { numRuns: 200 },
  );
});

type Damage = string | { readonly at: number; readonly value?: unknown };

/** A value that was cut off, or of which one member is another one. */
function damaged(text: string, damage: Damage): string {
  if (typeof damage === "string") return damage;
  if (!("value" in damage)) return text.slice(0, damage.at % text.length);
  const members: [object: Record<string, unknown>, key: string][] = [];
  const collect = (value: unknown): void => {
    if (typeof value !== "object" || value === null) return;
    const record = value as Record<string, unknown>;
    for (const key of Object.keys(record)) {
      members.push([record, key]);
      collect(record[key]);
    }
  };
  const copy: unknown = JSON.parse(text);
  collect(copy);
  const [object, key] = members[damage.at % members.length]!;
  object[key] = damage.value;
  return JSON.stringify(copy);
}

Deno.test("values of a name that is not known are left alone", () => {
  const station = busy();
  station.saved.set("other", "value");
  station.restart();
  assertEquals(station.saved.get("other"), "value");
});

Deno.test("an end is told although the message of it is damaged", () => {
  const station = new Station();
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.answer = LOST;
  station.see("a", "healthy");
  station.wait(MINUTE);
  const name = [...station.saved.keys()].find((name) =>
    name.startsWith("message/")
  )!;
  station.saved.set(name, "{");
  station.restart();
  station.answer = ARRIVED;
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a", "150 up a"]);
});

Deno.test("no time is taken from a damaged value that is none", () => {
  for (const time of [1e300, 8.64e15, -1]) {
    for (const [name, text] of busy().saved) {
      const station = busy();
      station.saved.set(
        name,
        text.replaceAll(/\b1[67]\d{11}\b/g, String(time)),
      );
      station.restart();
      station.answer = ARRIVED;
      station.wait(HOUR);
      const messages = station.sent.map(({ message }) => message);
      const { lastSuccessAt, failure } = station.desk.status();
      const times = [lastSuccessAt, failure?.at, ...timesIn(messages)];
      for (const at of times) {
        if (at != null) assertEquals(new Date(at).getUTCFullYear(), 2026);
      }
    }
  }
});

function timesIn(messages: readonly Message[]): (number | null | undefined)[] {
  return messages.flatMap(({ at, held, limitedUntil, incidents }) => [
    at,
    held?.since,
    limitedUntil,
    ...incidents.flatMap(({ began, ended }) => [began, ended]),
  ]);
}
