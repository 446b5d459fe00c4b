import { assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  judgeRegions,
  type RegionRule,
  type RegionState,
} from "../../../src/core/cluster/regions.ts";
import type { Status, Verdict } from "../../../src/core/types.ts";

const STATUSES: Readonly<Record<string, Status>> = {
  H: "healthy",
  D: "degraded",
  U: "unhealthy",
  "?": "unknown",
};
const REGIONS = ["eu", "us", "ap", "sa", "af", "me", "oc", "an"];

/** Regions with these statuses, by their first letters. */
function regions(letters: string): RegionState[] {
  return [...letters].map((letter, i) => ({
    region: REGIONS[i]!,
    status: STATUSES[letter]!,
    reason: letter === "U" || letter === "D"
      ? { code: "refused", message: `Refused in ${REGIONS[i]}` }
      : null,
  }));
}

function verdict(letters: string, rule: RegionRule): Verdict {
  return judgeRegions(regions(letters), rule).verdict;
}

/** Letters, then the verdict if it was up before, and if it was down. */
const ROWS: readonly (readonly [
  letters: string,
  need: number | null,
  up: Verdict,
  down: Verdict,
])[] = [
  ["HHH", 2, "pass", "pass"],
  ["UHH", 2, "warn", "warn"],
  ["UUH", 2, "fail", "fail"],
  ["UUU", 2, "fail", "fail"],
  ["UHH", 1, "fail", "fail"],
  ["UUH", 3, "warn", "warn"],
  ["DHH", 2, "warn", "warn"],
  ["DDD", 2, "warn", "warn"],
  ["DUH", 2, "warn", "warn"],
  // More than half, by default.
  ["U", null, "fail", "fail"],
  ["H", null, "pass", "pass"],
  ["UHH", null, "warn", "warn"],
  ["UUH", null, "fail", "fail"],
  // An even split changes nothing.
  ["UH", null, "warn", "fail"],
  ["UUHH", null, "warn", "fail"],
  ["UUUH", null, "fail", "fail"],
  ["UHHH", null, "warn", "warn"],
  // What is not known neither makes it fail nor ends that.
  ["?HH", 2, "pass", "pass"],
  ["U?H", 2, "warn", "fail"],
  ["U??", 2, "warn", "fail"],
  ["UU?", 2, "fail", "fail"],
  ["??H", 2, "pass", "error"],
  ["???", 2, "error", "error"],
  ["U?H", null, "warn", "fail"],
  ["?H", null, "pass", "error"],
];

Deno.test("judgeRegions() judges by how many regions see it fail", () => {
  for (const [letters, need, up, down] of ROWS) {
    const label = `${letters}, need ${need}`;
    assertEquals(verdict(letters, { need, wasDown: false }), up, label);
    assertEquals(verdict(letters, { need, wasDown: true }), down, label);
  }
});

Deno.test("judgeRegions() names the regions, and says why", () => {
  const rule: RegionRule = { need: null, wasDown: false };
  assertEquals(judgeRegions(regions("HUH"), rule), {
    verdict: "warn",
    reason: { code: "refused", message: "Fails from us: Refused in us" },
    detail: { up: 2, down: 1, of: 3 },
  });
  assertEquals(judgeRegions(regions("HUU"), rule), {
    verdict: "fail",
    reason: {
      code: "refused",
      message: "Fails from us and ap (2 of 3): Refused in us",
    },
    detail: { up: 1, down: 2, of: 3 },
  });
  assertEquals(
    judgeRegions(regions("UUUUUUUH"), rule).reason?.message,
    "Fails from eu, us, ap, sa, af and 2 more (7 of 8): Refused in eu",
  );
  assertEquals(
    judgeRegions(regions("HDH"), rule).reason?.message,
    "Degraded from us: Refused in us",
  );
  assertEquals(
    judgeRegions(regions("???"), rule).reason?.message,
    "Nothing is known from eu, us and ap",
  );
  const [state] = regions("U");
  assertEquals(judgeRegions([{ ...state!, reason: null }], rule).reason, {
    code: "mismatch",
    message: "Fails from eu (1 of 1)",
  });
});

Deno.test("judgeRegions() does not flap when one of an even number does", () => {
  const OTHERS = fc.constantFrom(1, 3, 5, 7).chain((length) =>
    fc.array(fc.constantFrom("H", "D", "U", "?"), {
      minLength: length,
      maxLength: length,
    })
  );
  fc.assert(fc.property(OTHERS, fc.array(fc.boolean()), (others, turns) => {
    let wasDown = false;
    let changes = 0;
    for (const isUp of turns) {
      const letters = `${isUp ? "H" : "U"}${others.join("")}`;
      const found = verdict(letters, { need: null, wasDown });
      if (found === "error") continue;
      if ((found === "fail") !== wasDown) changes++;
      wasDown = found === "fail";
    }
    return changes <= 1;
  }));
});
