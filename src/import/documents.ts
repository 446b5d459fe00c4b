import { join } from "../schema/issue.ts";
import { parseAllYaml } from "../config/yaml.ts";
import { Node, type Origin } from "./node.ts";

/** What a file may not exceed, however it was written. */
const MAX_DEPTH = 200;
const MAX_VALUES = 1_000_000;

/**
 * The documents of a YAML or JSON text, with merge keys (`<<`) merged; empty
 * ones are left out. If it cannot be read, that is noted as an issue, and there
 * is nothing.
 */
export function documentsOf(text: string, origin: Origin): Node[] | undefined {
  const top = new Node(undefined, origin);
  try {
    let count = 0;
    const onValue = (): void => {
      if (++count > MAX_VALUES) {
        throw new RangeError("more than a million values");
      }
    };
    const values = parse(text);
    return values.map((value, i) => {
      // Of many documents, it has to be said which one.
      const path = values.length === 1 ? "" : join("", i);
      return new Node(plain(value, onValue), origin, path);
    }).filter((document) => document.exists);
  } catch (error) {
    if (error instanceof RangeError) {
      top.complain(`expected a file of sane size, got ${error.message}`);
    } else if (error instanceof SyntaxError) {
      top.complain(error.message);
    } else throw error;
    return undefined;
  }
}

function parse(text: string): unknown[] {
  // JSON is YAML, but not to every parser of it.
  if (/^\s*\{/.test(text)) {
    try {
      return [JSON.parse(text)];
    } catch {
      // It may still be YAML.
    }
  }
  return parseAllYaml(text);
}

/** A value whose maps have no prototype and no merge keys. */
function plain(value: unknown, onValue: () => void, depth = 0): unknown {
  onValue();
  if (depth > MAX_DEPTH) {
    throw new RangeError(`more than ${MAX_DEPTH} levels of nesting`);
  }
  if (Array.isArray(value)) {
    return value.map((item) => plain(item, onValue, depth + 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const map: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) {
    if (key !== "<<") map[key] = plain(item, onValue, depth + 1);
  }
  if (!Object.hasOwn(value, "<<")) return map;
  const merged = plain((value as { "<<": unknown })["<<"], onValue, depth + 1);
  // What is there already stays, and of several maps the first one counts.
  for (const source of [merged].flat()) {
    if (typeof source !== "object" || source === null) {
      throw new SyntaxError("expected a map or a list of maps after <<");
    }
    for (const [key, item] of Object.entries(source)) {
      if (!Object.hasOwn(map, key)) map[key] = item;
    }
  }
  return map;
}
