import { noCounts, WORST_FIRST } from "../../core/rollup.ts";
import { SIGNS, summary } from "../../core/people/summary.ts";
import type { Snapshot } from "../../core/types.ts";
import { cut, GAP, printable, widthOf, wrap } from "./columns.ts";
import { drawHeadings, drawRow, place } from "./layout.ts";
import { type Paint, plain, styled } from "./style.ts";
import { columnsOf } from "./table_columns.ts";
import type { TableContent } from "./table_content.ts";

/** The terminal that the table is drawn for. */
export interface TableSpace {
  readonly columns: number;
  readonly rows: number;
  readonly colours: boolean;
}

/** The area of the rows. */
interface Area {
  readonly width: number;
  readonly height: number;
  readonly paint: Paint;
}

/** The least numbers of lines for blank lines, and for the last line. */
const ROOMY = 10;
const FOOTED = 7;

/** The least number of lines for headings. */
const HEADED = 4;

const HINT = "q quits";

/** How a message marks the lines below its first one. */
const INDENT = "  ";

/** The longest line of a message, in characters. */
const MAX_NOTE = 2000;

/**
 * Draws all checks as the lines of a terminal. If there are more checks than
 * lines, the worst come first; otherwise they are in the order of the fleet.
 */
export function table(content: TableContent, space: TableSpace): string[] {
  const { rows } = space;
  const paint = space.colours ? styled : plain;
  // Many terminals cannot erase the rest of a line that reaches their edge.
  const width = Math.max(0, space.columns - 1);
  const blank = rows < ROOMY ? [] : [""];
  const top = [drawHead(content, width, paint), ...blank];
  // A long message leaves room for the worst checks.
  const foot = { width, height: Math.floor(rows / 2) - 1, paint };
  const bottom = rows < FOOTED ? [] : [...blank, ...drawFoot(content, foot)];
  const height = Math.max(0, rows - top.length - bottom.length);
  const body = drawBody(content, { width, height, paint });
  const empty = Array<string>(height - body.length).fill("");
  return [...top, ...body, ...empty, ...bottom].slice(0, rows);
}

function drawHead(
  { rollup, url }: TableContent,
  width: number,
  paint: Paint,
): string {
  const sentence = summary(rollup);
  const left = cut(`${SIGNS[rollup.status]} ${sentence}`, width);
  return atEnds(paint(paint(left, "bold"), rollup.status), url ?? "", width);
}

/** The last message, and the hint at its end or below it. */
function drawFoot(
  { note }: TableContent,
  { width, height, paint }: Area,
): string[] {
  const lines = note.split("\n", height + 1).flatMap((line) => {
    const indent = line.startsWith(INDENT) ? INDENT : "";
    return wrap(printable(line, MAX_NOTE), width - indent.length)
      .map((part) => cut(indent + part, width));
  });
  if (lines.length > height) {
    lines.splice(height - 1, Infinity, cut(`${lines[height - 1]} …`, width));
  }
  const last = lines.at(-1) ?? "";
  const isRoom = widthOf(last) + GAP.length + HINT.length <= width;
  return [
    ...(isRoom ? lines.slice(0, -1) : lines),
    atEnds(isRoom ? last : "", paint(HINT, "dim"), width),
  ];
}

/** Puts strings at both ends of a line; the right one only if there is room. */
function atEnds(left: string, right: string, width: number): string {
  const room = width - widthOf(left) - widthOf(right);
  return room < GAP.length ? left : left + " ".repeat(room) + right;
}

function drawBody(
  content: TableContent,
  { width, height, paint }: Area,
): string[] {
  const { snapshots } = content;
  const placed = place(columnsOf(content, { width, paint }), width);
  const headings = height < HEADED ? [] : [paint(drawHeadings(placed), "dim")];
  const room = height - headings.length;
  if (snapshots.length <= room) {
    return [...headings, ...snapshots.map((row) => drawRow(placed, row))];
  }
  const sorted = worstFirst(snapshots);
  // A single line shows the worst check, and not the number of checks.
  const shown = sorted.slice(0, room < 2 ? room : room - 1);
  const lines = [...headings, ...shown.map((row) => drawRow(placed, row))];
  if (room < 2) return lines;
  const rest = sayRest(sorted.slice(shown.length));
  return [...lines, paint(cut(rest, width), "dim")];
}

function worstFirst(snapshots: readonly Snapshot[]): Snapshot[] {
  return WORST_FIRST.flatMap((worst) =>
    snapshots.filter(({ status }) => status === worst)
  );
}

/** How many checks are not shown, and their statuses. */
function sayRest(rest: readonly Snapshot[]): string {
  const counts = noCounts();
  for (const { status } of rest) counts[status]++;
  const found = WORST_FIRST.filter((status) => counts[status] > 0);
  const how = found.length === 1
    ? `all ${found[0]}`
    : found.map((status) => `${counts[status]} ${status}`).join(", ");
  return `… and ${rest.length} more, ${how}`;
}
