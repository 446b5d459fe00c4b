import { assertEquals } from "@std/assert";
import { ARRIVED, HOUR, LOST, MINUTE, Station } from "./station.ts";

Deno.test("another policy forgets nothing, and tells nothing twice", () => {
  const station = new Station();
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.change({ afterMs: HOUR, gatherMs: 0, limit: 5 });
  station.see("a", "unhealthy");
  station.wait(2 * HOUR);
  station.see("a", "healthy");
  assertEquals(station.told, ["30 down a", "7260 up a"]);
});

Deno.test("what was told has an end although it is out of scope, and nothing else", () => {
  const station = new Station({ remindMs: HOUR });
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.change({ checks: new Set(["b"]), gatherMs: 0 });
  station.wait(3 * HOUR);
  station.see("a", "healthy");
  station.see("a", "unhealthy");
  assertEquals(station.told, ["30 down a", "10860 up a"]);
});

Deno.test("what was told has an end although its status is told no more", () => {
  const station = new Station({ on: ["degraded"] });
  station.see("a", "degraded");
  station.wait(MINUTE);
  station.change({ on: ["unhealthy"] });
  station.see("a", "degraded");
  station.wait(MINUTE);
  station.see("a", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 degraded a", "150 up a"]);
});

Deno.test("what waits to be told of what is out of scope now is not told", () => {
  const station = new Station();
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(MINUTE);
  station.answer = ARRIVED;
  station.change({ checks: new Set(["b"]) });
  station.wait(MINUTE);
  station.see("a", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["60 down b"]);
});

Deno.test("what waits to be told is told whatever the status is by now", () => {
  const station = new Station();
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.see("a", "unknown");
  station.answer = ARRIVED;
  station.change({ afterMs: 1 });
  assertEquals(station.told, ["60 down a"]);
});

Deno.test("what waits to be told of a status that is told no more is not", () => {
  const station = new Station({ on: ["unhealthy", "degraded"] });
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.answer = LOST;
  station.see("a", "degraded");
  station.see("b", "degraded");
  station.wait(MINUTE);
  station.answer = ARRIVED;
  station.change({ on: ["unhealthy"] });
  station.see("a", "degraded");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a", "150 up a"]);
});

Deno.test("what is in scope now is told when it is seen again", () => {
  const station = new Station({ checks: new Set(["b"]) });
  station.see("a", "unhealthy");
  station.change({ checks: null });
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a"]);
});

Deno.test("another `after` counts from the beginning", () => {
  const station = new Station({ afterMs: 2 * HOUR, gatherMs: 0 });
  station.see("a", "unhealthy");
  station.wait(HOUR);
  station.change({ afterMs: MINUTE });
  assertEquals(station.told, ["3600 down a"]);
});

Deno.test("`resolved: false` from now on tells of no ends that were not told", () => {
  const station = new Station();
  station.see("a", "unhealthy");
  station.wait(MINUTE);
  station.see("a", "healthy");
  station.change({ resolved: false });
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a"]);
  assertEquals([...station.saved.keys()], ["state"]);
});

Deno.test("a policy that is another one makes due what waits", () => {
  const station = new Station({ gatherMs: 0 });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.wait(HOUR);
  station.answer = ARRIVED;
  station.change({});
  assertEquals(station.told, ["3600 down a"]);
});
