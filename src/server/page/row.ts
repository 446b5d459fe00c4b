import { html, raw } from "hono/html";
import { formatDuration } from "../../core/duration.ts";
import { upcoming } from "../../core/people/summary.ts";
import type { Snapshot } from "../../core/types.ts";
import type { History } from "../../fleet/history.ts";
import { linkTo } from "../link.ts";
import type { DrawnDays } from "../past/kept_days.ts";
import { flag } from "../look/html.ts";
import { ago } from "../look/ago.ts";
import { sparkline } from "./spark.ts";
import { strip } from "./strip.ts";

/** What a row of the page is made of. */
export interface RowContent {
  readonly snapshot: Snapshot;
  /** Its last attempts. */
  readonly history: History | undefined;
  /** Its last days, if they are kept. */
  readonly days?: DrawnDays | undefined;
  /** Whether a maintenance window covers it. */
  readonly isInMaintenance?: boolean;
  /** What the check is called because of which it is down. */
  readonly cause?: string | undefined;
  /** From where it is looked at, if there are several agents. */
  readonly looked?: string | undefined;
  /** Whether it is hidden, as it does not match the filter. */
  readonly isHidden?: boolean;
  /** The prefix of links. */
  readonly base: string;
  /** The time zone of the times in it. */
  readonly zone: string;
  /** The current time, in milliseconds since the epoch. */
  readonly now: number;
}

/** The part of a row that its looks depend on. */
type Looks = Pick<RowContent, "snapshot" | "isInMaintenance" | "cause">;

/** Whether somebody should look at a check. */
export function isAlarm(
  { snapshot: { status, reason }, isInMaintenance = false }: Looks,
): boolean {
  const isFine = status === "healthy" ||
    status === "unknown" && reason === null;
  return !isFine && !isInMaintenance;
}

/** The classes of a check on the page. The first one is its status. */
export function classesOf(check: Looks): string {
  const { status } = check.snapshot;
  if (check.isInMaintenance) return `${status} maintenance`;
  if (!isAlarm(check)) return status;
  return check.cause === undefined
    ? `${status} alarm`
    : `${status} alarm caused`;
}

/** The HTML of a check on the page. */
export function row(content: RowContent): string {
  const {
    snapshot,
    history,
    days,
    isInMaintenance,
    isHidden = false,
    base,
    zone,
    now,
  } = content;
  const { id, name, status, durationMs, since } = snapshot;
  const attempts = history?.attempts ?? [];
  const took = durationMs === null ? "" : formatDuration(tidy(durationMs));
  const why = notesOf(content).map((note) => html`<p>${note}</p>`);
  const hidden = flag("hidden", isHidden);
  const last = strip(attempts, zone);
  const bars = days === undefined
    ? html`<div class="bars">${raw(last)}</div>`
    : html`<div class="bars">${
      raw(days.bars + last)
    }</div><em>${days.uptime}</em>`;
  // deno-fmt-ignore
  return String(html`<li data-id="${id}" class="${classesOf(content)}"${hidden}><b>${status}${isInMaintenance ? ", in maintenance" : ""}</b><div><a href="${base}${linkTo(id)}">${name ?? id}</a><small>${factsOf(content)}</small></div>${bars}<span>${raw(sparkline(attempts))}${took}</span><time datetime="${since.toISOString()}">${ago(now - since.getTime())}</time>${why}</li>`);
}

/** What is to be said of a check that is not well. */
export function notesOf({ snapshot, cause }: RowContent): readonly string[] {
  const { reason, stale } = snapshot;
  return [
    reason?.message ?? "",
    cause === undefined ? "" : `Because of ${cause}`,
    stale ? "No attempt since the restart" : "",
  ].filter(Boolean);
}

/** What a check looks at, and what is known of it beside its status. */
export function factsOf(
  { snapshot, looked = "", now }: Pick<
    RowContent,
    "snapshot" | "looked" | "now"
  >,
): string {
  const { id, name, type, target, detail } = snapshot;
  const kind = target.startsWith(type) ? target : `${type} ${target}`;
  const daysLeft = detail?.certDaysLeft;
  return [
    name === undefined ? "" : id,
    kind,
    type === "heartbeat" ? pingDue(snapshot, now) : upcoming(snapshot, now),
    typeof daysLeft === "number" ? certificate(daysLeft) : "",
    looked,
  ].filter(Boolean).join(", ");
}

/** When a job has to have pinged. */
function pingDue(snapshot: Snapshot, now: number): string {
  return upcoming(snapshot, now).replace(/^next at/, "ping expected by")
    .replace(/^was due at/, "ping was due at");
}

function certificate(daysLeft: number): string {
  const days = Math.floor(daysLeft);
  if (days < 0) return "certificate has ended";
  return `certificate ends in ${days} ${days === 1 ? "day" : "days"}`;
}

/** Rounds a duration for people. */
function tidy(ms: number): number {
  return ms < 10 ? Math.round(ms * 10) / 10 : Math.round(ms);
}
