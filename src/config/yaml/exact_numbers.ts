/** A character for private use. A number with it is a string. */
const MARK = "\ue0f2";

/** A decimal whole number with more digits than a `number` has, but no key. */
const LONG_NUMBER =
  /(?<=^|[\s[,:{])(?=[-+]?[1-9]\d{15,}(?:[\s,\]}]|$)(?!\s*:))/gm;

/** Deeper levels are refused elsewhere. */
const MAX_DEPTH = 250;

/**
 * Puts a `bigint` in the place of each whole number of a parsed YAML text that
 * the parser has rounded. For this, the text is parsed again with marked
 * numbers. Changes the value.
 */
export function withExactNumbers(
  value: unknown,
  text: string,
  parse: (text: string) => unknown,
): unknown {
  const markedText = text.replace(LONG_NUMBER, MARK);
  if (markedText === text) return value;
  let marked: unknown;
  try {
    marked = parse(markedText);
  } catch {
    // A number with a tag such as !!int cannot have a mark.
    return value;
  }
  /** Aliases repeat a map or a list. */
  const seen = new Set<object>();

  function walk(value: unknown, marked: unknown, depth: number): unknown {
    if (typeof value === "number") return exactOf(value, marked);
    const isTree = typeof value === "object" && value !== null &&
      typeof marked === "object" && marked !== null;
    if (!isTree || seen.has(value) || depth > MAX_DEPTH) return value;
    seen.add(value);
    const [items, others] = [value, marked] as Record<string, unknown>[];
    for (const key of Object.keys(items!)) {
      const exact = walk(items![key], others![key], depth + 1);
      if (exact !== items![key]) items![key] = exact;
    }
    return value;
  }

  return walk(value, marked, 0);
}

/** The number as it was written, if it was rounded. */
function exactOf(value: number, marked: unknown): number | bigint {
  return !Number.isSafeInteger(value) && typeof marked === "string" &&
      marked.startsWith(MARK)
    ? BigInt(marked.slice(MARK.length))
    : value;
}
