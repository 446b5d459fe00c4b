import { parse, parseAll } from "@std/yaml";

/**
 * Parses YAML by its core schema: `yes` and `on` are texts, and there are no
 * types of one's own.
 *
 * @throws {SyntaxError} If it is not YAML, with the place in the message.
 */
export function parseYaml(text: string): unknown {
  return parsed(text, parse);
}

/**
 * Parses all documents of a YAML text, likewise.
 *
 * @throws {SyntaxError} If it is not YAML, with the place in the message.
 */
export function parseAllYaml(text: string): unknown[] {
  return parsed(text, parseAll);
}

function parsed<T>(
  text: string,
  read: (content: string, options: { readonly schema: "core" }) => T,
): T {
  try {
    // A byte order mark is no part of the text (YAML 1.2, section 5.2).
    return read(text.replace(/^\uFEFF/, ""), { schema: "core" });
  } catch (error) {
    if (error instanceof RangeError) {
      throw new RangeError("too many levels of nesting", { cause: error });
    }
    if (!(error instanceof Error)) throw error;
    // What follows the first line is an excerpt of the file.
    const [message = ""] = error.message.split("\n");
    throw new SyntaxError(message.replace(/:$/, ""), { cause: error });
  }
}
