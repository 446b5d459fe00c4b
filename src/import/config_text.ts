import { oneLine } from "../core/text.ts";

/** The value of a key. Its strings are escaped as in a lifesign.yaml. */
export type Field =
  | string
  | number
  | boolean
  | readonly Field[]
  | { readonly [key: string]: Field };

/** An imported check. */
export interface ImportedCheck {
  /** Its id. */
  readonly id: string;
  /** Its place in the imported file, and notes. */
  readonly comments: readonly string[];
  /** Comments for the top of the config, where each occurs once. */
  readonly notes?: readonly string[];
  /** Its keys. Undefined values are left out. */
  readonly fields: Readonly<Record<string, Field | undefined>>;
}

/** The part of a config before its checks. */
export interface Heading {
  /** Comments at the top. */
  readonly comments: readonly string[];
  /** The defaults of all checks. */
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
    // YAML requires an explicit `?` for a key of more than 1024 characters.
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
  return typeof value === "object" ? collection(value) : scalar(value);
}

function collection(value: Exclude<Field, string | number | boolean>): string {
  if (Array.isArray(value)) return `[${value.map(item).join(", ")}]`;
  const entries = Object.entries(value).map(([key, value]) =>
    `${/^[a-z][\w-]*$/i.test(key) ? scalar(key) : quoted(key)}: ${item(value)}`
  );
  return entries.length === 0 ? "{}" : `{ ${entries.join(", ")} }`;
}

/** An item of a collection, in which strings are quoted. */
function item(value: Field): string {
  if (typeof value === "object") return collection(value);
  return typeof value === "string" ? quoted(value) : String(value);
}

/** Strings that every YAML parser reads as themselves without quotes. */
const PLAIN =
  /^(?!(?:null|true|false|yes|no|on|off|y|n)$)(?:[a-z_/][\w./-]*(?::[\w./-]+)*|(?:\d+(?:d|h|m|s|ms))+|\d+(?:\.\d+){3})$/i;

function scalar(value: string | number | boolean): string {
  return typeof value !== "string" || PLAIN.test(value)
    ? String(value)
    : quoted(value);
}

/** Quotes a string: JSON's strings are YAML's, but YAML has more that are unprintable. */
function quoted(text: string): string {
  return JSON.stringify(text).replace(
    /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
