import type { Outage, OutagePair } from "../../core/past/comparison.ts";
import type { Zone } from "../../io/calendar/zone.ts";
import { durationText, rangeText, timeText } from "../report/columns.ts";
import { columns, loadWidths, printable } from "../terminal/columns.ts";
import type { ReplaySum } from "./check_replay.ts";
import { notesOf, type ReplayResult } from "./result.ts";

/** The most outages that are listed. */
const MAX_OUTAGES = 40;

const HEADINGS = [
  "CHECK",
  "INCIDENTS",
  "FOUND",
  "MISSED",
  "NEW",
  "SHORTER",
  "DOWN",
  "DELAY",
  "MESSAGES",
];

/** The result of a replay for a terminal: what was, and what would have been. */
export async function toTable(
  result: ReplayResult,
  file: string,
  zone: Zone,
): Promise<string> {
  const { settings, checks, all } = result;
  const changes = settings.length === 0 ? "no changes" : settings.join(", ");
  const rows = [
    HEADINGS,
    ...checks.map((check) => row(printable(check.id), check)),
    ...(checks.length > 1 ? [row(`all ${checks.length} checks`, all)] : []),
  ];
  const outages = checks.flatMap(({ id, outages }) =>
    outages.filter(isChanged).map((pair) => ({ id, ...pair }))
  );
  const listed = [
    ["CHECK", "WAS", "WOULD HAVE BEEN"],
    ...outages.slice(0, MAX_OUTAGES).map(({ id, was, would }) => [
      printable(id),
      outageText(was, zone),
      was === null || would === null
        ? outageText(would, zone)
        : `${shiftText(would.began - was.began)}, ${lengthText(would)}`,
    ]),
  ];
  await loadWidths([...rows, ...listed].flat());
  const more = outages.length - MAX_OUTAGES;
  const notes = notesOf(result, file);
  return [
    [`${rangeText(result, zone)} with ${printable(changes)}`],
    columns(rows),
    outages.length === 0 ? ["All incidents would have been the same."] : [
      ...columns(listed),
      ...(more > 0 ? [`${more} more: see --format json`] : []),
    ],
    ...(notes.length === 0 ? [] : [notes.map((note) => printable(note, 1000))]),
  ].map((lines) => lines.join("\n")).join("\n\n");
}

function row(name: string, figures: ReplaySum): string[] {
  const { was, would, found, missed, added, shortened } = figures;
  return [
    name,
    change(String(was.incidents), String(would.incidents)),
    String(found),
    String(missed),
    String(added),
    String(shortened),
    change(durationText(was.downMs), durationText(would.downMs)),
    change(durationText(was.meanDelayMs), durationText(would.meanDelayMs)),
    change(String(was.messages), String(would.messages)),
  ];
}

function change(before: string, after: string): string {
  return before === after ? before : `${before} -> ${after}`;
}

function isChanged({ was, would }: OutagePair): boolean {
  return was?.began !== would?.began || was?.ended !== would?.ended ||
    was?.incidents !== would?.incidents;
}

function outageText(outage: Outage | null, zone: Zone): string {
  return outage === null
    ? "-"
    : `${timeText(outage.began, zone)}, ${lengthText(outage)}`;
}

function lengthText({ ended, downMs, incidents }: Outage): string {
  return [
    `for ${durationText(downMs)}`,
    ended === null ? "so far" : "",
    incidents > 1 ? `in ${incidents} incidents` : "",
  ].filter(Boolean).join(" ");
}

function shiftText(ms: number): string {
  if (ms === 0) return "then";
  return `${durationText(Math.abs(ms))} ${ms > 0 ? "later" : "earlier"}`;
}
