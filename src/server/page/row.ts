import { html, raw } from "hono/html";
import { formatDuration } from "../../core/duration.ts";
import { upcoming } from "../../core/summary.ts";
import type { Snapshot } from "../../core/types.ts";
import type { History } from "../../fleet/history.ts";
import { linkTo } from "../link.ts";
import { ago } from "./ago.ts";
import { sparkline, strip } from "./chart.ts";

/** What a row of the page is made of. */
export interface RowContent {
  readonly snapshot: Snapshot;
  /** Its last attempts. */
  readonly history: History | undefined;
  /** The prefix of links. */
  readonly base: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** The HTML of a check on the page. */
export function row(
  { snapshot, history, base, now }: RowContent,
): string {
  const { id, status, type, target, durationMs, since, reason, stale } =
    snapshot;
  const attempts = history?.attempts ?? [];
  const link = `${base}${linkTo(id)}`;
  const took = durationMs === null ? "" : formatDuration(tidy(durationMs));
  const kind = target.startsWith(type) ? target : `${type} ${target}`;
  const what = [kind, upcoming(snapshot, now)].filter(Boolean).join(", ");
  const notes = [reason?.message, stale && "No attempt since the restart"];
  const why = notes.filter(Boolean).map((note) => html`<p>${note}</p>`);
  // deno-fmt-ignore
  return String(html`<li data-id="${id}" class="${status}"><b>${status}</b><div><a href="${link}">${id}</a><small>${what}</small></div>${raw(strip(attempts))}<span>${raw(sparkline(attempts))}${took}</span><time datetime="${since.toISOString()}">${ago(now - since.getTime())}</time>${why}</li>`);
}

/** Rounds a duration for people. */
function tidy(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
