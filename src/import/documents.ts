import { join } from "../schema/issue.ts";
import { parseAllYaml } from "../config/yaml.ts";
import { Node, type Origin } from "./node.ts";

/**
 * The documents of a YAML or JSON text; empty ones are left out. If it cannot
 * be read, that is noted as an issue, and there is nothing.
 */
export function documentsOf(text: string, origin: Origin): Node[] | undefined {
  try {
    const values = parseAllYaml(text);
    return values.map((value, i) => {
      // Of many documents, it has to be said which one.
      const path = values.length === 1 ? "" : join("", i);
      return new Node(value, origin, path);
    }).filter((document) => document.exists);
  } catch (error) {
    const top = new Node(undefined, origin);
    if (error instanceof RangeError) {
      top.complain(`expected a file of sane size, got ${error.message}`);
    } else if (error instanceof SyntaxError) {
      top.complain(error.message);
    } else throw error;
    return undefined;
  }
}
