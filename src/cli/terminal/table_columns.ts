import { formatDuration } from "../../core/duration.ts";
import { SIGNS, upcoming } from "../../core/people/summary.ts";
import type { Snapshot } from "../../core/types.ts";
import { cut, fit, printable, widthOf } from "./columns.ts";
import type { Content } from "./content.ts";
import type { Column } from "./layout.ts";
import { sparkline } from "./sparkline.ts";
import type { Paint } from "./style.ts";

/** How the columns are drawn. */
export interface ColumnSpace {
  /** The width of all of them together. */
  readonly width: number;
  readonly paint: Paint;
}

const UNITS_MS = [["d", 86_400_000], ["h", 3_600_000], ["m", 60_000]] as const;

/** The columns of the table. Only ids and groups change their widths. */
export function columnsOf(
  { snapshots, history, now }: Content,
  { width, paint }: ColumnSpace,
): Column<Snapshot>[] {
  const widest = (texts: readonly string[]): number =>
    texts.reduce((w, text) => Math.max(w, widthOf(text)), 0);
  const ids = widest(["CHECK", ...snapshots.map(({ id }) => printable(id))]);
  const groups = Math.min(
    widest(snapshots.map(({ group }) => printable(group ?? ""))),
    Math.max(6, Math.floor(width * 0.15)),
  );
  const columns: Column<Snapshot>[] = [
    {
      heading: "",
      min: 1,
      worth: 7,
      draw: ({ status }) => paint(SIGNS[status], status),
    },
    {
      heading: "GROUP",
      min: Math.min(groups, 5),
      max: Math.max(groups, 5),
      worth: 0,
      draw: ({ group }, width) => fit(printable(group ?? ""), width),
    },
    {
      heading: "CHECK",
      min: Math.min(ids, 14),
      max: Math.min(ids, Math.max(12, Math.floor(width * 0.4))),
      most: ids,
      worth: 6,
      draw: ({ id }, width) => fit(printable(id), width),
    },
    {
      heading: "STATUS",
      min: 9,
      worth: 4,
      draw: ({ status }, width) => paint(fit(status, width), status),
    },
    {
      heading: "  TIME",
      min: 6,
      worth: 3,
      draw: (snapshot, width) => atRight(took(snapshot), width),
    },
    {
      heading: "LAST",
      min: 8,
      max: Math.max(8, Math.floor(width / 5) - 8),
      worth: 1,
      draw({ id }, width) {
        const line = sparkline(history(id)?.attempts ?? [], width)
          .map(({ text, status }) => paint(text, status)).join("");
        return fit(line, width);
      },
    },
    {
      heading: "SINCE",
      min: 5,
      worth: 2,
      draw: ({ since }, width) => atRight(age(now - since.getTime()), width),
    },
    {
      heading: "REASON",
      min: 20,
      max: Infinity,
      worth: 5,
      draw: (snapshot, width) =>
        fit(why(snapshot) || upcoming(snapshot, now), width),
    },
  ];
  return groups === 0
    ? columns.filter(({ heading }) => heading !== "GROUP")
    : columns;
}

function atRight(text: string, width: number): string {
  return cut(text, width).padStart(width);
}

function took({ durationMs, checking }: Snapshot): string {
  if (durationMs !== null) return formatDuration(durationMs);
  return checking ? "…" : "";
}

/** A duration in its largest unit: smaller ones would change all the time. */
function age(ms: number): string {
  const [unit, unitMs] = UNITS_MS.find(([, unitMs]) => ms >= unitMs) ??
    ["s", 1000];
  return `${Math.max(0, Math.floor(ms / unitMs))}${unit}`;
}

function why({ starting, reason }: Snapshot): string {
  const message = printable(reason?.message ?? "");
  if (!starting) return message;
  return message === "" ? "starting" : `starting: ${message}`;
}
