import { join } from "../../schema/issue.ts";
import { shown } from "../../schema/validate.ts";
import type { Fields } from "../names.ts";
import { keepOrder, keysOf, unmarked } from "./key_order.ts";

/** The limits of a file. */
const MAX_DEPTH = 200;
const MAX_VALUES = 1_000_000;

/** A value that the parser returned. */
export interface Parsed {
  readonly value: unknown;
  /** The same value with marked keys, which has the order of the file. */
  readonly marked: unknown;
}

/**
 * Makes a tree of a parsed YAML value: maps have no prototype, merge keys
 * (`<<`) are merged, and aliases are copies. Values that aliases repeat are
 * counted each time, so that a small file cannot become a large tree.
 *
 * @throws {RangeError} If there are too many values or levels.
 * @throws {SyntaxError} If a merge key has another value than maps.
 */
export function resolve(
  parsed: Parsed,
  parse: (text: string) => unknown,
): unknown {
  let count = 0;
  /** The maps that hold what is being read. */
  const holders: Fields[] = [];

  function walk(
    { value, marked }: Parsed,
    path: string,
    depth: number,
  ): unknown {
    if (++count > MAX_VALUES) {
      throw new RangeError("more than a million values");
    }
    if (depth > MAX_DEPTH) {
      throw new RangeError(`more than ${MAX_DEPTH} levels of nesting`);
    }
    if (Array.isArray(value)) return list(value, marked, path, depth);
    return isObject(value) ? map(value, marked, path, depth) : value;
  }

  function list(
    value: readonly unknown[],
    marked: unknown,
    path: string,
    depth: number,
  ): unknown[] {
    const others = Array.isArray(marked) ? marked : [];
    return value.map((item, i) =>
      walk({ value: item, marked: others[i] }, join(path, i), depth + 1)
    );
  }

  function map(
    value: Fields,
    marked: unknown,
    path: string,
    depth: number,
  ): Fields {
    const result: Record<string, unknown> = Object.create(null);
    const keys = new Set<string>();
    holders.push(value);
    for (const [key, markedItem] of entriesOf(value, marked)) {
      const at = join(path, key);
      if (key === "<<" && mergesHolder(value[key])) {
        throw new SyntaxError(`${at}: cannot merge a map into itself`);
      }
      const item = walk(
        { value: value[key], marked: markedItem },
        at,
        depth + 1,
      );
      if (key !== "<<") {
        result[key] = item;
        keys.add(key);
        continue;
      }
      for (const [name, merged] of mergedEntries(item, at)) {
        // The map's own keys count, then those of the first merged map.
        if (Object.hasOwn(value, name) || keys.has(name)) continue;
        result[name] = merged;
        keys.add(name);
      }
    }
    holders.pop();
    keepOrder(result, [...keys]);
    return result;
  }

  function mergesHolder(merged: unknown): boolean {
    const maps = new Set([merged].flat());
    return holders.some((holder) => maps.has(holder));
  }

  /** The keys of a map in the order of the file, with their marked values. */
  function entriesOf(
    value: Fields,
    marked: unknown,
  ): (readonly [key: string, marked: unknown])[] {
    if (!isObject(marked)) {
      return Object.keys(value).map((key) => [key, undefined]);
    }
    const entries = Object.entries(marked)
      .map(([key, item]) => [unmarked(key, value, parse), item] as const);
    const found = new Set(entries.map(([key]) => key));
    const isSame = found.size === Object.keys(value).length &&
      entries.every(([key]) => Object.hasOwn(value, key));
    return isSame ? entries : entriesOf(value, undefined);
  }

  return walk(parsed, "", 0);
}

function* mergedEntries(
  value: unknown,
  path: string,
): Generator<readonly [key: string, value: unknown]> {
  for (const source of [value].flat()) {
    if (!isObject(source)) {
      throw new SyntaxError(
        `${path}: expected a map or a list of maps to merge, got ${
          shown(value)
        }`,
      );
    }
    for (const key of keysOf(source)) yield [key, source[key]];
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
