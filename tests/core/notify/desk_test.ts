import { assertEquals } from "@std/assert";
import { MINUTE, SECOND, Station } from "./station.ts";

Deno.test("a desk tells of a beginning after it gathered, and of the end", () => {
  const station = new Station();
  station.see("web", "healthy");
  station.see("web", "unhealthy");
  station.wait(5 * MINUTE);
  station.see("web", "healthy");
  station.wait(5 * MINUTE);
  assertEquals(station.told, ["30 down web", "330 up web"]);
  assertEquals(station.saved.size, 1);
});

Deno.test("a desk gathers what is due within a window", () => {
  const station = new Station();
  station.see("a", "unhealthy");
  station.wait(10 * SECOND);
  station.see("b", "unhealthy");
  station.see("c", "unhealthy");
  station.wait(10 * SECOND);
  station.see("c", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down a b"]);
});

Deno.test("a desk tells at once if it is for one check that depends on none", () => {
  const station = new Station({ checks: new Set(["web"]) });
  station.see("web", "unhealthy");
  station.see("other", "unhealthy");
  assertEquals(station.told, ["0 down web"]);
});

Deno.test("a desk goes on after a restart", () => {
  const station = new Station();
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  station.restart();
  station.see("web", "unhealthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down web"]);
  station.see("web", "healthy");
  station.wait(MINUTE);
  assertEquals(station.told, ["30 down web", "150 up web"]);
});
