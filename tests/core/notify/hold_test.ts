import { assertEquals } from "@std/assert";
import type { Quiet } from "../../../src/core/notify/policy.ts";
import { HOUR, MINUTE, SECOND, START, Station } from "./station.ts";

const ALL = ["unhealthy", "degraded", "unknown"] as const;

/** It is quiet from one hour after the start until nine. */
const QUIET: Quiet = {
  until: (at) =>
    at >= START + HOUR && at < START + 9 * HOUR ? START + 9 * HOUR : null,
};

const waiting = (station: Station) => station.desk.status().waiting;
const last = (station: Station) => station.sent.at(-1)!.message;

Deno.test("start: nothing is told until every check was tried", () => {
  const station = new Station({ gatherMs: 0 });
  station.isComplete = false;
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(MINUTE);
  assertEquals(waiting(station), "start");
  station.see("b", "healthy");
  station.isComplete = true;
  station.wait(MINUTE);
  assertEquals(station.told, ["61 down a"]);
  assertEquals(last(station).held, undefined);
  assertEquals(waiting(station), null);
});

Deno.test("start: it waits five minutes at most", () => {
  const station = new Station();
  station.isComplete = false;
  station.see("a", "unhealthy");
  station.wait(HOUR);
  assertEquals(station.told, ["300 down a"]);
});

Deno.test("start: what is over before it is sent after a restart is not told", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = {
    ok: false,
    why: "",
    isFinal: false,
    mayHaveArrived: false,
  };
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.isComplete = false;
  station.answer = { ok: true, answer: "" };
  station.restart();
  station.wait(10 * SECOND);
  station.see("a", "healthy");
  station.isComplete = true;
  station.wait(MINUTE);
  assertEquals(station.told, ["11 down b"]);
});

Deno.test("self: nothing is told while all of these checks fail", () => {
  const station = new Station({ self: ["dns", "gateway"], gatherMs: 0 });
  station.failed.add("dns");
  station.see("a", "unhealthy");
  station.failed.add("gateway");
  station.see("b", "unhealthy");
  station.see("c", "unhealthy");
  station.wait(MINUTE);
  assertEquals(waiting(station), "self");
  station.see("c", "healthy");
  station.failed.delete("dns");
  station.see("dns", "healthy");
  station.wait(10 * SECOND);
  assertEquals(station.told, ["0 down a", "60 down b"]);
  assertEquals(last(station).held, undefined);
});

Deno.test("self: what waits is not sent meanwhile", () => {
  const station = new Station({ self: ["dns"], gatherMs: 0 });
  station.answer = {
    ok: false,
    why: "",
    isFinal: false,
    mayHaveArrived: false,
  };
  station.see("a", "unhealthy");
  station.failed.add("dns");
  station.wait(10 * SECOND);
  const tried = station.tried.length;
  station.wait(HOUR);
  assertEquals([station.tried.length, waiting(station)], [tried, "self"]);
  station.answer = { ok: true, answer: "" };
  station.failed.delete("dns");
  station.wait(10 * SECOND);
  assertEquals(station.told.length, 1);
});

Deno.test("quiet: what happens meanwhile is told at its end", () => {
  const station = new Station({ quiet: QUIET });
  station.see("a", "unhealthy");
  station.wait(2 * HOUR);
  station.see("b", "unhealthy");
  station.see("c", "unhealthy");
  station.wait(HOUR);
  assertEquals(waiting(station), "quiet");
  station.see("a", "healthy");
  // It has begun, and is over, and is told all the same.
  station.see("c", "healthy");
  // What was gathered and is over is not.
  station.see("d", "unhealthy");
  station.wait(20 * SECOND);
  station.see("d", "healthy");
  station.wait(12 * HOUR);
  assertEquals(station.told, ["30 down a", "32400 up a c", "32400 down b"]);
  const [, up, down] = station.sent.map(({ message }) => message);
  assertEquals(up?.held, {
    by: "quiet",
    since: START + 2 * HOUR + 30 * SECOND,
    count: 2,
  });
  assertEquals(up?.incidents.map(({ end }) => end), ["recovered", "recovered"]);
  assertEquals(up?.closed, ["a@0"]);
  assertEquals(down?.held, undefined);
});

Deno.test("quiet: what is over is told with what lasts", () => {
  const station = new Station({ quiet: QUIET });
  station.wait(2 * HOUR);
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(HOUR);
  station.see("b", "healthy");
  station.wait(12 * HOUR);
  assertEquals(station.told, ["32400 down a b"]);
  const { incidents, held } = last(station);
  assertEquals(incidents.map(({ ended }) => ended === null), [true, false]);
  // A service with keys gets one for all of the message.
  assertEquals(incidents.map(({ key }) => key), ["a@7200", "a@7200"]);
  assertEquals(held?.count, 2);
});

