import { noCounts, WORST_FIRST } from "../core/rollup.ts";
import type { Snapshot, Status } from "../core/types.ts";
import { printable } from "./terminal/columns.ts";

/** What a plugin says and exits with (Monitoring Plugins' guidelines). */
interface State {
  readonly word: "OK" | "WARNING" | "CRITICAL" | "UNKNOWN";
  readonly code: number;
}

/** What a plugin of Nagios writes, and what it exits with. */
export interface PluginOutput {
  readonly lines: readonly string[];
  readonly code: number;
}

const STATES: Readonly<Record<Status, State>> = {
  healthy: { word: "OK", code: 0 },
  degraded: { word: "WARNING", code: 1 },
  unhealthy: { word: "CRITICAL", code: 2 },
  unknown: { word: "UNKNOWN", code: 3 },
};

/**
 * Says what is known of all checks as a plugin of Nagios does: in one line with
 * how long each took, in seconds, and a further one for each that is not well.
 */
export function toPluginOutput(
  snapshots: readonly Snapshot[],
  timeoutMs: (id: string) => number,
): PluginOutput {
  const counts = noCounts();
  for (const { status } of snapshots) counts[status]++;
  const bad = WORST_FIRST.filter((status) =>
    status !== "healthy" && counts[status] > 0
  );
  const worst = bad[0] ?? "healthy";
  const [first, ...others] = bad.length === 0 ? [worst] : bad;
  const how = [
    `${counts[first!]} of ${snapshots.length} ${first}`,
    ...others.map((status) => `${counts[status]} ${status}`),
  ].join(", ");
  const figures = snapshots.filter(({ durationMs }) => durationMs !== null)
    .map(({ id, durationMs }) =>
      `${label(id)}=${seconds(durationMs!)}s;;;0;${seconds(timeoutMs(id))}`
    );
  const explained = bad.flatMap((worst) =>
    snapshots.filter(({ status }) => status === worst)
  ).map(({ id, status, reason }) =>
    text(`${id} is ${status}: ${reason?.message ?? "no reason is known"}`)
  );
  const { word, code } = STATES[worst];
  const perfdata = figures.length === 0 ? "" : ` | ${figures.join(" ")}`;
  return {
    lines: [`LIFESIGN ${word} - ${how}${perfdata}`, ...explained],
    code,
  };
}

/** Says that nothing could be found out at all, and why. */
export function toPluginError(message: string): PluginOutput {
  const { word, code } = STATES.unknown;
  const [first = "", ...others] = message.split("\n").map(text);
  return { lines: [`LIFESIGN ${word} - ${first}`, ...others], code };
}

/** A line of text. What comes after a `|` would be taken for figures. */
function text(line: string): string {
  return printable(line).replaceAll("|", "¦");
}

/**
 * The name of a figure, in quotes. The guidelines have it that quotes in it are
 * doubled, but also that there are none; what reads plugins often knows but the
 * latter, such as `Monitoring::Plugin` of Perl.
 */
function label(id: string): string {
  return `'${printable(id).replaceAll(/[='|]/g, "_") || "_"}'`;
}

/** Seconds as digits alone: an exponent would be no number there. */
function seconds(ms: number): string {
  return String(Number((ms / 1000).toFixed(6)));
}
