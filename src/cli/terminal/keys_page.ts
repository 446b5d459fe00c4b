import { SIGNS } from "../../core/people/summary.ts";
import { labelled } from "./check/labelled.ts";
import type { Paint } from "./style.ts";

/** The keys and what they do, and what the signs mean. */
const LINES: readonly (readonly [label: string, text: string])[] = [
  ["↑ ↓ k j", "Select the check above or below; scroll a page"],
  ["PgUp PgDn", "Go up or down by as much as is seen; Space goes down, too"],
  ["Home End g G", "Go to the beginning or the end"],
  ["Enter", "Open the selected check, or else the first one"],
  [
    "/",
    "Filter: every word must be in the id, name, group, kind, target or reason, or be the status or the beginning of it, such as unhealthy; down is unhealthy, too",
  ],
  ["Esc", "Go back; clear the filter; select nothing, to see the worst"],
  ["q", "Go back; quit where the checks are seen"],
  ["Ctrl-C", "Quit"],
  ["", ""],
  [SIGNS.healthy, "Healthy, or an attempt that passed"],
  [SIGNS.degraded, "Degraded, or an attempt that passed with a warning"],
  [SIGNS.unhealthy, "Unhealthy, or an attempt that failed"],
  [SIGNS.unknown, "Unknown, or an attempt that could not find out"],
  ["▁ █ ↑", "How long an answer took; ↑ is longer than the scale"],
];

/** Draws the keys, and what the signs mean. */
export function keysPage(width: number, paint: Paint): string[] {
  return labelled(
    LINES.map(([label, text]) => ({ label, text })),
    width,
    paint,
  );
}
