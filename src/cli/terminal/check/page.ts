import { formatDuration } from "../../../core/duration.ts";
import type { Snapshot } from "../../../core/types.ts";
import type { PastAttempt } from "../../../fleet/history.ts";
import { wrap } from "../columns.ts";
import { isAnswer } from "../sparkline.ts";
import type { Paint } from "../style.ts";
import { chart } from "./chart.ts";
import { factsOf, type Known } from "./facts.ts";
import { labelled } from "./labelled.ts";
import { reasonsOf } from "./reasons.ts";
import { timeOf } from "./times.ts";

/** What the lines of a page are drawn for. */
export interface PageSpace {
  readonly width: number;
  /** The number of lines of the terminal. */
  readonly rows: number;
  readonly paint: Paint;
}

/** From so many lines on, a chart is high. */
const TALL = 36;

/** Draws all that is known of a check, as many lines as it takes. */
export function checkPage(
  snapshot: Snapshot,
  known: Known,
  { width, rows, paint }: PageSpace,
): string[] {
  const { now } = known;
  const attempts = known.history?.attempts ?? [];
  const lines = labelled(factsOf(snapshot, known), width, paint);
  const section = (heading: string, body: readonly string[]): void => {
    lines.push("", ...wrap(heading, width), ...body);
  };
  if (attempts.length > 0) {
    const height = rows < TALL ? 4 : 8;
    const { shown, lines } = chart(attempts, { width, height, paint });
    if (shown.length > 0) section(headingOf(shown, now), lines);
  }
  const reasons = reasonsOf(attempts, now);
  if (reasons.length > 0) {
    section("Last reasons, in UTC", labelled(reasons, width, paint));
  }
  return lines;
}

/** Which results are shown, and how long the answers among them took. */
function headingOf(attempts: readonly PastAttempt[], now: number): string {
  const [first, last] = [attempts[0]!, attempts.at(-1)!]
    .map(({ at }) => timeOf(at, now));
  const durations = attempts.filter(isAnswer)
    .flatMap(({ durationMs }) => durationMs ?? []).sort((a, b) => a - b);
  const median = durations[durations.length >> 1];
  const what = attempts.length === 1
    ? `Last result, ${last} UTC`
    : `Last ${attempts.length} results, ${first} to ${last} UTC`;
  return median === undefined
    ? what
    : `${what}, median ${formatDuration(median)}, slowest ${
      formatDuration(durations.at(-1)!)
    }`;
}
