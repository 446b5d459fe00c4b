import { SIGNS } from "../../core/people/summary.ts";
import { checkPage } from "./check/page.ts";
import { cut, printable, wrap } from "./columns.ts";
import type { Content, Drawing, Space } from "./content.ts";
import { frame, lineWidth, paintFor } from "./frame.ts";
import { keysPage } from "./keys_page.ts";
import { table } from "./table.ts";
import { seenOf, within } from "./view/motion.ts";
import type { View } from "./view/view.ts";

/** The drawing of a view. */
export interface ViewDrawing extends Drawing {
  /** The view with what is seen of its list and of its page. */
  readonly view: View;
  /** How many lines there are for rows, or for the lines of a page. */
  readonly height: number;
  /** How many lines the page has; 0 for the list. */
  readonly pageLines: number;
}

const HINT = "Esc back, ? keys";
const KEYS_HINT = "Esc back";

/** Draws a view as the lines of a terminal. */
export function draw(
  view: View,
  content: Content,
  space: Space,
): ViewDrawing {
  const page = view.pages.at(-1);
  if (page === undefined) {
    const { list, ...drawing } = table(view.list, content, space);
    return { ...drawing, view: { ...view, list }, pageLines: 0 };
  }
  const width = lineWidth(space);
  const paint = paintFor(space);
  const { head, lines } = page.type === "check"
    ? drawCheck(page.id, content, space)
    : {
      head: paint(cut("Keys", width), "bold"),
      lines: keysPage(width, paint),
    };
  const { height, around } = frame({
    note: content.note,
    hint: page.type === "check" ? HINT : KEYS_HINT,
  }, space);
  const seen = seenOf(lines.length, height);
  const top = within(page.top, lines.length - seen + 1);
  const body = lines.slice(top, top + seen);
  if (seen < Math.min(lines.length, height)) {
    const place = `lines ${top + 1}-${top + seen} of ${lines.length}`;
    body.push(paint(cut(place, width), "dim"));
  }
  return {
    lines: around(head, body),
    view: { ...view, pages: [...view.pages.slice(0, -1), { ...page, top }] },
    height,
    pageLines: lines.length,
  };
}

/** What is known of a check, unless it was removed. */
function drawCheck(
  id: string,
  { snapshots, history, policy, now }: Content,
  space: Space,
): { head: string; lines: readonly string[] } {
  const width = lineWidth(space);
  const paint = paintFor(space);
  const name = printable(id);
  const snapshot = snapshots.find((snapshot) => snapshot.id === id);
  if (snapshot === undefined) {
    return {
      head: paint(cut(name, width), "bold"),
      lines: wrap("This check was removed", width),
    };
  }
  const { status } = snapshot;
  return {
    head: paint(paint(cut(`${SIGNS[status]} ${name}`, width), "bold"), status),
    lines: checkPage(
      snapshot,
      { history: history(id), policy: policy(id), now },
      { width, rows: space.rows, paint },
    ),
  };
}
