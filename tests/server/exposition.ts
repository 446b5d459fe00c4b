/**
 * Reads the text format 0.0.4 of Prometheus, and takes nothing that is not of
 * it.
 *
 * @module
 */

/** A value, by its labels. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** What belongs together. */
export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly samples: readonly Sample[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const HEAD = new RegExp(
  `^# HELP (${NAME}) (.+)\\n# TYPE (${NAME}) (counter|gauge|histogram)\\n`,
);
const SAMPLE = new RegExp(`^(${NAME})(?:\\{(.*)\\})? (\\S+)$`, "s");
const LABEL = /([a-zA-Z_]\w*)="((?:[^\\"\n]|\\[\\"n])*)"(,|$)/gy;
const NUMBER = /^[+-]?(\d+(\.\d+)?(e[+-]\d+)?|Inf)$/;

/** Reads a scrape: each family once, with its head and its samples in a row. */
export function readExposition(text: string): Map<string, Family> {
  const families = new Map<string, Family>();
  const series = new Set<string>();
  for (const part of text.split(/^(?=# HELP )/m)) {
    if (part === "") continue;
    const [head, name = "", help = "", typed, type = ""] = HEAD.exec(part) ??
      [];
    if (head === undefined) throw new Error(`Expected a head, got ${part}`);
    if (name !== typed) throw new Error(`${name} is not ${typed}`);
    if (families.has(name)) throw new Error(`${name} is there twice`);
    const lines = part.slice(head.length).split("\n");
    if (lines.pop() !== "") throw new Error(`${name} ends within a line`);
    if (lines.length === 0) throw new Error(`${name} has no samples`);
    const samples = lines.map(readSample);
    for (const sample of samples) {
      const key = JSON.stringify([sample.name, sample.labels]);
      if (series.has(key)) throw new Error(`${key} is there twice`);
      series.add(key);
      const suffix = sample.name.slice(name.length);
      const suffixes = type === "histogram" ? ["_bucket", "_sum", "_count"] : [
        "",
      ];
      if (!sample.name.startsWith(name) || !suffixes.includes(suffix)) {
        throw new Error(`${sample.name} is not of ${name}`);
      }
    }
    families.set(name, { name, help, type, samples });
  }
  return families;
}

function readSample(line: string): Sample {
  const [, name = "", labels = "", value = ""] = SAMPLE.exec(line) ?? [];
  if (name === "" || !NUMBER.test(value)) {
    throw new Error(`Expected a sample, got ${JSON.stringify(line)}`);
  }
  return {
    name,
    labels: readLabels(labels),
    value: Number(value.replace("Inf", "Infinity")),
  };
}

function readLabels(text: string): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  let length = 0;
  for (const [label, name = "", value = ""] of text.matchAll(LABEL)) {
    if (Object.hasOwn(labels, name)) throw new Error(`${name} is there twice`);
    labels[name] = value.replace(
      /\\(.)/g,
      (_, char) => char === "n" ? "\n" : char,
    );
    length += label.length;
  }
  if (length !== text.length || text.endsWith(",")) {
    throw new Error(`Expected labels, got ${JSON.stringify(text)}`);
  }
  return labels;
}
