import { noCounts, WORST_FIRST } from "../core/rollup.ts";
import type { Snapshot, Status } from "../core/types.ts";
import { whyOf } from "./check_table.ts";
import { printable } from "./terminal/columns.ts";

/** The states of a plugin (the guidelines of the Monitoring Plugins). */
interface State {
  readonly word: "OK" | "WARNING" | "CRITICAL" | "UNKNOWN";
  readonly code: number;
}

/** The output of a Nagios plugin, and its exit code. */
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

/** Options for {@linkcode toPluginOutput}. */
export interface PluginOptions {
  /** How long an attempt of a check may take, by its id. */
  readonly timeoutMs: (id: string) => number;
  /** The signal that came before all results, if one did. */
  readonly signal?: Deno.Signal | undefined;
}

/**
 * The results of all checks in the format of a Nagios plugin: one line with the
 * duration of each check in seconds, and then one line for each check that is
 * not healthy.
 */
export function toPluginOutput(
  snapshots: readonly Snapshot[],
  { timeoutMs, signal }: PluginOptions,
): PluginOutput {
  const counts = noCounts();
  for (const { status } of snapshots) counts[status]++;
  const bad = WORST_FIRST.filter((status) =>
    status !== "healthy" && counts[status] > 0
  );
  const worst = bad[0] ?? "healthy";
  const [first, ...others] = bad.length === 0 ? [worst] : bad;
  const how = [
    ...(signal === undefined ? [] : [`interrupted by ${signal}`]),
    `${counts[first!]} of ${snapshots.length} ${first}`,
    ...others.map((status) => `${counts[status]} ${status}`),
  ].join(", ");
  const figures = snapshots.filter(({ durationMs }) => durationMs !== null)
    .map(({ id, durationMs }) =>
      `${label(id)}=${seconds(durationMs!)}s;;;0;${seconds(timeoutMs(id))}`
    );
  const explained = bad.flatMap((worst) =>
    snapshots.filter(({ status }) => status === worst)
  ).map((snapshot) => {
    const { id, status } = snapshot;
    return text(
      `${id} is ${status}: ${whyOf(snapshot) || "no reason is known"}`,
    );
  });
  const { word, code } = STATES[worst];
  const perfdata = figures.length === 0 ? "" : ` | ${figures.join(" ")}`;
  return {
    lines: [`LIFESIGN ${word} - ${how}${perfdata}`, ...explained],
    code,
  };
}

/** Why there are no results at all, in the format of a Nagios plugin. */
export function toPluginError(message: string): PluginOutput {
  const { word, code } = STATES.unknown;
  const [first = "", ...others] = message.split("\n").map(text);
  return { lines: [`LIFESIGN ${word} - ${first}`, ...others], code };
}

/** A line of text. What comes after a `|` would be performance data. */
function text(line: string): string {
  return printable(line).replaceAll("|", "¦");
}

/**
 * The label of a figure, in quotes. The guidelines say both that a quote in it
 * is doubled and that there is none; readers such as `Monitoring::Plugin` of
 * Perl support only the latter. What cannot stand in a label is written in the
 * way of a URL, and so is the percent sign, so that no two ids have the same.
 */
function label(id: string): string {
  const escaped = id.replaceAll(
    UNSAFE,
    (letter) =>
      letter.isWellFormed()
        ? encodeURIComponent(letter).replace("'", "%27")
        : `%u${letter.charCodeAt(0).toString(16)}`,
  );
  return `'${escaped || "%"}'`;
}

/** What separates the parts of the format, and what is not printable. */
const UNSAFE = /[%'=|\p{Cc}\p{Cf}\p{Cs}]|[^\S ]/gu;

/** Seconds in digits only: the format has no exponents. */
function seconds(ms: number): string {
  return String(Number((ms / 1000).toFixed(6)));
}
