/** Keys that a JavaScript object has in front of all others, by their number. */
const INDEX = /^(?:0|[1-9]\d*)$/;

/** Two characters for private use, which make a string of a number. */
const PLAIN_MARK = "\ue0f0";
const QUOTED_MARK = "\ue0f1";

/** A number in the place of a key, perhaps in quotes. */
const NUMBER_KEY =
  /(?<=^|[\s{[,])(?:(["'])(?=[-+]?\d[\w.+-]*\1\s*:)|(?=[-+]?\d[\w.+-]*\s*:(?:[\s,[\]{}]|$)))/gm;

/** The keys of maps that have numbers among their keys, in the file's order. */
const ORDERS = new WeakMap<object, readonly string[]>();

/** The keys of a map in the order of the file, whatever they look like. */
export function keysOf(map: object): readonly string[] {
  return ORDERS.get(map) ?? Object.keys(map);
}

/** Notes the order of a map's keys, where the map itself has another one. */
export function keepOrder(map: object, keys: readonly string[]): void {
  if (keys.some((key) => INDEX.test(key))) ORDERS.set(map, keys);
}

/**
 * A YAML text in which numbers are no keys, so that a parser's maps keep the
 * order of the file; nothing if there are none to begin with.
 */
export function withMarkedKeys(text: string): string | undefined {
  const marked = text.replace(
    NUMBER_KEY,
    (_, quote = "") => quote === "" ? PLAIN_MARK : quote + QUOTED_MARK,
  );
  return marked === text ? undefined : marked;
}

/** A key without its mark, as the parser reads it. */
export function unmarked(
  key: string,
  parse: (text: string) => unknown,
): string {
  const rest = key.slice(1);
  if (key.startsWith(QUOTED_MARK)) return rest;
  return key.startsWith(PLAIN_MARK) ? String(parse(rest)) : key;
}
