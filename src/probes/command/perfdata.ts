import { oneLine } from "../../core/text.ts";
import type { Detail } from "../../core/types.ts";

/** The most values that are kept of one output. */
const MAX_VALUES = 32;

/** The most characters that are kept of a label. */
const MAX_LABEL_LENGTH = 64;

/** The parsed output of a plugin. */
export interface PluginOutput {
  /** The first line, without its perfdata. */
  readonly text: string;
  /** The perfdata, parsed by {@linkcode parsePerfdata}. */
  readonly perfdata: Detail;
}

/**
 * Parses the output of a Nagios plugin: one line, and optionally more lines. The
 * part after a `|` on the first line is perfdata, and so is everything after the
 * first `|` of the other lines
 * (https://www.monitoring-plugins.org/doc/guidelines.html).
 */
export function parsePluginOutput(output: string): PluginOutput {
  const [first, more] = cut(output.trimStart(), "\n");
  const [text, perfdata] = cut(first, "|");
  return {
    text: oneLine(text),
    perfdata: parsePerfdata(`${perfdata} ${cut(more, "|")[1]}`),
  };
}

function cut(text: string, at: string): [before: string, after: string] {
  const index = text.indexOf(at);
  return index < 0
    ? [text, ""]
    : [text.slice(0, index), text.slice(index + at.length)];
}

/** A label and its value. Thresholds and other fields follow them. */
const TOKEN = /(?:'((?:[^']|'')*)'|([^\s='][^\s=]*))=(\S*)|\S+/g;

/** A unit has letters, so that a decimal comma is not taken for one. */
const VALUE =
  /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%|[a-zµ°][\w%/°]{0,15})?(?:;|$)/i;

/**
 * Parses perfdata, `'label'=value[UOM];[warn];[crit];[min];[max] …`, into
 * details: the value is the number `perf.LABEL`, and its unit, if it has one, is
 * `perf.LABEL.unit`. Thresholds, unknown values (`U`) and invalid parts are left
 * out. If a label repeats, the first value counts. There are at most 32 values.
 */
export function parsePerfdata(text: string): Detail {
  const facts: Record<string, string | number> = {};
  let count = 0;
  for (const [, quoted, bare, after] of text.matchAll(TOKEN)) {
    if (count === MAX_VALUES) break;
    const label = oneLine(
      quoted?.replaceAll("''", "'") ?? bare ?? "",
      MAX_LABEL_LENGTH,
    );
    const [, number, unit] = VALUE.exec(after ?? "") ?? [];
    const value = Number(number);
    const key = `perf.${label}`;
    if (label === "" || !Number.isFinite(value) || key in facts) continue;
    count++;
    facts[key] = value;
    if (unit !== undefined) facts[`${key}.unit`] ??= unit;
  }
  return facts;
}
