import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseDuration } from "../../src/core/duration.ts";
import { durationText } from "../../src/import/duration_text.ts";
import { parseGoDuration } from "../../src/import/compose/go_duration.ts";
import { parseHumantime } from "../../src/import/zlayer/humantime.ts";

const GO: Readonly<Record<string, number | undefined>> = {
  "0": 0,
  "0s": 0,
  "30s": 30_000,
  "1m30s": 90_000,
  "1h5m30s20ms": 3_930_020,
  "1.5h": 5_400_000,
  ".5s": 500,
  "1.s": 1000,
  "500us": 0.5,
  "500µs": 0.5,
  "2000000ns": 2,
  "2d": 172_800_000,
  "1w": 604_800_000,
  "30s1m": 90_000,
  "+5s": 5000,
  "-5s": undefined,
  "": undefined,
  "30": undefined,
  "s": undefined,
  "1 s": undefined,
  "30S": undefined,
  "10x": undefined,
  "5s!": undefined,
};

for (const [text, ms] of Object.entries(GO)) {
  Deno.test(`parseGoDuration() reads ${JSON.stringify(text)} as ${ms}`, () => {
    assertEquals(parseGoDuration(text), ms);
  });
}

const HUMANTIME: Readonly<Record<string, number | undefined>> = {
  "0": 0,
  "5s": 5000,
  "500 ms": 500,
  "500ms": 500,
  "1h 30m": 5_400_000,
  "1h30m": 5_400_000,
  "2min": 120_000,
  "2 mins 1 sec": 121_000,
  "1 day 2 hours": 93_600_000,
  "1w": 604_800_000,
  "1M": 2_630_016_000,
  "1500 us": 1.5,
  " 5s ": 5000,
  "5": undefined,
  "": undefined,
  "s": undefined,
  "1.5h": undefined,
  "-1s": undefined,
  "5 parsecs": undefined,
  "5S": undefined,
};

for (const [text, ms] of Object.entries(HUMANTIME)) {
  Deno.test(`parseHumantime() reads ${JSON.stringify(text)} as ${ms}`, () => {
    assertEquals(parseHumantime(text), ms);
  });
}

Deno.test("durationText() is what the config reads", () => {
  assertEquals(durationText(3_930_020), "1h5m30s20ms");
  assertEquals(durationText(0), "0s");
  fc.assert(fc.property(fc.nat(24 * 86_400_000), (ms) => {
    assertEquals(parseDuration(durationText(ms)), ms);
  }));
});
