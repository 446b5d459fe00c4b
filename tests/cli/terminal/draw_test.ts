import { assertEquals, assertLessOrEqual } from "@std/assert";
import { loadWidths, widthOf } from "../../../src/cli/terminal/columns.ts";
import { draw } from "../../../src/cli/terminal/draw.ts";
import { type Page, START } from "../../../src/cli/terminal/view/view.ts";
import { snapshot } from "./snapshots.ts";
import { contentOf } from "./tables.ts";

await loadWidths();

const CHECKS = [
  snapshot({ id: "web" }),
  snapshot({
    id: "db\x1b[2J",
    status: "unhealthy",
    reason: { code: "refused", message: "127.0.0.1:1 refused the connection" },
  }),
];

interface PageOptions {
  readonly columns?: number;
  readonly rows?: number;
  readonly note?: string;
}

/** The lines of a page, and its first line that is seen. */
function drawn(
  page: Page,
  { columns = 60, rows = 8, note = "" }: PageOptions = {},
): readonly [string[], number | undefined] {
  const { lines, view } = draw(
    { ...START, pages: [page] },
    contentOf(CHECKS, { note }),
    { columns, rows, colours: false },
  );
  return [lines.map((line) => line.trimEnd()), view.pages.at(-1)?.top];
}

const DB = { type: "check", id: "db\x1b[2J" } as const;

Deno.test("draw() shows a page from its beginning, and which lines are seen", () => {
  assertEquals(drawn({ ...DB, top: 0 }), [[
    "✕ db [2J",
    "status  unhealthy for 0s, since 2026-01-02 00:00:00 UTC",
    "reason  127.0.0.1:1 refused the connection",
    "target  tcp 127.0.0.1:1",
    "last    0s ago, took 1ms",
    "",
    "",
    "                                           Esc back, ? keys",
  ], 0]);
});

Deno.test("draw() scrolls a page not beyond its end", () => {
  const [lines, top] = drawn({ ...DB, top: 99 }, { rows: 4 });
  assertEquals(lines, [
    "✕ db [2J",
    "target  tcp 127.0.0.1:1",
    "last    0s ago, took 1ms",
    "lines 3-4 of 4",
  ]);
  assertEquals(top, 2);
});

Deno.test("draw() says that a check was removed, and shows the last message", () => {
  const [lines] = drawn({ type: "check", id: "no\nmore", top: 3 }, {
    note: "reloaded: 1 removed",
  });
  assertEquals([lines[0], lines[1], lines.at(-1)], [
    "no more",
    "This check was removed",
    "reloaded: 1 removed                        Esc back, ? keys",
  ]);
});

Deno.test("draw() fits pages into any terminal", () => {
  const pages: readonly Page[] = [
    { ...DB, top: 0 },
    { type: "check", id: "gone", top: 0 },
    { type: "keys", top: 5 },
  ];
  for (const page of pages) {
    for (let columns = 0; columns < 50; columns++) {
      for (const rows of [0, 1, 2, 3, 5, 10, 30]) {
        const [lines] = drawn(page, { columns, rows });
        assertEquals(lines.length, rows);
        for (const line of lines) {
          assertLessOrEqual(widthOf(line), Math.max(0, columns - 1), line);
        }
      }
    }
  }
});
