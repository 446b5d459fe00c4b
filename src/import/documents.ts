import { join } from "../schema/issue.ts";
import { parseAllYaml } from "../config/yaml/yaml.ts";
import { Node, type Origin } from "./node.ts";

/**
 * Reads the documents of a YAML or JSON file; empty ones are left out. If the
 * text is not valid, it notes an issue and returns `undefined`.
 */
export function documentsOf(text: string, origin: Origin): Node[] | undefined {
  try {
    const values = parseAllYaml(text);
    return values.map((value, i) => {
      // With several documents, the path begins with the document's index.
      const path = values.length === 1 ? "" : join("", i);
      return new Node(value, origin, path);
    }).filter((document) => document.exists);
  } catch (error) {
    const top = new Node(undefined, origin);
    if (error instanceof RangeError) {
      top.complain(`expected a smaller file, got ${error.message}`);
    } else if (error instanceof SyntaxError) {
      top.complain(error.message);
    } else throw error;
    return undefined;
  }
}
