import { assertEquals } from "@std/assert";
import type { NotifierPolicy } from "../../../src/core/notify/policy.ts";
import { HOUR, MINUTE, SECOND, START, Station } from "./station.ts";

const DAY = 24 * HOUR;

/** A check has been down for some seconds, and then the clock is set back. */
function setBack(ms: number, policy: Partial<NotifierPolicy> = {}): Station {
  const station = new Station(policy);
  station.see("a", "unhealthy");
  station.wait(40 * SECOND);
  station.see("b", "unhealthy");
  station.wait(5 * SECOND);
  station.now -= ms;
  return station;
}

Deno.test("a clock that is set back puts off no beginning", () => {
  for (const ms of [HOUR, DAY, 400 * DAY]) {
    const station = setBack(ms);
    station.wait(MINUTE);
    assertEquals(station.told.map(withoutTime), ["down a", "down b"]);
  }
});

Deno.test("a clock that is set back starts the time of `after` anew at most", () => {
  const station = setBack(DAY, { afterMs: 2 * MINUTE });
  for (let i = 0; i < 6; i++) {
    station.wait(29 * SECOND);
    // The fleet still says that it has been so since tomorrow.
    station.see("a", "unhealthy");
  }
  assertEquals(station.told.map(withoutTime), ["down a b"]);
});

Deno.test("a clock that is set back puts off no end", () => {
  const station = setBack(DAY);
  station.see("a", "healthy");
  station.leave("b");
  station.wait(MINUTE);
  assertEquals(station.told.map(withoutTime), ["down a", "up a"]);
  const ends = station.sent.at(-1)!.message.incidents;
  assertEquals(ends.map(({ began, ended }) => began <= ended!), [true]);
});

Deno.test("a clock that is set back puts off no reminder", () => {
  const station = setBack(DAY, { remindMs: HOUR });
  station.wait(3.5 * HOUR);
  assertEquals(
    station.told.map(withoutTime),
    ["down a", "down b", ...Array(3).fill("reminder a b")],
  );
});

Deno.test("a clock that is set back puts off no message that failed", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = {
    ok: false,
    why: "503",
    isFinal: false,
    mayHaveArrived: false,
  };
  station.see("a", "unhealthy");
  station.wait(30 * MINUTE);
  station.now -= 30 * MINUTE;
  station.answer = { ok: true, answer: "ok" };
  station.wait(SECOND);
  assertEquals(station.told.map(withoutTime), ["down a"]);
});

Deno.test("a clock that was set back while the agent was off puts off nothing", () => {
  const station = setBack(0, { remindMs: HOUR });
  station.now = START - DAY;
  station.restart();
  station.see("c", "unhealthy");
  station.wait(1.5 * HOUR);
  assertEquals(
    station.told.map(withoutTime),
    ["down a", "down b c", "reminder a b c"],
  );
});

Deno.test("a check that is down since a time to come is told of at once", () => {
  const station = new Station({ gatherMs: 0 });
  const since = START + DAY;
  station.see("a", "unhealthy", {
    since,
    incident: { id: "i1", began: since },
  });
  assertEquals(station.told, ["0 down a"]);
});

function withoutTime(line: string): string {
  return line.replace(/^\S+ /, "");
}
