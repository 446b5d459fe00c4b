import { escaped } from "./escape.ts";
import type { Part, Words } from "./node.ts";

/** A string of parts. */
export function wordsOf(parts: readonly Part[]): Words {
  return {
    text: parts.map(({ text }) => text).join(""),
    template: templateOf(parts),
    parts,
  };
}

/** Parts as a string for a lifesign.yaml. */
export function templateOf(parts: readonly Part[]): string {
  let template = "";
  // Text that is not a reference; it is escaped as a whole.
  let plain = "";
  for (const { text, reference } of parts) {
    // A dollar before a reference would escape it: the value stands there.
    if (reference === undefined || plain.endsWith("$")) plain += text;
    else {
      template += escaped(plain) + reference;
      plain = "";
    }
  }
  return template + escaped(plain);
}
