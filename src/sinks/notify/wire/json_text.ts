import type { Json } from "../../../core/json.ts";

/** `JSON.rawJSON()`, which TypeScript does not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/** Half of a character is written as an escape; each other escape is matched, too. */
const ESCAPES = /\\(?:ud[89a-f]..|.)/g;

/** Writes a value as JSON that every parser takes: some refuse half a character. */
export function jsonText(value: Json): string {
  return wellFormed(JSON.stringify(value));
}

/** The same of a value of YAML, which has whole numbers beyond 2^53 as a `bigint`. */
export function exactJsonText(value: Json): string {
  return wellFormed(
    JSON.stringify(
      value,
      (_key, item: unknown) =>
        typeof item === "bigint" ? rawJSON(String(item)) : item,
    ),
  );
}

function wellFormed(json: string): string {
  return json.includes("\\ud")
    ? json.replace(ESCAPES, (escape) => escape.length > 2 ? "\\ufffd" : escape)
    : json;
}
