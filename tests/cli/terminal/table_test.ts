import {
  assert,
  assertEquals,
  assertLessOrEqual,
  assertMatch,
} from "@std/assert";
import fc from "fast-check";
import { loadWidths, widthOf } from "../../../src/cli/terminal/columns.ts";
import { oneLine } from "../../../src/core/text.ts";
import type { Snapshot, Status, Verdict } from "../../../src/core/types.ts";
import type { PastAttempt } from "../../../src/fleet/history.ts";
import { NOW, snapshot } from "./snapshots.ts";
import { draw, drawing, drawn, row } from "./tables.ts";

await loadWidths();

const EACH: readonly Snapshot[] = [
  snapshot({ id: "web", group: "edge", since: new Date(NOW - 185_000) }),
  snapshot({
    id: "slow",
    status: "degraded",
    durationMs: 1234,
    reason: { code: "latency", message: "Too slow" },
    since: new Date(NOW - 59_999),
  }),
  snapshot({
    id: "db",
    group: "data",
    status: "unhealthy",
    reason: { code: "refused", message: "127.0.0.1:1 refused the connection" },
    since: new Date(NOW - 7_300_000),
  }),
  snapshot({
    id: "lost",
    status: "unknown",
    durationMs: null,
    since: new Date(NOW - 3 * 86_400_000),
  }),
];

const PAST: readonly PastAttempt[] = [
  { verdict: "pass", at: 0, durationMs: 1 },
  { verdict: "warn", at: 0, durationMs: 4 },
  { verdict: "fail", at: 0, durationMs: 1 },
];

Deno.test("table() shows each check, and a summary", () => {
  const lines = drawn(EACH, {
    columns: 100,
    rows: 12,
    url: "http://127.0.0.1:8686/",
    note: "lost: could not be checked: not allowed",
    attempts: PAST,
  });
  // deno-fmt-ignore
  assertEquals(lines, [
    "✕ 1 of 4 is down, 1 unknown, 1 degraded                                      http://127.0.0.1:8686/",
    "",
    "   GROUP  CHECK  STATUS       TIME  LAST         SINCE  REASON",
    "●  edge   web    healthy       1ms  ▂█✕             3m",
    "▲         slow   degraded     1.2s  ▂█✕            59s  Too slow",
    "✕  data   db     unhealthy     1ms  ▂█✕             2h  127.0.0.1:1 refused the connection",
    "○         lost   unknown            ▂█✕             3d",
    "",
    "",
    "",
    "",
    "lost: could not be checked: not allowed                                             ? keys, q quits",
  ]);
});

const PROBLEMS = `not reloaded: lifesign.yaml: 2 problems
  checks.web.url: expected an absolute URL with http: or https:, got "shop.example"
  checks.db.port: expected a port, got 0`;

Deno.test("table() shows the whole of a long message below the checks", () => {
  const lines = drawn(EACH, { columns: 60, rows: 14, note: PROBLEMS });
  // deno-fmt-ignore
  assertEquals(lines.slice(-5), [
    "",
    "not reloaded: lifesign.yaml: 2 problems",
    "  checks.web.url: expected an absolute URL with http: or",
    '  https:, got "shop.example"',
    "  checks.db.port: expected a port, got 0    ? keys, q quits",
  ]);
});

Deno.test("table() cuts a message that leaves no room for the worst checks", () => {
  const note = `${PROBLEMS}\n${PROBLEMS.replace("2", "3")}`;
  const lines = drawn(EACH, { columns: 60, rows: 10, note });
  // deno-fmt-ignore
  assertEquals(lines.slice(2), [
    "✕  db     unhealthy     1ms     2h  127.0.0.1:1 refused th…",
    "○  lost   unknown               3d",
    "rows 1-2 of 4, others: 1 degraded, 1 healthy",
    "",
    "not reloaded: lifesign.yaml: 2 problems",
    "  checks.web.url: expected an absolute URL with http: or",
    '  https:, got "shop.example"',
    "  checks.db.port: expected a port, got 0 …  ? keys, q quits",
  ]);
});

