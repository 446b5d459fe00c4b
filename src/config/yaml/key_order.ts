/** Keys that a JavaScript object has in numeric order, before all others. */
const INDEX = /^(?:0|[1-9]\d*)$/;

/** Characters for private use. A number with one of them is a string. */
const PLAIN_MARK = "\ue0f0";
const QUOTED_MARK = "\ue0f1";
const MARKS = new RegExp(`[${PLAIN_MARK}${QUOTED_MARK}]`, "g");

/** The tags of scalars: a marked key is a string, whatever its tag says. */
const TAG = /(?<=^|[\s{[,])!(?:!(?:int|float|str|bool|null)|<[^>\s]*>)[ \t]+/gm;

/** A plain scalar that may be a number. */
const NUMBER = /^[-+]?\d[\w.+-]*$/;

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
  const untagged = text.replace(TAG, "");
  const marked = untagged.replace(
    NUMBER_KEY,
    (_, quote = "") => quote === "" ? PLAIN_MARK : quote + QUOTED_MARK,
  );
  return marked === untagged ? undefined : marked;
}

/** The key of a map that another key is with its marks. */
export function unmarked(
  key: string,
  map: object,
  parse: (text: string) => unknown,
): string {
  const rest = key.replace(MARKS, "");
  if (rest === key) return key;
  const read = NUMBER.test(rest) ? String(parse(rest)) : rest;
  // A tag may make a number of a quoted key, and a string of a plain one.
  const [likely, other] = key.startsWith(PLAIN_MARK)
    ? [read, rest]
    : [rest, read];
  return Object.hasOwn(map, likely) ? likely : other;
}
