import { html } from "hono/html";
import { type Rollup, WORST_FIRST } from "../../core/rollup.ts";
import type { Status } from "../../core/types.ts";
import { flag, type Html } from "../look/html.ts";
import { factsOf, type RowContent } from "./row.ts";

/** Which checks are shown; without a word of `q` or a status, all of them. */
export interface Filter {
  /** Words that must be in what a row says. */
  readonly q: string;
  /** The only status. */
  readonly status: Status | undefined;
}

/** Reads a filter from the query of a URL. */
export function filterOf(query: (name: string) => string | undefined): Filter {
  const status = query("status");
  return {
    q: query("q") ?? "",
    status: WORST_FIRST.find((each) => each === status),
  };
}

/** Whether a check matches a filter, as the page's script finds out by its row. */
export function matches(
  { q, status }: Filter,
  check: Pick<RowContent, "snapshot" | "looked" | "now">,
): boolean {
  const { snapshot } = check;
  if (status !== undefined && snapshot.status !== status) return false;
  const text = [
    snapshot.name ?? snapshot.id,
    snapshot.status,
    snapshot.reason?.message,
    factsOf(check),
  ].join("\n").toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/** The form of the filter. Its URL says the same without a script. */
export function filterForm(
  { q, status }: Filter,
  { counts }: Pick<Rollup, "counts">,
  group: string | undefined,
): Html {
  const buttons = WORST_FIRST.map((each) => {
    const isPressed = each === status;
    const hidden = flag("hidden", counts[each] === 0 && !isPressed);
    // deno-fmt-ignore
    return html`<button class="${each}" name="status" value="${isPressed ? "" : each}" data-status="${each}" aria-pressed="${isPressed}"${hidden}>${each} <span>${counts[each]}</span></button>`;
  });
  // The first button is that of the enter key.
  // deno-fmt-ignore
  return html`<form role="search" action="?">
<input type="search" name="q" value="${q}" placeholder="Filter by name, target or reason" aria-label="Filter checks">
${group === undefined ? "" : html`<input type="hidden" name="group" value="${group}">`}
<button id="go" name="status" value="${status ?? ""}">Filter</button>
${buttons}
</form>`;
}
