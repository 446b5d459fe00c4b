/** Keys that a JavaScript object has in numeric order, before all others. */
const INDEX = /^(?:0|[1-9]\d*)$/;

/** Characters for private use. A number with one of them is a string. */
const PLAIN_MARK = "\ue0f0";
const QUOTED_MARK = "\ue0f1";

/** The place before a number that is a key, perhaps after a quote. */
const NUMBER_KEY =
  /(?<=^|[\s{[,])(?:(["'])(?=[-+]?\d[\w.+-]*\1\s*:)|(?=[-+]?\d[\w.+-]*\s*:(?:[\s,[\]{}]|$)))/gm;

/** The keys, in the order of the file, of the maps that have numbers as keys. */
const ORDERS = new WeakMap<object, readonly string[]>();

/** The keys of a map in the order of the file, whatever they look like. */
export function keysOf(map: object): readonly string[] {
  return ORDERS.get(map) ?? Object.keys(map);
}

/** Stores the order of the keys of a map, if the map itself may not keep it. */
export function keepOrder(map: object, keys: readonly string[]): void {
  if (keys.some((key) => INDEX.test(key))) ORDERS.set(map, keys);
}

/**
 * Marks the keys of a YAML text that are numbers, so that the parser's maps keep
 * the order of the file. Returns nothing if there are none.
 */
export function withMarkedKeys(text: string): string | undefined {
  const marked = text.replace(
    NUMBER_KEY,
    (_, quote = "") => quote === "" ? PLAIN_MARK : quote + QUOTED_MARK,
  );
  return marked === text ? undefined : marked;
}

/** Removes the mark of a key, and returns it as the parser reads it. */
export function unmarked(
  key: string,
  parse: (text: string) => unknown,
): string {
  const rest = key.slice(1);
  if (key.startsWith(QUOTED_MARK)) return rest;
  return key.startsWith(PLAIN_MARK) ? String(parse(rest)) : key;
}
