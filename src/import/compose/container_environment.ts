import { wordsOf } from "../words.ts";
import type { Layers } from "./layers.ts";
import type { Part, Words } from "../node.ts";
import { splitTag } from "./tags.ts";

/**
 * The variables of a container, from a list of `NAME=value` or a map. Later layers
 * override earlier ones.
 */
export function environmentOf(layers: Layers): Map<string, Words> {
  const environment = new Map<string, Words>();
  for (const node of layers.get("environment").nodes) {
    if (node.isList) {
      for (const words of node.items().map((item) => item.words())) {
        const variable = words && assignment(words);
        if (variable !== undefined) environment.set(...variable);
      }
    } else {
      for (const tagged of node.keys("names with values, or a list of them")) {
        const { key: name, tag } = splitTag(tagged);
        const words = node.get(tagged, name).words();
        if (tag === "reset") environment.delete(name);
        else if (words !== undefined) environment.set(name, words);
      }
    }
  }
  return environment;
}

/** The name and the value of `NAME=value`. */
function assignment(
  { text, parts = [{ text }] }: Words,
): [name: string, value: Words] | undefined {
  let name = "";
  for (const [i, part] of parts.entries()) {
    const equals = part.text.indexOf("=");
    if (equals < 0) {
      name += part.text;
      continue;
    }
    // What follows in the same variable is no variable of its own.
    const rest: Part = { text: part.text.slice(equals + 1) };
    return [
      name + part.text.slice(0, equals),
      wordsOf([rest, ...parts.slice(i + 1)]),
    ];
  }
  return undefined;
}
