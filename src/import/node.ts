import { keysOf } from "../config/yaml/key_order.ts";
import { join } from "../schema/issue.ts";
import { shown } from "../schema/validate.ts";
import { closest } from "../core/text.ts";
import { escaped } from "./escape.ts";
import type { Place, Report } from "./report.ts";

/** A part of a string. */
export interface Part {
  /** The part, or the value of its variable. */
  readonly text: string;
  /** A reference to the variable for a lifesign.yaml. */
  readonly reference?: string;
  /** The name of the variable, if it is from a file that lifesign does not read. */
  readonly stored?: string;
}

/** A string with expanded variables. */
export interface Words {
  /** The string with the values of its variables. */
  readonly text: string;
  /** The string for a lifesign.yaml: escaped, with references to variables. */
  readonly template: string;
  /** Its parts, if variables are expanded in it. */
  readonly parts?: readonly Part[];
}

/** What all values of a file share. */
export interface Origin {
  /** The file, as messages name it. */
  readonly file: string;
  /** Where to note problems. */
  readonly report: Report;
  /** Expands variables; throws a `SyntaxError` if the string is not valid. */
  readonly interpolate?: (text: string, place: Place) => Words;
}

/** A value in a file. Reading it as a wrong type notes an issue. */
export class Node implements Place {
  /** The path of the value. */
  readonly path: string;
  readonly #origin: Origin;
  readonly #value: unknown;

  /** Takes a parsed value. */
  constructor(value: unknown, origin: Origin, path = "") {
    this.#value = value;
    this.#origin = origin;
    this.path = path;
  }

  /** The file that it is in. */
  get file(): string {
    return this.#origin.file;
  }

  /** Whether there is a value. */
  get exists(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  /** Whether it is a map. */
  get isMap(): boolean {
    return isMap(this.#value);
  }

  /** The value as JSON. */
  get json(): string {
    return JSON.stringify(this.#value ?? null);
  }

  /** Whether it is a list. */
  get isList(): boolean {
    return Array.isArray(this.#value);
  }

  /**
   * The value of a key; a node without a value if this is not a map. In the
   * path, the key may have another name.
   */
  get(key: string, name: string = key): Node {
    const value = isMap(this.#value) && Object.hasOwn(this.#value, key)
      ? this.#value[key]
      : undefined;
    return new Node(value, this.#origin, join(this.path, name));
  }

  /** The keys of a map. Any other value is an issue. */
  keys(expected = "a map"): string[] {
    if (isMap(this.#value)) return [...keysOf(this.#value)];
    if (this.exists) this.expected(expected);
    return [];
  }

  /** The items of a list. Any other value is an issue. */
  items(expected = "a list"): Node[] {
    if (Array.isArray(this.#value)) {
      return this.#value.map((item, i) =>
        new Node(item, this.#origin, join(this.path, i))
      );
    }
    if (this.exists) this.expected(expected);
    return [];
  }

  /** A string, or a number or boolean as a string. */
  words(expected = "a string"): Words | undefined {
    if (!this.exists) return undefined;
    if (typeof this.#value === "object") return this.expected(expected);
    const text = String(this.#value);
    const { interpolate } = this.#origin;
    if (interpolate === undefined) return { text, template: escaped(text) };
    try {
      return interpolate(text, this);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      this.complain(error.message);
      return undefined;
    }
  }

  /** The text of {@linkcode words}. */
  text(expected?: string): string | undefined {
    return this.words(expected)?.text;
  }

  /** Whether it is an empty string. */
  get isEmptyText(): boolean {
    return typeof this.#value === "string" && this.text()?.trim() === "";
  }

  /** A whole number in a range; it may be written as a string. */
  integer(
    { min, max = Number.MAX_SAFE_INTEGER, expected }: {
      readonly min: number;
      readonly max?: number;
      readonly expected: string;
    },
  ): number | undefined {
    const text = this.text(expected);
    if (text === undefined) return undefined;
    const value = /^[-+]?\d+$/.test(text.trim()) ? Number(text) : NaN;
    return Number.isSafeInteger(value) && value >= min && value <= max
      ? value
      : this.expected(expected);
  }

  /** Whether it is true, in any of YAML's words for true. */
  boolean(): boolean {
    const text = this.text("true or false")?.toLowerCase();
    if (text === undefined) return false;
    if (/^(?:true|yes|on|y|1)$/.test(text)) return true;
    if (!/^(?:false|no|off|n|0|)$/.test(text)) this.expected("true or false");
    return false;
  }

  /** Notes an issue for each unknown key. */
  onlyKeys(known: readonly string[]): void {
    for (const key of this.keys()) {
      if (known.includes(key) || key.startsWith("x-")) continue;
      const meant = closest(key, known);
      this.get(key).complain(
        meant === undefined
          ? `unknown key; expected one of ${known.join(", ")}`
          : `unknown key; did you mean ${JSON.stringify(meant)}?`,
      );
    }
  }

  /** Notes that the value is not what is expected. */
  expected(expected: string): undefined {
    this.complain(`expected ${expected}, got ${shown(this.#value)}`);
    return undefined;
  }

  /** Notes an issue. */
  complain(message: string): void {
    this.#origin.report.complain(this, message);
  }

  /** Notes what cannot be imported. */
  warn(message: string): void {
    this.#origin.report.warn(this, message);
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
