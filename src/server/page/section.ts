import { html, raw } from "hono/html";
import { noCounts, rollup } from "../../core/rollup.ts";
import { summary } from "../../core/people/summary.ts";
import type { Html } from "../look/html.ts";
import { row, type RowContent } from "./row.ts";

/** Counts checks by their status, those in maintenance apart. */
export function countOf(
  checks: readonly Pick<RowContent, "snapshot" | "isInMaintenance">[],
): {
  readonly counts: ReturnType<typeof noCounts>;
  readonly maintenance: number;
} {
  const counts = noCounts();
  let maintenance = 0;
  for (const { isInMaintenance, snapshot } of checks) {
    if (isInMaintenance) maintenance++;
    else counts[snapshot.status]++;
  }
  return { counts, maintenance };
}

/** The checks of a group, which folds; those without a group do not. */
export function section(
  name: string | null,
  checks: readonly RowContent[],
): Html {
  const rows = checks.map(row).join("\n");
  const list = html`<ul>
${raw(rows)}
</ul>`;
  if (name === null) {
    return html`
      <section>
      ${list}
      </section>
    `;
  }
  const sum = countOf(checks);
  const isWell = sum.counts.healthy === checks.length;
  // deno-fmt-ignore
  return html`<section><details data-group="${name}" open><summary><h2>${name}</h2><small class="${rollup(sum.counts).status}">${isWell ? checks.length : summary(sum)}</small></summary>
${list}
</details><a href="?group=${encodeURIComponent(name.toWellFormed())}" aria-label="only this group: ${name}">only this</a></section>
`;
}
