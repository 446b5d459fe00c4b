import { oneLine } from "../core/text.ts";

/** What a config's key has: all texts as a lifesign.yaml has them, escaped. */
export type Field =
  | string
  | number
  | boolean
  | readonly string[]
  | Readonly<Record<string, string | number | boolean>>;

/** A check as it is imported. */
export interface ImportedCheck {
  /** Its id. */
  readonly id: string;
  /** Where it came from, and what there is to say of it. */
  readonly comments: readonly string[];
  /** Its keys. What is undefined is left out. */
  readonly fields: Readonly<Record<string, Field | undefined>>;
}

/** What stands before the checks. */
export interface Heading {
  /** Comments at the top. */
  readonly comments: readonly string[];
  /** What all checks have in common. */
  readonly defaults: Readonly<Record<string, string | number | boolean>>;
}

/** Writes checks as a lifesign.yaml. */
export function toConfigText(
  checks: readonly ImportedCheck[],
  { comments, defaults }: Heading,
): string {
  const lines = comments.map((comment) => commented(comment));
  if (Object.keys(defaults).length > 0) {
    lines.push(`defaults: ${flow(defaults)}`);
  }
  lines.push("checks:");
  for (const { id, comments, fields } of checks) {
    lines.push(...comments.map((comment) => `  ${commented(comment)}`));
    const key = scalar(id);
    // A key of more than 1024 characters has to say that it is one.
    lines.push(key.length > 1000 ? `  ? ${key}\n  :` : `  ${key}:`);
    for (const [name, value] of Object.entries(fields)) {
      if (value === undefined) continue;
      lines.push(`    ${name}: ${flow(value)}`);
    }
  }
  return `${lines.join("\n")}\n`;
}

function commented(text: string): string {
  return `# ${oneLine(text, 500)}`;
}

function flow(value: Field): string {
  if (typeof value !== "object") return scalar(value);
  if (Array.isArray(value)) return `[${value.map(quoted).join(", ")}]`;
  const entries = Object.entries(value).map(([key, item]) =>
    `${/^[a-z][\w-]*$/i.test(key) ? scalar(key) : quoted(key)}: ${
      typeof item === "string" ? quoted(item) : String(item)
    }`
  );
  return `{ ${entries.join(", ")} }`;
}

/** Texts that are themselves without quotes, to whatever reads them. */
const PLAIN =
  /^(?!(?:null|true|false|yes|no|on|off|y|n)$)(?:[a-z_/][\w./-]*(?::[\w./-]+)*|(?:\d+(?:d|h|m|s|ms))+|\d+(?:\.\d+){3})$/i;

function scalar(value: string | number | boolean): string {
  return typeof value !== "string" || PLAIN.test(value)
    ? String(value)
    : quoted(value);
}

/** JSON's texts are YAML's, but for what YAML takes for unprintable. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
