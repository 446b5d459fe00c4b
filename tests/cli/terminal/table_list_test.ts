import { assertEquals, assertMatch } from "@std/assert";
import { loadWidths, widthOf } from "../../../src/cli/terminal/columns.ts";
import { table } from "../../../src/cli/terminal/table.ts";
import { START } from "../../../src/cli/terminal/view/view.ts";
import { contentOf, draw, drawing, drawn, row } from "./tables.ts";

await loadWidths();

/** Twelve checks, of which every third is down. */
const DOZEN = row("huhhuhhuhhuh");

Deno.test("table() marks the selected check, and shows the rows around it", () => {
  const list = { selected: { id: "c2", index: 0 } };
  // deno-fmt-ignore
  assertEquals(drawn(DOZEN, { rows: 6, columns: 60, list }).slice(1), [
    "   CHECK  STATUS       TIME  SINCE  REASON",
    "✕  c10    unhealthy     1ms     0s",
    "●  c0     healthy       1ms     0s",
    "●> c2     healthy       1ms     0s",
    "rows 4-6 of 12, others: 3 unhealthy, 6 healthy",
  ]);
});

Deno.test("table() reverses the selected row if there are colours", () => {
  const selected = { id: "c1", index: 0 };
  const [, , line] = draw(DOZEN, {
    rows: 8,
    colours: true,
    list: { selected },
  });
  const parts = line!.split("\x1b");
  assertEquals([parts[0], parts.length, parts[2]], ["", 3, "[0m"]);
  assertMatch(parts[1]!, /^\[7m✕> c1 +unhealthy .* $/);
  assertEquals(widthOf(line!), 79);
});

Deno.test("table() shows the checks that match a filter, and says so", () => {
  const list = { filter: "unhealthy", isTyping: true };
  // deno-fmt-ignore
  assertEquals(drawn(DOZEN, { rows: 8, columns: 60, list }), [
    '✕ 4 of 12 are down; 4 match "unhealthy"',
    "   CHECK  STATUS       TIME  SINCE  REASON",
    "✕  c1     unhealthy     1ms     0s",
    "✕  c4     unhealthy     1ms     0s",
    "✕  c7     unhealthy     1ms     0s",
    "✕  c10    unhealthy     1ms     0s",
    "",
    "/unhealthy                    Enter keeps it, Esc clears it",
  ]);
});

Deno.test("table() says that no check matches a filter", () => {
  const lines = drawn(DOZEN, { rows: 8, list: { filter: "x y" } });
  assertEquals(lines[0], '✕ 4 of 12 are down; 0 match "x y"');
  assertEquals(lines[2], 'No check matches "x y"');
  assertEquals(lines[7]?.trim(), "Esc shows all, ? keys, q quits");
});

Deno.test("table() shows the end of a long filter, with the cursor behind it", () => {
  const list = { filter: `${"日本".repeat(30)}end`, isTyping: true };
  const { lines, cursor } = drawing(DOZEN, { columns: 20, list });
  assertEquals(lines.at(-1), "/本日本日本日本end");
  assertEquals(cursor, 18);
});

Deno.test("table() says that there is a filter before all else", () => {
  const about = { columns: 40, list: { filter: "c1" } };
  const checks = row("u?dhhhh");
  assertEquals(
    drawn(checks, about)[0],
    '✕ 1 of 7 is down, 1 un…; 1 matches "c1"',
  );
  const long = { columns: 40, list: { filter: "c1 and something longer" } };
  assertEquals(
    drawn(checks, long)[0],
    '✕ 1 of 7 is down,…; 0 match "c1 and so…',
  );
});

Deno.test("table() reads the attempts of the rows that are seen, and of no others", () => {
  const asked: string[] = [];
  const history = (id: string): undefined => void asked.push(id);
  const snapshots = row("h".repeat(2000));
  const list = { ...START.list, selected: { id: "c1500", index: 0 } };
  const content = { ...contentOf(snapshots), history };
  table(list, content, { columns: 80, rows: 8, colours: true });
  assertEquals(asked, ["c1497", "c1498", "c1499", "c1500"]);
});
