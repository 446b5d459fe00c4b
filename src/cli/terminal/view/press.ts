import { oneLine } from "../../../core/text.ts";
import type { Snapshot } from "../../../core/types.ts";
import { pastedText } from "../keys.ts";
import { motionOf, nameOf } from "./key_names.ts";
import { rowsOf } from "./list.ts";
import { moved, seenOf, within } from "./motion.ts";
import type { ListView, Opened, Page, View } from "./view.ts";

/** What is on the terminal when a key is pressed. */
export interface Shown {
  /** All checks. */
  readonly snapshots: readonly Snapshot[];
  /** How many lines there are for rows, or for the lines of a page. */
  readonly height: number;
  /** How many lines the page has that is seen. */
  readonly pageLines: number;
}

/** The longest filter, in characters. */
const MAX_FILTER = 200;

const QUIT: readonly string[] = ["q", "Q"];

/** A character that can be seen, or a space. */
const CHARACTER = /^[^\p{C}\p{Zl}\p{Zp}]$/u;

/**
 * What is shown once a key was pressed; nothing if the key quits. The key is one
 * of `KeyParser`.
 */
export function press(view: View, key: string, shown: Shown): View | undefined {
  if (nameOf(key) === "interrupt") return undefined;
  const page = view.pages.at(-1);
  if (page !== undefined) return pressOnPage(view, page, key, shown);
  if (view.list.isTyping) return pressOnPrompt(view, key, shown);
  if (QUIT.includes(key)) return undefined;
  return pressOnList(view, key, shown);
}

function pressOnPage(view: View, page: Page, key: string, shown: Shown): View {
  const { height, pageLines } = shown;
  const under = view.pages.slice(0, -1);
  const motion = motionOf(key, false);
  if (motion !== undefined) {
    const seen = seenOf(pageLines, height);
    const top = within(moved(page.top, motion, seen), pageLines - seen + 1);
    return { ...view, pages: [...under, { ...page, top }] };
  }
  if (key === "?" && page.type !== "keys") {
    return opened(view, { type: "keys" });
  }
  const name = nameOf(key);
  const isBack = QUIT.includes(key) || name === "escape" ||
    name === "backspace" || name === "enter";
  return isBack ? { ...view, pages: under } : view;
}

function pressOnPrompt(view: View, key: string, shown: Shown): View {
  const { list } = view;
  const { filter } = list;
  switch (nameOf(key)) {
    case "enter":
      return withList(view, { isTyping: false });
    case "escape":
      return withList(view, { isTyping: false, filter: "" });
    case "clear":
      return filtered(view, "");
    case "backspace":
      return filter === ""
        ? withList(view, { isTyping: false })
        : filtered(view, [...filter].slice(0, -1).join(""));
  }
  const pasted = pastedText(key);
  if (pasted !== undefined) return filtered(view, filter + oneLine(pasted));
  if (CHARACTER.test(key)) return filtered(view, filter + key);
  return movedInList(view, key, shown);
}

function pressOnList(view: View, key: string, shown: Shown): View {
  const { list } = view;
  if (key === "/") return withList(view, { isTyping: true });
  if (key === "?") return opened(view, { type: "keys" });
  switch (nameOf(key)) {
    case "enter": {
      const { rows, index } = rowsOf(list, shown.snapshots, shown.height);
      const place = Math.max(index, 0);
      const id = rows[place]?.id;
      if (id === undefined) return view;
      const selected = { id, index: place };
      return opened(withList(view, { selected }), { type: "check", id });
    }
    case "escape":
      return withList(
        view,
        list.filter === "" ? { selected: null } : { filter: "" },
      );
  }
  return movedInList(view, key, shown);
}

function movedInList(view: View, key: string, shown: Shown): View {
  const { list } = view;
  const motion = motionOf(key, list.isTyping);
  if (motion === undefined) return view;
  const found = rowsOf(list, shown.snapshots, shown.height);
  const { rows } = found;
  const index = within(moved(found.index, motion, found.seen), rows.length);
  const row = rows[index];
  return row === undefined
    ? view
    : withList(view, { selected: { id: row.id, index }, top: found.top });
}

function opened(view: View, page: Opened): View {
  return { ...view, pages: [...view.pages, { ...page, top: 0 }] };
}

/** With another filter, which begins at the first row. */
function filtered(view: View, filter: string): View {
  return withList(view, {
    filter: filter.slice(0, MAX_FILTER),
    selected: null,
  });
}

function withList(view: View, list: Partial<ListView>): View {
  return { ...view, list: { ...view.list, ...list } };
}