Deno.test("table() has a colour for each status, and for each attempt", () => {
  const text = draw(EACH, { colours: true, attempts: PAST }).join("\n");
  for (const code of ["32m●", "33m▲", "31m✕", "35m○", "32m▂", "33m█"]) {
    assert(text.includes(`\x1b[${code}`), code);
  }
});

/** Numbers of columns, and the headings for which there is room. */
const HEADINGS: readonly (readonly [number, string])[] = [
  [80, "   GROUP  CHECK  STATUS       TIME  LAST      SINCE  REASON"],
  [72, "   CHECK  STATUS       TIME  LAST      SINCE  REASON"],
  [62, "   CHECK  STATUS       TIME  SINCE  REASON"],
  [54, "   CHECK  STATUS       TIME  REASON"],
  [45, "   CHECK  STATUS     REASON"],
  [32, "   CHECK  REASON"],
  [26, "   CHECK  STATUS"],
  [20, "   CHECK  STATUS"],
  [14, "   CHECK"],
  [4, ""],
];

for (const [columns, heading] of HEADINGS) {
  Deno.test(`table() shows of ${columns} columns "${heading.trim()}"`, () => {
    assertEquals(drawn(EACH, { columns })[2], heading);
  });
}

Deno.test("table() gives a long id the room that nothing else needs", () => {
  const long = snapshot({
    id: "a-check-with-a-very-long-name-indeed",
    reason: { code: "reset", message: "Closed" },
  });
  // deno-fmt-ignore
  assertEquals([40, 30, 80].map((columns) => drawn([long], { columns })[3]), [
    "●  a-check-with-…  Closed",
    "●  a-check-with-a…  healthy",
    "●  a-check-with-a-ve…  healthy       1ms               0s  Closed",
  ]);
});

Deno.test("table() has no column for groups where there are none", () => {
  const [, , heading] = drawn([snapshot({})]);
  assertMatch(heading!, /^ {3}CHECK {2}STATUS/);
});

/** The checks of a row, the height, and what is seen of them. */
const ROOMS: readonly (readonly [string, number, string])[] = [
  ["hhuhd", 10, "c0 c1 c2 c3 c4"],
  ["hhuhd", 8, "c0 c1 c2 c3 c4"],
  ["hhuhd?", 8, "c2 c5 c4 c0 rows 1-4 of 6, others all healthy"],
  ["hhuhd?h", 8, "c2 c5 c4 c0 rows 1-4 of 7, others all healthy"],
  ["hhuhd", 6, "c2 c4 c0 rows 1-3 of 5, others all healthy"],
  ["hhuhd", 5, "c2 c4 rows 1-2 of 5, others all healthy"],
  ["hhuhd", 4, "c2 c4 rows 1-2 of 5, others all healthy"],
  ["hhuhd", 3, "c2 row 1 of 5, others: 1 degraded, 3 healthy"],
  ["hhuhd", 2, "c2"],
  ["hhuhd", 1, ""],
  ["uuhh?", 3, "c0 row 1 of 5, others: 1 unhealthy, 1 unknown, 2 healthy"],
  ["hhhhh", 5, "c0 c1 rows 1-2 of 5, others all healthy"],
  ["h", 2, "c0"],
];

for (const [letters, rows, seen] of ROOMS) {
  Deno.test(`table() shows of ${letters} on ${rows} lines: ${seen}`, () => {
    const lines = draw(row(letters), { rows });
    const found = lines.flatMap((line) =>
      /^. {2}(c\d)|^(rows? .*)/.exec(line)?.slice(1).filter(Boolean) ?? []
    );
    assertEquals(found.join(" "), seen);
    assertLessOrEqual(lines.length, rows);
  });
}

