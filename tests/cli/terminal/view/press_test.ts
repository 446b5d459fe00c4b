import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { KeyParser } from "../../../../src/cli/terminal/keys.ts";
import { press } from "../../../../src/cli/terminal/view/press.ts";
import { rowsOf, settled } from "../../../../src/cli/terminal/view/list.ts";
import { START, type View } from "../../../../src/cli/terminal/view/view.ts";
import type { Snapshot } from "../../../../src/core/types.ts";
import { row } from "../tables.ts";

/** So many rows have room, and one line says which they are. */
const HEIGHT = 4;

/** Of ten checks, 2, 5 and 8 are down. */
const TEN = row("hhuhhuhhuh");

/** What is shown after some keys; nothing once one of them quits. */
function pressed(
  keys: string,
  snapshots: readonly Snapshot[] = TEN,
  view: View | undefined = START,
  pageLines = 0,
): View | undefined {
  const parser = new KeyParser();
  const found = parser.push(new TextEncoder().encode(keys), 0);
  for (const key of [...found, ...parser.rest()]) {
    if (view === undefined) return undefined;
    view = press(view, key, { snapshots, height: HEIGHT, pageLines });
  }
  return view;
}

/** The rows that are seen, with the selected one in brackets, and the page. */
function seen(
  view: View | undefined,
  snapshots: readonly Snapshot[] = TEN,
): string {
  if (view === undefined) return "quit";
  const { rows, index, top, seen } = rowsOf(view.list, snapshots, HEIGHT);
  const ids = rows.map(({ id }, i) => i === index ? `[${id}]` : id)
    .slice(top, top + seen);
  const { filter, isTyping } = view.list;
  return [
    ...ids,
    ...(isTyping || filter !== "" ? [`/${filter}${isTyping ? "_" : ""}`] : []),
    ...view.pages.map((page) => page.type === "check" ? `<${page.id}>` : "?"),
  ].join(" ");
}

const UP = "\x1b[A";
const DOWN = "\x1b[B";
const PASTE = ["\x1b[200~", "\x1b[201~"] as const;

const KEYS: readonly (readonly [string, string])[] = [
  ["", "c2 c5 c8"],
  // Moving
  [DOWN, "[c2] c5 c8"],
  [UP, "[c2] c5 c8"],
  ["\x1bOB\x1bOB", "c2 [c5] c8"],
  ["jjj", "c2 c5 [c8]"],
  ["jjjj", "c5 c8 [c0]"],
  ["jjjjkk", "[c5] c8 c0"],
  ["jk", "[c2] c5 c8"],
  ["\x1b[6~", "c2 c5 [c8]"],
  ["\x1b[6~\x1b[6~", "c0 c1 [c3]"],
  ["  \x1b[5~", "[c8] c0 c1"],
  ["G", "c6 c7 [c9]"],
  ["\x1b[F", "c6 c7 [c9]"],
  ["\x1b[4~j", "c6 c7 [c9]"],
  ["Gg", "[c2] c5 c8"],
  ["\x1bOF\x1b[1~", "[c2] c5 c8"],
  ["G\x1b", "c2 c5 c8"],
  // Filtering
  ["/", "c2 c5 c8 /_"],
  ["/c1", "c1 /c1_"],
  ["/jkq g?", "/jkq g?_"],
  ["/c1\r", "c1 /c1"],
  ["/c1\rq", "quit"],
  ["/c1\x1b", "c2 c5 c8"],
  ["/c1\r\x1b", "c2 c5 c8"],
  ["/c1\x7f\x7f", "c2 c5 c8 /_"],
  ["/c1\x7f\x7f\x7f", "c2 c5 c8"],
  ["/c1\x15c9", "c9 /c9_"],
  ["/c1\r/\x7f9", "c9 /c9_"],
  ["/unh\r", "c2 c5 c8 /unh"],
  [`/c${DOWN}${DOWN}`, "c2 [c5] c8 /c_"],
  [`/c${DOWN}${DOWN}5`, "c5 /c5_"],
  ["/c5\rj\x1b", "c2 [c5] c8"],
  ["/日é", "/日é_"],
  ["/\x1bq\x1b[Z\tc", "c2 c5 c8 /c_"],
  [`/${PASTE[0]}c\r5\x07${PASTE[1]}`, "c5 /c 5_"],
  [`${PASTE[0]}qG/${PASTE[1]}`, "c2 c5 c8"],
  ["/\x03", "quit"],
  // Pages
  ["\r", "[c2] c5 c8 <c2>"],
  ["jj\r", "c2 [c5] c8 <c5>"],
  ["/c7\r\r", "[c7] /c7 <c7>"],
  ["/zzz\r\r", "/zzz"],
  ["\rq", "[c2] c5 c8"],
  ["\r\x1b", "[c2] c5 c8"],
  ["\r\x7f", "[c2] c5 c8"],
  ["\r\r", "[c2] c5 c8"],
  ["\r/x", "[c2] c5 c8 <c2>"],
  ["?", "c2 c5 c8 ?"],
  ["??", "c2 c5 c8 ?"],
  ["?q", "c2 c5 c8"],
  ["\r?", "[c2] c5 c8 <c2> ?"],
  ["\r?q", "[c2] c5 c8 <c2>"],
  ["\r\x03", "quit"],
  ["?\x03", "quit"],
  // The end
  ["q", "quit"],
  ["Q", "quit"],
  ["\x03", "quit"],
  ["\x1bOP\x1bq\t", "c2 c5 c8"],
];

