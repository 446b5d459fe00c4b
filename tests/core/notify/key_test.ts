import { assertEquals } from "@std/assert";
import { ARRIVED, LOST, MINUTE, SECOND, Station } from "./station.ts";

const keys = (station: Station) =>
  station.sent.filter(({ arrives }) => arrives).map(({ message }) => ({
    event: message.event,
    keys: [...new Set(message.incidents.map(({ key }) => key))],
    closed: message.closed,
  }));

Deno.test("the key of a single incident is its id", () => {
  const station = new Station({ gatherMs: 0 });
  station.see("a", "unhealthy");
  station.see("a", "healthy");
  assertEquals(keys(station), [
    { event: "down", keys: ["a@0"], closed: [] },
    { event: "up", keys: ["a@0"], closed: ["a@0"] },
  ]);
});

Deno.test("a key is closed with the last incident of its message", () => {
  const station = new Station();
  station.see("b", "unhealthy");
  station.wait(SECOND);
  station.see("a", "unhealthy");
  station.see("c", "unhealthy");
  station.wait(MINUTE);
  station.see("b", "healthy");
  station.wait(MINUTE);
  station.restart();
  station.see("d", "unhealthy");
  station.wait(MINUTE);
  for (const check of ["a", "c", "d"]) station.see(check, "healthy");
  station.wait(MINUTE);
  assertEquals(keys(station), [
    { event: "down", keys: ["b@0"], closed: [] },
    { event: "up", keys: ["b@0"], closed: [] },
    { event: "down", keys: ["d@121"], closed: [] },
    { event: "up", keys: ["b@0", "d@121"], closed: ["b@0", "d@121"] },
  ]);
});

Deno.test("what is told with others keeps the key of its beginning", () => {
  const station = new Station({ on: ["unhealthy", "degraded"] });
  station.see("a", "degraded");
  station.wait(MINUTE);
  const [key] = keys(station)[0]!.keys;
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.wait(MINUTE);
  const { incidents } = station.sent.at(-1)!.message;
  assertEquals(incidents.map(({ check, key }) => [check, key]), [
    ["a", key],
    ["b", "b@60"],
  ]);
});

Deno.test("what is taken out of a message before it was sent leaves no key", () => {
  const station = new Station({ gatherMs: SECOND });
  station.answer = LOST;
  station.see("a", "unhealthy");
  station.see("b", "unhealthy");
  station.see("c", "unhealthy");
  station.wait(MINUTE);
  station.see("a", "healthy");
  station.answer = ARRIVED;
  station.wait(MINUTE);
  station.see("b", "healthy");
  station.see("c", "healthy");
  station.wait(MINUTE);
  assertEquals(keys(station), [
    { event: "down", keys: ["b@0"], closed: [] },
    { event: "up", keys: ["b@0"], closed: ["b@0"] },
  ]);
});