Deno.test("table() says that a check is starting, or has no result yet", () => {
  const lines = drawn([
    snapshot({ durationMs: null, checking: true }),
    snapshot({ starting: true }),
    snapshot({ starting: true, reason: { code: "reset", message: "Closed" } }),
  ], { columns: 60 });
  assertMatch(lines[3]!, / …/);
  assertMatch(lines[4]!, / starting$/);
  assertMatch(lines[5]!, / starting: Closed$/);
});

Deno.test("table() shows a negative age as 0, as after the clock was set back", () => {
  assertMatch(draw([snapshot({ since: new Date(NOW + 9000) })])[3]!, / 0s /);
});

Deno.test("table() removes all control characters", () => {
  const text = "a\x1b[2J\r\nb\x07\x9b1m\u202e";
  const odd = snapshot({
    id: text,
    group: text,
    reason: { code: "body", message: text },
  });
  const list = { isTyping: true, selected: { id: text, index: 0 } };
  const shown = draw([odd], { columns: 120, note: text, list }).join("");
  // deno-lint-ignore no-control-regex
  assertEquals(/[\x00-\x1f\x7f-\x9f\u202e]/.test(shown), false);
});

const texts = fc.string({
  unit: fc.constantFrom(..."ab é日🙂👨‍👩‍👧\u0301\u200b\x1b\n\ud800"),
  maxLength: 40,
});
const snapshots = fc.array(
  fc.record({
    id: texts,
    group: fc.option(texts),
    status: fc.constantFrom<Status>(
      "healthy",
      "degraded",
      "unhealthy",
      "unknown",
    ),
    starting: fc.boolean(),
    durationMs: fc.option(fc.double({ min: 0, max: 1e12, noNaN: true })),
    since: fc.date({ noInvalidDate: true }),
    reason: fc.option(texts.map((message) => ({ code: "body", message }))),
  }),
  { maxLength: 70 },
);
const attempts = fc.array(
  fc.record({
    verdict: fc.constantFrom<Verdict>("pass", "warn", "fail", "error"),
    at: fc.nat(),
    durationMs: fc.option(fc.nat(1e6)),
  }),
  { maxLength: 60 },
);

Deno.test("table() is never wider than the terminal, and never has more lines", () => {
  fc.assert(fc.property(
    snapshots,
    fc.record({
      columns: fc.oneof(fc.integer({ min: 20, max: 200 }), fc.nat(19)),
      rows: fc.oneof(fc.integer({ min: 3, max: 60 }), fc.nat(2)),
      colours: fc.boolean(),
      url: fc.option(fc.webUrl()),
      note: texts,
      attempts,
      list: fc.record({
        filter: texts.map((text) => oneLine(text)),
        isTyping: fc.boolean(),
        selected: fc.option(fc.record({ id: texts, index: fc.nat(80) })),
        top: fc.nat(80),
      }),
    }),
    (about, options) => {
      const checks = about.map((about) => snapshot(about as Partial<Snapshot>));
      const { lines, cursor = 0 } = drawing(checks, options);
      assertEquals(lines.length, options.rows);
      const width = Math.max(0, options.columns - 1);
      for (const line of lines) assertLessOrEqual(widthOf(line), width);
      assertLessOrEqual(cursor, width);
    },
  ));
});

Deno.test("table() says when what is not soon is due, unless there is a reason", () => {
  const nextAt = new Date(NOW + 3_600_000);
  const reason = { code: "exit", message: "No space" };
  const lines = drawn([
    snapshot({ id: "backup", nextAt }),
    snapshot({ id: "import", nextAt, reason, status: "unhealthy" }),
    snapshot({ id: "web", nextAt: new Date(NOW + 10_000) }),
  ], { columns: 100 });
  const of = (id: string) => lines.find((line) => line.includes(id))!;
  assertMatch(of("backup"), /next at 2026-01-02 01:00 UTC$/);
  assertMatch(of("import"), /No space$/);
  assert(!of("web").includes("next"));
});
