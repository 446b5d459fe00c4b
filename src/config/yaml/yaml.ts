import { parse, parseAll } from "@std/yaml";
import { withExactNumbers } from "./exact_numbers.ts";
import { withMarkedKeys } from "./key_order.ts";
import { resolve } from "./resolve.ts";
import { refuseTabs } from "./tabs.ts";

const OPTIONS = { schema: "core" } as const;

/**
 * Parses YAML by its core schema: `yes` and `on` are strings, and there are no
 * custom types. Merge keys are merged, maps have no prototype, and
 * {@linkcode keysOf} gives their keys in the order of the text. Whole numbers
 * that a `number` cannot have are a `bigint`.
 *
 * @throws {SyntaxError} If it is not YAML, with the place in the message.
 * @throws {RangeError} If it has too many values or levels.
 */
export function parseYaml(text: string): unknown {
  const read = (text: string): unknown => parse(text, OPTIONS);
  return parsed(
    text,
    (text) => withExactNumbers(read(text), text, read),
  );
}

/**
 * Parses all documents of a YAML or JSON text in the same way.
 *
 * @throws {SyntaxError} If it is neither, with the place in the message.
 * @throws {RangeError} If it has too many values or levels.
 */
export function parseAllYaml(text: string): unknown[] {
  return parsed(text, (text) => {
    // JSON is YAML, but not every YAML parser reads all of it.
    if (/^\s*\{/.test(text)) {
      try {
        return [JSON.parse(text)];
      } catch {
        // It may still be YAML.
      }
    }
    return parseAll(text, OPTIONS);
  }) as unknown[];
}

function parsed(text: string, read: (text: string) => unknown): unknown {
  const parse = (text: string): unknown => withPlainErrors(text, read);
  // A byte order mark is no part of the text (YAML 1.2, section 5.2).
  const content = text.replace(/^\uFEFF/, "");
  refuseTabs(
    content,
    (text) => resolve({ value: parse(text), marked: undefined }, parse),
  );
  return resolve({ value: parse(content), marked: marked(content) }, parse);

  /** The same value with marked keys, if there are any. */
  function marked(text: string): unknown {
    const markedText = withMarkedKeys(text);
    try {
      return markedText === undefined ? undefined : parse(markedText);
    } catch {
      // A mark is where none can be: without it, the order may be another.
      return undefined;
    }
  }
}

/** Reads a string. The message of an error is one line, without an excerpt. */
function withPlainErrors<T>(text: string, read: (text: string) => T): T {
  try {
    return read(text);
  } catch (error) {
    if (error instanceof RangeError) {
      throw new RangeError("too many levels of nesting", { cause: error });
    }
    if (!(error instanceof Error)) throw error;
    // What follows the first line is an excerpt of the file.
    const [message = ""] = error.message.split("\n");
    // The place is not right where a value has more than one line.
    const plain = message.replace(
      /^(duplicated mapping key) at (line \d+), column -\d+/,
      /<<.*<</s.test(text)
        ? "$1 near $2; write one << with a list to merge several maps"
        : "$1 near $2",
    );
    throw new SyntaxError(plain.replace(/:$/, ""), { cause: error });
  }
}
