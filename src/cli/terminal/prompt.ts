import { widthOf } from "./columns.ts";
import { atEnds } from "./frame.ts";
import type { Paint } from "./style.ts";

const HINT = "Enter keeps it, Esc clears it";

/** The line in which a filter is typed. */
export interface Prompt {
  readonly line: string;
  /** The column behind what is typed. */
  readonly cursor: number;
}

/** Draws the line in which a filter is typed; its end if it is long. */
export function prompt(filter: string, width: number, paint: Paint): Prompt {
  const characters = [...filter];
  // There is a column for the slash, and one for the cursor.
  while (characters.length > 0 && widthOf(characters.join("")) > width - 2) {
    characters.shift();
  }
  const typed = `/${characters.join("")}`.slice(0, width);
  return {
    line: atEnds(typed, paint(HINT, "dim"), width),
    cursor: widthOf(typed),
  };
}
