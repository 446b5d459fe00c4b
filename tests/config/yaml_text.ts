/**
 * Writes a JSON value as YAML in blocks, with plain scalars where it dares.
 *
 * @module
 */

/** Plain texts that mean themselves. */
const PLAIN = /^[a-z][a-z\d_/.]*(?:[ -][a-z\d_/.]+)*$/;

/** Words that mean something else in one schema or another. */
const MEANING = /^(?:null|true|false|yes|no|on|off|y|n)$/;

/** Writes a value as YAML. */
export function stringify(value: unknown): string {
  return `${block(value, "")}\n`;
}

function block(value: unknown, indent: string): string {
  if (typeof value !== "object" || value === null) return scalar(value);
  const inner = `${indent}  `;
  const items = Array.isArray(value)
    ? value.map((item) => `- ${block(item, inner)}`)
    : Object.entries(value).map(([key, item]) =>
      `${keyText(key)}:${isBlock(item) ? `\n${inner}` : " "}${
        block(item, inner)
      }`
    );
  if (items.length === 0) return Array.isArray(value) ? "[]" : "{}";
  return items.join(`\n${indent}`);
}

function isBlock(value: unknown): boolean {
  return typeof value === "object" && value !== null &&
    Object.keys(value).length > 0;
}

/** A key that is plain may have 1024 characters, and so must a quoted one. */
function keyText(key: string): string {
  const text = scalar(key);
  return text.length > 1000 ? `? ${text}\n` : text;
}

function scalar(value: unknown): string {
  return typeof value === "string" && PLAIN.test(value) && !MEANING.test(value)
    ? value
    : JSON.stringify(value);
}
