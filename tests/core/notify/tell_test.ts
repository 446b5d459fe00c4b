import { assertEquals } from "@std/assert";
import { HOUR, MINUTE, SECOND, START, Station } from "./station.ts";

const ALL = ["unhealthy", "degraded", "unknown"] as const;

Deno.test("a desk tells of a beginning once it gathered, and of the end", () => {
  const station = new Station();
  station.see("web", "healthy");
  station.see("web", "unhealthy");
  station.wait(5 * MINUTE);
  station.see("web", "unhealthy");
  station.see("web", "healthy");
  station.wait(5 * MINUTE);
  assertEquals(station.told, ["30 down web", "330 up web"]);
  const [down, up] = station.sent.map(({ message }) => message.incidents[0]!);
  assertEquals([down?.id, down?.ended, down?.end], ["web@0", null, null]);
  assertEquals([up?.id, up?.ended, up?.end], [
    "web@0",
    START + 5 * MINUTE,
    "recovered",
  ]);
  assertEquals([up?.check, up?.type, up?.target], ["web", "tcp", "web:80"]);
  assertEquals(up?.reason.message, "web is unhealthy");
  // Nothing is left of it.
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("a desk tells in one message what is due within a window", () => {
  const station = new Station();
  station.see("a", "unhealthy");
  station.wait(10 * SECOND);
  station.see("c", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(10 * SECOND);
  station.see("c", "healthy");
  station.wait(MINUTE);
  station.see("c", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a b", "110 down c"]);
});

Deno.test("a desk tells at once if it is for one check that depends on none", () => {
  const station = new Station({ checks: new Set(["web"]) });
  station.see("web", "unhealthy");
  assertEquals(station.told, ["0 down web"]);
});

Deno.test("a desk gathers for one check that depends on others", () => {
  const station = new Station({ checks: new Set(["web"]) }, {
    dependsOnOthers: (check) => check === "web",
  });
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down web"]);
});

Deno.test("a desk gathers for one check and a group", () => {
  const station = new Station({
    checks: new Set(["web"]),
    groups: new Set(["edge"]),
  });
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down web"]);
});

Deno.test("a desk without gathering tells each at once", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.see("a", "healthy");
  assertEquals(station.told, ["0 down a", "0 down b", "0 up a"]);
});

Deno.test("a desk tells of ends first, and the worst last", () => {
  const station = new Station({ on: ALL });
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  for (const status of ["unhealthy", "degraded", "unknown"] as const) {
    station.see(status, status);
  }
  station.see("a", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told.slice(1), [
    "90 up a",
    "90 unknown unknown",
    "90 degraded degraded",
    "90 down unhealthy",
  ]);
});

Deno.test("a desk tells of an end and of what began anew, the end first", () => {
  const station = new Station();
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  station.see("web", "healthy");
  station.wait(SECOND);
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  const ids = station.sent.map(({ message }) => message.incidents[0]?.id);
  assertEquals(station.told, ["30 down web", "90 up web", "90 down web"]);
  assertEquals(ids, ["web@0", "web@0", "web@61"]);
});

Deno.test("`after`: a desk tells only of what lasts", () => {
  const station = new Station({ afterMs: 2 * MINUTE, gatherMs: 0 });
  station.see("web", "unhealthy");
  station.wait(119 * SECOND);
  station.see("web", "healthy");
  station.wait(MINUTE);
  station.see("web", "unhealthy");
  station.wait(5 * MINUTE);
  assertEquals(station.told, ["299 down web"]);
});

Deno.test("`after`: it counts from when the incident began, not when it was seen", () => {
  const station = new Station({ afterMs: 2 * MINUTE, gatherMs: 0 });
  const began = START - MINUTE;
  station.see("web", "unhealthy", { incident: { id: "i", began } });
  station.wait(5 * MINUTE);
  assertEquals(station.told, ["60 down web"]);
});

Deno.test("`after`: another status has to last as long", () => {
  const station = new Station({ on: ALL, afterMs: MINUTE, gatherMs: 0 });
  station.see("web", "degraded");
  station.wait(2 * MINUTE);
  station.see("web", "unhealthy");
  station.wait(59 * SECOND);
  station.see("web", "degraded");
  station.wait(2 * MINUTE);
  station.see("web", "unhealthy");
  station.wait(2 * MINUTE);
  station.see("web", "healthy");
  assertEquals(station.told, [
    "60 degraded web",
    "359 down web",
    "419 up web",
  ]);
  const ids = station.sent.map(({ message }) => message.incidents[0]?.id);
  assertEquals(new Set(ids).size, 1);
});

Deno.test("`on`: a desk tells of no other statuses, and the incident goes on", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("web", "unknown");
  station.see("web", "degraded");
  station.see("web", "unhealthy");
  station.see("web", "unknown");
  station.wait(SECOND);
  station.see("web", "unhealthy");
  station.see("web", "degraded");
  assertEquals(station.told, ["0 down web", "1 up web"]);
});

Deno.test("`on`: a beginning is not told while the status is another one", () => {
  const station = new Station();
  station.see("web", "unhealthy");
  station.wait(10 * SECOND);
  station.see("web", "unknown");
  station.wait(MINUTE);
  assertEquals(station.told, []);
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["100 down web"]);
});

Deno.test("`resolved: false`: a desk tells of no ends", () => {
  const station = new Station({ resolved: false });
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  station.see("web", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down web"]);
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("`checks` and `groups`: a desk tells of these", () => {
  const station = new Station({
    checks: new Set(["web"]),
    groups: new Set(["edge"]),
    gatherMs: 0,
  });
  station.see("web", "unhealthy");
  station.see("api", "unhealthy", { group: "edge" });
  station.see("db", "unhealthy", { group: "data" });
  station.see("cache", "unhealthy");
  assertEquals(station.told, ["0 down web", "0 down api"]);
});

Deno.test("`groups`: what was not told is told only if it still is in scope", () => {
  const station = new Station({ groups: new Set(["edge"]) });
  station.see("web", "unhealthy", { group: "edge" });
  station.see("api", "unhealthy", { group: "edge" });
  station.wait(MINUTE);
  station.see("db", "unhealthy", { group: "edge" });
  station.see("db", "unhealthy", { group: "data" });
  station.see("web", "unhealthy", { group: "data" });
  station.wait(MINUTE);
  station.see("web", "healthy", { group: "data" });
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down api web", "150 up web"]);
});

Deno.test("a removed check has an end", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("web", "unhealthy");
  station.see("api", "unhealthy");
  station.leave("web");
  station.leave("db");
  assertEquals(station.told, ["0 down web", "0 down api", "0 up web"]);
  assertEquals(station.sent.at(-1)?.message.incidents[0]?.end, "removed");
});

Deno.test("a muted beginning is told when it is unmuted, if it lasts", () => {
  const station = new Station({ afterMs: MINUTE });
  station.see("a", "unhealthy", { muted: { by: "maintenance" } });
  station.see("b", "unhealthy", { muted: { by: "maintenance" } });
  station.wait(HOUR);
  station.see("b", "healthy");
  station.unmute("a");
  station.wait(MINUTE);
  assertEquals(station.told, ["3630 down a"]);
});

Deno.test("a beginning that is muted while it is gathered is not told", () => {
  const station = new Station();
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(10 * SECOND);
  station.mute("b", { by: "dependency", check: "a" });
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a"]);
});

Deno.test("an end is told although it is muted", () => {
  const station = new Station();
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  station.mute("web");
  station.wait(MINUTE);
  station.see("web", "healthy", { muted: { by: "maintenance" } });
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down web", "150 up web"]);
});

Deno.test("`remind`: all that lasts and is not muted is in one reminder", () => {
  const station = new Station({ remindMs: HOUR });
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(HOUR / 2);
  station.see("c", "unhealthy");
  station.mute("b");
  station.wait(2 * HOUR);
  station.see("a", "healthy");
  station.wait(HOUR);
  assertEquals(station.told, [
    "30 down a b",
    "1830 down c",
    "3630 reminder a c",
    "7230 reminder a c",
    "9030 up a",
    "10830 reminder c",
  ]);
});

Deno.test("`remind`: a message about one starts the clock of the others not anew", () => {
  const station = new Station({ remindMs: HOUR, gatherMs: 0 });
  station.see("a", "unhealthy");
  station.wait(HOUR - SECOND);
  station.see("b", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["0 down a", "3599 down b", "3600 reminder a b"]);
});

Deno.test("a reminder says the status that was told", () => {
  const station = new Station({ remindMs: HOUR });
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  station.see("web", "unknown");
  station.wait(HOUR);
  const { event, incidents } = station.sent.at(-1)!.message;
  assertEquals([event, incidents[0]?.status], ["reminder", "unhealthy"]);
});

Deno.test("a desk goes on after a restart", () => {
  const station = new Station({ remindMs: HOUR });
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  station.restart();
  station.see("web", "unhealthy");
  station.wait(HOUR);
  station.restart();
  station.see("web", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told, [
    "30 down web",
    "3630 reminder web",
    "3690 up web",
  ]);
});

Deno.test("a desk tells after a restart what was due before", () => {
  const station = new Station();
  station.see("web", "unhealthy");
  station.wait(20 * SECOND);
  station.restart();
  station.wait(MINUTE);
  assertEquals(station.told, ["50 down web"]);
});

Deno.test("a desk watches what lasts, and what tells of its own network", () => {
  const station = new Station({ self: ["gateway"] });
  station.see("web", "unhealthy");
  station.see("db", "healthy");
  assertEquals(
    ["web", "db", "gateway"].map((check) => station.desk.isWatching(check)),
    [true, false, true],
  );
  assertEquals([...station.desk.watched()], ["web"]);
  station.see("web", "healthy");
  assertEquals(station.desk.isWatching("web"), false);
});

Deno.test("standing() is what was told and lasts, or has ended since", () => {
  const station = new Station();
  const standing = (since: number) =>
    station.desk.standing(since).map(({ check, ended }) =>
      `${check} ${ended === null}`
    );
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  assertEquals(standing(0), []);
  station.wait(MINUTE);
  assertEquals(standing(0), ["a true", "b true"]);
  station.see("b", "healthy");
  const ended = station.now;
  assertEquals(standing(ended), ["a true", "b false"]);
  station.wait(MINUTE);
  assertEquals(standing(ended), ["a true", "b false"]);
  assertEquals(standing(ended + 1), ["a true"]);
});
