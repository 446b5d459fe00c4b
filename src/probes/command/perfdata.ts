import { oneLine } from "../../core/text.ts";
import type { Detail } from "../../core/types.ts";

/** How many values of one output are kept. */
const MAX_VALUES = 32;

/** How much of a label is kept. */
const MAX_LABEL_LENGTH = 64;

/** What a plugin said, taken apart. */
export interface PluginOutput {
  /** The first line, without its perfdata. */
  readonly text: string;
  /** The perfdata, as {@linkcode parsePerfdata} tells it. */
  readonly perfdata: Detail;
}

/**
 * Takes apart what a Nagios plugin printed: a line of text, and perhaps lines
 * of more text. What follows a `|` on the first line is perfdata, and so is all
 * that follows the first `|` after it
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

/** A label and its value; thresholds and what else there is come after it. */
const TOKEN = /(?:'((?:[^']|'')*)'|([^\s='][^\s=]*))=(\S*)|\S+/g;

/** Units have letters; a decimal comma, as of another locale, is none. */
const VALUE =
  /^([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(%|[a-zµ°][\w%/°]{0,15})?(?:;|$)/i;

/**
 * Reads perfdata, `'label'=value[UOM];[warn];[crit];[min];[max] …`, as facts:
 * the value as `perf.LABEL`, a number as the plugin gave it, and its unit, if
 * it has one, as `perf.LABEL.unit`. Thresholds, values that are not known (`U`)
 * and what is no perfdata are left out. Of a label that comes again the first
 * value counts, and there are at most 32.
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
