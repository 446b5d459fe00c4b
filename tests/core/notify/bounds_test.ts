import { assert, assertEquals } from "@std/assert";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import type { Status } from "../../../src/core/types.ts";
import { ARRIVED, HOUR, LOST, MINUTE, PERHAPS, Station } from "./station.ts";

const CHECKS = 2000;
const STATUSES = ["healthy", "unhealthy", "degraded", "unknown"] as const;

/** A chance that is the same each time. */
function chance(): () => number {
  let state = 1;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

const bytes = (saved: ReadonlyMap<string, string>): number =>
  [...saved].reduce(
    (sum, [name, value]) => sum + name.length + value.length,
    0,
  );

for (
  const [name, answer, policy, most] of [
    ["refuses connections", LOST, {}, { messages: 1, bytes: 1e6 }],
    ["refuses connections", LOST, {
      on: ["unhealthy", "degraded", "unknown"],
      remindMs: 10 * MINUTE,
      limit: 1000,
    }, { messages: 5, bytes: 2e6 }],
    ["hangs", PERHAPS, {}, { messages: 40, bytes: 8e6 }],
    ["hangs", PERHAPS, {
      on: ["unhealthy", "degraded", "unknown"],
      remindMs: 10 * MINUTE,
      limit: 1000,
    }, { messages: 100, bytes: 12e6 }],
  ] as const satisfies readonly (readonly [
    string,
    typeof LOST,
    Partial<NotifierPolicy>,
    { messages: number; bytes: number },
  ])[]
) {
  const on = "on" in policy ? "of all statuses" : "of incidents";
  Deno.test(`the queue ${on} is bounded while a receiver ${name} for a day`, () => {
    const station = new Station(policy);
    station.checks = CHECKS;
    station.answer = answer;
    const random = chance();
    const counts: number[] = [];
    const sizes: number[] = [];
    for (let minute = 0; minute < 24 * 60; minute += 10) {
      for (let i = 0; i < CHECKS; i++) {
        if (random() > 0.2) continue;
        const status: Status = STATUSES[Math.floor(random() * 4)]!;
        station.see(`check-${i}`, status);
      }
      station.wait(10 * MINUTE);
      counts.push(station.desk.status().pending);
      sizes.push(bytes(station.saved));
    }
    const found = { messages: Math.max(...counts), bytes: Math.max(...sizes) };
    const text = JSON.stringify(found);
    assert(found.messages <= most.messages && found.bytes <= most.bytes, text);

    // And it comes to rest.
    station.answer = ARRIVED;
    for (let i = 0; i < CHECKS; i++) station.see(`check-${i}`, "healthy");
    station.wait(12 * HOUR);
    assertEquals([...station.saved.keys()], ["state"]);
  });
}
