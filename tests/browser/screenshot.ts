// Draws the README's picture of the status page, docs/status.png, from a fleet
// of made-up targets:
//
//   deno task screenshot

import { type Outcome, probe, type Verdict } from "../../mod.ts";
import { Fleet } from "../../src/fleet/fleet.ts";
import { open, serve } from "./browser.ts";

const BAD: Readonly<Record<string, Outcome>> = {
  slow: {
    verdict: "warn",
    reason: {
      code: "latency",
      message: "Expected an answer within 500ms, got it after 612ms",
    },
  },
  "503": {
    verdict: "fail",
    reason: { code: "status", message: "Expected status 200-299, got 503" },
  },
  refused: {
    verdict: "fail",
    reason: {
      code: "refused",
      message: "cache.internal:6379 refused the connection",
    },
  },
};

/** Each check: its group, type, target, usual duration, and when it is bad. */
const CHECKS: Readonly<
  Record<string, readonly [string, string, string, number, string, number[]]>
> = {
  website: ["edge", "http", "https://shop.example/", 14, "503", [31, 32]],
  checkout: [
    "edge",
    "http",
    "https://shop.example/checkout/health",
    22,
    "slow",
    [20, 21, 44, 45, 46, 52, 56, 57, 58, 59],
  ],
  search: ["edge", "http", "https://search.shop.example/health", 8, "503", [
    12,
  ]],
  postgres: ["data", "tcp", "db.internal:5432", 2, "refused", []],
  redis: ["data", "tcp", "cache.internal:6379", 2, "refused", [
    54,
    55,
    56,
    57,
    58,
    59,
  ]],
  disk: ["host", "command", "check_disk -w 20% -c 10%", 5, "slow", []],
};

const PASS: { readonly verdict: Verdict } = { verdict: "pass" };
const fleet = new Fleet({ background: false });
for (
  const [id, [group, type, target, ms, fault, bad]] of Object.entries(CHECKS)
) {
  let attempts = 0;
  const run = async (): Promise<Outcome> => {
    const i = attempts++;
    const durationMs = ms * (1 + 0.4 * Math.abs(Math.sin(i * i)));
    await new Promise((resolve) => setTimeout(resolve, durationMs));
    return bad.includes(i) ? BAD[fault]! : PASS;
  };
  fleet.add(probe(run, { type, target }), { id, group });
}
for (let i = 0; i < 60; i++) await fleet.attemptAll();

await using app = serve(fleet, { title: "shop.example" });
await using tab = await open(app.url, {
  viewport: { width: 1040, height: 640 },
});
await tab.page.locator("form").waitFor();
await tab.page.screenshot({ path: "docs/status.png", fullPage: true });
