import { html } from "hono/html";
import { WORST_FIRST } from "../../core/rollup.ts";
import { linkTo } from "../link.ts";
import { ago } from "../look/ago.ts";
import { flag, type Html } from "../look/html.ts";
import { classesOf, isAlarm, notesOf, type RowContent } from "./row.ts";

/** The most lines of checks that somebody should look at. */
export const MOST_TROUBLES = 12;

/**
 * The checks that somebody should look at, the worst first, and those that are down
 * because of others after these. The script makes the same lines of the rows.
 */
export function troubles(checks: readonly RowContent[]): Html {
  const bad = checks.filter(isAlarm);
  const isCaused = ({ cause }: RowContent): number =>
    Number(cause !== undefined);
  const sorted = WORST_FIRST.flatMap((status) =>
    bad.filter(({ snapshot }) => snapshot.status === status)
      .sort((a, b) => isCaused(a) - isCaused(b))
  );
  const shown = sorted.slice(0, MOST_TROUBLES);
  const more = sorted.length - shown.length;
  // deno-fmt-ignore
  return html`<ol id="trouble"${flag("hidden", shown.length === 0)}>${shown.map(line)}</ol>
<p id="more"${flag("hidden", more === 0)}>and <b>${more}</b> more in the list</p>`;
}

function line(content: RowContent): Html {
  const { snapshot, base, now } = content;
  const { id, name, status, since } = snapshot;
  // deno-fmt-ignore
  return html`<li class="${classesOf(content)}"><b>${status}</b><a href="${base}${linkTo(id)}">${name ?? id}</a><time datetime="${since.toISOString()}">${ago(now - since.getTime())}</time>${notesOf(content).map((note) => html`<p>${note}</p>`)}</li>`;
}
