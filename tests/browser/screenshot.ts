// Draws the pictures of pages in the README and the docs, from a fleet of made-up
// targets with a made-up past:
//
//   deno task screenshot

import { fail, Fleet, type Outcome, pass, probe, warn } from "../../mod.ts";
import { open, serve } from "./browser.ts";
import { pastOf } from "./past.ts";

/** The outcomes of attempts that do not pass, and how long these take. */
const BAD: Readonly<
  Record<string, { readonly outcome: Outcome; readonly durationMs: number }>
> = {
  slow: {
    outcome: warn({
      code: "latency",
      message: "Expected an answer within 500ms, got it after 612ms",
    }),
    durationMs: 612,
  },
  unavailable: {
    outcome: fail({
      code: "status",
      message: "Expected status 200-299, got 503",
    }),
    durationMs: 11,
  },
  refused: {
    outcome: fail({
      code: "refused",
      message: "cache.internal:6379 refused the connection",
    }),
    durationMs: 0.8,
  },
};

interface Example {
  /** What people call it. */
  readonly name?: string;
  readonly group: string;
  readonly type: string;
  readonly target: string;
  /** The usual duration of an attempt. */
  readonly durationMs: number;
  /** The outcomes of these attempts, of 60. */
  readonly bad?: { readonly outcome: string; readonly attempts: number[] };
}

const CHECKS: Readonly<Record<string, Example>> = {
  website: {
    name: "Website",
    group: "edge",
    type: "http",
    target: "https://shop.example/",
    durationMs: 38,
    bad: { outcome: "unavailable", attempts: [31, 32] },
  },
  checkout: {
    name: "Checkout",
    group: "edge",
    type: "http",
    target: "https://shop.example/checkout/health",
    durationMs: 120,
    bad: {
      outcome: "slow",
      attempts: [20, 21, 44, 45, 52, 55, 56, 57, 58, 59],
    },
  },
  search: {
    name: "Search",
    group: "edge",
    type: "http",
    target: "https://search.shop.example/health",
    durationMs: 21,
    bad: { outcome: "unavailable", attempts: [12] },
  },
  postgres: {
    group: "data",
    type: "tcp",
    target: "db.internal:5432",
    durationMs: 2.1,
  },
  redis: {
    group: "data",
    type: "tcp",
    target: "cache.internal:6379",
    durationMs: 1.7,
    bad: { outcome: "refused", attempts: [54, 55, 56, 57, 58, 59] },
  },
  disk: {
    group: "host",
    type: "command",
    target: "check_disk -w 20% -c 10%",
    durationMs: 5.4,
  },
};

const ATTEMPTS = 60;
const INTERVAL_MS = 10_000;

await using fleet = new Fleet({ background: false });
const startedAt = Date.now() - ATTEMPTS * INTERVAL_MS;
for (const [id, example] of Object.entries(CHECKS)) {
  const { name, group, type, target, durationMs, bad } = example;
  fleet.add(probe(() => pass(), { type, target }), {
    id,
    group,
    ...(name !== undefined && { name }),
  });
  // As if it had passed for two days before.
  fleet.report(id, pass(), { at: new Date(startedAt - 2 * 86_400_000) });
  for (let i = 0; i < ATTEMPTS; i++) {
    const usual = {
      outcome: pass(),
      durationMs: durationMs * (1 + 0.4 * Math.abs(Math.sin(i * i))),
    };
    const { outcome, ...report } = bad?.attempts.includes(i)
      ? BAD[bad.outcome]!
      : usual;
    const at = new Date(startedAt + i * INTERVAL_MS);
    fleet.report(id, outcome, { ...report, at });
  }
}

/** Where each picture is, and what it shows. */
const PICTURES = [
  { file: "status", path: "", height: 930 },
  { file: "check", path: "checks/checkout?range=7d", height: 900 },
  { file: "public", path: "public", height: 500 },
] as const;

await using app = serve(fleet, {
  title: "shop.example",
  archive: pastOf(fleet, ["checkout"]),
  public: { groups: ["edge"] },
});
for (const { file, path, height } of PICTURES) {
  await using tab = await open(`${app.url}${path}`, {
    viewport: { width: 1040, height },
  });
  await tab.page.locator("h1").waitFor();
  await tab.page.screenshot({
    path: `docs/${file}.png`,
  });
}
// The browser would keep the process running.
Deno.exit();
