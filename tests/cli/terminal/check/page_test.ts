import { assertEquals, assertLessOrEqual, assertMatch } from "@std/assert";
import fc from "fast-check";
import { checkPage } from "../../../../src/cli/terminal/check/page.ts";
import { loadWidths, widthOf } from "../../../../src/cli/terminal/columns.ts";
import { plain } from "../../../../src/cli/terminal/style.ts";
import { parsePolicy } from "../../../../src/core/policy.ts";
import type { Snapshot, Verdict } from "../../../../src/core/types.ts";
import type { PastAttempt } from "../../../../src/fleet/history.ts";
import { NOW, snapshot } from "../snapshots.ts";

await loadWidths();

interface PageOptions {
  readonly attempts?: readonly PastAttempt[];
  readonly width?: number;
  readonly rows?: number;
  readonly isPassive?: boolean;
}

function page(
  about: Partial<Snapshot>,
  { attempts = [], width = 79, rows = 24, isPassive = false }: PageOptions = {},
): string[] {
  const known = {
    history: { attempts, passed: 480, failed: 12 },
    policy: isPassive
      ? undefined
      : parsePolicy({ interval: "10s", timeout: "2s" }),
    now: NOW,
  };
  const space = { width, rows, paint: plain };
  return checkPage(snapshot(about), known, space).map((line) => line.trimEnd());
}

/** An attempt so many seconds ago. */
function past(
  agoS: number,
  durationMs: number | null,
  message?: string,
  verdict: Verdict = message === undefined ? "pass" : "fail",
): PastAttempt {
  const reason = { code: "body", message: message! };
  return {
    verdict,
    at: NOW - agoS * 1000,
    durationMs,
    ...(message !== undefined && { reason }),
  };
}

const ago = (seconds: number): Date => new Date(NOW - seconds * 1000);

const DOWN: Partial<Snapshot> = {
  id: "shop",
  group: "edge",
  type: "http",
  target: "https://shop.test/",
  status: "unhealthy",
  failures: 4,
  verdict: "fail",
  reason: { code: "status", message: "Expected the status 200-299, got 503" },
  detail: { httpStatus: 503, certDaysLeft: 12 },
  since: ago(7500),
  checkedAt: ago(3),
  nextAt: ago(-4),
  durationMs: 12.4,
};

const ATTEMPTS = [
  past(90_000, 8, "Slow", "warn"),
  past(50, 10),
  past(40, 20),
  past(33, 5000, "Timed out"),
  past(23, 1, "Expected the status 200-299, got 503"),
  past(13, 1, "Expected the status 200-299, got 503"),
  past(3, 1, "Expected the status 200-299, got 503"),
];

Deno.test("checkPage() shows all that is known of a check", () => {
  assertEquals(page(DOWN, { attempts: ATTEMPTS }), [
    "status        unhealthy for 2h5m, since 2026-01-01 21:55:00 UTC",
    "reason        Expected the status 200-299, got 503",
    "failures      4 in a row",
    "target        https://shop.test/",
    "group         edge",
    "last          3s ago, took 12ms",
    "next          in 4s, interval 10s, timeout 2s",
    "results       480 passed, 12 failed",
    "httpStatus    503",
    "certDaysLeft  12",
    "",
    "Last 7 results, 2025-12-31 23:00 to 23:59:57 UTC, median 10ms, slowest 20ms",
    "20ms │  █",
    "     │  █",
    "10ms │▅██",
    "     │███",
    "   0 │▲●●✕✕✕✕",
    "",
    "Last reasons, in UTC",
    "23:59:57 ✕          Expected the status 200-299, got 503 (3 times since",
    "                    23:59:37)",
    "23:59:27 ✕          Timed out",
    "2025-12-31 23:00 ▲  Slow",
  ]);
});

Deno.test("checkPage() wraps a long reason, and shows all of it", () => {
  const message = "Expected a long reason ".repeat(40) + "and its end";
  const lines = page({ reason: { code: "body", message } }, { width: 39 });
  const text = lines.map((line) => line.slice(8).trim()).join(" ");
  assertMatch(text, /(Expected a long reason ){40}and its end/);
});