for (const [keys, expected] of KEYS) {
  Deno.test(`press() shows after ${JSON.stringify(keys)}: ${expected}`, () => {
    assertEquals(seen(pressed(keys)), expected);
  });
}

Deno.test("press() scrolls a page, and not beyond its ends", () => {
  const top = (keys: string) =>
    pressed(`\r${keys}`, TEN, START, 20)?.pages.at(-1)?.top;
  assertEquals(
    ["", "j", "jjk", "k", " ", "  k", "G", "Gj", "Gk", "Gg"].map(top),
    [0, 1, 1, 0, 3, 5, 17, 17, 16, 0],
  );
});

/** The list as it is drawn. */
function drawn(view: View, snapshots: readonly Snapshot[]): View {
  const found = rowsOf(view.list, snapshots, HEIGHT);
  return { ...view, list: settled(view.list, found) };
}

Deno.test("the selection follows its check when the order changes", () => {
  const view = drawn(pressed("jjjjjj")!, TEN);
  assertEquals(seen(view), "c0 c1 [c3]");
  const others = row("uuuhhhhhhu");
  assertEquals(seen(view, others), "c9 [c3] c4");
});

Deno.test("without a selection, the worst check is seen whatever changes", () => {
  const view = drawn(START, TEN);
  assertEquals(seen(view, row("hhhhhhhhhu")), "c9 c0 c1");
});

Deno.test("a removed check hands the selection to the one in its place", () => {
  const view = drawn(pressed("jj")!, TEN);
  const rest = TEN.filter(({ id }) => id !== "c5");
  assertEquals(seen(view, rest), "c2 [c8] c0");
  const next = drawn(view, rest);
  // It does not go back to the one that was removed.
  assertEquals(seen(next), "c2 c5 [c8]");
  assertEquals(seen(view, TEN.slice(0, 1)), "[c0]");
  assertEquals(seen(view, []), "");
});

Deno.test("press() does nothing but quit where there are no checks", () => {
  for (const keys of ["j", "G", "\r", "\x1b[5~"]) {
    assertEquals(seen(pressed(keys, []), []), "");
  }
  assertEquals(pressed("q", []), undefined);
});

Deno.test("press() keeps a selection that exists and is seen, whatever is pressed", () => {
  const key = fc.constantFrom(
    ..."jkgG /?cq5\r\x1b\x7f\x15é",
    UP,
    DOWN,
    "\x1b[5~",
    "\x1b[6~",
  );
  const checks = fc.array(fc.constantFrom(..."hdu?"), { maxLength: 12 })
    .map((letters) => row(letters.join("")));
  fc.assert(fc.property(
    fc.array(fc.tuple(key, checks), { maxLength: 30 }),
    (steps) => {
      let view = START;
      for (const [key, snapshots] of steps) {
        view = press(view, key, { snapshots, height: HEIGHT, pageLines: 9 }) ??
          START;
        const { rows, index, top, seen } = rowsOf(
          view.list,
          snapshots,
          HEIGHT,
        );
        assert(top >= 0 && top + seen <= rows.length);
        assert(index === -1 || index >= top && index < top + seen);
        view = drawn(view, snapshots);
      }
    },
  ));
});