Deno.test("quiet: if all is over, that is told as such", () => {
  const station = new Station({ quiet: QUIET });
  station.wait(2 * HOUR);
  station.see("a", "unhealthy");
  station.wait(HOUR);
  station.see("a", "healthy");
  station.wait(12 * HOUR);
  assertEquals(station.told, ["32400 up a"]);
  assertEquals([last(station).held?.count, last(station).closed], [1, []]);
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("quiet: a hundred that are over are told, and more are counted", () => {
  const station = new Station({ quiet: QUIET });
  station.wait(2 * HOUR);
  for (let i = 0; i < 130; i++) station.see(`c${i}`, "unhealthy");
  station.wait(HOUR);
  for (let i = 0; i < 130; i++) station.see(`c${i}`, "healthy");
  station.restart();
  station.wait(12 * HOUR);
  assertEquals(station.sent.length, 1);
  const { incidents, held } = last(station);
  assertEquals([incidents.length, held?.count], [100, 130]);
});

Deno.test("quiet: it outlives a restart", () => {
  const station = new Station({ quiet: QUIET });
  station.wait(2 * HOUR);
  station.see("a", "unhealthy");
  station.wait(HOUR);
  station.see("a", "healthy");
  station.restart();
  station.wait(12 * HOUR);
  assertEquals(station.told, ["32400 up a"]);
});

Deno.test("quiet: what waits is not sent meanwhile, nor reminded of", () => {
  const station = new Station({ quiet: QUIET, remindMs: 2 * HOUR });
  station.see("a", "unhealthy");
  station.wait(50 * MINUTE);
  station.answer = {
    ok: false,
    why: "",
    isFinal: false,
    mayHaveArrived: false,
  };
  station.see("b", "unhealthy");
  station.wait(30 * MINUTE);
  station.answer = { ok: true, answer: "" };
  station.wait(8 * HOUR);
  assertEquals(station.told, ["30 down a", "32400 reminder a", "32400 down b"]);
});

Deno.test("limit: what is beyond it waits, and is told in one", () => {
  const station = new Station({ limit: 3, gatherMs: 0 });
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.see("b", "unhealthy");
  station.wait(MINUTE);
  station.see("c", "unhealthy");
  assertEquals(
    station.sent.map(({ message }) => message.limitedUntil),
    [undefined, undefined, START + HOUR],
  );
  station.wait(MINUTE);
  station.see("d", "unhealthy");
  station.see("e", "unhealthy");
  station.wait(MINUTE);
  assertEquals(waiting(station), "limit");
  station.see("a", "healthy");
  station.see("e", "healthy");
  station.wait(2 * HOUR);
  assertEquals(station.told.slice(3), ["3600 up a e", "3660 down d"]);
  const up = station.sent[3]!.message;
  assertEquals(up.held, {
    by: "limit",
    since: START + 3 * MINUTE,
    count: 2,
  });
  assertEquals(up.limitedUntil, START + HOUR + MINUTE);
});

Deno.test("limit: it counts what was sent before a restart", () => {
  const station = new Station({ limit: 1, gatherMs: 0 });
  station.see("a", "unhealthy");
  station.restart();
  station.see("b", "unhealthy");
  station.wait(2 * HOUR);
  assertEquals(station.told, ["0 down a", "3600 down b"]);
});

Deno.test("limit: reminders count", () => {
  const station = new Station({ limit: 2, gatherMs: 0, remindMs: 10 * MINUTE });
  station.see("a", "unhealthy");
  station.wait(2 * HOUR - 1);
  assertEquals(station.told, [
    "0 down a",
    "600 reminder a",
    "3600 reminder a",
    "4200 reminder a",
  ]);
});

Deno.test("limit: what was made while the receiver was dead counts when it is sent", () => {
  const station = new Station({ limit: 2, gatherMs: 0, on: ALL });
  station.answer = {
    ok: false,
    why: "",
    isFinal: false,
    mayHaveArrived: false,
  };
  station.see("a", "unhealthy");
  station.see("b", "degraded");
  station.wait(2 * HOUR);
  station.see("c", "unknown");
  station.wait(2 * HOUR);
  const back = station.now;
  station.answer = { ok: true, answer: "" };
  station.wait(3 * HOUR);
  const at = station.sent.filter(({ arrives }) => arrives).map(({ at }) => at);
  assertEquals(at.length, 3);
  assertEquals(at[0]! > back && at[1]! < back + 11 * MINUTE, true);
  assertEquals(at[2], at[0]! + HOUR);
});

Deno.test("storm: a message says if more than half of the checks are down", () => {
  for (
    const [down, checks, expected] of [
      [5, 9, { down: 5, checks: 9 }],
      [5, 10, undefined],
      [4, 4, undefined],
      [6, 6, { down: 6, checks: 6 }],
    ] as const
  ) {
    const station = new Station({ checks: new Set(["c0"]), gatherMs: 10_000 });
    station.checks = checks;
    station.see("c0", "unhealthy");
    station.wait(5 * SECOND);
    for (let i = 1; i < down; i++) station.see(`c${i}`, "unhealthy");
    station.wait(MINUTE);
    assertEquals(station.told, ["10 down c0"]);
    assertEquals(last(station).storm, expected);
  }
});

Deno.test("storm: what was down before does not count", () => {
  const station = new Station({ gatherMs: 10 * SECOND, afterMs: MINUTE });
  station.checks = 6;
  for (const check of ["a", "b", "c"]) station.see(check, "unhealthy");
  station.wait(2 * MINUTE);
  for (const check of ["d", "e", "f"]) station.see(check, "unhealthy");
  station.wait(2 * MINUTE);
  assertEquals(station.told, ["70 down a b c", "190 down d e f"]);
  assertEquals(last(station).storm, undefined);
});

Deno.test("storm: what goes down in the time to gather before counts", () => {
  const station = new Station({ gatherMs: 10 * SECOND, afterMs: MINUTE });
  station.checks = 6;
  station.see("a", "unhealthy", { muted: { by: "maintenance" } });
  station.wait(5 * SECOND);
  for (const check of ["b", "c", "d", "e"]) station.see(check, "unhealthy");
  station.wait(2 * MINUTE);
  assertEquals(station.told, ["75 down b c d e"]);
  assertEquals(last(station).storm, { down: 5, checks: 6 });
});
