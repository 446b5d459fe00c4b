import { cut, GAP, printable, widthOf, wrap } from "./columns.ts";
import type { Space } from "./content.ts";
import { type Paint, plain, type Style, styled } from "./style.ts";

/** What stands below the lines in the middle. */
export interface FrameContent {
  /** What is said in a line above the last message. */
  readonly about?:
    | { readonly text: string; readonly style: Style }
    | undefined;
  /** The last message. */
  readonly note: string;
  /** What keys can be pressed, at the end of the last line. */
  readonly hint: string;
  /** What is typed, which takes the place of the last line. */
  readonly prompt?: string;
}

/** The lines of a terminal around those in the middle. */
export interface Frame {
  /** The number of lines in the middle. */
  readonly height: number;
  /** All lines, with these at the top and in the middle. */
  readonly around: (head: string, body: readonly string[]) => string[];
}

/** The least numbers of lines for blank lines, and for the last line. */
const ROOMY = 10;
const FOOTED = 7;

/** How a message marks the lines below its first one. */
const INDENT = "  ";

/** The longest line of a message, in characters. */
const MAX_NOTE = 2000;

/** The width of a line. */
export function lineWidth({ columns }: Space): number {
  // Many terminals cannot erase the rest of a line that reaches their edge.
  return Math.max(0, columns - 1);
}

/** How strings are painted. */
export function paintFor({ colours }: Space): Paint {
  return colours ? styled : plain;
}

/** Draws a frame for a terminal. Small terminals have less of it. */
export function frame(content: FrameContent, space: Space): Frame {
  const { rows } = space;
  const { prompt } = content;
  const blank = rows < ROOMY ? [] : [""];
  const foot = rows < FOOTED ? [] : [...blank, ...drawFoot(content, space)];
  const bottom = prompt === undefined ? foot : [...foot.slice(0, -1), prompt];
  const height = Math.max(0, rows - 1 - blank.length - bottom.length);
  return {
    height,
    around(head, body) {
      const middle = Array.from({ length: height }, (_, i) => body[i] ?? "");
      const lines = [head, ...blank, ...middle, ...bottom];
      // Where there is one line, it is the prompt.
      return lines.slice(Math.max(0, lines.length - rows));
    },
  };
}

/** The last message, and the hint at its end or below it. */
function drawFoot(
  { about, note, hint }: FrameContent,
  space: Space,
): string[] {
  const width = lineWidth(space);
  // A long message leaves room for the worst checks.
  const height = Math.floor(space.rows / 2) - 1;
  const lines = note.split("\n", height + 1).flatMap((line) => {
    const indent = line.startsWith(INDENT) ? INDENT : "";
    return wrap(printable(line, MAX_NOTE), width - indent.length)
      .map((part) => cut(indent + part, width));
  });
  if (lines.length > height) {
    lines.splice(height - 1, Infinity, cut(`${lines[height - 1]} …`, width));
  }
  const last = lines.at(-1) ?? "";
  const isRoom = widthOf(last) + GAP.length + hint.length <= width;
  return [
    ...(about === undefined || space.rows < ROOMY
      ? []
      : [paintFor(space)(cut(printable(about.text), width), about.style)]),
    ...(isRoom ? lines.slice(0, -1) : lines),
    atEnds(isRoom ? last : "", paintFor(space)(hint, "dim"), width),
  ];
}

/** Puts strings at both ends of a line; the right one only if there is room. */
export function atEnds(left: string, right: string, width: number): string {
  const room = width - widthOf(left) - widthOf(right);
  return room < GAP.length ? left : left + " ".repeat(room) + right;
}