Deno.test("checkPage() has a higher chart on a tall terminal", () => {
  const lines = page({}, { attempts: ATTEMPTS, rows: 50 });
  assertEquals(lines.filter((line) => /│/.test(line)).length, 9);
});

Deno.test("checkPage() shows a heartbeat, which has no durations and no policy", () => {
  const lines = page({
    type: "heartbeat",
    target: "every 1h",
    durationMs: null,
    checkedAt: ago(60),
    nextAt: ago(-3540),
    since: ago(0),
  }, {
    isPassive: true,
    attempts: [past(3660, null), past(60, null)],
  });
  assertEquals(lines, [
    "status   healthy for 0s, since 2026-01-02 00:00:00 UTC",
    "target   heartbeat every 1h",
    "last     1m ago",
    "next     in 59m, at 2026-01-02 00:59:00 UTC",
    "results  480 passed, 12 failed",
    "",
    "Last 2 results, 22:59:00 to 23:59:00 UTC",
    "●●",
  ]);
});

Deno.test("checkPage() shows a check without a result", () => {
  const lines = page({
    status: "unknown",
    checkedAt: null,
    durationMs: null,
    checking: true,
    starting: true,
  });
  assertEquals(lines, [
    "status  unknown for 0s, since 2026-01-02 00:00:00 UTC, starting",
    "target  tcp 127.0.0.1:1",
    "last    nothing yet",
    "next    now, interval 10s, timeout 2s",
  ]);
});

/** What is said of parts of a snapshot. */
const FACTS: readonly (readonly [Partial<Snapshot>, RegExp])[] = [
  [{ failures: 2 }, /^failures +2 in a row, 3 make it unhealthy$/],
  [{ nextAt: ago(5) }, /^next +was due 5s ago, interval/],
  [{ nextAt: ago(90) }, /^next +was due 1m30s ago, at 2026-01-01 23:58:30 UTC/],
  [{ name: "Web shop" }, /^name +Web shop$/],
  [{ description: "Sells" }, /^about +Sells$/],
  [{ link: "https://wiki.test/" }, /^link +https:\/\/wiki\.test\/$/],
  [{ stale: true }, /^status .*, from before the restart$/],
  [{ since: ago(-9) }, /^status +healthy for 0s, since 2026-01-02 00:00:09/],
  [{ detail: { odd: "a\x1b[2J\nb" } }, /^odd +a \[2J b$/],
  [{ detail: { "\x1b[2J": true } }, /^\[2J +true$/],
];

for (const [about, expected] of FACTS) {
  Deno.test(`checkPage() has a line that is ${expected}`, () => {
    const lines = page(about);
    assertEquals(
      lines.filter((line) => expected.test(line)).length,
      1,
      lines.join("\n"),
    );
  });
}

const texts = fc.string({
  unit: fc.constantFrom(..."ab é日🙂👨‍👩‍👧\u0301\u200b\x1b\n\x9b\ud800"),
  maxLength: 80,
});

Deno.test("checkPage() is never wider than the terminal, and has no control characters", () => {
  fc.assert(fc.property(
    fc.record({
      group: texts,
      target: texts,
      reason: fc.option(texts.map((message) => ({ code: "body", message }))),
      detail: fc.option(fc.dictionary(texts, fc.oneof(texts, fc.double()))),
    }),
    fc.record({
      width: fc.nat(100),
      rows: fc.nat(60),
      isPassive: fc.boolean(),
      attempts: fc.array(
        fc.tuple(
          fc.nat(1e6),
          fc.option(fc.nat(1e6)),
          fc.option(texts, { nil: undefined }),
        ).map((args) => past(...args)),
        { maxLength: 60 },
      ),
    }),
    (about, options) => {
      for (const line of page(about, options)) {
        assertLessOrEqual(widthOf(line), options.width);
        // deno-lint-ignore no-control-regex
        assertEquals(/[\x00-\x1f\x7f-\x9f]/.test(line), false);
      }
    },
  ));
});
