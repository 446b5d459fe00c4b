import type { Json } from "../../../core/json.ts";

/** `JSON.rawJSON()`, which TypeScript does not know yet. */
const { rawJSON } = JSON as unknown as { rawJSON(text: string): unknown };

/**
 * Writes a value as JSON that every parser takes: without halves of characters, which
 * some refuse. YAML has whole numbers beyond 2^53 as a `bigint`.
 */
export function jsonText(value: Json): string {
  return JSON.stringify(value, (_key, item: unknown) => {
    if (typeof item === "string") return item.toWellFormed();
    return typeof item === "bigint" ? rawJSON(String(item)) : item;
  });
}
