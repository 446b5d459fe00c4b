import { noCounts, WORST_FIRST } from "../../core/rollup.ts";
import { SIGNS, summary } from "../../core/people/summary.ts";
import { cut, fit, widthOf } from "./columns.ts";
import type { Content, Drawing, Space } from "./content.ts";
import { atEnds, frame, lineWidth, paintFor } from "./frame.ts";
import { drawHeadings, drawRow, place } from "./layout.ts";
import { prompt } from "./prompt.ts";
import { styled, unstyled } from "./style.ts";
import { columnsOf } from "./table_columns.ts";
import { type Rows, rowsOf, settled } from "./view/list.ts";
import type { ListView } from "./view/view.ts";

/** The drawing of a list. */
export interface TableDrawing extends Drawing {
  /** The list with its selection and its first row as they are drawn. */
  readonly list: ListView;
  /** How many lines there are for rows. */
  readonly height: number;
}

/** The least number of lines for headings. */
const HEADED = 4;

const HINT = "? keys, q quits";
const FILTER_HINT = `Esc shows all, ${HINT}`;

/**
 * Draws the checks of a list. If there are more checks than lines, the worst come
 * first; otherwise they are in the order of the fleet.
 */
export function table(
  list: ListView,
  content: Content,
  space: Space,
): TableDrawing {
  const width = lineWidth(space);
  const paint = paintFor(space);
  const typed = list.isTyping ? prompt(list.filter, width, paint) : undefined;
  const { height, around } = frame({
    about: content.cluster,
    note: content.note,
    hint: list.filter === "" ? HINT : FILTER_HINT,
    ...typed && { prompt: typed.line },
  }, space);
  const placed = place(columnsOf(content, { width, paint }), width);
  const headings = height < HEADED ? [] : [paint(drawHeadings(placed), "dim")];
  const room = height - headings.length;
  const found = rowsOf(list, content.snapshots, room);
  const { rows, index, top, seen } = found;
  const body = rows.slice(top, top + seen).map((row, i) => {
    const isMarked = top + i === index;
    const line = drawRow(placed, row, isMarked);
    return isMarked && space.colours
      ? styled(fit(unstyled(line), width), "reverse")
      : line;
  });
  if (rows.length === 0 && list.filter !== "") {
    body.push(cut(`No check matches "${list.filter.trim()}"`, width));
  } else if (seen < Math.min(rows.length, room)) {
    body.push(paint(cut(sayPlace(found), width), "dim"));
  }
  const left = sayHead(list, content, rows.length, width);
  const head = atEnds(
    paint(paint(left, "bold"), content.rollup.status),
    content.url ?? "",
    width,
  );
  return {
    lines: around(head, [...headings, ...body]),
    list: settled(list, found),
    height: room,
    ...typed && { cursor: typed.cursor },
  };
}

/** The statuses of all checks, and how many match the filter, within a width. */
function sayHead(
  list: ListView,
  { rollup }: Content,
  matches: number,
  width: number,
): string {
  const sentence = `${SIGNS[rollup.status]} ${summary(rollup)}`;
  const filter = list.filter.trim();
  if (filter === "") return cut(sentence, width);
  const how = `; ${matches} ${matches === 1 ? "matches" : "match"} "${filter}"`;
  // That there is a filter is worth more than the rest of the sentence.
  const room = Math.max(width - widthOf(how), Math.floor(width / 2));
  return cut(cut(sentence, room) + how, width);
}

/** Which rows are seen, and the statuses of the others. */
function sayPlace({ rows, top, seen }: Rows): string {
  const counts = noCounts();
  const others = rows.toSpliced(top, seen);
  for (const { status } of others) counts[status]++;
  const found = WORST_FIRST.filter((status) => counts[status] > 0);
  const how = found.length === 1
    ? ` all ${found[0]}`
    : `: ${found.map((status) => `${counts[status]} ${status}`).join(", ")}`;
  const place = seen === 1 ? `row ${top + 1}` : `rows ${top + 1}-${top + seen}`;
  return `${place} of ${rows.length}, others${how}`;
}
